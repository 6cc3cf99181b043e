/* SPDX-License-Identifier: MIT */
/* <host> of a config: what `fief` opens for the system. Nothing for init. */
#pragma once

#include "config.h"

struct config_grant {
	const char *name, *kind, *path;
	bool writeable;
	struct config_grant *next;
	struct node_place at;
};
