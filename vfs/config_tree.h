/* SPDX-License-Identifier: MIT */
/*
 * The tree of files that a server makes of its config: the node <vfs>, or the
 * mount table of <vfs rom="...">. It becomes another one when either does; what is
 * wrong is logged, with its place, and the tree stays. With attribute `rtc` of the
 * config, times of files are those of an Rtc session, else they count from the start
 * of the machine.
 */
#pragma once

#include <fief/config.h>
#include <fief/wall_clock.h>
#include <vfs/mount_rom.h>
#include <vfs/vfs.h>

struct config_tree {
	struct vfs *vfs; /* owned: no operation of it waits */

	/* ---- its own ---- */
	struct fief_config *config; /* borrowed */
	const struct node *(*node)(const struct node *config);
	struct mount_rom mounts;
	struct fief_wall_clock clock; /* {0}: it has none */
};

/*
 * Make the tree of the config as it is now. `node` is the one that says the tree,
 * `vfs` if NULL. `loader` is for plugins that are not linked; NULL: there are none.
 * Errors: INVALID (there is no tree, or it is wrong), those of the tree.
 */
FIEF_MUST enum fief_err
config_tree_open(struct config_tree *, struct fief_env *, struct fief_config *,
                 const struct node *(*node)(const struct node *config),
                 struct vfs_loader *loader);

/* Time of files in it. */
int64_t config_tree_now(void *tree);

/* The config was updated. */
void config_tree_update(struct config_tree *);
