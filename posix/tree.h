/* SPDX-License-Identifier: MIT */
/* The files of the program: operations of the VFS, one at a time, until their end. */
#pragma once

#include <fief/component.h>
#include <vfs/vfs.h>

#include "errno.h"

/* By the <vfs> of the config; says what is wrong. */
FIEF_MUST enum fief_err tree_init(struct fief_env *, const struct node *config);
struct vfs *tree(void);

/* The one operation, empty. */
struct vfs_op *tree_op(void);
/* What it comes to: waits if it has not ended. */
enum vfs_err tree_end(enum vfs_err);

/* Wait until the file may be ready for something else. */
void tree_wait(struct vfs_file *);

/* The directory that relative paths begin at; NULL: the root. */
struct vfs_place *tree_cwd(void);
enum linux_errno tree_cwd_set(const char *path);
