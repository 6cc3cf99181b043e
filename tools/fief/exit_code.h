/* SPDX-License-Identifier: MIT */
/* Exit codes of `fief`. All others are those of the system that was run. */
#pragma once

enum {
	FIEF_EXIT_USAGE = 2,
	FIEF_EXIT_QUOTA = 118,   /* a start or session was short of quota */
	FIEF_EXIT_DENIED = 119,  /* a session found no route */
	FIEF_EXIT_CONFIG = 120,  /* the configuration is invalid */
	FIEF_EXIT_TIMEOUT = 124, /* --timeout ended the system */
	FIEF_EXIT_FRAMEWORK = 125,
	FIEF_EXIT_NOT_RUNNABLE = 126,
	FIEF_EXIT_NOT_FOUND = 127,
	FIEF_EXIT_SIGNAL = 128, /* plus the number of the signal */
};
