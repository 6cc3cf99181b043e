/* SPDX-License-Identifier: MIT */
/*
 * Files that tell, or take, one value each: a line of text, that a shell can read
 * and write. What a device has beside its data is in such files, instead of
 * special calls: `.NAME/` beside `NAME`, with one file for each property and all
 * of them in `info`.
 *
 * A value is asked for once, when its file is opened: whoever reads it in parts
 * reads one value. A value is set by one write of all of it.
 */
#pragma once

#include <lib/fmt.h>
#include <vfs/plugin/fixed.h>

enum { VALUE_MAX = 256 }; /* bytes of a value, its newline included */

struct value {
	const char *name; /* of the file */
	/* Append it, without newline. */
	enum vfs_err (*get)(void *arg, struct fmt *out);
	/* Terminated, without the newline at its end; NULL: READ_ONLY. */
	enum vfs_err (*set)(void *arg, const char *text);
};

/* A file in `dir`; the table is borrowed, for as long as the file system. */
FIEF_MUST enum fief_err value_add(struct fixed_fs *, struct fixed_node *dir,
                                  const struct value *, void *arg);

/* Files for all values of a table, which ends with one without a name, and
 * `info` with all of them: <TYPE NAME="VALUE" .../>. */
FIEF_MUST enum fief_err value_add_all(struct fixed_fs *, struct fixed_node *dir,
                                      const char *type, const struct value *,
                                      void *arg);
