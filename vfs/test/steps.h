/* SPDX-License-Identifier: MIT */
/* Operations on a tree as rows of a table. */
#pragma once

#include "tree.h"

struct test_step {
	const char *what; /* see steps.c */
	const char *path;
	const char *text; /* written, or expected; NULL: not looked at */
	uint64_t pos;
	size_t len;
	uint64_t count; /* bytes of `text`; of stat, the size */
	enum vfs_kind kind;
	enum vfs_err err;
};

/* Do them one after the other; a cmocka test fails where another comes out. */
void test_steps(struct test_tree *, const struct test_step *, size_t count);
