/* SPDX-License-Identifier: MIT */
/* Open files of the host. */

#include "host.h"

static struct host_file *file_of(const struct vfs_file *f)
{
	return f->state;
}

static const struct kif_host_dir_ops *ops_of(const struct vfs_file *f)
{
	return host_fs(f->node)->dir;
}

static void file_close(struct vfs_file *f)
{
	struct host_fs *fs = host_fs(f->node);
	struct host_file *h = file_of(f);

	list_remove(&h->in_node);
	(void)fs->host->close(h->file);
	fief_free(fs->alloc, h, sizeof(*h));
}

static enum vfs_err file_read(struct vfs_file *f, struct vfs_op *op)
{
	return host_err(ops_of(f)->read(file_of(f)->file, op->buf, op->len,
	                                op->pos, &op->count));
}

static enum vfs_err end_of(struct vfs_file *f, uint64_t *pos)
{
	struct kif_host_stat st;
	enum vfs_err e = host_err(ops_of(f)->stat(file_of(f)->file, &st));

	if (!e)
		*pos = st.size;
	return e;
}

static enum vfs_err file_write(struct vfs_file *f, struct vfs_op *op)
{
	enum vfs_err e = f->flags & VFS_APPEND ? end_of(f, &op->pos) : VFS_OK;

	if (!e)
		e = host_err(ops_of(f)->write(file_of(f)->file, op->data,
		                              op->len, op->pos, &op->count));
	if (!e && !op->count)
		e = VFS_NO_SPACE;
	if (!e)
		host_changed(host_node(f->node));
	return e;
}

/* Stored for good, as far as the host's disk keeps its word. */
static enum vfs_err file_sync(struct vfs_file *f, struct vfs_op *op)
{
	(void)op;
	return host_err(ops_of(f)->sync(file_of(f)->file, false));
}

static enum vfs_err file_allocate(struct vfs_file *f, unsigned how,
                                  struct vfs_op *op)
{
	static const struct {
		unsigned how;
		enum kif_host_allocate host;
	} table[] = {
		{ 0, KIF_HOST_ALLOCATE },
		{ VFS_ALLOCATE_KEEP_SIZE, KIF_HOST_KEEP_SIZE },
		{ VFS_ALLOCATE_PUNCH | VFS_ALLOCATE_KEEP_SIZE, KIF_HOST_PUNCH },
		{ VFS_ALLOCATE_ZERO | VFS_ALLOCATE_KEEP_SIZE, KIF_HOST_ZERO },
	};
	enum vfs_err e = VFS_UNSUPPORTED;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].how == how)
			e = host_err(ops_of(f)->allocate(file_of(f)->file,
			                                 table[i].host, op->pos,
			                                 op->len));
	if (!e)
		host_changed(host_node(f->node));
	return e;
}

static enum vfs_err file_seek(struct vfs_file *f, bool hole, struct vfs_op *op)
{
	return host_err(ops_of(f)->seek(file_of(f)->file,
	                                hole ? KIF_HOST_HOLE : KIF_HOST_DATA,
	                                op->pos, &op->pos));
}

static const struct vfs_file_ops open_ops = {
	.close = file_close,
	.read = file_read,
	.write = file_write,
	.sync = file_sync,
	.allocate = file_allocate,
	.seek = file_seek,
};

static unsigned how_of(uint32_t flags)
{
	/* Who writes reads, too: `change` borrows it. */
	return flags & (VFS_WRITE | VFS_TRUNCATE) ? KIF_HOST_READ_WRITE :
	                                            KIF_HOST_READ;
}

static enum vfs_err state_make(struct host_node *n, struct vfs_file *f,
                               unsigned how, const struct vfs_file_ops *ops)
{
	struct host_fs *fs = host_fs(&n->node);
	struct host_file *h;
	void *mem;
	enum vfs_err e;

	if (fief_alloc_zeroed(fs->alloc, sizeof(*h), &mem))
		return VFS_NO_MEMORY;
	h = mem;
	e = host_reopen(n, how, &h->file);
	if (e) {
		fief_free(fs->alloc, h, sizeof(*h));
		return e;
	}
	h->writes = how != KIF_HOST_READ;
	list_add_last(&n->files, &h->in_node);
	f->state = h;
	f->ops = ops;
	return VFS_OK;
}

enum vfs_err host_open(struct vfs_node *node, struct vfs_file *f,
                       struct vfs_op *op)
{
	if (op->flags & (VFS_WRITE | VFS_TRUNCATE) &&
	    !host_fs(node)->host->writeable)
		return VFS_READ_ONLY;
	return state_make(host_node(node), f, how_of(op->flags), &open_ops);
}

/* ---- directories: to be synced ---- */

static const struct vfs_file_ops dir_ops = {
	.close = file_close,
	.sync = file_sync,
};

enum vfs_err host_dir_open(struct vfs_node *node, struct vfs_file *f,
                           struct vfs_op *op)
{
	(void)op;
	return state_make(host_node(node), f, KIF_HOST_READ, &dir_ops);
}
