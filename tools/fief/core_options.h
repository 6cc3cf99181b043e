/* SPDX-License-Identifier: MIT */
/* The options that say what a system is made of: the same for the commands
 * that run it and that look at it. */
#pragma once

#include <argp.h>

#include "core_process.h"

#define CORE_RAM_MAX (1ull << 46)
#define CORE_CAPS_MAX (1u << 24)

enum { CORE_RAM_DEFAULT = 256 << 20, CORE_CAPS_DEFAULT = 20000 };

enum core_option {
	CORE_OPTION_RAM = 512,
	CORE_OPTION_CAPS,
	CORE_OPTION_ROM_PATH,
	CORE_OPTION_ROM,
	CORE_OPTION_GRANT,
};

/* For the table of a command. */
#define CORE_OPTIONS                                                           \
	{ "ram",                                                               \
	  CORE_OPTION_RAM,                                                     \
	  "SIZE",                                                              \
	  0,                                                                   \
	  "RAM of the whole system, such as 64M or 2G (256M)",                 \
	  1 },                                                                 \
		{ "caps",                                                      \
		  CORE_OPTION_CAPS,                                            \
		  "COUNT",                                                     \
		  0,                                                           \
		  "capabilities of the whole system (20000)",                  \
		  1 },                                                         \
		{ "rom-path",                                                  \
		  CORE_OPTION_ROM_PATH,                                        \
		  "DIR",                                                       \
		  0,                                                           \
		  "look for ROM modules in DIR first; may be repeated",        \
		  2 },                                                         \
		{ "rom",                                                       \
		  CORE_OPTION_ROM,                                             \
		  "NAME=FILE",                                                 \
		  0,                                                           \
		  "ROM module NAME is FILE; may be repeated",                  \
		  2 },                                                         \
	{                                                                      \
		"grant", CORE_OPTION_GRANT, "NAME=KIND:PATH[,rw]", 0,          \
			"give the system something of the host: a dir, a "     \
			"file (or device), a tty (PATH -: this one), or a "    \
			"stream (PATH: the number of an open descriptor), "    \
			"read-only unless ,rw; may be repeated",               \
			2                                                      \
	}

struct core_options {
	struct core_params *params; /* borrowed: what the options fill in */
	/* owned: paths, "NAME=PATH" */
	char *real[CORE_ROM_DIRS + CORE_ROMS + CORE_GRANTS];
	size_t reals;
	int code; /* of the first failure that is not one of usage */
};

/* As the parser of argp: ARGP_ERR_UNKNOWN if it is another option. */
error_t core_options_parse(int key, char *arg, struct argp_state *state,
                           struct core_options *);
void core_options_fini(struct core_options *);
