/* SPDX-License-Identifier: MIT */
/* Line numbers of declarations, which the compiler's request lacks. */
#pragma once

struct source;

/* Scan the schema file at `path`; NULL if it cannot be read. */
struct source *source_scan(const char *path);

/* Line where the declaration `path`, such as "Rom.dataspace", begins; 0 if it
 * is not known. */
unsigned source_line(const struct source *s, const char *path);
