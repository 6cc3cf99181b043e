/* SPDX-License-Identifier: MIT */
/*
 * Names in directories of the host. Each is one name in a directory that is open,
 * never a path: the core walks, and follows links by its own tree.
 */

#include <lib/mem.h>

#include "host.h"

enum { FIND = KIF_HOST_PATH | KIF_HOST_NO_FOLLOW | KIF_HOST_NO_SYMLINKS };

static enum vfs_err find(struct host_node *dir, struct vfs_name name,
                         struct host_node **out)
{
	struct host_fs *fs = host_fs(&dir->node);
	char buf[VFS_NAME_MAX + 1];
	kif_host_file path;
	enum vfs_err e = host_err(
		fs->dir->open(dir->path, host_name(name, buf), FIND, &path));

	return e ? e : host_node_get(fs, path, dir, name, out);
}

enum vfs_err host_lookup(struct vfs_node *dir, struct vfs_name name,
                         struct vfs_op *op)
{
	struct host_node *n;
	enum vfs_err e = find(host_node(dir), name, &n);

	if (!e)
		op->node = &n->node;
	return e;
}

/* ---- making ---- */

static enum vfs_err file_make(struct host_fs *fs, struct host_node *dir,
                              const char *name, const struct vfs_op *op)
{
	const unsigned how = KIF_HOST_READ_WRITE | KIF_HOST_CREATE |
	                     KIF_HOST_NO_FOLLOW | KIF_HOST_NO_SYMLINKS;
	kif_host_file f;
	enum vfs_err e = host_err(fs->dir->open(dir->path, name, how, &f));

	if (e)
		return e;
	e = host_err(fs->dir->mode(f, op->mode & 01777));
	(void)fs->host->close(f);
	return e;
}

/* The host takes bits of its own away from the mode. */
static enum vfs_err dir_make(struct host_fs *fs, struct host_node *dir,
                             const char *name, const struct vfs_op *op)
{
	kif_host_file f;
	enum vfs_err e =
		host_err(fs->dir->make_dir(dir->path, name, op->mode & 01777));

	if (e)
		return e;
	e = host_err(fs->dir->open(
		dir->path, name,
		KIF_HOST_READ | KIF_HOST_DIRECTORY | KIF_HOST_NO_SYMLINKS, &f));
	if (e)
		return e;
	e = host_err(fs->dir->mode(f, op->mode & 01777));
	(void)fs->host->close(f);
	return e;
}

static enum vfs_err link_make(struct host_fs *fs, struct host_node *dir,
                              const char *name, const struct vfs_op *op)
{
	if (!*op->to_path)
		return VFS_NOT_FOUND;
	return host_err(fs->dir->make_symlink(dir->path, name, op->to_path));
}

static enum vfs_err fifo_make(struct host_fs *fs, struct host_node *dir,
                              const char *name, const struct vfs_op *op)
{
	return host_err(fs->dir->make_fifo(dir->path, name, op->mode & 01777));
}

static enum vfs_err none_make(struct host_fs *fs, struct host_node *dir,
                              const char *name, const struct vfs_op *op)
{
	(void)fs, (void)dir, (void)name, (void)op;
	return VFS_NOT_PERMITTED;
}

static enum vfs_err (*const makes[VFS_KINDS])(struct host_fs *,
                                              struct host_node *, const char *,
                                              const struct vfs_op *) = {
	[VFS_FILE] = file_make,    [VFS_DIR] = dir_make,
	[VFS_SYMLINK] = link_make, [VFS_FIFO] = fifo_make,
	[VFS_CHAR] = none_make,    [VFS_BLOCK] = none_make,
	[VFS_SOCKET] = none_make,
};

enum vfs_err host_make(struct vfs_node *node, struct vfs_name name,
                       struct vfs_op *op)
{
	struct host_node *dir = host_node(node), *n;
	struct host_fs *fs = host_fs(node);
	char buf[VFS_NAME_MAX + 1];
	enum vfs_err e;

