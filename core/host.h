/* SPDX-License-Identifier: MIT */
/* Host sessions and the PDs that are started by their authority. */
#pragma once

#include "core.h"
#include "pd.h"

struct core_host_session {
	struct fief_rpc_obj obj;
	struct list_elem link;    /* in grant->sessions */
	struct core_grant *grant; /* borrowed; NULL: it has ended */
	fief_cap sigh;            /* owned: received */
};

/* The session behind one of core's own capabilities, or NULL. */
struct core_host_session *core_host_session_of(fief_cap);

/* pd.c: end the PDs that were started with it. */
void core_pd_host_gone(const struct core_host_session *);
