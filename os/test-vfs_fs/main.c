/* SPDX-License-Identifier: MIT */
/*
 * Random operations on two trees, step by step: results and errors must be
 * equal. One is <expected>, the other one <vfs> of the config: files of a server,
 * say, beside files in memory, which vfs/test/model_test.c compares with Linux.
 */

#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/fmt.h>
#include <lib/mem.h>
#include <vfs/dirent.h>
#include <vfs/plugins.h>
#include <vfs/vfs.h>

enum { SLOTS = 6, BYTES = 60000, PATH = 64 };

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct vfs *tree[2];
	struct vfs_file *file[2][SLOTS];
	uint64_t state;
	struct vfs_op op[2];
	char data[2][BYTES];
} m;

/* xorshift64*; Vigna 2016 */
static uint32_t below(uint32_t n)
{
	m.state ^= m.state >> 12;
	m.state ^= m.state << 25;
	m.state ^= m.state >> 27;
	return (uint32_t)((m.state * 0x2545f4914f6cdd1dull) >> 33) % n;
}

static bool chance(uint32_t percent)
{
	return below(100) < percent;
}

static void random_path(char out[PATH])
{
	const unsigned depth = 1 + below(3);
	struct fmt f;

	fmt_init(&f, out, PATH);
	for (unsigned i = 0; i < depth; i++) {
		if (i || chance(10))
			fmt_char(&f, '/');
		if (chance(5))
			fmt_string(&f, chance(50) ? ".." : ".");
		else
			fmt_char(&f, (char)('a' + below(4)));
	}
	if (chance(4))
		fmt_char(&f, '/');
}

/* ---- one operation, as an operation of a tree ---- */

struct step {
	unsigned kind, slot;
	char path[PATH], to[PATH];
	uint32_t flags, mode;
	uint64_t pos;
	size_t len;
	unsigned char fill;
};

static enum vfs_err late_result;
static bool late_done;

static void on_done(struct vfs_op *op, enum vfs_err e)
{
	(void)op;
	late_done = true;
	late_result = e;
}

/* The server may be slow. */
static enum vfs_err end(enum vfs_err e)
{
	if (e != VFS_LATE)
		return e;
	while (!late_done)
		fief_entrypoint_wait_io(m.env->ep);
	return late_result;
}

typedef enum vfs_err (*run)(unsigned t, const struct step *, struct vfs_op *);

static enum vfs_err do_open(unsigned t, const struct step *s, struct vfs_op *op)
{
	enum vfs_err e;

	op->flags = s->flags;
	e = end(vfs_open(m.tree[t], op));
	if (e)
		return e;
	if (m.file[t][s->slot])
		vfs_close(m.file[t][s->slot]);
	m.file[t][s->slot] = op->file;
	return e;
}

static enum vfs_err do_close(unsigned t, const struct step *s,
                             struct vfs_op *op)
{
	struct vfs_file **f = &m.file[t][s->slot];

	(void)op;
	if (*f)
		vfs_close(*f);
	*f = NULL;
	return VFS_OK;
}

/* Whole, though each may be short. */
static enum vfs_err do_read(unsigned t, const struct step *s, struct vfs_op *op)
{
	struct vfs_file *f = m.file[t][s->slot];
	size_t done = 0;
	enum vfs_err e = VFS_OK;

	while (f && !e) {
		op->buf = m.data[t] + done;
		op->len = s->len - done;
		op->pos = s->pos + done;
		late_done = false;
		e = end(vfs_pread(f, op));
		if (e || !op->count)
			break;
		done += op->count;
	}
	op->count = done;
	return e;
}

static enum vfs_err do_write(unsigned t, const struct step *s,
                             struct vfs_op *op)
{
	struct vfs_file *f = m.file[t][s->slot];
	size_t done = 0;
	enum vfs_err e = VFS_OK;

	memset(m.data[t], s->fill, s->len);
	while (f && !e && done < s->len) {
		op->data = m.data[t] + done;
		op->len = s->len - done;
		op->pos = s->pos + done;
		late_done = false;
		e = end(vfs_pwrite(f, op));
		done += e ? 0 : op->count;
	}
	op->count = done;
	return e;
}

