/* SPDX-License-Identifier: MIT */
/* Operations that are passed on, when they are over. */

#include "internal.h"

struct late {
	struct vfs_pass pass;
	struct audit_call call;
	struct vfs_node *node; /* counted */
};

static struct audit_fs *fs_of(const struct audit_call *c)
{
	return audit_fs(c->line.node);
}

/* Where a node came of it, it becomes one of ours. */
static enum vfs_err finish(const struct audit_call *c, struct vfs_op *op,
                           enum vfs_err e)
{
	const bool found = !e || e == VFS_AT_LINK;

	if (found && c->path && op->node) {
		const size_t len = e ? op->walked : c->len;
		enum vfs_err made = audit_wrap(fs_of(c), op->node, c->line.node,
		                               c->path, len, &op->node);

		e = made ? made : e;
	}
	if (!e && c->ops) {
		++*c->ops;
		*c->bytes += op->count;
	}
	if (!e && c->change)
		vfs_node_changed(&c->line.node->node);
	if (e == VFS_AT_LINK || (e == VFS_AGAIN && c->ops) ||
	    (!e && (c->find || c->ops)))
		return e;
	audit_tell(fs_of(c), &c->line, e);
	return e;
}

static enum vfs_err late_end(struct vfs_pass *p, struct vfs_op *op,
                             enum vfs_err e)
{
	struct late *l = FIEF_CONTAINER_OF(p, struct late, pass);
	struct fief_alloc *alloc = fs_of(&l->call)->alloc;
	struct vfs_node *node = l->node;

	e = finish(&l->call, op, e);
	fief_free(alloc, l, sizeof(*l));
	vfs_node_put(node);
	return e;
}

enum vfs_err audit_begin(const struct audit_call *c, void **mem)
{
	*mem = NULL;
	if (!c->path || !fs_of(c)->inner->ops->walk)
		return VFS_OK;
	return fief_alloc(fs_of(c)->alloc, sizeof(struct late), mem) ?
	               VFS_NO_MEMORY :
	               VFS_OK;
}

/* Without memory to remember it, what is late is not told. */
enum vfs_err audit_over(const struct audit_call *c, void *mem,
                        struct vfs_op *op, enum vfs_err e)
{
	struct late *l = mem;

	if (e != VFS_LATE) {
		fief_free(fs_of(c)->alloc, mem, sizeof(*l));
		return finish(c, op, e);
	}
	if (!l && fief_alloc(fs_of(c)->alloc, sizeof(*l), &mem))
		return e;
	l = mem;
	*l = (struct late){
		.pass.end = late_end,
		.call = *c,
		.node = vfs_node_get(&c->line.node->node),
	};
	list_add_last(&op->passes, &l->pass.link);
	return e;
}
