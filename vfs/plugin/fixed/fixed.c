/* SPDX-License-Identifier: MIT */
/* File systems whose names never change: making one. */

#include <lib/mem.h>

#include "internal.h"

struct vfs_name fixed_name(const char *s, size_t len)
{
	return (struct vfs_name){ s, (uint32_t)len, vfs_hash(s, len) };
}

/* ---- ends ---- */

void fixed_cancel(struct fixed_fs *f)
{
	if (f->fini)
		f->fini(f);
	arena_fini(&f->arena);
	fief_free(f->alloc, f, f->bytes);
}

static void destroy(struct vfs_fs *fs)
{
	fixed_cancel(FIEF_CONTAINER_OF(fs, struct fixed_fs, fs));
}

static const struct vfs_fs_ops fs_ops = { .destroy = destroy };

/* ---- making ---- */

enum fief_err fixed_create(struct vfs *v, size_t bytes, struct fixed_fs **out)
{
	struct fixed_fs *f;
	void *mem;
	enum fief_err e = fief_alloc_zeroed(vfs_alloc(v), bytes, &mem);

	if (e)
		return e;
	f = mem;
	f->alloc = vfs_alloc(v);
	f->bytes = bytes;
	fief_arena_source_init(&f->source, f->alloc);
	arena_init(&f->arena, &f->source.source);
	vfs_fs_init(&f->fs, v, &fs_ops, NULL);
	*out = f;
	return FIEF_OK;
}

static int name_order(const struct tree_elem *a, const struct tree_elem *b)
{
	return fixed_by_name(&fixed_named(a)->name, b);
}

static int list_order(const struct tree_elem *a, const struct tree_elem *b)
{
	return fixed_by_pos(&fixed_listed(a)->pos, b);
}

static enum fief_err enter(struct fixed_node *dir, struct fixed_node *n)
{
	enum fief_err e = tree_insert(&dir->names, &n->in_names);

	if (e)
		return e;
	n->parent = dir;
	n->pos = ++dir->last_pos;
	dir->stat.links += n->node.kind == VFS_DIR;
	return tree_insert(&dir->list, &n->in_list);
}

void fixed_remove(struct fixed_node *dir, struct vfs_name name)
{
	struct fixed_node *n =
		TREE_OBJECT(tree_find(&dir->names, &name, fixed_by_name),
	                    struct fixed_node, in_names);

	if (!n)
		return;
	tree_remove(&dir->names, &n->in_names);
	tree_remove(&dir->list, &n->in_list);
	dir->stat.links -= n->node.kind == VFS_DIR;
	(n->of ? n->of : n)->stat.links--;
}

static const struct vfs_node_ops *const usual_ops[VFS_KINDS] = {
	[VFS_FILE] = &fixed_data_ops,    [VFS_DIR] = &fixed_dir_ops,
	[VFS_SYMLINK] = &fixed_link_ops, [VFS_FIFO] = &fixed_no_ops,
	[VFS_CHAR] = &fixed_device_ops,  [VFS_BLOCK] = &fixed_no_ops,
	[VFS_SOCKET] = &fixed_no_ops,
};

static const uint32_t usual_mode[VFS_KINDS] = {
	[VFS_FILE] = 0444,   [VFS_DIR] = 0555,  [VFS_SYMLINK] = 0777,
	[VFS_FIFO] = 0666,   [VFS_CHAR] = 0666, [VFS_BLOCK] = 0666,
	[VFS_SOCKET] = 0666,
};

static void node_init(struct fixed_fs *f, struct fixed_node *n,
                      enum vfs_kind kind)
{
	const int64_t now = vfs_now(f->fs.vfs);

	n->names.order = name_order;
	n->list.order = list_order;
	n->stat = (struct vfs_stat){
		.ino = ++f->inos,
		.mode = usual_mode[kind],
		.links = kind == VFS_DIR ? 2 : 1,
		.block_size = 4096,
		.atime = now,
		.mtime = now,
		.ctime = now,
		.btime = now,
	};
}

enum fief_err fixed_add(struct fixed_fs *f, struct fixed_node *dir,
                        struct vfs_name name, enum vfs_kind kind,
                        const struct vfs_node_ops *ops, struct fixed_node **out)
{
	struct fixed_node *n;
	void *mem;
	enum fief_err e = arena_alloc(&f->arena, sizeof(*n), &mem);

	if (!ops)
		ops = usual_ops[kind];
	if (e)
		return e;
	n = mem;
	n->name = name;
	e = arena_text(&f->arena, name.s, name.len, &n->name.s);
	if (e)
		return e;
	node_init(f, n, kind);
	n->node = (struct vfs_node){ .fs = &f->fs, .ops = ops, .kind = kind };
	if (dir) {
		e = enter(dir, n);
	} else {
		vfs_node_init(&n->node, &f->fs, ops, kind);
		f->fs.root = &n->node;
	}
	if (!e)
		*out = n;
	return e;
}

enum fief_err fixed_link(struct fixed_fs *f, struct fixed_node *dir,
                         struct vfs_name name, struct fixed_node *to)
{
	struct fixed_node *n;
	enum fief_err e = fixed_add(f, dir, name, to->node.kind, NULL, &n);

	if (e)
		return e;
	n->of = to;
	to->stat.links++;
	return FIEF_OK;
}

enum fief_err fixed_file(struct vfs *v, const struct node *config, size_t bytes,
                         enum vfs_kind kind, const struct vfs_node_ops *ops,
                         struct fixed_fs **out)
{
	const char *name = node_attr(config, "name", config->name);
	struct fixed_node *n;
	struct fixed_fs *f;
	enum fief_err e = fixed_create(v, bytes, &f);

	if (e)
		return e;
	e = fixed_add(f, NULL, fixed_name(name, strlen(name)), kind, ops, &n);
	if (e) {
		fixed_cancel(f);
		return e;
	}
	f->fs.name = n->name.s;
	*out = f;
	return FIEF_OK;
}

enum fief_err fixed_device(struct vfs *v, const struct node *config,
                           uint64_t rdev, const struct vfs_file_ops *ops,
                           struct vfs_fs **out)
{
	struct fixed_fs *f;
	enum fief_err e = fixed_file(v, config, sizeof(*f), VFS_CHAR, NULL, &f);

	if (e)
		return e;
	fixed_node(f->fs.root)->stat.rdev = rdev;
	fixed_node(f->fs.root)->file_ops = ops;
	*out = &f->fs;
	return FIEF_OK;
}
