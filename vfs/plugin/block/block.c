/* SPDX-License-Identifier: MIT */
/* A Block session as a file. */

#include <lib/mem.h>
#include <vfs/plugin/block.h>

#include "internal.h"

enum { BUFFER = 256 << 10, BUFFER_MIN = 64 << 10 };

static struct block_fs *block_of(struct vfs_fs *fs)
{
	return FIEF_CONTAINER_OF(fs, struct block_fs, fixed.fs);
}

/* ---- the file ---- */

/* How many of the bytes asked for there are. */
static bool clip(struct vfs_file *f, struct vfs_op *op)
{
	const uint64_t size = fixed_node(f->node)->stat.size;

	if (op->pos >= size || !op->len)
		return false;
	if (op->len > size - op->pos)
		op->len = (size_t)(size - op->pos);
	return true;
}

static enum vfs_err file_read(struct vfs_file *f, struct vfs_op *op)
{
	if (!clip(f, op))
		return VFS_OK;
	return io_begin(block_of(f->node->fs), BLOCK_OP_READ, op);
}

static enum vfs_err file_write(struct vfs_file *f, struct vfs_op *op)
{
	if (!op->len)
		return VFS_OK;
	if (f->flags & VFS_APPEND || !clip(f, op))
		return VFS_NO_SPACE;
	return io_begin(block_of(f->node->fs), BLOCK_OP_WRITE, op);
}

static enum vfs_err file_sync(struct vfs_file *f, struct vfs_op *op)
{
	return io_begin(block_of(f->node->fs), BLOCK_OP_SYNC, op);
}

static enum vfs_err file_seek(struct vfs_file *f, bool hole, struct vfs_op *op)
{
	const uint64_t size = fixed_node(f->node)->stat.size;

	if (op->pos >= size)
		return VFS_NO_DATA;
	op->pos = hole ? size : op->pos;
	return VFS_OK;
}

static const struct vfs_file_ops file_ops = {
	.read = file_read,
	.write = file_write,
	.sync = file_sync,
	.seek = file_seek,
};

static enum vfs_err block_open(struct vfs_node *n, struct vfs_file *f,
                               struct vfs_op *op)
{
	if (op->flags & VFS_WRITE && !block_of(n->fs)->client.info.writeable)
		return VFS_READ_ONLY;
	f->ops = &file_ops;
	return VFS_OK;
}

static const struct vfs_node_ops node_ops = {
	.put = fixed_put,
	.stat = fixed_stat,
	.open = block_open,
};

/* ---- the file system ---- */

static void fini(struct fixed_fs *f)
{
	struct block_fs *b = FIEF_CONTAINER_OF(f, struct block_fs, fixed);

	block_client_close(&b->client);
	io_drop_all(b);
}

static enum fief_err args_read(const struct node *config,
                               struct node_error *err,
                               struct block_client_args *a)
{
	uint64_t buffer = BUFFER;
	enum fief_err e = node_attr_u64(config, "buffer", BUFFER, err, &buffer);

	if (!e)
		e = node_attr_bool(config, "writeable", true, err,
		                   &a->writeable);
	if (!e && (buffer < BUFFER_MIN || buffer > BLOCK_BUFFER_MAX))
		e = node_error_set(err, FIEF_LIMIT, config->at,
		                   "<block>: a buffer has 64K to 64M");
	a->buffer = (size_t)buffer;
	a->label = node_attr(config, "label", NULL);
	return e;
}

/* Half of the buffer at most, so that two requests can be under way. */
static enum fief_err size_set(struct block_fs *b)
{
	const struct block_info *info = &b->client.info;
	struct block_job one = { 0 };
	size_t most = b->client.stream.bulk_bytes / 2;
	enum fief_err e;

	if (most > BLOCK_TRANSFER_MAX)
		most = BLOCK_TRANSFER_MAX;
	most -= most % info->block_size;
	b->most = most ? most : info->block_size;
	e = block_job_init(&one, &b->client, b->most);
	block_job_fini(&one);
	fixed_node(b->fixed.fs.root)->stat.size =
		info->block_size * info->block_count;
	fixed_node(b->fixed.fs.root)->stat.block_size = info->block_size;
	fixed_node(b->fixed.fs.root)->stat.mode = info->writeable ? 0660 : 0440;
	return e;
}

static enum fief_err block_create(struct vfs *v, const struct node *config,
                                  struct node_error *err, struct vfs_fs **out)
{
	struct block_client_args a = { 0 };
	struct fief_env *env = vfs_env(v);
	struct fixed_fs *f;
	struct block_fs *b;
	enum fief_err e = args_read(config, err, &a);

	if (!e)
		e = fixed_file(v, config, sizeof(*b), VFS_BLOCK, &node_ops, &f);
	if (e)
		return e;
	b = FIEF_CONTAINER_OF(f, struct block_fs, fixed);
	f->fini = fini;
	e = env ? block_client_open(&b->client, env, &a) : FIEF_UNSUPPORTED;
	if (!e)
		e = size_set(b);
	if (e) {
		fixed_cancel(f);
		return node_error_set(err, e, config->at,
		                      "<block>: Block session \"%s\": %s",
		                      a.label ? a.label : "", fief_err_name(e));
	}
	*out = &f->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	FIXED_ATTR_NAME("block"),
	{ "label", NULL, "of the Block session", VFS_VALUE_TEXT, false },
	{ "buffer", "256K", "bytes shared with the server, 64K to 64M",
	  VFS_VALUE_NUMBER, false },
	{ "writeable", "yes", "ask for a session that can write",
	  VFS_VALUE_BOOL, false },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "the device of a Block session",
	.attrs = attrs,
};

const struct vfs_type vfs_block = {
	.name = "block",
	.create = block_create,
	.schema = &schema,
};
