/* SPDX-License-Identifier: MIT */
/* Bytes that nobody can tell beforehand, as a file. */

#include <fief/random.h>
#include <fief/rom.h>
#include <lib/chacha.h>
#include <vfs/plugin/fixed.h>
#include <vfs/plugin/random.h>

#define RDEV (UINT64_C(1) << 32 | 9) /* as /dev/urandom */

struct random_fs {
	struct fixed_fs fixed;
	struct chacha_random random;
};

static struct chacha_random *random_of(const struct vfs_node *n)
{
	return &FIEF_CONTAINER_OF(n->fs, struct random_fs, fixed.fs)->random;
}

/* ---- the seed ---- */

static void seed_own(struct chacha_random *r)
{
	uint8_t bytes[CHACHA_KEY_WORDS * 4];

	fief_random(bytes, sizeof(bytes));
	chacha_random_stir(r, bytes, sizeof(bytes));
}

static enum fief_err seed_rom(struct vfs *v, struct chacha_random *r,
                              const char *label)
{
	struct fief_rom rom;
	enum fief_err e = vfs_env(v) ? fief_rom_open(vfs_env(v), label, &rom) :
	                               FIEF_UNSUPPORTED;

	if (e)
		return e;
	chacha_random_stir(r, rom.data, rom.size);
	e = rom.size ? FIEF_OK : FIEF_NOT_FOUND;
	fief_rom_close(&rom);
	return e;
}

/* ---- the file ---- */

static enum vfs_err random_read(struct vfs_file *f, struct vfs_op *op)
{
	chacha_random_take(random_of(f->node), op->buf, op->len);
	op->count = op->len;
	return VFS_OK;
}

static enum vfs_err random_write(struct vfs_file *f, struct vfs_op *op)
{
	chacha_random_stir(random_of(f->node), op->data, op->len);
	op->count = op->len;
	return VFS_OK;
}

static const struct vfs_file_ops file_ops = {
	.read = random_read,
	.write = random_write,
};

static enum vfs_err random_open(struct vfs_node *n, struct vfs_file *f,
                                struct vfs_op *op)
{
	(void)n, (void)op;
	f->ops = &file_ops;
	return VFS_OK;
}

static const struct vfs_node_ops node_ops = {
	.put = fixed_put,
	.stat = fixed_stat,
	.open = random_open,
};

static enum fief_err random_create(struct vfs *v, const struct node *config,
                                   struct node_error *err, struct vfs_fs **out)
{
	const char *label = node_attr(config, "seed", NULL);
	struct random_fs *r;
	struct fixed_fs *f;
	enum fief_err e =
		fixed_file(v, config, sizeof(*r), VFS_CHAR, &node_ops, &f);

	if (e)
		return e;
	r = FIEF_CONTAINER_OF(f, struct random_fs, fixed);
	seed_own(&r->random);
	e = label ? seed_rom(v, &r->random, label) : FIEF_OK;
	if (e) {
		fixed_cancel(f);
		return node_error_set(err, e, config->at,
		                      "<random>: seed \"%s\": %s", label,
		                      fief_err_name(e));
	}
	fixed_node(f->fs.root)->stat.rdev = RDEV;
	*out = &f->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	FIXED_ATTR_NAME("random"),
	{ .name = "seed", .text = "ROM module with more secret bytes" },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "bytes that nobody can tell beforehand",
	.attrs = attrs,
};

const struct vfs_type vfs_random = {
	.name = "random",
	.create = random_create,
	.schema = &schema,
};
