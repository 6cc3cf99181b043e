/* SPDX-License-Identifier: MIT */
/*
 * Which file a session is about, by its label and the configuration:
 *
 *	<config root="/">
 *	  <policy label_prefix="app" root="/app"/>
 *	  <default-policy root="/pub"/>
 *	</config>
 *
 * Without any policy, `root` of the config is for all. The label is not trusted:
 * it leads to no file but those below the root. Below any root but "/", symbolic
 * links are not followed, since clients may make some.
 */
#pragma once

#include <lib/node.h>
#include <stdint.h>

enum { WHERE_MAX = 1024 }; /* bytes of a path, terminator included */

struct where {
	char path[WHERE_MAX]; /* absolute; one slash between names */
	size_t root_len;      /* bytes of it that are the root; 0: "/" */
	uint32_t flags;       /* VFS_NOLINKS or 0 */
};

/*
 * The last element of the label as a path below the root. Errors: DENIED (no
 * policy), INVALID (empty, or with ".", ".." or nothing between two slashes; or
 * the root is), TOO_LONG (a name, or all).
 */
FIEF_MUST enum fief_err where_of_last(const struct node *config,
                                      const char *label, struct where *out);

/* Each element of the label as a name below the root; slashes in it are
 * underlines. Errors as above. */
FIEF_MUST enum fief_err where_of_label(const struct node *config,
                                       const char *label, struct where *out);

/*
 * For those who put paths together in another way, beginning with an empty path:
 * append a name, whose slashes become underlines; a path, with or without a slash
 * before and behind it; each element of a label as a name. Errors: INVALID, TOO_LONG.
 */
FIEF_MUST enum fief_err where_add_name(struct where *w, const char *name,
                                       size_t len);
FIEF_MUST enum fief_err where_add_path(struct where *w, const char *path);
FIEF_MUST enum fief_err where_add_label(struct where *w, const char *label);
