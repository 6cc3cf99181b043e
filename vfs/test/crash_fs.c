/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <vfs/dirent.h>

#include "crash_fs.h"

enum { ENTRIES = 512, NAME = 256 };

struct content {
	char *data;
	size_t len;
};

struct inode {
	struct inode *next; /* of all */
	bool dir;
	uint64_t ino;
	struct content now, safe;
	struct entry {
		char name[NAME];
		struct inode *now, *safe; /* NULL: not there */
	} * entry;                        /* of a directory */
};

struct crash_disk {
	struct inode *all, *root;
	uint64_t inos;
	unsigned changes, fail_at;
};

struct crash_fs {
	struct vfs_fs fs;
	struct crash_disk *disk;
};

struct crash_node {
	struct vfs_node node;
	struct inode *inode;
};

static struct crash_disk *used;

static struct inode *inode_of(struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n, struct crash_node, node)->inode;
}

static struct crash_disk *disk_of(struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n->fs, struct crash_fs, fs)->disk;
}

/* False: the power is gone. */
static bool change(struct vfs_node *n)
{
	struct crash_disk *d = disk_of(n);

	d->changes++;
	return !d->fail_at || d->changes < d->fail_at;
}

/* ---- content ---- */

static void content_set(struct content *c, const char *data, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, data, len);
	free(c->data);
	*c = (struct content){ copy, len };
}

static struct inode *inode_create(struct crash_disk *d, bool dir)
{
	struct inode *i = calloc(1, sizeof(*i));

	if (!i)
		abort();
	i->dir = dir;
	i->ino = ++d->inos;
	i->entry = dir ? calloc(ENTRIES, sizeof(*i->entry)) : NULL;
	if (dir && !i->entry)
		abort();
	i->next = d->all;
	d->all = i;
	return i;
}

static struct entry *entry_find(struct inode *dir, const char *s, size_t len)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		if (strlen(dir->entry[i].name) == len &&
		    !memcmp(dir->entry[i].name, s, len))
			return &dir->entry[i];
	return NULL;
}

static struct entry *entry_make(struct inode *dir, const char *s, size_t len)
{
	struct entry *e = entry_find(dir, s, len);

	for (unsigned i = 0; !e && i < ENTRIES; i++)
		if (!dir->entry[i].now && !dir->entry[i].safe)
			e = &dir->entry[i];
	if (!e || len >= NAME)
		abort();
	memcpy(e->name, s, len);
	e->name[len] = '\0';
	return e;
}

/* ---- the disk ---- */

struct crash_disk *crash_disk_create(void)
{
	struct crash_disk *d = calloc(1, sizeof(*d));

	if (!d)
		abort();
	d->root = inode_create(d, true);
	return d;
}

void crash_disk_destroy(struct crash_disk *d)
{
	struct inode *i;

	while ((i = d->all)) {
		d->all = i->next;
		free(i->now.data);
		free(i->safe.data);
		free(i->entry);
		free(i);
	}
	free(d);
}

void crash_disk_use(struct crash_disk *d)
{
	used = d;
}

void crash_disk_arm(struct crash_disk *d, unsigned changes)
{
	d->changes = 0;
	d->fail_at = changes;
}

unsigned crash_disk_changes(const struct crash_disk *d)
{
	return d->changes;
}

static uint64_t draw(uint64_t *lot)
{
	*lot ^= *lot << 13;
	*lot ^= *lot >> 7;
	*lot ^= *lot << 17;
	return *lot >> 8;
}

static void content_restart(struct inode *i, enum crash_keep keep,
                            uint64_t *lot)
{
	const uint64_t which = keep == CRASH_KEEP_SOME ? draw(lot) % 3 : 0;

	if (keep == CRASH_KEEP_ALL || which == 1)
		content_set(&i->safe, i->now.data, i->now.len);
	else if (which == 2)
		content_set(&i->safe, i->now.data,
		            (size_t)(draw(lot) % (i->now.len + 1)));
	content_set(&i->now, i->safe.data, i->safe.len);
}

static void entry_restart(struct entry *e, enum crash_keep keep, uint64_t *lot)
{
	if (keep == CRASH_KEEP_ALL || keep == CRASH_KEEP_NAMES ||
	    (keep == CRASH_KEEP_SOME && draw(lot) & 1))
		e->safe = e->now;
	e->now = e->safe;
	if (!e->now)
		e->name[0] = '\0';
}

void crash_disk_restart(struct crash_disk *d, enum crash_keep keep,
                        uint64_t lot)
{
	for (struct inode *i = d->all; i; i = i->next) {
		/* What was synced is there, whatever else is kept. */
		if (!i->dir && (i->now.len != i->safe.len ||
		                memcmp(i->now.data, i->safe.data, i->now.len)))
			content_restart(i, keep, &lot);
		for (unsigned k = 0; i->dir && k < ENTRIES; k++)
			entry_restart(&i->entry[k], keep, &lot);
	}
	d->fail_at = 0;
}

/* ---- open files ---- */

static enum vfs_err file_read(struct vfs_file *f, struct vfs_op *op)
{
	const struct content *c = &inode_of(f->node)->now;
	const size_t at = op->pos < c->len ? (size_t)op->pos : c->len;

	op->count = op->len < c->len - at ? op->len : c->len - at;
	if (op->count)
		memcpy(op->buf, c->data + at, op->count);
	return VFS_OK;
}

static enum vfs_err file_write(struct vfs_file *f, struct vfs_op *op)
{
	struct content *c = &inode_of(f->node)->now;
	char *data;

