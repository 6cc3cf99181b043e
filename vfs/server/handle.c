/* SPDX-License-Identifier: MIT */
/* Handles of a session: what its client has open, by number. Paid by it. */

#include "server.h"

/* With the file, its place, and what a file system keeps for it. */
enum { HANDLE_BYTES = 768 };

enum vfs_err handle_add(struct session *s, struct vfs_file *f, uint32_t *number)
{
	struct fief_alloc *heap = s->server->env->heap;
	struct handle *h;
	void *mem;

	if (fief_budget_take(&s->base.budget, HANDLE_BYTES, 0))
		return VFS_NO_MEMORY;
	if (fief_alloc_zeroed(heap, sizeof(*h), &mem))
		goto give;
	h = mem;
	h->file = f;
	if (fief_id_add(&s->handles, &h->id))
		goto release;
	*number = h->id.id;
	return VFS_OK;
release:
	fief_free(heap, h, sizeof(*h));
give:
	fief_budget_give(&s->base.budget, HANDLE_BYTES, 0);
	return VFS_NO_MEMORY;
}

static struct handle *handle_find(struct session *s, uint32_t number)
{
	return FIEF_ID_OBJECT(fief_id_find(&s->handles, number), struct handle,
	                      id);
}

struct vfs_file *handle_file(struct session *s, uint32_t number)
{
	const struct handle *h = handle_find(s, number);

	if (!number)
		return s->root;
	return h ? h->file : NULL;
}

static void handle_free(struct session *s, struct handle *h)
{
	fief_id_remove(&s->handles, &h->id);
	vfs_close(h->file);
	fief_free(s->server->env->heap, h, sizeof(*h));
	fief_budget_give(&s->base.budget, HANDLE_BYTES, 0);
}

void handle_close(struct session *s, uint32_t number)
{
	struct handle *h = handle_find(s, number);

	if (h)
		handle_free(s, h);
}

void handles_close(struct session *s)
{
	struct fief_id *i;

	while ((i = fief_id_first(&s->handles)))
		handle_free(s, FIEF_ID_OBJECT(i, struct handle, id));
}
