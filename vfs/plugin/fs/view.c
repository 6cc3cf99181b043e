/* SPDX-License-Identifier: MIT */
/*
 * Content where it is: as memory of the server, if it has it as such and we may wait
 * for it, else in the buffer of the session.
 */

#include <fief/kif_table.h>

#include "fs.h"

/* ---- memory of the server ---- */

enum vfs_err fs_map(struct vfs_file *f, struct vfs_op *op)
{
	struct fs_node *n = fs_node(f->node);
	struct fs *fs = fs_of(f->node);
	struct dataspace_cap ds;
	uint64_t bytes;
	enum fief_err e;

	/* A server of files does not wait for another one. */
	if (fs->async || fs->broken)
		return VFS_UNSUPPORTED;
	e = file_system_map((struct file_system_cap){ fs->session.cap },
	                    n->handle, &ds, &bytes);
	if (e)
		return e == FIEF_OUT_OF_RAM ? VFS_NO_MEMORY : VFS_UNSUPPORTED;
	fief_kif->drop(n->mapped, 1);
	n->mapped = op->ds = ds.cap;
	op->count = bytes;
	return VFS_OK;
}

/* Seen up to `size`, at least; how much it is, is the server's word, but a mapping
 * is as large as the dataspace or fails. */
static enum vfs_err view(struct vfs_file *f, uint64_t size)
{
	struct fs_node *n = fs_node(f->node);
	struct vfs_op op;
	enum vfs_err e;

	if (n->view.bytes >= size)
		return VFS_OK;
	e = fs_map(f, &op);
	if (e)
		return e;
	fief_detach(&n->view);
	fief_kif->ref(op.ds);
	return op.count && fief_attach(&n->view, op.ds, op.count, KIF_READ) ?
	               VFS_UNSUPPORTED :
	               VFS_OK;
}

/* What is behind the end of what is mapped is for the next time. */
static enum vfs_err sized(struct vfs_op *op, enum vfs_err e)
{
	const uint64_t size = op->stat.size;
	uint64_t end;

	if (e || op->pos >= size)
		return e;
	e = view(op->file, size);
	if (e)
		return e;
	end = fs_node(op->file->node)->view.bytes;
	end = end < size ? end : size;
	if (op->pos >= end)
		return VFS_UNSUPPORTED;
	op->count = op->len < end - op->pos ? op->len : (size_t)(end - op->pos);
	op->data = (const char *)fs_node(op->file->node)->view.addr + op->pos;
	return VFS_OK;
}

/* ---- the buffer ---- */

static enum vfs_err peeked(struct call *c, uint32_t outcome,
                           const struct fs_reply *r)
{
	(void)r;
	c->op->data = call_payload(c);
	c->keeps = !outcome;
	return vfs_err_from_wire(outcome);
}

static enum vfs_err peek_buffer(struct vfs_file *f, struct vfs_op *op)
{
	struct call *c;
	enum vfs_err e = fs_begin(f, op, FS_READ, &c);

	if (e)
		return e;
	c->len = fs_bytes_at_once(f, op->len);
	c->pos = op->pos;
	c->finish = peeked;
	return call_start(c);
}

/* ---- operations ---- */

enum vfs_err fs_peek(struct vfs_file *f, struct vfs_op *op)
{
	struct fs_node *n = fs_node(f->node);
	enum vfs_err e;

	op->file = f;
	n->no_view |= !n->view.bytes && view(f, 1) == VFS_UNSUPPORTED;
	if (n->no_view)
		return peek_buffer(f, op);
	n->fresh = false;
	e = n->node.ops->stat(&n->node, op);
	if (e != VFS_LATE)
		return sized(op, e);
	op->step = sized;
	return e;
}

/* Who is not in the buffer stays seen until the file is closed. */
void fs_peek_end(struct vfs_file *f, struct vfs_op *op)
{
	const struct fs_node *n = fs_node(f->node);

	if (n->no_view)
		call_kept_end(op->worker);
}

void fs_close_file(struct vfs_file *f)
{
	struct fs_node *n = fs_node(f->node);

	fief_detach(&n->view);
	fief_kif->drop(n->mapped, 1);
	n->mapped = FIEF_CAP_NULL;
	n->file = NULL;
}
