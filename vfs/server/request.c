/* SPDX-License-Identifier: MIT */
/* Packets: what is asked is copied once, then checked, then done. */

#include <lib/mem.h>

#include "server.h"

static void request_free(struct request *r, struct fief_alloc *heap)
{
	struct session *s = r->session;

	list_remove(&r->in_session);
	if (s && s->events_asked == r)
		s->events_asked = NULL;
	if (r->file)
		vfs_close(r->file);
	if (r->to)
		vfs_close(r->to);
	fief_free(heap, r->list, FS_PAYLOAD);
	fief_free(heap, r, r->bytes);
}

static void refuse(struct session *s, const struct fief_packet *p,
                   enum fief_err e)
{
	struct fief_packet ack = *p;

	ack.status = (uint32_t)e;
	session_ack(s, &ack);
}

static void request_end(struct request *r, enum vfs_err e)
{
	struct session *s = r->session;
	struct fief_packet ack = r->packet;

	operation_reply(r, e);
	ack = r->packet;
	request_free(r, s->server->env->heap);
	session_ack(s, &ack);
}

/* The handle that was told is open now; or its client has closed it. */
static void opening_end(struct request *r, enum vfs_err e)
{
	struct handle *h = r->handle;

	h->opening = NULL;
	if (!e) {
		h->file = r->op.file;
		event_add(h, FS_EVENT_READY);
	}
	request_free(r, r->session->server->env->heap);
}

/* Its client may be gone. */
static void on_done(struct vfs_op *op, enum vfs_err e)
{
	struct request *r = FIEF_CONTAINER_OF(op, struct request, op);

	if (r->handle) {
		opening_end(r, e);
		return;
	}
	if (r->session) {
		e = operation_more(r, e);
		if (e != VFS_LATE)
			request_end(r, e);
		return;
	}
	vfs_node_put(op->node);
	if (op->file && op->file != r->file)
		vfs_close(op->file);
	if (r->opened)
		vfs_close(r->opened);
	request_free(r, op->user);
}

/* It waits for the other end of a fifo, and may do that for ever: the client has a
 * handle now, which is open later, and its packet back. */
static void request_detach(struct request *r)
{
	struct session *s = r->session;
	struct fs_reply reply = { .kind = VFS_FIFO,
		                  .stream = FS_STREAM | FS_OPENING };
	struct fief_packet ack = r->packet;
	enum vfs_err e;

	if (!s)
		return;
	e = handle_add_opening(r, &reply.handle);
	memcpy(fief_packet_at(&s->stream, &ack), &reply, sizeof(reply));
	ack.op = (uint32_t)e;
	list_remove(&r->in_session);
	if (e) {
		r->session = NULL;
		r->op.cancel(&r->op);
	}
	session_ack(s, &ack);
}

static void on_waits(struct vfs_op *op)
{
	struct request *r = FIEF_CONTAINER_OF(op, struct request, op);

	if ((r->packet.op & 0xff) != FS_OPEN)
		return;
	if (r->begun)
		request_detach(r);
	else
		r->waits = true;
}

/* ---- from a packet ---- */

static bool has_request(uint32_t op)
{
	return op != FS_READ && op != FS_WRITE && op != FS_CLOSE;
}

/* A path of names, or one name: nothing that leads out of where it begins. */
static bool text_valid(const char *text, size_t len)
{
	return !memchr(text, '\0', len);
}

static enum fief_err request_make(struct session *s,
                                  const struct fief_packet *p,
                                  const struct fs_request *asked,
                                  struct request **out)
{
	const size_t bytes =
		sizeof(struct request) + asked->path_len + asked->text_len + 4;
	const char *texts =
		(const char *)fief_packet_at(&s->stream, p) + sizeof(*asked);
	struct request *r;
	void *mem;
	enum fief_err e = fief_alloc(s->server->env->heap, bytes, &mem);

	if (e)
		return e;
	r = mem;
	memset(&r->session, 0, sizeof(*r) - offsetof(struct request, session));
	memset(&r->op, 0, offsetof(struct vfs_op, walk));
	r->bytes = bytes;
	r->session = s;
	r->packet = *p;
	r->packet.status = FIEF_OK;
	r->asked = *asked;
	r->path = (char *)(r + 1);
	r->text = r->path + asked->path_len + 2;
	memcpy(r->path, texts, asked->path_len);
	r->path[asked->path_len] = '\0';
	memcpy(r->text, texts + asked->path_len, asked->text_len);
	r->text[asked->text_len] = '\0';
	list_add_last(&s->running, &r->in_session);
	*out = r;
	return FIEF_OK;
}

static enum fief_err request_read(struct session *s,
                                  const struct fief_packet *p,
                                  struct fs_request *out)
{
	*out = (struct fs_request){ 0 };
	if (!has_request(p->op & 0xff))
		return FIEF_OK;
	if (p->size < FS_PAYLOAD)
		return FIEF_INVALID;
	memcpy(out, fief_packet_at(&s->stream, p), sizeof(*out));
	if (sizeof(*out) + out->path_len + out->text_len > p->size)
		return FIEF_INVALID;
	return FIEF_OK;
}

static enum fief_err files_find(struct session *s, struct request *r)
{
	const struct handle *h = handle_find(s, r->packet.op >> FS_OP_BITS);
	const struct handle *to = handle_find(s, r->asked.to);

	if (!h || !to || !h->file || !to->file)
		return FIEF_NOT_FOUND;
	r->file = vfs_file_get(h->file);
	r->to = vfs_file_get(to->file);
	if (!text_valid(r->path, r->asked.path_len) ||
	    !text_valid(r->text, r->asked.text_len))
		return FIEF_INVALID;
	return FIEF_OK;
}

void request_run(struct session *s, const struct fief_packet *p)
{
	struct fs_request asked;
	struct request *r;
	enum fief_err e;
	enum vfs_err done;

	if (!operation_known(p->op & 0xff)) {
		refuse(s, p, FIEF_UNSUPPORTED);
		return;
	}
	if ((p->op & 0xff) == FS_CLOSE) {
		struct fief_packet ack = *p;

		handle_close(s, p->op >> FS_OP_BITS);
		ack.op = VFS_OK;
		ack.status = FIEF_OK;
		session_ack(s, &ack);
		return;
	}
	e = request_read(s, p, &asked);
	if (!e)
		e = request_make(s, p, &asked, &r);
	if (e) {
		refuse(s, p, e);
		return;
	}
	e = files_find(s, r);
	if (e) {
		request_free(r, s->server->env->heap);
		refuse(s, p, e);
		return;
	}
	r->op.done = on_done;
	r->op.waits = on_waits;
	r->op.user = s->server->env->heap;
	done = operation_begin(r);
	if (done != VFS_LATE)
		done = operation_more(r, done);
	if (done != VFS_LATE)
		request_end(r, done);
	else if (r->waits)
		request_detach(r);
	else
		r->begun = true;
}

void requests_forget(struct session *s)
{
	struct list_elem *e;

	s->events_asked = NULL;
	while ((e = list_take_first(&s->running))) {
		struct request *r = LIST_OBJECT(e, struct request, in_session);

		r->session = NULL;
		if (r->op.cancel)
			r->op.cancel(&r->op);
	}
}
