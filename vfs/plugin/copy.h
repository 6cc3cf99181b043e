/* SPDX-License-Identifier: MIT */
/* The content of one open file for another, for file systems that copy; see
 * copy/README.md. */
#pragma once

#include <vfs/vfs.h>

/*
 * Copy `size` bytes, or what there is of them, without holes where these are known.
 * `now` makes what an operation gave the result of one that is over: it waits for
 * one that is late, or gives it up.
 */
enum vfs_err copy_file(struct fief_alloc *, struct vfs_file *from,
                       struct vfs_file *to, uint64_t size,
                       enum vfs_err (*now)(void *arg, struct vfs_op *,
                                           enum vfs_err),
                       void *arg);
