/* SPDX-License-Identifier: MIT */
/* A tree of files in a unit test, from a config as text. */
#pragma once

#include <fief/heap.h>
#include <vfs/vfs.h>

#include <base/test/fake_ram.h>

struct test_tree {
	struct fake_ram ram;
	struct fief_heap heap;
	struct arena arena;
	struct vfs *vfs;
	int64_t now; /* what its files get as time */
};

/* Aborts if that is no config. */
void test_tree_init(struct test_tree *, const struct vfs_type *const *types,
                    const char *config);
/* Another config; the error's text on failure. */
enum fief_err test_tree_update(struct test_tree *, const char *config,
                               struct node_error *);
void test_tree_fini(struct test_tree *);

extern const struct vfs_type *const test_types[];
/* Of trees that are made from now on; NULL: none. */
extern struct fief_env *test_env;
extern struct vfs_loader *test_loader;
