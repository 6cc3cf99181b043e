/* SPDX-License-Identifier: MIT */
/* Opening a session, with a deadline. */

#include <fief/deadline.h>
#include <session/parent.h>

#include "session_open.h"

/* The parent itself is trusted to answer; it is the server that may be slow.
 * What it answers too late, session_open_by has closed. */
static enum fief_err ask_until(struct parent_cap parent,
                               const struct parent_session_params *params,
                               struct parent_session_results *results,
                               const void *ctx)
{
	const uint64_t *at_ns = ctx;
	struct fief_deadline d;
	enum fief_err e = fief_deadline_arm(&d, *at_ns);

	if (e)
		return e;
	e = parent_session(parent, params, results);
	fief_deadline_disarm(&d);
	return e;
}

enum fief_err fief_session_open_until(struct fief_env *env,
                                      const struct fief_session_args *a,
                                      uint64_t at_ns, struct fief_session *out)
{
	return session_open_by(env, a, ask_until, &at_ns, out);
}
