/* SPDX-License-Identifier: MIT */
/* A running system, from start to end: core, its log, its control socket. */
#pragma once

#include <regex.h>

#include "core_process.h"
#include "log_reader.h"
#include "system_file.h"

struct instance_options {
	struct core_params core;
	struct system_file *config; /* borrowed; NULL: none */
	const char *name;           /* wanted by the user; NULL: derive it */
	const char *source; /* what the name is derived from, for people */
	struct log_style style;
	const regex_t *until; /* borrowed: end with 0 at such a line; NULL */
	int64_t timeout_ms;   /* UTIL_NEVER: none */
	bool no_watch;        /* a changed file changes nothing by itself */
};

/* Run a system to its end. Returns the exit code for our caller. */
int instance_run(const struct instance_options *o);
