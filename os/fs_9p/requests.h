/* SPDX-License-Identifier: MIT */
/* Between the files that move requests on: their beginning, end, answers. */
#pragma once

#include "server.h"

/* ---- server.c ---- */

/* Nothing is read, and no request begins, between these two: others are on their
 * way up the stack. */
void server_enter(struct server *);
void server_leave(struct server *);

/* NULL: there is none. */
struct request *request_tagged(const struct server *, uint16_t tag);
/* Its answer comes before that to who gave it up: the other side may rely on
 * either. From then on its tag is free. */
void request_finish(struct request *, enum vfs_err);
/* Those that wait for the end of this one go on. */
void requests_flushed(struct server *, const struct request *);

/* ---- stop.c ---- */

/* Too many wait for somebody who may never come: the last ones end. */
void waiting_bound(struct server *);

/* ---- answer.c ---- */

static inline size_t answer_size(const struct answer *a)
{
	return sizeof(*a) + a->room;
}

/* r->answer, r->out: of at most `room` bytes. Errors: NO_MEMORY. */
enum vfs_err answer_make(struct request *, size_t room);
void answer_send(struct request *, enum vfs_err);
/* To a message that there is no memory for; false: nor for that. */
bool answer_no_memory(struct server *, uint16_t tag);
