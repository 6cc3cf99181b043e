/* SPDX-License-Identifier: MIT */
/* File system in memory: its nodes. */

#include <fief/component.h>
#include <lib/mem.h>
#include <vfs/plugin/ram.h>
#include <vfs/schema.h>

#include "ram.h"

enum { BLOCK = 4096, SECTOR = 512, DIRENT_BYTES = 20 /* as tmpfs tells */ };

/* ---- times ---- */

void ram_changed(struct ram_node *n)
{
	n->mtime = n->ctime = vfs_now(n->node.fs->vfs);
	vfs_node_changed(&n->node);
}

void ram_touched(struct ram_node *n)
{
	n->ctime = vfs_now(n->node.fs->vfs);
	vfs_node_changed(&n->node);
}

/* ---- what is known of a node ---- */

static uint64_t size_of(const struct ram_node *n)
{
	switch ((int)n->node.kind) {
	case VFS_DIR:
		return (n->dir.by_pos.count + 2) * DIRENT_BYTES;
	case VFS_FILE:
		return n->data.size;
	case VFS_SYMLINK:
		return n->target.len;
	default:
		return 0;
	}
}

enum vfs_err ram_stat(struct vfs_node *node, struct vfs_op *op)
{
	const struct ram_node *n = ram_node(node);
	const bool file = node->kind == VFS_FILE;

	op->stat = (struct vfs_stat){
		.dev = node->fs->dev,
		.ino = n->ino,
		.size = size_of(n),
		.blocks = file ? (n->data.bytes + SECTOR - 1) / SECTOR : 0,
		.rdev = n->rdev,
		.atime = n->atime,
		.mtime = n->mtime,
		.ctime = n->ctime,
		.btime = n->btime,
		.kind = node->kind,
		.mode = n->mode,
		.links = n->links,
		.uid = n->uid,
		.gid = n->gid,
		.block_size = BLOCK,
	};
	return VFS_OK;
}

enum vfs_err ram_change(struct vfs_node *node, struct vfs_op *op)
{
	const struct vfs_change *c = op->change;
	struct ram_node *n = ram_node(node);

	if (c->what & VFS_SET_MODE)
		n->mode = c->mode & VFS_MODE_MASK;
	if (c->what & VFS_SET_UID)
		n->uid = c->uid;
	if (c->what & VFS_SET_GID)
		n->gid = c->gid;
	ram_touched(n);
	if (c->what & VFS_SET_SIZE) {
		ram_data_resize(ram_fs(n), &n->data, c->size);
		ram_changed(n);
	}
	if (c->what & VFS_SET_ATIME)
		n->atime = c->atime;
	if (c->what & VFS_SET_MTIME)
		n->mtime = c->mtime;
	return VFS_OK;
}

/* ---- symbolic links; fifos, sockets and devices are names only ---- */

static enum vfs_err link_target(struct vfs_node *node, struct vfs_op *op)
{
	const struct ram_node *n = ram_node(node);

	op->count = n->target.len < op->len ? n->target.len : op->len;
	memcpy(op->buf, n->target.text, op->count);
	return VFS_OK;
}

static const struct vfs_node_ops link_ops = {
	.put = ram_put,
	.stat = ram_stat,
	.change = ram_change,
	.target = link_target,
};

static const struct vfs_node_ops name_ops = {
	.put = ram_put,
	.stat = ram_stat,
	.change = ram_change,
};

/* ---- making ---- */

static enum vfs_err target_set(struct ram_fs *fs, struct ram_node *n,
                               const char *text)
{
	n->target.len = strlen(text);
	if (!n->target.len)
		return VFS_NOT_FOUND;
	if (n->target.len >= VFS_PATH_MAX)
		return VFS_NAME_TOO_LONG;
	return fief_alloc_text(fs->alloc, text, &n->target.text) ?
	               VFS_NO_SPACE :
	               VFS_OK;
}

static enum vfs_err content_make(struct ram_fs *fs, struct ram_node *n,
                                 const struct vfs_op *op)
{
	switch ((int)n->node.kind) {
	case VFS_DIR:
		ram_dir_init(n);
		return VFS_OK;
	case VFS_FILE:
		ram_data_init(&n->data);
		return VFS_OK;
	case VFS_SYMLINK:
		return target_set(fs, n, op->to_path);
	default:
		n->rdev = op->rdev;
		return VFS_OK;
	}
}

static const struct vfs_node_ops *const ops_of[VFS_KINDS] = {
	[VFS_FILE] = &ram_file_ops, [VFS_DIR] = &ram_dir_ops,
	[VFS_SYMLINK] = &link_ops,  [VFS_FIFO] = &name_ops,
	[VFS_CHAR] = &name_ops,     [VFS_BLOCK] = &name_ops,
	[VFS_SOCKET] = &name_ops,
};

