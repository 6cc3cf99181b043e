/* SPDX-License-Identifier: MIT */
#pragma once

#include <vfs/vfs.h>
#include <vfs/within.h>

struct import {
	struct vfs_fs fs;
	struct vfs_node root;
	struct fief_alloc *alloc; /* borrowed */
	struct vfs *from;         /* owned: what is copied; NULL: it was */
	bool overwrite;
};

/* Copy all of it, to what these nodes are, over each other. The error names the
 * path. */
enum fief_err import_copy(struct import *, struct vfs_node *const *to,
                          unsigned count, const struct node *config,
                          struct node_error *);