	if (!change(f->node))
		return VFS_IO;
	if (op->pos != c->len)
		abort(); /* only appending is implemented */
	data = realloc(c->data, c->len + op->len + 1);
	if (!data)
		abort();
	memcpy(data + c->len, op->data, op->len);
	*c = (struct content){ data, c->len + op->len };
	op->count = op->len;
	return VFS_OK;
}

static enum vfs_err file_sync(struct vfs_file *f, struct vfs_op *op)
{
	struct inode *i = inode_of(f->node);

	(void)op;
	if (!change(f->node))
		return VFS_IO;
	if (!i->dir)
		content_set(&i->safe, i->now.data, i->now.len);
	for (unsigned k = 0; i->dir && k < ENTRIES; k++)
		i->entry[k].safe = i->entry[k].now;
	return VFS_OK;
}

static const struct vfs_file_ops file_ops = {
	.read = file_read,
	.write = file_write,
	.sync = file_sync,
};

/* ---- nodes ---- */

static const struct vfs_node_ops node_ops;

static enum vfs_err node_make(struct vfs_fs *fs, struct inode *i,
                              struct vfs_node **out)
{
	struct crash_node *n = calloc(1, sizeof(*n));

	if (!n)
		abort();
	n->inode = i;
	vfs_node_init(&n->node, fs, &node_ops, i->dir ? VFS_DIR : VFS_FILE);
	*out = &n->node;
	return VFS_OK;
}

static void put(struct vfs_node *n)
{
	free(FIEF_CONTAINER_OF(n, struct crash_node, node));
}

static enum vfs_err stat(struct vfs_node *n, struct vfs_op *op)
{
	const struct inode *i = inode_of(n);

	op->stat = (struct vfs_stat){ .kind = n->kind,
		                      .ino = i->ino,
		                      .size = i->now.len,
		                      .links = 1,
		                      .mode = 0700 };
	return VFS_OK;
}

static enum vfs_err open(struct vfs_node *n, struct vfs_file *f,
                         struct vfs_op *op)
{
	(void)op;
	if (f->flags & VFS_TRUNCATE && inode_of(n)->now.len)
		abort(); /* not implemented */
	f->ops = &file_ops;
	return VFS_OK;
}

static enum vfs_err lookup(struct vfs_node *n, struct vfs_name name,
                           struct vfs_op *op)
{
	const struct entry *e = entry_find(inode_of(n), name.s, name.len);

	return e && e->now ? node_make(n->fs, e->now, &op->node) :
	                     VFS_NOT_FOUND;
}

static enum vfs_err make(struct vfs_node *n, struct vfs_name name,
                         struct vfs_op *op)
{
	struct inode *i;

	if (!change(n))
		return VFS_IO;
	i = inode_create(disk_of(n), op->kind == VFS_DIR);
	content_set(&i->now, "", 0);
	content_set(&i->safe, "", 0);
	entry_make(inode_of(n), name.s, name.len)->now = i;
	return node_make(n->fs, i, &op->node);
}

static enum vfs_err remove_name(struct vfs_node *n, struct vfs_name name,
                                bool dir, struct vfs_op *op)
{
	struct entry *e = entry_find(inode_of(n), name.s, name.len);

	(void)dir, (void)op;
	if (!e || !e->now)
		return VFS_NOT_FOUND;
	if (!change(n))
		return VFS_IO;
	e->now = NULL;
	return VFS_OK;
}

static enum vfs_err rename_name(struct vfs_node *n, struct vfs_name name,
                                struct vfs_node *to, struct vfs_name to_name,
                                struct vfs_op *op)
{
	struct entry *e = entry_find(inode_of(n), name.s, name.len);

	(void)op;
	if (!e || !e->now)
		return VFS_NOT_FOUND;
	if (!change(n))
		return VFS_IO;
	entry_make(inode_of(to), to_name.s, to_name.len)->now = e->now;
	e->now = NULL;
	return VFS_OK;
}

static enum vfs_err list(struct vfs_node *n, struct vfs_op *op)
{
	const struct inode *dir = inode_of(n);

	for (uint64_t i = op->pos; i < ENTRIES; i++) {
		const struct entry *e = &dir->entry[i];
		const struct vfs_name name = {
			e->name, (uint32_t)strlen(e->name),
			vfs_hash(e->name, strlen(e->name))
		};

		if (e->now &&
		    !vfs_dirent_add(op, name, e->now->ino,
		                    e->now->dir ? VFS_DIR : VFS_FILE, i + 1))
			break;
	}
	return VFS_OK;
}

static const struct vfs_node_ops node_ops = {
	.put = put,
	.stat = stat,
	.open = open,
	.lookup = lookup,
	.make = make,
	.remove = remove_name,
	.rename = rename_name,
	.list = list,
};

/* ---- the file system ---- */

static void destroy(struct vfs_fs *fs)
{
	free(FIEF_CONTAINER_OF(fs, struct crash_fs, fs));
}

static const struct vfs_fs_ops fs_ops = { .destroy = destroy };

static enum fief_err create(struct vfs *v, const struct node *config,
                            struct node_error *err, struct vfs_fs **out)
{
	struct crash_fs *c = calloc(1, sizeof(*c));
	struct crash_node *root = calloc(1, sizeof(*root));

	(void)config, (void)err;
	if (!c || !root)
		abort();
	c->disk = used;
	vfs_fs_init(&c->fs, v, &fs_ops, &root->node);
	root->inode = used->root;
	vfs_node_init(&root->node, &c->fs, &node_ops, VFS_DIR);
	*out = &c->fs;
	return FIEF_OK;
}

const struct vfs_type crash_type = { .name = "crash", .create = create };
