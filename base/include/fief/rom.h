/* SPDX-License-Identifier: MIT */
/* A ROM session with its content mapped. */
#pragma once

#include <fief/session.h>

struct fief_rom {
	struct fief_env *env; /* borrowed: outlives us */
	struct fief_session session;
	fief_cap ds;      /* owned */
	const char *data; /* mapped content, NULL if there is none */
	size_t size;      /* valid bytes */
	size_t mapped;
};

/* Open and map module `label`. A module without content is no error. */
FIEF_MUST enum fief_err fief_rom_open(struct fief_env *, const char *label,
                                      struct fief_rom *);

/* Bring the content up to date. `data` may move. */
FIEF_MUST enum fief_err fief_rom_update(struct fief_rom *);

/* Have `handler` signalled when the content changed. */
FIEF_MUST enum fief_err fief_rom_sigh(struct fief_rom *,
                                      struct fief_signal_handler *handler);

void fief_rom_close(struct fief_rom *);
