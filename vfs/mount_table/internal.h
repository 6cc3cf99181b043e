/* SPDX-License-Identifier: MIT */
/* What tables and nodes have in common. */
#pragma once

#include <lib/capnp.h>
#include <session/mount_table.h>
#include <vfs/mount_table.h>
#include <vfs/stat.h>

/* Nodes that have a word of their own, and the attribute that is the capName, by
 * enum vfs_mount_which. */
struct mount_kind {
	const char *node;  /* NULL: none */
	const char *label; /* NULL: it has no session */
};

enum { MOUNT_KINDS = VFS_MOUNT_DIRECTORY + 1 };

extern const struct mount_kind mount_kinds[MOUNT_KINDS];

/* The word for a node of that name; OTHER: it has none of its own. */
enum vfs_mount_which mount_kind_of(struct capnp_text node);

/* Of a node or attribute. */
bool mount_name_valid(struct capnp_text t);
/* Can it be written in a document? */
bool mount_text_valid(struct capnp_text t);
/* One name of a path. */
bool mount_file_name_valid(const char *s, size_t len);
