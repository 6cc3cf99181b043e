/* SPDX-License-Identifier: MIT */
/* Files of the host by their identity: finding, knowing and changing them. */

#include <lib/mem.h>

#include "host.h"

/* ---- by identity ---- */

struct id {
	uint64_t device, number;
};

static struct host_node *of_id(const struct tree_elem *e)
{
	return TREE_OBJECT((struct tree_elem *)(uintptr_t)e, struct host_node,
	                   in_id);
}

static int id_key(const void *key, const struct tree_elem *e)
{
	const struct id *a = key;
	const struct host_node *b = of_id(e);

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return (a->device > b->device) - (a->device < b->device);
}

static int id_order(const struct tree_elem *a, const struct tree_elem *b)
{
	const struct id id = { of_id(a)->device, of_id(a)->number };

	return id_key(&id, b);
}

void host_nodes_init(struct host_fs *fs)
{
	fs->by_id.order = id_order;
}

static struct host_node *node_known(struct host_fs *fs, struct id id)
{
	struct tree_elem *e = tree_find(&fs->by_id, &id, id_key);

	return e ? of_id(e) : NULL;
}

/* ---- names ---- */

const char *host_name(struct vfs_name name, char buf[VFS_NAME_MAX + 1])
{
	memcpy(buf, name.s, name.len);
	buf[name.len] = '\0';
	return buf;
}

static void unname(struct host_fs *fs, struct host_node *n)
{
	struct host_node *dir = n->dir;

	fief_free(fs->alloc, n->name, n->name_len + 1);
	n->name = NULL;
	n->dir = NULL;
	if (dir)
		vfs_node_put(&dir->node);
}

static bool has_name(const struct host_node *n, const struct host_node *dir,
                     struct vfs_name name)
{
	return n->dir == dir && n->name_len == name.len && n->name &&
	       !memcmp(n->name, name.s, name.len);
}

enum vfs_err host_named(struct host_node *n, struct host_node *dir,
                        struct vfs_name name)
{
	struct host_fs *fs = host_fs(&n->node);
	void *mem;

	if (has_name(n, dir, name))
		return VFS_OK;
	if (fief_alloc(fs->alloc, name.len + 1, &mem))
		return VFS_NO_MEMORY;
	vfs_node_get(&dir->node);
	unname(fs, n);
	n->name = mem;
	n->name_len = name.len;
	host_name(name, n->name);
	n->dir = dir;
	return VFS_OK;
}

/* ---- nodes ---- */

static const struct vfs_node_ops *const ops_of[VFS_KINDS] = {
	[VFS_FILE] = &host_file_ops,    [VFS_DIR] = &host_dir_ops,
	[VFS_SYMLINK] = &host_link_ops, [VFS_FIFO] = &host_other_ops,
	[VFS_CHAR] = &host_other_ops,   [VFS_BLOCK] = &host_other_ops,
	[VFS_SOCKET] = &host_other_ops,
};

static enum vfs_err node_make(struct host_fs *fs, kif_host_file path,
                              const struct kif_host_stat *st,
                              struct host_node **out)
{
	const enum vfs_kind kind = host_kind(st->type);
	struct host_node *n;
	void *mem;

	if (fief_alloc_zeroed(fs->alloc, sizeof(*n), &mem))
		return VFS_NO_MEMORY;
	n = mem;
	n->device = st->device;
	n->number = st->node;
	n->path = path;
	n->list = NO_FILE;
	vfs_node_init(&n->node, &fs->fs, ops_of[kind], kind);
	if (tree_insert(&fs->by_id, &n->in_id)) {
		/* Looked for just before. */
		fs->fs.refs--;
		fief_free(fs->alloc, n, sizeof(*n));
		return VFS_IO;
	}
	*out = n;
	return VFS_OK;
}

