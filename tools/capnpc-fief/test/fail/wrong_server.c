/* SPDX-License-Identifier: MIT */
/* Must not compile: an operation of another type in the table. */
#include <session/rom.h>

static enum fief_err update(struct fief_rpc_obj *self, uint32_t *fits)
{
	(void)self;
	*fits = 1;
	return FIEF_OK;
}

const struct rom_ops ops = { .update = update };
