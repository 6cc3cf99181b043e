/* SPDX-License-Identifier: MIT */
/* <part name="/x"/> in a tree under test: the directory /x of another tree, which is
 * there before and after, so that a test sees what is left in it. */
#pragma once

#include "tree.h"

extern struct test_tree test_parts;
extern const struct vfs_type test_part;

/* The end of both, if there is one of `t`: nothing leaks. */
void test_parts_end(struct test_tree *t);
