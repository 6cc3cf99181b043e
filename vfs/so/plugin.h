/* SPDX-License-Identifier: MIT */
/*
 * For who writes a plugin: a file system in a shared object of its own. It defines a
 * `struct vfs_type`, as <vfs/node.h> has it, and says once:
 *
 *	VFS_PLUGIN(type);
 *
 * What it may use is in vfs/so/exports; see vfs/so/README.md.
 */
#pragma once

#include <vfs/node.h>
#include <vfs/schema.h>
#include <vfs/so/interface.h>

/* What a plugin exports, by the name `vfs_plugin`. */
struct vfs_plugin {
	uint64_t interface; /* VFS_INTERFACE of the headers it is made with */
	const struct vfs_type *type;
};

#define VFS_PLUGIN(its_type)                                                   \
	extern const struct vfs_plugin vfs_plugin;                             \
	FIEF_EXPORTED const struct vfs_plugin vfs_plugin = { VFS_INTERFACE,    \
		                                             &(its_type) }
