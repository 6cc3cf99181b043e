/* SPDX-License-Identifier: MIT */
/*
 * Open files. Reads and writes are many: they are counted, and told when the file
 * is closed, but for those that fail.
 */

#include <lib/fmt.h>
#include <lib/mem.h>

#include "internal.h"

struct audit_file {
	struct vfs_file inner; /* open in the file system that is watched */
	struct vfs_file *outer;
	struct vfs_waiter waiter; /* for `inner` */
	uint64_t reads, read, writes, written;
};

static struct audit_file *file_of(struct vfs_file *f)
{
	return f->state;
}

/* The open file there, as this one is now. */
static struct vfs_file *inner(struct vfs_file *f)
{
	struct vfs_file *in = &file_of(f)->inner;

	in->flags = f->flags;
	return in;
}

static struct audit_call call(struct vfs_file *f, const char *what)
{
	return (struct audit_call){ .line = { .what = what,
		                              .node = audit_node(f->node) } };
}

/* ---- content ---- */

static enum vfs_err file_read(struct vfs_file *f, struct vfs_op *op)
{
	struct vfs_file *in = inner(f);
	struct audit_call c = call(f, "read");

	if (!audit_fs(audit_node(f->node))->data) {
		c.ops = &file_of(f)->reads;
		c.bytes = &file_of(f)->read;
	}
	return audit_over(&c, NULL, op,
	                  in->ops->read ? in->ops->read(in, op) : VFS_INVALID);
}

static enum vfs_err file_write(struct vfs_file *f, struct vfs_op *op)
{
	struct vfs_file *in = inner(f);
	struct audit_call c = call(f, "write");

	c.change = true;
	if (!audit_fs(audit_node(f->node))->data) {
		c.ops = &file_of(f)->writes;
		c.bytes = &file_of(f)->written;
	}
	return audit_over(&c, NULL, op,
	                  in->ops->write ? in->ops->write(in, op) :
	                                   VFS_INVALID);
}

static enum vfs_err file_sync(struct vfs_file *f, struct vfs_op *op)
{
	struct vfs_file *in = inner(f);
	const struct audit_call c = call(f, "sync");

	return audit_over(&c, NULL, op,
	                  in->ops->sync ? in->ops->sync(in, op) : VFS_OK);
}

static enum vfs_err file_allocate(struct vfs_file *f, unsigned how,
                                  struct vfs_op *op)
{
	struct vfs_file *in = inner(f);
	struct audit_call c = call(f, "allocate");

	c.change = true;
	return audit_over(&c, NULL, op,
	                  in->ops->allocate ? in->ops->allocate(in, how, op) :
	                                      VFS_UNSUPPORTED);
}

static enum vfs_err file_seek(struct vfs_file *f, bool hole, struct vfs_op *op)
{
	struct vfs_file *in = inner(f);

	return in->ops->seek ? in->ops->seek(in, hole, op) : VFS_INVALID;
}

static unsigned file_ready(struct vfs_file *f)
{
	return vfs_ready(inner(f));
}

static enum vfs_err file_map(struct vfs_file *f, struct vfs_op *op)
{
	struct vfs_file *in = inner(f);
	const struct audit_call c = call(f, "map");

	return audit_over(&c, NULL, op,
	                  in->ops->map ? in->ops->map(in, op) :
	                                 VFS_UNSUPPORTED);
}

/* ---- begin and end ---- */

/* Who waits for this one is told what that one can. */
static void wake(struct vfs_waiter *w)
{
	struct audit_file *a = FIEF_CONTAINER_OF(w, struct audit_file, waiter);

	vfs_wait(&a->inner, w);
	vfs_file_ready(a->outer);
}

static void file_end(struct audit_file *a, struct fief_alloc *alloc)
{
	vfs_wait_end(&a->waiter);
	vfs_node_put(a->inner.node);
	fief_free(alloc, a, sizeof(*a));
}

static void file_close(struct vfs_file *f)
{
	struct audit_node *n = audit_node(f->node);
	struct audit_file *a = file_of(f);
	char text[128];
	struct fmt sums;
	struct audit_line l = { .what = "close", .node = n, .more = text };

	fmt_init(&sums, text, sizeof(text));
	fmt_add(&sums, "read %llu bytes by %llu, wrote %llu by %llu",
	        (unsigned long long)a->read, (unsigned long long)a->reads,
	        (unsigned long long)a->written, (unsigned long long)a->writes);
	audit_tell(audit_fs(n), &l, VFS_OK);
	if (a->inner.ops->close)
		a->inner.ops->close(&a->inner);
	file_end(a, audit_fs(n)->alloc);
}

#define COMMON                                                                 \
	.close = file_close, .read = file_read, .write = file_write,           \
	.sync = file_sync, .allocate = file_allocate, .seek = file_seek,       \
	.ready = file_ready, .map = file_map

static const struct vfs_file_ops file_ops = { COMMON };
static const struct vfs_file_ops stream_ops = { COMMON, .stream = true };

static const char *flags_text(uint32_t flags)
{
	static const char *const text[] = { "", "r", "w", "rw" };

	return text[(flags & VFS_READ ? 1 : 0) | (flags & VFS_WRITE ? 2 : 0)];
}

struct opening {
	struct vfs_pass pass;
	struct vfs_file *file;
};

static enum vfs_err opened(struct vfs_file *f, enum vfs_err e)
{
	struct audit_node *n = audit_node(f->node);
	struct audit_file *a = file_of(f);
	const struct audit_line l = { .what = "open",
		                      .node = n,
		                      .more = flags_text(f->flags) };

	audit_tell(audit_fs(n), &l, e);
	if (e) {
		file_end(a, audit_fs(n)->alloc);
		f->state = NULL;
		return e;
	}
	f->ops = a->inner.ops->stream ? &stream_ops : &file_ops;
	vfs_wait(&a->inner, &a->waiter);
	return e;
}

static enum vfs_err opening_end(struct vfs_pass *p, struct vfs_op *op,
                                enum vfs_err e)
{
	struct opening *o = FIEF_CONTAINER_OF(p, struct opening, pass);
	struct vfs_file *f = o->file;

	(void)op;
	fief_free(audit_fs(audit_node(f->node))->alloc, o, sizeof(*o));
	return opened(f, e);
}

enum vfs_err audit_open(struct vfs_node *node, struct vfs_file *f,
                        struct vfs_op *op)
{
	static const struct vfs_file_ops none;
	struct audit_node *n = audit_node(node);
	struct fief_alloc *alloc = audit_fs(n)->alloc;
	struct audit_file *a;
	struct opening *o;
	void *mem, *late;
	enum vfs_err e;

	if (fief_alloc_zeroed(alloc, sizeof(*a), &mem))
		return VFS_NO_MEMORY;
	if (fief_alloc_zeroed(alloc, sizeof(*o), &late)) {
		fief_free(alloc, mem, sizeof(*a));
		return VFS_NO_MEMORY;
	}
	a = f->state = mem;
	a->outer = f;
	a->waiter.wake = wake;
	a->inner = (struct vfs_file){ .ops = &none,
		                      .node = vfs_node_get(n->inner),
		                      .flags = f->flags,
		                      .refs = 1,
		                      .vfs = f->vfs };
	e = n->inner->ops->open(n->inner, &a->inner, op);
	if (e != VFS_LATE) {
		fief_free(alloc, late, sizeof(*o));
		return opened(f, e);
	}
	o = late;
	*o = (struct opening){ .pass.end = opening_end, .file = f };
	list_add_last(&op->passes, &o->pass.link);
	return e;
}