enum vfs_err host_node_get(struct host_fs *fs, kif_host_file path,
                           struct host_node *dir, struct vfs_name name,
                           struct host_node **out)
{
	struct kif_host_stat st = { 0 };
	enum vfs_err e = host_err(fs->dir->stat(path, &st));
	const struct id id = { st.device, st.node };
	struct host_node *n = e ? NULL : node_known(fs, id);

	if (n)
		vfs_node_get(&n->node);
	else if (!e)
		e = node_make(fs, path, &st, &n);
	if ((e || n->path != path) && path != KIF_HOST_GRANT)
		(void)fs->host->close(path);
	if (e)
		return e;
	if (dir)
		e = host_named(n, dir, name);
	if (e)
		vfs_node_put(&n->node);
	else
		*out = n;
	return e;
}

void host_put(struct vfs_node *node)
{
	struct host_node *n = host_node(node);
	struct host_fs *fs = host_fs(node);

	host_unwatch(n);
	tree_remove(&fs->by_id, &n->in_id);
	if (n->list != NO_FILE)
		(void)fs->host->close(n->list);
	if (n->path != KIF_HOST_GRANT)
		(void)fs->host->close(n->path);
	fief_free(fs->alloc, n->cookies.at, n->cookies.room * sizeof(int64_t));
	unname(fs, n);
	fief_free(fs->alloc, n, sizeof(*n));
}

/* ---- opening it anew ---- */

static bool is_same(struct host_fs *fs, kif_host_file file,
                    const struct host_node *n)
{
	struct kif_host_stat st;

	return !fs->dir->stat(file, &st) && st.device == n->device &&
	       st.node == n->number;
}

enum vfs_err host_reopen(struct host_node *n, unsigned how, kif_host_file *out)
{
	struct host_fs *fs = host_fs(&n->node);
	const unsigned flags = how | KIF_HOST_NO_FOLLOW | KIF_HOST_NO_SYMLINKS;
	kif_host_file file;
	enum vfs_err e;

	if (n->node.kind == VFS_DIR)
		return host_err(fs->dir->open(n->path, ".",
		                              how | KIF_HOST_DIRECTORY, out));
	if (!n->dir)
		return VFS_GONE;
	e = host_err(fs->dir->open(n->dir->path, n->name, flags, &file));
	if (e)
		return e == VFS_NOT_FOUND || e == VFS_LOOP ? VFS_GONE : e;
	if (is_same(fs, file, n)) {
		*out = file;
		return VFS_OK;
	}
	(void)fs->host->close(file);
	return VFS_GONE;
}

/* One that is open already will do. */
static enum vfs_err borrow(struct host_node *n, bool writes, kif_host_file *out,
                           bool *owned)
{
	*owned = false;
	LIST_FOR_EACH(f, &n->files, struct host_file, in_node)
		if (f->writes || !writes) {
			*out = f->file;
			return VFS_OK;
		}
	*owned = true;
	return host_reopen(n, writes ? KIF_HOST_WRITE : KIF_HOST_READ, out);
}

/* ---- what is known of it ---- */

static int64_t ns_of(const struct kif_host_time *t)
{
	return t->s * 1000000000 + t->ns;
}

static struct kif_host_time time_of(int64_t ns)
{
	int64_t s = ns / 1000000000, rest = ns % 1000000000;

	if (rest < 0) {
		s--;
		rest += 1000000000;
	}
	return (struct kif_host_time){ .s = s, .ns = (uint32_t)rest };
}

enum vfs_err host_stat(struct vfs_node *node, struct vfs_op *op)
{
	const struct host_node *n = host_node(node);
	struct kif_host_stat st;
	enum vfs_err e = host_err(host_fs(node)->dir->stat(n->path, &st));

