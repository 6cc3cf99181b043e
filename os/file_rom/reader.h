/* SPDX-License-Identifier: MIT */
/*
 * ROM sessions out of files, each with a copy of its own that the client pays.
 * Nobody waits for the file of another one.
 */
#pragma once

#include <fief/attached.h>
#include <fief/root.h>
#include <session/rom.h>

#include "files.h"
#include "follow.h"
#include "load.h"
#include "where.h"

struct reader {
	struct fief_service_session base;
	struct files *files; /* borrowed: of the struct readers */
	struct where where;
	struct load load;
	struct follow follow;
	struct fief_attached_ram copy; /* what the client maps */
	struct stamp handed;           /* of the file, as it is in `copy` */
	bool asked;                    /* it has been handed out */
	bool told;                     /* that this is not the file now */
	bool updating;                 /* the call that waits: update */
	fief_reply caller;             /* owned: who waits; or NULL */
	fief_cap sigh;                 /* owned */
};

struct readers {
	struct files files;
	struct fief_root root;
	struct fief_service service;
};

/* Provide the ROM service with the files of the tree that `tree` makes of the
 * config, or, for NULL, of the config's own, which may change. Ends the component
 * if that cannot be. */
void readers_start(struct readers *, struct fief_env *,
                   const struct node *(*tree)(const struct node *config));
