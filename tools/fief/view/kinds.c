/* SPDX-License-Identifier: MIT */
/* What can be looked into, as both sides call it. */

#include "compose.h"

const char *const view_of_names[VIEW_OF_KINDS] = {
	[VIEW_OF_SERVER] = "server",
	[VIEW_OF_TREE] = "tree",
	[VIEW_OF_EMPTY_TREE] = "empty-tree",
};
