/* SPDX-License-Identifier: MIT */
/* RAM source over a PD session. */
#pragma once

#include <fief/ram.h>

struct fief_env_ram {
	struct fief_ram ram;
	fief_cap pd; /* borrowed */
};

void fief_env_ram_init(struct fief_env_ram *, fief_cap pd);
