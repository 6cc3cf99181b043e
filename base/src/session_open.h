/* SPDX-License-Identifier: MIT */
/* Opening a session, whatever way the parent is asked. */
#pragma once

#include <fief/session.h>

struct parent_cap;
struct parent_session_params;
struct parent_session_results;

/* Ask the parent once. */
typedef enum fief_err session_ask(struct parent_cap parent,
                                  const struct parent_session_params *params,
                                  struct parent_session_results *results,
                                  const void *ctx);

FIEF_MUST enum fief_err session_open_by(struct fief_env *env,
                                        const struct fief_session_args *a,
                                        session_ask *ask, const void *ctx,
                                        struct fief_session *out);
