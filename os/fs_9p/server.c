/* SPDX-License-Identifier: MIT */
/* Requests: their beginning, their way through operations, their answer. */

#include "server.h"

#include <lib/mem.h>

/* ---- answers ---- */

static enum vfs_err answer_make(struct request *r, size_t room)
{
	struct server *s = r->server;
	void *mem;

	if (fief_alloc(s->alloc, sizeof(struct answer) + room, &mem))
		return VFS_NO_MEMORY;
	r->answer = mem;
	*r->answer = (struct answer){ .room = (uint32_t)room };
	r->out = (struct p9_out){ r->answer->data, P9_HEADER, room, false };
	return VFS_OK;
}

static void header_put(unsigned char *at, uint32_t bytes, uint8_t type,
                       uint16_t tag)
{
	memcpy(at, &bytes, sizeof(bytes));
	at[4] = type;
	memcpy(at + 5, &tag, sizeof(tag));
}

static void answer_send(struct request *r, enum vfs_err e)
{
	struct server *s = r->server;
	uint8_t type = (uint8_t)(r->type - messages + 1);

	if (!e && r->out.full)
		e = VFS_TOO_BIG; /* a mistake of ours, but none to hide */
	if (e) {
		type = P9_LERROR + 1;
		r->out.len = P9_HEADER;
		p9_put_u32(&r->out, p9_errno(e));
	}
	r->answer->bytes = (uint32_t)r->out.len;
	header_put(r->answer->data, r->answer->bytes, type, r->tag);
	list_add_last(&s->answers, &r->answer->link);
	s->answer_bytes += r->answer->bytes;
	r->answer = NULL;
}

void server_sent(struct server *s, struct answer *a)
{
	s->answer_bytes -= a->bytes;
	list_remove(&a->link);
	fief_free(s->alloc, a, sizeof(*a) + a->room);
}

/* ---- requests ---- */

static struct request *request_tagged(const struct server *s, uint16_t tag)
{
	LIST_FOR_EACH(r, &s->running, struct request, link)
		if (r->tag == tag)
			return r;
	return NULL;
}

static void request_free(struct request *r, struct server *s)
{
	list_remove(&r->link);
	s->requests--;
	s->request_bytes -= r->bytes;
	fid_used(s, r->fid);
	fid_used(s, r->to);
	fid_free(s, r->fresh);
	if (r->answer)
		fief_free(s->alloc, r->answer,
		          sizeof(*r->answer) + r->answer->room);
	fief_free(s->alloc, r, r->bytes);
}

static void go(struct request *r, enum vfs_err e);

/* Those that wait for the end of this one. */
static void flushed(struct server *s, const struct request *r)
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

/* The answer comes before that to who gave it up: the other side may rely on
 * either. */
static void finish(struct request *r, enum vfs_err e)
{
	struct server *s = r->server;

	answer_send(r, e);
	flushed(s, r);
	request_free(r, s);
	s->answered(s);
}

static void go(struct request *r, enum vfs_err e)
{
	do
		e = r->type->run(r, e);
	while (e != VFS_LATE && !r->ended);
	if (r->ended)
		finish(r, e);
}

static void on_done(struct vfs_op *op, enum vfs_err e)
{
	go(FIEF_CONTAINER_OF(op, struct request, op), e);
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
	vfs_wait(f, &r->ready);
	return VFS_LATE;
}

struct vfs_op *request_op(struct request *r)
{
	memset(&r->op, 0, offsetof(struct vfs_op, walk));
	r->op.done = on_done;
	return &r->op;
}

/* ---- giving up ---- */

static void give_up(struct request *r)
{
	if (r->waiting) {
		vfs_wait_end(&r->ready);
		r->waiting = false;
		r->ended = true;
		finish(r, VFS_CANCELED);
	} else if (r->op.cancel) {
		r->op.cancel(&r->op);
	}
}

void requests_drop(struct server *s, const struct request *but)
{
	struct request *r = LIST_FIRST(&s->running, struct request, link);

	/* One that ends takes those with it that wait for it: begin anew. */
	while (r) {
		if (r == but || r->flushing) {
			r = LIST_NEXT(r, struct request, link);
			continue;
		}
		give_up(r);
		r = LIST_FIRST(&s->running, struct request, link);
	}
}

enum vfs_err run_flush(struct request *r, enum vfs_err e)
{
	struct server *s = r->server;
	struct request *old;
	uint16_t tag;

	if (r->stage++)
		return request_end(r, e);
	tag = p9_u16(&r->in);
	if (!p9_done(&r->in))
		return request_end(r, VFS_INVALID);
	old = request_tagged(s, tag);
	if (old && old != r)
		give_up(old);
	/* Mostly it has ended by that. */
	if (!old || old == r || request_tagged(s, tag) != old)
		return request_end(r, VFS_OK);
	r->flushing = old;
	return VFS_LATE;
}

/* ---- beginning ---- */

static bool fid_take(struct request *r, struct fid **out)
{
	*out = fid_find(r->server, p9_u32(&r->in));
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
	r->bytes = size;
	r->type = &messages[from[4]];
	memcpy(&r->tag, from + 5, sizeof(r->tag));
	r->in = (struct p9_in){ r->asked + P9_HEADER, bytes - P9_HEADER,
		                false };
	r->op.done = on_done;
	if (answer_make(r, room_of(r))) {
		fief_free(s->alloc, r, size);
		return VFS_NO_MEMORY;
	}
	s->requests++;
	s->request_bytes += size;
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
	return s->requests < REQUESTS_MAX &&
	       s->request_bytes < REQUESTS_BYTES &&
	       s->answer_bytes < ANSWERS_BYTES;
}

bool server_message(struct server *s, const unsigned char *from, size_t bytes)
{
	struct request *r;
	enum vfs_err e;
	uint16_t tag;

	memcpy(&tag, from + 5, sizeof(tag));
	if (from[4] >= P9_TYPES || !messages[from[4]].run ||
	    !in_order(s, from[4], tag))
		return false;
	if (request_make(s, from, bytes, &r))
		return false;
	e = begin(r);
	if (e) {
		finish(r, e);
		return true;
	}
	go(r, VFS_OK);
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
	for (size_t i = 0; i < FID_BUCKETS; i++)
		while (s->bucket[i].first)
			fid_clunk(s, LIST_FIRST(&s->bucket[i], struct fid,
			                        in_bucket));
	vfs_place_put(s->root);
	s->root = NULL;
}
