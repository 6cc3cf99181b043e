/* SPDX-License-Identifier: MIT */
/* Exit codes that the framework gives where no component has one: of `fief`,
 * and of a component that stands for one that never ran. */
#pragma once

enum {
	FIEF_EXIT_USAGE = 2,
	FIEF_EXIT_QUOTA = 118,   /* it could not start: short of quota */
	FIEF_EXIT_DENIED = 119,  /* it could not start: a route was denied */
	FIEF_EXIT_CONFIG = 120,  /* the configuration is invalid */
	FIEF_EXIT_TIMEOUT = 124, /* --timeout ended the system */
	FIEF_EXIT_FRAMEWORK = 125,
	FIEF_EXIT_NOT_RUNNABLE = 126,
	FIEF_EXIT_NOT_FOUND = 127,
	FIEF_EXIT_SIGNAL = 128, /* plus the number of the signal */
};
