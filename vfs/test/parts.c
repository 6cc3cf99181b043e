/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "parts.h"

struct test_tree test_parts;

static enum fief_err part_create(struct vfs *v, const struct node *config,
                                 struct node_error *err, struct vfs_fs **out)
{
	struct vfs_op op = { .path = node_attr(config, "name", "") };

	(void)v, (void)err;
	if (vfs_find(test_parts.vfs, &op))
		abort();
	*out = op.node->fs;
	return FIEF_OK;
}

const struct vfs_type test_part = { .name = "part", .create = part_create };

static void end(struct test_tree *t)
{
	if (t->vfs)
		test_tree_fini(t);
	t->vfs = NULL;
	if (!t->ram.live)
		return;
	fprintf(stderr, "%u dataspaces are left\n", t->ram.live);
	abort();
}

void test_parts_end(struct test_tree *t)
{
	end(t);
	end(&test_parts);
}
