/* SPDX-License-Identifier: MIT */
/*
 * Host resources for driver components: `--host KIND:NAME=RESOURCE`. NAME is
 * what the system calls the resource, RESOURCE what the host calls it.
 */
#pragma once

#include <stddef.h>

/* Why an argument of --host is refused. All are: this version has no driver
 * component that takes one. */
void host_resource_refuse(const char *text, char *why, size_t size);