	if (e)
		return e;
	op->stat = (struct vfs_stat){
		.dev = node->fs->dev,
		.ino = st.node,
		.size = st.size,
		.blocks = st.allocated / 512,
		.atime = ns_of(&st.accessed),
		.mtime = ns_of(&st.modified),
		.ctime = ns_of(&st.changed),
		.btime = ns_of(&st.born),
		.kind = node->kind,
		.mode = st.mode & VFS_MODE_MASK,
		.links = st.links,
		.uid = st.owner,
		.gid = st.group,
		.block_size = st.block,
	};
	return VFS_OK;
}

/* The owner of the grant has all of it. */
static enum vfs_err owner_check(struct vfs_node *node, struct vfs_op *op)
{
	const struct vfs_change *c = op->change;
	enum vfs_err e;

	if (!(c->what & (VFS_SET_UID | VFS_SET_GID)))
		return VFS_OK;
	e = host_stat(node, op);
	if (e)
		return e;
	if ((c->what & VFS_SET_UID && c->uid != op->stat.uid) ||
	    (c->what & VFS_SET_GID && c->gid != op->stat.gid))
		return VFS_NOT_PERMITTED;
	return VFS_OK;
}

static enum vfs_err times_set(struct host_fs *fs, kif_host_file f,
                              const struct vfs_change *c)
{
	const struct kif_host_time a = time_of(c->atime), m = time_of(c->mtime);

	return host_err(fs->dir->times(f, c->what & VFS_SET_ATIME ? &a : NULL,
	                               c->what & VFS_SET_MTIME ? &m : NULL));
}

enum vfs_err host_change(struct vfs_node *node, struct vfs_op *op)
{
	const struct vfs_change *c = op->change;
	const bool size = c->what & VFS_SET_SIZE;
	struct host_node *n = host_node(node);
	struct host_fs *fs = host_fs(node);
	kif_host_file f;
	bool owned;
	enum vfs_err e =
		fs->host->writeable ? owner_check(node, op) : VFS_READ_ONLY;

	if (!e)
		e = borrow(n, size, &f, &owned);
	if (e)
		return e;
	if (c->what & VFS_SET_MODE)
		e = host_err(fs->dir->mode(f, c->mode & 01777));
	if (!e && size)
		e = host_err(fs->dir->truncate(f, c->size));
	if (!e && c->what & (VFS_SET_ATIME | VFS_SET_MTIME))
		e = times_set(fs, f, c);
	if (owned)
		(void)fs->host->close(f);
	host_changed(n);
	return e;
}

/* ---- symbolic links ---- */

static enum vfs_err link_target(struct vfs_node *node, struct vfs_op *op)
{
	static char whole[VFS_PATH_MAX + 1];
	size_t got;
	enum vfs_err e = host_err(host_fs(node)->dir->link_read(
		host_node(node)->path, whole, sizeof(whole), &got));

	if (e)
		return e;
	op->count = got < op->len ? got : op->len;
	memcpy(op->buf, whole, op->count);
	return VFS_OK;
}

/* Nothing can be done with one but to read it. */
static enum vfs_err link_change(struct vfs_node *node, struct vfs_op *op)
{
	(void)op;
	return host_fs(node)->host->writeable ? VFS_UNSUPPORTED : VFS_READ_ONLY;
}

const struct vfs_node_ops host_link_ops = {
	.put = host_put,
	.stat = host_stat,
	.change = link_change,
	.target = link_target,
	.watch = host_watch,
};

const struct vfs_node_ops host_other_ops = {
	.put = host_put,
	.stat = host_stat,
	.watch = host_watch,
};

const struct vfs_node_ops host_file_ops = {
	.put = host_put,
	.stat = host_stat,
	.change = host_change,
	.open = host_open,
	.watch = host_watch,
};

const struct vfs_node_ops host_dir_ops = {
	.put = host_put,
	.stat = host_stat,
	.change = host_change,
	.lookup = host_lookup,
	.make = host_make,
	.link = host_link,
	.remove = host_remove,
	.rename = host_rename,
	.list = host_list,
	.open = host_dir_open,
	.watch = host_watch,
};
