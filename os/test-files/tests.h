/* SPDX-License-Identifier: MIT */
/* What the component can be told to do; each ends it where something is wrong. */
#pragma once

#include <os/check.h>

#include "sync.h"

#define CHECK_VFS(expression, expected)                                        \
	do {                                                                   \
		enum vfs_err check_vfs_ = (expression);                        \
		if (check_vfs_ != (expected))                                  \
			check_failed(vfs_err_name(check_vfs_), __FILE__,       \
			             __LINE__);                                \
	} while (0)

/* The directory that belongs to this component: `name` of the config. */
struct test {
	const struct node *config;
	char dir[64]; /* "/NAME", made */
};

/* "/NAME" and what is formatted, in a buffer until the next but three. */
const char *test_path(const struct test *, const char *format, ...)
	FIEF_PRINTF(2, 3);

/* A tree of directories is made, filled, read back, and removed. */
void test_stress(const struct test *);
/* What programs do with files. */
void test_libc(const struct test *);
/* What is open is not disturbed by what becomes of its name. */
void test_unlink(const struct test *);
