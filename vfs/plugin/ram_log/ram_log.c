/* SPDX-License-Identifier: MIT */
/*
 * The last bytes that were written. A byte keeps its position for ever; what is
 * older than the limit is a hole, so that who reads on finds what is new.
 */

#include <lib/mem.h>
#include <vfs/plugin/fixed.h>
#include <vfs/plugin/ram_log.h>

enum { LIMIT_USUAL = 64 << 10 };

struct ram_log_fs {
	struct fixed_fs fixed;
	char *ring; /* owned */
	size_t limit;
};

static struct ram_log_fs *log_of(const struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n->fs, struct ram_log_fs, fixed.fs);
}

static uint64_t size_of(const struct ram_log_fs *l)
{
	return fixed_node(l->fixed.fs.root)->stat.size;
}

/* Position of the oldest byte that is there. */
static uint64_t oldest(const struct ram_log_fs *l)
{
	return size_of(l) > l->limit ? size_of(l) - l->limit : 0;
}

static enum vfs_err log_read(struct vfs_file *f, struct vfs_op *op)
{
	const struct ram_log_fs *l = log_of(f->node);
	const uint64_t size = size_of(l), from = oldest(l);
	char *to = op->buf;

	if (op->pos >= size)
		return VFS_OK;
	op->count =
		op->len < size - op->pos ? op->len : (size_t)(size - op->pos);
	for (size_t i = 0; i < op->count;) {
		const uint64_t at = op->pos + i;
		const size_t place = (size_t)(at % l->limit);
		const bool hole = at < from;
		size_t n = op->count - i;

		if (hole && n > from - at)
			n = (size_t)(from - at);
		else if (!hole && n > l->limit - place)
			n = l->limit - place;
		if (hole)
			memset(to + i, 0, n);
		else
			memcpy(to + i, l->ring + place, n);
		i += n;
	}
	return VFS_OK;
}

/* Wherever the file is: at the end. */
static enum vfs_err log_write(struct vfs_file *f, struct vfs_op *op)
{
	struct ram_log_fs *l = log_of(f->node);
	struct vfs_stat *s = &fixed_node(f->node)->stat;
	const char *from = op->data;

	op->pos = s->size;
	if (op->len > VFS_SIZE_MAX - s->size)
		return VFS_TOO_BIG;
	for (size_t i = 0; i < op->len;) {
		const size_t place = (size_t)((s->size + i) % l->limit);
		size_t n = op->len - i;

		if (n > l->limit - place)
			n = l->limit - place;
		memcpy(l->ring + place, from + i, n);
		i += n;
	}
	op->count = op->len;
	s->size += op->len;
	s->mtime = s->ctime = vfs_now(f->node->fs->vfs);
	return VFS_OK;
}

static enum vfs_err log_seek(struct vfs_file *f, bool hole, struct vfs_op *op)
{
	const struct ram_log_fs *l = log_of(f->node);

	if (op->pos >= size_of(l))
		return VFS_NO_DATA;
	if (hole && op->pos >= oldest(l))
		op->pos = size_of(l);
	else if (!hole && op->pos < oldest(l))
		op->pos = oldest(l);
	return VFS_OK;
}

static const struct vfs_file_ops file_ops = {
	.read = log_read,
	.write = log_write,
	.seek = log_seek,
};

/* ---- the node ---- */

static enum vfs_err log_stat(struct vfs_node *n, struct vfs_op *op)
{
	const struct ram_log_fs *l = log_of(n);
	enum vfs_err e = fixed_stat(n, op);

	op->stat.blocks = (op->stat.size - oldest(l) + 511) / 512;
	return e;
}

static enum vfs_err log_open(struct vfs_node *n, struct vfs_file *f,
                             struct vfs_op *op)
{
	(void)n;
	if (op->flags & VFS_TRUNCATE)
		return VFS_NOT_PERMITTED;
	f->ops = &file_ops;
	return VFS_OK;
}

static enum vfs_err log_change(struct vfs_node *n, struct vfs_op *op)
{
	(void)n, (void)op;
	return VFS_NOT_PERMITTED;
}

static const struct vfs_node_ops node_ops = {
	.put = fixed_put,
	.stat = log_stat,
	.change = log_change,
	.open = log_open,
};

/* ---- the file system ---- */

static void fini(struct fixed_fs *f)
{
	struct ram_log_fs *l = FIEF_CONTAINER_OF(f, struct ram_log_fs, fixed);

	fief_free(f->alloc, l->ring, l->limit);
}

static enum fief_err ram_log_create(struct vfs *v, const struct node *config,
                                    struct node_error *err, struct vfs_fs **out)
{
	struct ram_log_fs *l;
	struct fixed_fs *f;
	uint64_t limit;
	void *ring;
	enum fief_err e =
		node_attr_u64(config, "limit", LIMIT_USUAL, err, &limit);

	if (!e && (!limit || limit > SIZE_MAX / 2))
		e = node_error_set(err, FIEF_LIMIT,
		                   node_attr_find(config, "limit")->at,
		                   "<ram_log>: a log of no such size");
	if (!e)
		e = fixed_file(v, config, sizeof(*l), VFS_FILE, &node_ops, &f);
	if (e)
		return e;
	e = fief_alloc(f->alloc, (size_t)limit, &ring);
	if (e) {
		fixed_cancel(f);
		return e;
	}
	l = FIEF_CONTAINER_OF(f, struct ram_log_fs, fixed);
	l->ring = ring;
	l->limit = (size_t)limit;
	f->fini = fini;
	fixed_node(f->fs.root)->stat.mode = 0644;
	*out = &f->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	FIXED_ATTR_NAME("ram_log"),
	{ "limit", "64K", "bytes that are kept, the last ones",
	  VFS_VALUE_NUMBER },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "a file that only grows, and keeps its last bytes",
	.attrs = attrs,
};

const struct vfs_type vfs_ram_log = {
	.name = "ram_log",
	.create = ram_log_create,
	.schema = &schema,
};
