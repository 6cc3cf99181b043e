/* SPDX-License-Identifier: MIT */
/* Private parts of <block>: bytes to blocks. */
#pragma once

#include <os/block/client.h>
#include <vfs/plugin/fixed.h>

struct block_fs {
	struct fixed_fs fixed;
	struct block_client client;
	struct list active;  /* struct io: with the server */
	struct list waiting; /* struct io: until there is room, in order */
	size_t most;         /* bytes of one request */
};

/* Begin op as blocks; it ends late. */
enum vfs_err io_begin(struct block_fs *, enum block_op, struct vfs_op *);
/* Forget what nobody waits for any more. */
void io_drop_all(struct block_fs *);