	if (!fs->host->writeable)
		return VFS_READ_ONLY;
	e = makes[op->kind](fs, dir, host_name(name, buf), op);
	if (e)
		return e;
	host_changed(dir);
	e = find(dir, name, &n);
	if (!e)
		op->node = &n->node;
	return e;
}

/* ---- other names ---- */

enum vfs_err host_link(struct vfs_node *node, struct vfs_name name,
                       struct vfs_node *of, struct vfs_op *op)
{
	struct host_node *dir = host_node(node), *n = host_node(of), *known;
	struct host_fs *fs = host_fs(node);
	char buf[VFS_NAME_MAX + 1];
	enum vfs_err e;

	(void)op;
	if (!fs->host->writeable)
		return VFS_READ_ONLY;
	if (!n->dir)
		return VFS_NOT_FOUND;
	/* Is it still what that name is for? */
	e = find(n->dir, (struct vfs_name){ n->name, (uint32_t)n->name_len, 0 },
	         &known);
	if (e)
		return e;
	if (known != n)
		e = VFS_NOT_FOUND;
	vfs_node_put(&known->node);
	if (!e)
		e = host_err(fs->dir->make_link(n->dir->path, n->name,
		                                dir->path,
		                                host_name(name, buf)));
	if (e)
		return e;
	host_changed(dir);
	host_changed(n);
	return VFS_OK;
}

/* What has that name, while somebody refers to it. */
static struct host_node *known(struct host_node *dir, struct vfs_name name)
{
	struct host_node *n;

	return find(dir, name, &n) ? NULL : n;
}

/* Its names are others: the host tells that of directories only. */
static void known_changed(struct host_node *n)
{
	if (!n)
		return;
	vfs_node_changed(&n->node);
	vfs_node_put(&n->node);
}

enum vfs_err host_remove(struct vfs_node *node, struct vfs_name name, bool dir,
                         struct vfs_op *op)
{
	struct host_fs *fs = host_fs(node);
	struct host_node *d = host_node(node), *n = known(d, name);
	char buf[VFS_NAME_MAX + 1];
	enum vfs_err e;

	(void)op;
	if (!n)
		return VFS_NOT_FOUND;
	if (!fs->host->writeable)
		e = VFS_READ_ONLY;
	else
		e = host_err(
			fs->dir->remove(d->path, host_name(name, buf), dir));
	if (!e)
		host_changed(d);
	known_changed(n);
	return e;
}

static enum kif_host_rename rename_how(uint32_t flags)
{
	if (flags & VFS_EXCHANGE)
		return KIF_HOST_EXCHANGE;
	return flags & VFS_NOREPLACE ? KIF_HOST_NO_REPLACE : KIF_HOST_REPLACE;
}

enum vfs_err host_rename(struct vfs_node *node, struct vfs_name name,
                         struct vfs_node *to_node, struct vfs_name to_name,
                         struct vfs_op *op)
{
	struct host_node *from = host_node(node), *to = host_node(to_node);
	struct host_fs *fs = host_fs(node);
	struct host_node *n, *old;
	char buf[VFS_NAME_MAX + 1], to_buf[VFS_NAME_MAX + 1];
	enum vfs_err e;

	if (!fs->host->writeable)
		return VFS_READ_ONLY;
	n = known(from, name);
	old = known(to, to_name);
	e = host_err(fs->dir->rename(from->path, host_name(name, buf), to->path,
	                             host_name(to_name, to_buf),
	                             rename_how(op->flags)));
	if (!e) {
		host_changed(from);
		host_changed(to);
	}
	/* They know their names; without memory for that, they have none. */
	if (!e && n && n != old)
		(void)!host_named(n, to, to_name);
	if (!e && old && n != old && op->flags & VFS_EXCHANGE)
		(void)!host_named(old, from, name);
	known_changed(n);
	known_changed(old);
	return e;
}
