/* SPDX-License-Identifier: MIT */
/* Nodes and file systems as those who refer to them see them. */

#include "internal.h"

uint32_t vfs_hash(const char *s, size_t len)
{
	uint32_t hash = VFS_HASH_SEED;

	for (size_t i = 0; i < len; i++)
		hash = vfs_hash_step(hash, s[i]);
	return hash;
}

void vfs_fs_init(struct vfs_fs *fs, struct vfs *v, const struct vfs_fs_ops *ops,
                 struct vfs_node *root)
{
	*fs = (struct vfs_fs){
		.ops = ops, .vfs = v, .root = root, .dev = ++v->devs
	};
}

void vfs_node_init(struct vfs_node *n, struct vfs_fs *fs,
                   const struct vfs_node_ops *ops, enum vfs_kind kind)
{
	*n = (struct vfs_node){ .fs = fs, .ops = ops, .kind = kind, .refs = 1 };
	fs->refs++;
}

static void fs_destroy(struct vfs_fs *fs)
{
	const struct vfs_type *loaded = fs->loaded;
	struct vfs *v = fs->vfs;

	fs->ops->destroy(fs);
	type_put(v, loaded);
}

void vfs_node_put(struct vfs_node *n)
{
	struct vfs_fs *fs;

	if (!n || --n->refs)
		return;
	fs = n->fs;
	n->ops->put(n);
	if (!--fs->refs)
		fs_destroy(fs);
}

/* ---- what few have ---- */

struct vfs_extra *node_extra(struct vfs_node *n)
{
	void *mem;

	if (!n->extra &&
	    !fief_alloc_zeroed(n->fs->vfs->alloc, sizeof(*n->extra), &mem))
		n->extra = mem;
	return n->extra;
}

void node_extra_drop(struct vfs_node *n)
{
	struct vfs_extra *x = n->extra;

	if (!x || x->watches.first || x->pipe || x->locks.first)
		return;
	fief_free(n->fs->vfs->alloc, x, sizeof(*x));
	n->extra = NULL;
}

/* ---- operations ---- */

void vfs_op_end(struct vfs_op *op, enum vfs_err e)
{
	enum vfs_err (*step)(struct vfs_op *, enum vfs_err) = op->step;

	op->step = NULL;
	op->cancel = NULL;
	while (op->passes.first) {
		struct vfs_pass *p = LIST_OBJECT(list_take_first(&op->passes),
		                                 struct vfs_pass, link);

		e = p->end(p, op, e);
	}
	if (step)
		e = step(op, e);
	if (e != VFS_LATE)
		op->done(op, e);
}
