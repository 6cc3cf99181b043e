/* SPDX-License-Identifier: MIT */
/*
 * What the node of a file system can have in a configuration. The core checks
 * each node by the table of its type before it makes one, so that a plugin looks
 * only at values that may be there; the pages of docs/reference come from the
 * same tables.
 */
#pragma once

#include <lib/node.h>

enum vfs_value {
	VFS_VALUE_TEXT, /* any; where it is required, not empty */
	VFS_VALUE_NAME, /* of a file */
	VFS_VALUE_BOOL,
	VFS_VALUE_NUMBER, /* with K, M, G or T */
};

struct vfs_attr {
	const char *name;
	const char *usual; /* what it is by default; NULL: see its text */
	const char *text;  /* what it means, one sentence */
	enum vfs_value value;
	bool required;
};

struct vfs_schema {
	const char *text;             /* what the file system is for */
	const struct vfs_attr *attrs; /* and one without a name; or NULL */
	/* Nodes that can be in it, once each, and NULL; or NULL. What is in
	 * those is checked by who looks at them. */
	const char *const *children;
	bool content; /* text can be in it */
	bool any;     /* any nodes can: others check them */
};

/* Is the node as the table has it? Errors, with place and, where a name is not
 * known, the nearest one: INVALID, LIMIT, NOT_FOUND (an attribute). */
FIEF_MUST enum fief_err vfs_schema_check(const struct vfs_schema *,
                                         const struct node *,
                                         struct node_error *);
