/* SPDX-License-Identifier: MIT */
/* Which directory a client gets, and how it may be used. */
#pragma once

#include <lib/label.h>
#include <lib/node.h>

enum { POLICY_ARGS_MAX = 64 };

/* The session that is asked for instead of the client's. */
struct policy_session {
	struct label label; /* its last element: the directory */
	char args[POLICY_ARGS_MAX];
};

/* `label` and `args` are those of the client's request. Errors: DENIED (no
 * policy, or one without a path), INVALID (the label leads out of the directory;
 * an attribute or argument is malformed), TOO_LONG. */
FIEF_MUST enum fief_err policy_apply(const struct node *config,
                                     const char *label, const char *args,
                                     struct policy_session *out);