static enum vfs_err do_truncate(unsigned t, const struct step *s,
                                struct vfs_op *op)
{
	static struct vfs_change c; /* until the operation ends */
	struct vfs_file *f = m.file[t][s->slot];

	c = (struct vfs_change){ .what = VFS_SET_SIZE, .size = s->pos };
	op->change = &c;
	return f ? end(vfs_file_change(f, op)) : VFS_OK;
}

static enum vfs_err do_fstat(unsigned t, const struct step *s,
                             struct vfs_op *op)
{
	struct vfs_file *f = m.file[t][s->slot];

	return f ? end(vfs_file_stat(f, op)) : VFS_OK;
}

static enum vfs_err do_stat(unsigned t, const struct step *s, struct vfs_op *op)
{
	enum vfs_err e;

	op->flags = s->flags & VFS_NOFOLLOW;
	e = end(vfs_find(m.tree[t], op));
	vfs_node_put(op->node);
	return e;
}

static enum vfs_err do_mkdir(unsigned t, const struct step *s,
                             struct vfs_op *op)
{
	(void)s;
	op->kind = VFS_DIR;
	return end(vfs_make(m.tree[t], op));
}

static enum vfs_err do_symlink(unsigned t, const struct step *s,
                               struct vfs_op *op)
{
	(void)s;
	op->kind = VFS_SYMLINK;
	return end(vfs_make(m.tree[t], op));
}

static enum vfs_err do_rmdir(unsigned t, const struct step *s,
                             struct vfs_op *op)
{
	(void)s;
	op->flags = VFS_DIRECTORY;
	return end(vfs_remove(m.tree[t], op));
}

static enum vfs_err do_unlink(unsigned t, const struct step *s,
                              struct vfs_op *op)
{
	(void)s;
	return end(vfs_remove(m.tree[t], op));
}

static enum vfs_err do_rename(unsigned t, const struct step *s,
                              struct vfs_op *op)
{
	op->flags = s->fill < 30 ? VFS_EXCHANGE :
	            s->fill < 60 ? VFS_NOREPLACE :
	                           0;
	return end(vfs_rename(m.tree[t], op));
}

static enum vfs_err do_link(unsigned t, const struct step *s, struct vfs_op *op)
{
	(void)s;
	op->flags = VFS_NOFOLLOW;
	return end(vfs_link(m.tree[t], op));
}

static enum vfs_err do_target(unsigned t, const struct step *s,
                              struct vfs_op *op)
{
	op->buf = m.data[t];
	op->len = s->len % 100 + 1;
	return end(vfs_target(m.tree[t], op));
}

/* Sum of the hashes of all names, since their order may differ. */
static enum vfs_err do_list(unsigned t, const struct step *s, struct vfs_op *op)
{
	static _Alignas(8) char buf[4096];
	uint64_t sum = 0;
	struct vfs_file *f;
	enum vfs_err e;

	(void)s;
	op->flags = VFS_READ | VFS_DIRECTORY;
	e = end(vfs_open(m.tree[t], op));
	if (e)
		return e;
	f = op->file;
	do {
		op->buf = buf;
		op->len = sizeof(buf);
		late_done = false;
		e = end(vfs_list(f, op));
		for (size_t at = 0; !e && at < op->count;) {
			const struct vfs_dirent *d = (const void *)(buf + at);

			sum += vfs_hash(d->name, d->name_len) + d->kind;
			at += d->bytes;
		}
	} while (!e && op->count);
	vfs_close(f);
	memcpy(m.data[t], &sum, sizeof(sum));
	op->count = sizeof(sum);
	op->stat = (struct vfs_stat){ 0 };
	return e;
}

static const run kinds[] = { do_open,    do_open,   do_open,   do_close,
	                     do_read,    do_write,  do_write,  do_truncate,
	                     do_fstat,   do_stat,   do_mkdir,  do_mkdir,
	                     do_symlink, do_rmdir,  do_unlink, do_rename,
	                     do_link,    do_target, do_list };
