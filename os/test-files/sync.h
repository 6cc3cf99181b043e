/* SPDX-License-Identifier: MIT */
/*
 * Operations on a tree that wait for their end, for tests, which have nothing else
 * to do. One tree a component.
 */
#pragma once

#include <fief/component.h>
#include <lib/node.h>
#include <vfs/dirent.h>
#include <vfs/vfs.h>

/* The tree of the node `vfs` of a config; ends the component if there is none. */
void sync_init(struct fief_env *, const struct node *config);
/* All must be closed. */
void sync_fini(void);

/* Begin an operation, the only one, and wait for its end when it returned `e`. */
struct vfs_op *sync_op(const char *path);
enum vfs_err sync_end(enum vfs_err e);
struct vfs *sync_tree(void);

enum vfs_err sync_open(const char *path, uint32_t flags, struct vfs_file **);
enum vfs_err sync_make(const char *path, enum vfs_kind);
enum vfs_err sync_symlink(const char *path, const char *target);
enum vfs_err sync_remove(const char *path, uint32_t flags);
enum vfs_err sync_rename(const char *from, const char *to, uint32_t flags);
enum vfs_err sync_link(const char *from, const char *to);
enum vfs_err sync_stat(const char *path, struct vfs_stat *);
enum vfs_err sync_truncate(struct vfs_file *, uint64_t size);
enum vfs_err sync_file_stat(struct vfs_file *, struct vfs_stat *);

/* All of it, at a position. */
enum vfs_err sync_pwrite(struct vfs_file *, uint64_t pos, const void *,
                         size_t len);
/* As much as there is. */
enum vfs_err sync_pread(struct vfs_file *, uint64_t pos, void *, size_t len,
                        size_t *count);
/* A whole file, made if need be. */
enum vfs_err sync_put(const char *path, const void *, size_t len);

/* Each entry of a directory but "." and ".."; false ends it. */
enum vfs_err sync_list(const char *path,
                       bool (*each)(const struct vfs_dirent *, void *arg),
                       void *arg);
