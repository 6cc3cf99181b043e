/* SPDX-License-Identifier: MIT */
/*
 * Mount tables: the node <vfs> of a configuration in the binary form of
 * session/mount_table.capnp, for those who make trees by program, and hand them to
 * a component when they create it. A table and the node that is made of it say
 * the same, and so do a node and the table that is made of it.
 */
#pragma once

#include <lib/node.h>

enum {
	MOUNT_TABLE_BYTES_MAX = 1 << 20,
	MOUNT_TABLE_MOUNTS_MAX = 1024,
	MOUNT_TABLE_ATTRS_MAX = 32, /* of one mount */
	MOUNT_TABLE_DEPTH_MAX = 24, /* names of a path */
};

/*
 * Make a node <vfs> of a table. `bytes` is aligned to 8, and hostile; nothing of
 * the node is in it. Whether there are such file systems, and what their
 * attributes mean, is for the tree to say. Errors, `err` telling which mount:
 * INVALID (no message; a path, name or text that no node can have; <ram> and others
 * that have a word of their own, as another one), UNSUPPORTED (a socket), LIMIT (see above), those
 * of the arena.
 */
FIEF_MUST enum fief_err mount_table_read(const void *bytes, size_t size,
                                         struct arena *, struct node_error *err,
                                         struct node **out);

/*
 * Write the table of a node <vfs> to `buf`, which is aligned to 8; `*len` are the
 * bytes. The arena is for what is needed meanwhile. Errors: INVALID (a <dir> without
 * name), LIMIT, TOO_LONG (the buffer), those of the arena.
 */
FIEF_MUST enum fief_err mount_table_write(const struct node *vfs,
                                          struct arena *, void *buf,
                                          size_t size, struct node_error *err,
                                          size_t *len);
