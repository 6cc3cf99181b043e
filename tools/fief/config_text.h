/* SPDX-License-Identifier: MIT */
/* The text of a configuration, as the user has it. */
#pragma once

#include <lib/node_xml.h>

struct config_text {
	char *bytes; /* owned: free(3) */
	size_t len;
};

/* Read a file, or standard input if it is "-". Returns 0, or an exit code after
 * having said why. */
int config_text_read(const char *file, struct config_text *out);

/* What messages call the file. */
const char *config_text_shown(const char *file);

/* For the parser: the text, which is borrowed, and memory from malloc. */
struct node_xml_input config_text_input(const struct config_text *t);
extern const struct arena_source config_text_memory;

/* Print FILE:LINE:COLUMN and what is wrong there, on standard error. */
void config_text_refuse(const char *file, const struct node_error *err);
