/* SPDX-License-Identifier: MIT */
/* Where the parts of Fief lie, relative to the `fief` program: in a build
 * folder, in an installation, or in the folder that FIEF_LIBEXEC names. */
#pragma once

#include <limits.h>
#include <stdbool.h>

struct layout {
	char core[PATH_MAX];
	char kif[PATH_MAX];
	char rom[PATH_MAX];  /* folder of component images */
	char tour[PATH_MAX]; /* folder of the tour's configurations */
	char mount
		[PATH_MAX]; /* the program of `fief mount`; it may be missing */
};

/* Find all parts; otherwise say what is missing and return false. */
bool layout_find(struct layout *);
