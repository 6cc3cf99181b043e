/* SPDX-License-Identifier: MIT */
/* Messages of 9P2000.L, sent and received. For p9.c and its like. */
#pragma once

#include "p9.h"

/* ---- a request ---- */

/* In p->request, to which the rest is put. */
void p9_begin(struct p9 *, enum p9_type);
/* One whose answer comes late. EAGAIN: too many are under way. */
int p9_begin_late(struct p9 *, enum p9_type, struct p9_late *);

/* ---- its answer ---- */

/* Send it and have the answer. */
int p9_ask(struct p9 *, struct p9_in *);
/* Send the late one and go on. */
int p9_ask_late(struct p9 *, struct p9_late *);

/* It is no answer to what was asked. */
int p9_break(struct p9 *, const char *why);
/* The whole answer was read: 0; or it was none. */
int p9_end(struct p9 *, const struct p9_in *);
