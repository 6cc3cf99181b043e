/* SPDX-License-Identifier: MIT */
#include <lib/mem.h>
#include <vfs/plugin/copy.h>

enum { BUFFER = 65536 };

struct copy {
	struct vfs_file *from, *to;
	enum vfs_err (*now)(void *, struct vfs_op *, enum vfs_err);
	void *arg;
	uint64_t size, pos;
	struct vfs_op op;
	char buf[BUFFER];
};

static enum vfs_err read_some(struct copy *c, size_t *count)
{
	enum vfs_err e;

	c->op = (struct vfs_op){ .buf = c->buf, .len = BUFFER, .pos = c->pos };
	e = c->now(c->arg, &c->op, vfs_pread(c->from, &c->op));
	*count = c->op.count;
	return e;
}

static enum vfs_err write_all(struct copy *c, size_t count)
{
	size_t done = 0;

	while (done < count) {
		enum vfs_err e;

		c->op = (struct vfs_op){ .data = c->buf + done,
			                 .len = count - done,
			                 .pos = c->pos };
		e = c->now(c->arg, &c->op, vfs_pwrite(c->to, &c->op));
		if (e || !c->op.count)
			return e ? e : VFS_IO;
		done += c->op.count;
		c->pos += c->op.count;
	}
	return VFS_OK;
}

static void skip_hole(struct copy *c)
{
	const struct vfs_file_ops *ops = c->from->ops;
	enum vfs_err e = VFS_UNSUPPORTED;

	c->op = (struct vfs_op){ .pos = c->pos };
	if (ops->seek)
		e = c->now(c->arg, &c->op, ops->seek(c->from, false, &c->op));
	if (e == VFS_NO_DATA)
		c->pos = c->size;
	else if (!e)
		c->pos = c->op.pos;
}

static enum vfs_err copy_bytes(struct copy *c)
{
	enum vfs_err e = VFS_OK;
	size_t count = 1;

	while (!e && count) {
		skip_hole(c);
		if (c->pos >= c->size)
			return VFS_OK;
		e = read_some(c, &count);
		if (!e)
			e = write_all(c, count);
	}
	return e;
}

enum vfs_err
copy_file(struct fief_alloc *alloc, struct vfs_file *from, struct vfs_file *to,
          uint64_t size,
          enum vfs_err (*now)(void *, struct vfs_op *, enum vfs_err), void *arg)
{
	struct copy *c;
	void *mem;
	enum vfs_err e;

	if (fief_alloc(alloc, sizeof(*c), &mem))
		return VFS_NO_MEMORY;
	c = mem;
	c->from = from;
	c->to = to;
	c->now = now;
	c->arg = arg;
	c->size = size;
	c->pos = 0;
	e = copy_bytes(c);
	fief_free(alloc, c, sizeof(*c));
	return e;
}
