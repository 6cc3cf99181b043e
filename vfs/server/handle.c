/* SPDX-License-Identifier: MIT */
/* Handles of a session: what its client has open, by number. Paid by it. */

#include "server.h"

enum {
	/* With the file, its place, and what a file system keeps for it. */
	HANDLE_BYTES = 1024,
	/* And the pipe, which lives as long as an end of it is open. */
	FIFO_BYTES = 68 << 10,
};

/* Its bytes are given back when it is closed. */
static enum vfs_err handle_make(struct session *s, size_t bytes,
                                struct handle **out)
{
	struct fief_alloc *heap = s->server->env->heap;
	struct handle *h;
	void *mem;

	if (fief_budget_take(&s->base.budget, bytes, 0))
		return VFS_NO_MEMORY;
	if (fief_alloc_zeroed(heap, sizeof(*h), &mem))
		goto give;
	h = mem;
	h->bytes = bytes;
	h->session = s;
	*out = h;
	if (!fief_id_add(&s->handles, &h->id))
		return VFS_OK;
	fief_free(heap, h, sizeof(*h));
give:
	fief_budget_give(&s->base.budget, bytes, 0);
	return VFS_NO_MEMORY;
}

enum vfs_err handle_add(struct session *s, struct vfs_file *f, uint32_t *number)
{
	const bool fifo = f->node->kind == VFS_FIFO;
	struct handle *h;
	enum vfs_err e = handle_make(s, fifo ? FIFO_BYTES : HANDLE_BYTES, &h);

	if (e)
		return e;
	h->file = f;
	*number = h->id.id;
	return VFS_OK;
}

enum vfs_err handle_add_opening(struct request *r, uint32_t *number)
{
	struct handle *h;
	enum vfs_err e = handle_make(r->session, FIFO_BYTES, &h);

	if (e)
		return e;
	h->opening = r;
	r->handle = h;
	*number = h->id.id;
	return VFS_OK;
}

struct handle *handle_find(struct session *s, uint32_t number)
{
	if (!number)
		return s->root.file ? &s->root : NULL;
	return FIEF_ID_OBJECT(fief_id_find(&s->handles, number), struct handle,
	                      id);
}

struct handle *handle_of(const struct request *r)
{
	struct handle *h = handle_find(r->session, r->packet.op >> FS_OP_BITS);

	return h && h->file == r->file ? h : NULL;
}

static void handle_leave(struct handle *h)
{
	lock_waits_end(h);
	events_end(h);
	if (h->file)
		vfs_close(h->file);
}

static void handle_free(struct session *s, struct handle *h)
{
	const size_t bytes = h->bytes;

	fief_id_remove(&s->handles, &h->id);
	if (h->opening)
		h->opening->op.cancel(&h->opening->op);
	handle_leave(h);
	fief_free(s->server->env->heap, h, sizeof(*h));
	fief_budget_give(&s->base.budget, bytes, 0);
}

void handle_close(struct session *s, uint32_t number)
{
	struct handle *h = number ? handle_find(s, number) : NULL;

	if (h)
		handle_free(s, h);
}

void handles_close(struct session *s)
{
	struct fief_id *i;

	while ((i = fief_id_first(&s->handles)))
		handle_free(s, FIEF_ID_OBJECT(i, struct handle, id));
	if (s->root.file)
		handle_leave(&s->root);
	s->root.file = NULL;
}
