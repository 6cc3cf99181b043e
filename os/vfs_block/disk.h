/* SPDX-License-Identifier: MIT */
/* A file as a block device: requests as operations of the tree, which may end
 * late. */
#pragma once

#include <os/block/server.h>
#include <vfs/vfs.h>

struct disk {
	struct fief_alloc *alloc; /* borrowed */
	struct vfs_file *file;    /* owned */
	uint32_t block_size;
	struct list ios; /* struct io: under way */
};

/* Begin a request of the disk; block_request_done is called for it. */
void disk_submit(struct disk *, struct block_request *);
/* Forget the request. */
void disk_cancel(struct disk *, struct block_request *);