static const char *const names[] = { "open",    "open",   "open",   "close",
	                             "read",    "write",  "write",  "truncate",
	                             "fstat",   "stat",   "mkdir",  "mkdir",
	                             "symlink", "rmdir",  "unlink", "rename",
	                             "link",    "target", "list" };

static void random_step(struct step *s)
{
	*s = (struct step){
		.kind = below(sizeof(kinds) / sizeof(kinds[0])),
		.slot = below(SLOTS),
		.flags = VFS_READ,
		.mode = below(01000),
		.pos = below(chance(50) ? 300 : 100000),
		.len = below(chance(70) ? 300 : BYTES),
		.fill = (unsigned char)below(256),
	};
	random_path(s->path);
	random_path(s->to);
	if (chance(60))
		s->flags |= VFS_WRITE | (chance(60) ? VFS_CREATE : 0);
	if (s->flags & VFS_CREATE && chance(20))
		s->flags |= VFS_EXCLUSIVE;
	if (s->flags & VFS_WRITE && chance(15))
		s->flags |= VFS_TRUNCATE;
	if (chance(10))
		s->flags |= VFS_NOFOLLOW;
}

/* ---- comparing ---- */

static bool equal_stat(const struct vfs_stat *a, const struct vfs_stat *b)
{
	return a->kind == b->kind && a->mode == b->mode &&
	       a->links == b->links &&
	       (a->kind == VFS_DIR || a->size == b->size);
}

static bool step(unsigned number)
{
	static struct step s;
	enum vfs_err e[2];

	random_step(&s);
	for (unsigned t = 0; t < 2; t++) {
		m.op[t] = (struct vfs_op){ .done = on_done,
			                   .path = s.path,
			                   .to_path = s.to,
			                   .mode = s.mode };
		late_done = false;
		e[t] = kinds[s.kind](t, &s, &m.op[t]);
	}
	if (e[0] == e[1] && m.op[0].count == m.op[1].count &&
	    equal_stat(&m.op[0].stat, &m.op[1].stat) &&
	    !memcmp(m.data[0], m.data[1], e[0] ? 0 : m.op[0].count))
		return true;
	fief_error("step %u: %s \"%s\" to \"%s\", flags %#x, slot %u: %s %llu "
	           "instead of %s %llu",
	           number, names[s.kind], s.path, s.to, s.flags, s.slot,
	           vfs_err_name(e[1]), (unsigned long long)m.op[1].count,
	           vfs_err_name(e[0]), (unsigned long long)m.op[0].count);
	return false;
}

/* ---- set-up ---- */

static bool tree_make(const char *name, struct vfs **out)
{
	const struct vfs_args args = { .alloc = m.env->heap,
		                       .env = m.env,
		                       .types = vfs_plugins };
	struct node_error err = { { 0, 0 }, "" };

	if (!vfs_create(&args, node_first(m.config.root, name), &err, out))
		return true;
	fief_error("<%s>: %u:%u: %s", name, err.at.line, err.at.column,
	           err.text);
	return false;
}

void fief_component_construct(struct fief_env *env)
{
	uint64_t steps = 10000, seed = 1;

	m.env = env;
	if (fief_config_open(env, &m.config) ||
	    node_attr_u64(m.config.root, "steps", steps, NULL, &steps) ||
	    node_attr_u64(m.config.root, "seed", seed, NULL, &seed) ||
	    !tree_make("expected", &m.tree[0]) || !tree_make("vfs", &m.tree[1]))
		fief_exit(env, 1);
	m.state = seed * 0x9e3779b97f4a7c15ull + 1;
	for (unsigned i = 0; i < steps; i++)
		if (!step(i))
			fief_exit(env, 2);
	for (unsigned i = 0; i < SLOTS; i++)
		for (unsigned t = 0; t < 2; t++)
			if (m.file[t][i])
				vfs_close(m.file[t][i]);
	vfs_destroy(m.tree[1]);
	vfs_destroy(m.tree[0]);
	fief_log("%llu steps, all equal", (unsigned long long)steps);
	fief_exit(env, 0);
}
