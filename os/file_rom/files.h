/* SPDX-License-Identifier: MIT */
/*
 * A component whose configuration has a tree of files, and says who gets what of
 * it: what fs_rom, cached_fs_rom, tar_rom and fs_report have in common.
 */
#pragma once

#include <fief/config.h>
#include <vfs/config_tree.h>

struct files {
	struct fief_env *env; /* borrowed */
	struct fief_config config;
	struct fief_signal_handler changed;
	struct config_tree tree;
	struct vfs *vfs; /* borrowed: of `tree` */
	uint64_t max;    /* bytes of a file */
	uint64_t usual_max;
	bool follow; /* changes of files are told */
	/* The configuration is another one; or NULL. */
	void (*updated)(struct files *);
};

/*
 * Read the config, make the tree that its node `vfs` has, and follow changes of
 * both. `usual_max` is what `max` is without that attribute. Errors are logged.
 */
FIEF_MUST enum fief_err files_open(struct files *, struct fief_env *,
                                   uint64_t usual_max);

/* The same with a tree that is not from the config, and does not change. */
FIEF_MUST enum fief_err
files_open_with(struct files *, struct fief_env *, uint64_t usual_max,
                const struct node *(*tree)(const struct node *config));