enum vfs_err ram_node_make(struct ram_fs *fs, enum vfs_kind kind,
                           const struct vfs_op *op, struct ram_node **out)
{
	struct ram_node *n;
	void *mem;
	enum vfs_err e;

	if (fief_alloc_zeroed(fs->alloc, sizeof(*n), &mem))
		return VFS_NO_SPACE;
	n = mem;
	n->node.kind = kind;
	e = content_make(fs, n, op);
	if (e) {
		fief_free(fs->alloc, n, sizeof(*n));
		return e;
	}
	vfs_node_init(&n->node, &fs->fs, ops_of[kind], kind);
	n->ino = ++fs->inos;
	n->mode = kind == VFS_SYMLINK ? 0777 : op->mode & VFS_MODE_MASK;
	n->uid = op->uid;
	n->gid = op->gid;
	n->atime = n->mtime = n->ctime = n->btime = vfs_now(fs->fs.vfs);
	*out = n;
	return VFS_OK;
}

/* ---- ends ---- */

static void node_free(struct ram_fs *fs, struct ram_node *n)
{
	if (n->node.kind == VFS_DIR)
		ram_dir_fini(n);
	else if (n->node.kind == VFS_FILE)
		ram_data_fini(fs, &n->data);
	else if (n->node.kind == VFS_SYMLINK)
		fief_free(fs->alloc, n->target.text, n->target.len + 1);
	fief_free(fs->alloc, n, sizeof(*n));
}

/* The end of a directory ends what is in it: one after the other, since trees
 * are deeper than stacks. */
void ram_put(struct vfs_node *node)
{
	struct ram_node *n = ram_node(node);
	struct ram_fs *fs = ram_fs(n);
	struct list_elem *e;

	list_add_last(&fs->dying, &n->in_dying);
	if (fs->draining)
		return;
	fs->draining = true;
	while ((e = list_take_first(&fs->dying)))
		node_free(fs, LIST_OBJECT(e, struct ram_node, in_dying));
	fs->draining = false;
}

static void ram_destroy(struct vfs_fs *f)
{
	struct ram_fs *fs = FIEF_CONTAINER_OF(f, struct ram_fs, fs);

	fief_free(fs->guard.backing, fs, sizeof(*fs));
}

static bool ram_keeps(struct vfs_fs *f, const struct node *config)
{
	(void)f, (void)config;
	return true;
}

/* Less than it has: nothing goes, and nothing more comes. */
static void ram_update(struct vfs_fs *f, const struct node *config)
{
	struct ram_fs *fs = FIEF_CONTAINER_OF(f, struct ram_fs, fs);
	struct node_error err;
	uint64_t size = 0;

	if (!node_attr_u64(config, "size", SIZE_MAX, &err, &size))
		fs->budget.ram_limit = (size_t)size;
}

static const struct vfs_fs_ops fs_ops = {
	.destroy = ram_destroy,
	.keeps = ram_keeps,
	.update = ram_update,
};

/* ---- the file system ---- */

static void fs_init(struct ram_fs *fs, struct vfs *v, uint64_t size)
{
	fs->budget.ram_limit = (size_t)size;
	fief_guarded_alloc_init(&fs->guard, vfs_alloc(v), &fs->budget);
	fs->alloc = &fs->guard.alloc;
	if (vfs_env(v))
		fief_guarded_ram_init(&fs->ram, vfs_env(v)->ram, &fs->budget);
	fs->budget.caps_limit = SIZE_MAX;
	vfs_fs_init(&fs->fs, v, &fs_ops, NULL);
}

static enum fief_err ram_create(struct vfs *v, const struct node *config,
                                struct node_error *err, struct vfs_fs **out)
{
	const struct vfs_op root = { .mode = 0755 };
	uint64_t size;
	struct ram_fs *fs;
	struct ram_node *n;
	void *mem;
	enum fief_err e = node_attr_u64(config, "size", SIZE_MAX, err, &size);

	if (!e)
		e = fief_alloc_zeroed(vfs_alloc(v), sizeof(*fs), &mem);
	if (e)
		return e;
	fs = mem;
	fs_init(fs, v, size);
	if (ram_node_make(fs, VFS_DIR, &root, &n)) {
		fief_free(vfs_alloc(v), fs, sizeof(*fs));
		return FIEF_OUT_OF_RAM;
	}
	n->dir.parent = n;
	n->links = 2;
	fs->fs.root = &n->node;
	*out = &fs->fs;
	return FIEF_OK;
}

static const struct vfs_attr ram_attrs[] = {
	{ "size", "no bound", "bytes that the files, names and nodes can take",
	  VFS_VALUE_NUMBER, false },
	{ 0 },
};

static const struct vfs_schema ram_schema = {
	.text = "files in memory, paid from the quota of the component",
	.attrs = ram_attrs,
};

const struct vfs_type vfs_ram = {
	.name = "ram",
	.create = ram_create,
	.schema = &ram_schema,
};
