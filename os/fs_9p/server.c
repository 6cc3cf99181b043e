/* SPDX-License-Identifier: MIT */
/* Requests: their beginning, their way through operations, their answer. */

#include <lib/mem.h>

#include "requests.h"

/* ---- requests ---- */

struct request *request_tagged(const struct server *s, uint16_t tag)
{
	LIST_FOR_EACH(r, &s->running, struct request, link)
		if (r->tag == tag)
			return r;
	return NULL;
}

static void load_move(struct load *from, struct load *to,
                      const struct request *r)
{
	from->count--;
	from->bytes -= r->bytes;
	to->count++;
	to->bytes += r->bytes;
}

/* It waits for somebody who may never come. */
static void set_patient(struct request *r, bool patient)
{
	struct server *s = r->server;

	if (r->patient == patient)
		return;
	r->patient = patient;
	if (patient) {
		load_move(&s->under_way, &s->waiting, r);
		s->news = true; /* there is room */
	} else {
		load_move(&s->waiting, &s->under_way, r);
	}
}

static void request_free(struct request *r)
{
	struct server *s = r->server;

	set_patient(r, false);
	s->under_way.count--;
	s->under_way.bytes -= r->bytes;
	if (r->opens)
		r->fid->opening = false;
	fid_used(s, r->fid);
	fid_used(s, r->to);
	fid_free(s, r->fresh);
	vfs_place_put(r->at);
	vfs_place_put(r->to_at);
	if (r->answer)
		fief_free(s->alloc, r->answer, answer_size(r->answer));
	fief_free(s->alloc, r, sizeof(*r) + r->asked_bytes);
}

void server_enter(struct server *s)
{
	s->depth++;
}

void server_leave(struct server *s)
{
	if (s->depth == 1)
		waiting_bound(s);
	if (--s->depth || !s->news)
		return;
	s->news = false;
	s->answered(s);
}

static void go(struct request *r, enum vfs_err e);

void requests_flushed(struct server *s, const struct request *r)
{
	struct request *waiting = NULL;

	do {
		waiting = NULL;
		LIST_FOR_EACH(f, &s->running, struct request, link)
			if (f->flushing == r)
				waiting = f;
		if (waiting) {
			waiting->flushing = NULL;
			go(waiting, VFS_OK);
		}
	} while (waiting);
}

void request_finish(struct request *r, enum vfs_err e)
{
	if (!r->dropped)
		answer_send(r, e);
	list_remove(&r->link);
	requests_flushed(r->server, r);
	r->server->news = true; /* there is room */
	request_free(r);
}

static void go(struct request *r, enum vfs_err e)
{
	struct server *s = r->server;

	server_enter(s);
	set_patient(r, false);
	do
		e = r->type->run(r, e);
	while (e != VFS_LATE && !r->ended);
	if (r->ended)
		request_finish(r, e);
	server_leave(s);
}

static void on_done(struct vfs_op *op, enum vfs_err e)
{
	go(FIEF_CONTAINER_OF(op, struct request, op), e);
}

static void on_waits(struct vfs_op *op)
{
	set_patient(FIEF_CONTAINER_OF(op, struct request, op), true);
}

static void on_ready(struct vfs_waiter *w)
{
	struct request *r = FIEF_CONTAINER_OF(w, struct request, ready);

	r->waiting = false;
	go(r, VFS_OK);
}

enum vfs_err request_wait(struct request *r, struct vfs_file *f, uint32_t stage)
{
	r->stage = stage;
	r->waiting = true;
	r->ready.wake = on_ready;
	set_patient(r, true);
	vfs_wait(f, &r->ready);
	return VFS_LATE;
}

struct vfs_op *request_op(struct request *r)
{
	memset(&r->op, 0, offsetof(struct vfs_op, walk));
	r->op.done = on_done;
	r->op.waits = on_waits;
	return &r->op;
}

/* ---- beginning ---- */

static bool fid_take(struct request *r, struct fid **out)
{
	const uint32_t number = p9_u32(&r->in);

	*out = r->in.bad ? NULL : fid_find(r->server, number);
	if (*out)
		(*out)->uses++;
	return *out;
}

static enum vfs_err begin(struct request *r)
{
	const struct message *m = r->type;

	if (m->fid && !fid_take(r, &r->fid))
		return VFS_NOT_OPEN;
	if (m->changes && !r->server->writeable)
		return VFS_READ_ONLY;
	return VFS_OK;
}

static size_t room_of(const struct request *r)
{
	const struct message *m = r->type;
	const uint32_t most = m->room ? m->room(r) : m->answer_bytes;

	return P9_HEADER + (most > sizeof(uint32_t) ? most : sizeof(uint32_t));
}

static enum vfs_err request_make(struct server *s, const unsigned char *from,
                                 size_t bytes, struct request **out)
{
	const size_t size = sizeof(struct request) + bytes;
	struct request *r;
	void *mem;

	if (fief_alloc(s->alloc, size, &mem))
		return VFS_NO_MEMORY;
	r = mem;
	memset(r, 0, sizeof(*r));
	memcpy(r->asked, from, bytes);
	r->server = s;
	r->asked_bytes = bytes;
	r->type = &messages[from[4]];
	memcpy(&r->tag, from + 5, sizeof(r->tag));
	r->in = (struct p9_in){ r->asked + P9_HEADER, bytes - P9_HEADER,
		                false };
	r->op.done = on_done;
	if (answer_make(r, room_of(r))) {
		fief_free(s->alloc, r, size);
		return VFS_NO_MEMORY;
	}
	r->bytes = size + answer_size(r->answer);
	s->under_way.count++;
	s->under_way.bytes += r->bytes;
	list_add_last(&s->running, &r->link);
	*out = r;
	return VFS_OK;
}

/* A session begins with the version, and all that was before it is over. */
static bool in_order(const struct server *s, uint8_t type, uint16_t tag)
{
	if (type == P9_VERSION)
		return tag == P9_NO_TAG;
	return s->message && tag != P9_NO_TAG && !request_tagged(s, tag);
}

bool server_room(const struct server *s)
{
	return s->under_way.count < REQUESTS_MAX &&
	       s->under_way.bytes < REQUESTS_BYTES &&
	       s->answer_bytes < ANSWERS_BYTES;
}

static bool refuse(struct server *s, const char *why)
{
	s->why = why;
	return false;
}

static void run(struct request *r)
{
	const enum vfs_err e = begin(r);

	if (e)
		request_finish(r, e);
	else
		go(r, VFS_OK);
}

bool server_message(struct server *s, const unsigned char *from, size_t bytes)
{
	struct request *r;
	uint16_t tag;

	memcpy(&tag, from + 5, sizeof(tag));
	if (from[4] >= P9_TYPES || !messages[from[4]].run)
		return refuse(s, "a type of message that there is not");
	if (!in_order(s, from[4], tag))
		return refuse(s, "a tag in use, or nothing was agreed on yet");
	if (request_make(s, from, bytes, &r))
		return answer_no_memory(s, tag) ||
		       refuse(s, "no memory for an answer");
	server_enter(s);
	run(r);
	server_leave(s);
	return true;
}

/* ---- life ---- */

static void nobody(struct server *s)
{
	(void)s;
}

void server_fini(struct server *s)
{
	s->answered = nobody;
	requests_drop(s, NULL);
	while (s->answers.first)
		server_sent(s, LIST_FIRST(&s->answers, struct answer, link));
	fids_drop(s);
	vfs_place_put(s->root);
	s->root = NULL;
}
