/* SPDX-License-Identifier: MIT */
/*
 * A loader of file systems by name: <NAME/> in a configuration is the plugin in the
 * ROM module `vfs_NAME.so`, unless the component has it linked. A component that has
 * one needs routes for these ROM sessions and for RM; see README.md.
 */
#pragma once

#include <fief/component.h>
#include <vfs/vfs.h>

struct vfs_so {
	struct vfs_loader loader; /* for struct vfs_args */

	/* ---- its own ---- */
	struct fief_env *env; /* borrowed */
	struct list plugins;  /* owned */
	struct fief_signal_handler unused;
};

/*
 * Begin a loader without plugins. A plugin is loaded when the first node of its name
 * is seen, and unloaded soon after the last file system of it is gone: when the
 * entrypoint has come back to its loop, so that none of its code runs.
 */
void vfs_so_init(struct vfs_so *, struct fief_env *);

/* Unload all of them; the trees must be gone. */
void vfs_so_fini(struct vfs_so *);
