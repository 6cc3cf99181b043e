/* SPDX-License-Identifier: MIT */
/*
 * Bytes that nobody can tell beforehand. Each read takes its bytes and the next
 * key from the present one, which is gone then: who learns the state learns
 * nothing of what was read before.
 */

#include <fief/kif_table.h>
#include <fief/rom.h>
#include <lib/mem.h>
#include <vfs/plugin/fixed.h>
#include <vfs/plugin/random.h>

#include "chacha.h"

#define RDEV (UINT64_C(1) << 32 | 9) /* as /dev/urandom */

enum { TIMES = 1024 }; /* that are looked at for a seed */

struct random_fs {
	struct fixed_fs fixed;
	uint32_t key[CHACHA_KEY_WORDS];
	uint32_t nonce[CHACHA_NONCE_WORDS]; /* counts what was taken */
};

static struct random_fs *random_of(const struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n->fs, struct random_fs, fixed.fs);
}

/* ---- the generator ---- */

static void rekey(struct random_fs *r)
{
	uint8_t block[CHACHA_BLOCK];

	chacha_block(r->key, r->nonce, 0, block);
	memcpy(r->key, block, sizeof(r->key));
	if (!++r->nonce[0])
		r->nonce[1]++;
}

static void take(struct random_fs *r, uint8_t *out, size_t len)
{
	uint8_t block[CHACHA_BLOCK];

	for (uint32_t i = 1; len; i++) {
		const size_t n = len < sizeof(block) ? len : sizeof(block);

		if (!i) /* the counter is used up */
			rekey(r), i = 1;
		chacha_block(r->key, r->nonce, i, block);
		memcpy(out, block, n);
		out += n;
		len -= n;
	}
	rekey(r);
}

/* Nothing of what is in the state is lost by that. */
static void stir(struct random_fs *r, const void *data, size_t len)
{
	const char *s = data;

	while (len) {
		const size_t n = len < sizeof(r->key) ? len : sizeof(r->key);
		uint32_t words[CHACHA_KEY_WORDS] = { 0 };

		memcpy(words, s, n);
		for (unsigned i = 0; i < CHACHA_KEY_WORDS; i++)
			r->key[i] ^= words[i];
		rekey(r);
		s += n;
		len -= n;
	}
}

/* ---- the seed ---- */

/* The kernel interface has no source of it: how long things take, and where the
 * host put what. */
static void seed_own(struct random_fs *r)
{
	const void *const places[] = { r, &r, fief_kif };

	stir(r, places, sizeof(places));
	for (unsigned i = 0; i < TIMES; i++) {
		const uint64_t t = fief_kif->time();

		stir(r, &t, sizeof(t));
	}
}

static enum fief_err seed_rom(struct vfs *v, struct random_fs *r,
                              const char *label)
{
	struct fief_rom rom;
	enum fief_err e = vfs_env(v) ? fief_rom_open(vfs_env(v), label, &rom) :
	                               FIEF_UNSUPPORTED;

	if (e)
		return e;
	stir(r, rom.data, rom.size);
	e = rom.size ? FIEF_OK : FIEF_NOT_FOUND;
	fief_rom_close(&rom);
	return e;
}

/* ---- the file ---- */

static enum vfs_err random_read(struct vfs_file *f, struct vfs_op *op)
{
	take(random_of(f->node), op->buf, op->len);
	op->count = op->len;
	return VFS_OK;
}

static enum vfs_err random_write(struct vfs_file *f, struct vfs_op *op)
{
	stir(random_of(f->node), op->data, op->len);
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
	seed_own(r);
	e = label ? seed_rom(v, r, label) : FIEF_OK;
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
	{ .name = "seed",
	  .text = "ROM module with secret bytes; without it the seed is weak" },
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
