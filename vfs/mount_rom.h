/* SPDX-License-Identifier: MIT */
/*
 * A component's tree that is given to it as data: <vfs rom="mounts"/> in its config
 * has the mount table that is the ROM module "mounts".
 */
#pragma once

#include <fief/rom.h>
#include <lib/label.h>
#include <vfs/mount_table.h>

/* Zero, but for what the user sets. */
struct mount_rom {
	struct fief_env *env; /* borrowed; set by the user */
	/* Its `handle` is set by the user: the table is another one. */
	struct fief_signal_handler changed;

	/* ---- its own ---- */
	struct fief_rom rom;
	char name[LABEL_MAX + 1]; /* of the module that is open */
	struct arena arena;       /* of the node that was made last */
	struct fief_arena_source source;
};

/*
 * The tree that the node `vfs` of a config says: itself, or what the table in the
 * module of its attribute `rom` says; a module without content is a tree of
 * nothing. `*out` lives until the next call. Errors: INVALID (no table, or nodes
 * beside the attribute), those of mount_table_read and fief_rom_open. May block on
 * the ROM service.
 */
FIEF_MUST enum fief_err mount_rom_tree(struct mount_rom *,
                                       const struct node *vfs,
                                       struct node_error *,
                                       const struct node **out);
