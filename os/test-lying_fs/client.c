/* SPDX-License-Identifier: MIT */
/*
 * Uses a tree of files whose server lies, as anybody would: opens, reads, lists,
 * watches, locks, maps. What comes of it is anything; that this component goes on,
 * and gives back all that it took, is what is tested.
 */

#include <fief/attached.h>
#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/mem.h>
#include <vfs/plugins.h>
#include <vfs/vfs.h>

enum { FILES = 4, STEPS = 300, BYTES = 40000 };

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct vfs *vfs;
	struct vfs_file *file[FILES];
	uint64_t state;
	uint64_t steps, succeeded, late, sessions, refused;
	char bytes[BYTES];
} m;

static uint32_t below(uint32_t n)
{
	m.state ^= m.state >> 12;
	m.state ^= m.state << 25;
	m.state ^= m.state >> 27;
	return (uint32_t)((m.state * 0x2545f4914f6cdd1dull) >> 33) % n;
}

static const char *any_path(void)
{
	static const char *const paths[] = { "a",     "a/b", "/",      ".",
		                             "b/c/d", "..",  "a/../b", "c/" };

	return paths[below(8)];
}

/* ---- one operation ---- */

static bool over;
static enum vfs_err outcome;

static void on_done(struct vfs_op *op, enum vfs_err e)
{
	(void)op;
	over = true;
	outcome = e;
}

/* Nobody waits for a liar. */
static enum vfs_err end(struct vfs_op *op, enum vfs_err e)
{
	if (e != VFS_LATE)
		return e;
	m.late++;
	vfs_tell(m.vfs);
	if (!over)
		op->cancel(op);
	return outcome;
}

static void step_open(struct vfs_op *op, struct vfs_file **slot)
{
	op->flags = VFS_READ | (below(2) ? VFS_WRITE : 0) |
	            (below(4) ? 0 : VFS_CREATE) |
	            (below(4) ? 0 : VFS_DIRECTORY) |
	            (below(8) ? 0 : VFS_NONBLOCK);
	op->mode = 0600;
	if (!end(op, vfs_open(m.vfs, op))) {
		m.succeeded++;
		*slot = op->file;
	}
}

static void step_find(struct vfs_op *op, struct vfs_file **slot)
{
	(void)slot;
	if (end(op, vfs_find(m.vfs, op)))
		return;
	m.succeeded++;
	vfs_node_put(op->node);
}

static void step_names(struct vfs_op *op, struct vfs_file **slot)
{
	static enum vfs_err (*const kinds[])(struct vfs *, struct vfs_op *) = {
		vfs_make, vfs_remove, vfs_rename, vfs_link, vfs_target
	};

	(void)slot;
	op->to_path = any_path();
	op->kind = (enum vfs_kind)below(VFS_KINDS);
	op->buf = m.bytes;
	op->len = 200;
	(void)end(op, kinds[below(5)](m.vfs, op));
}

static void use(struct vfs_op *op, struct vfs_file *f)
{
	static enum vfs_err (*const kinds[])(struct vfs_file *,
	                                     struct vfs_op *) = {
		vfs_pread,     vfs_pwrite, vfs_read,  vfs_write,
		vfs_file_stat, vfs_sync,   vfs_watch, vfs_lock_test
	};

	op->buf = m.bytes;
	op->data = m.bytes;
	op->len = below(BYTES);
	op->pos = below(100000);
	op->lock = (struct vfs_lock){ .kind = (uint8_t)below(3),
		                      .end = 1 + below(100) };
	m.succeeded += !end(op, kinds[below(8)](f, op));
}

static void list(struct vfs_op *op, struct vfs_file *f)
{
	op->buf = m.bytes;
	op->len = BYTES;
	m.succeeded += !end(op, vfs_list(f, op));
}

static void lock(struct vfs_op *op, struct vfs_file *f)
{
	op->lock = (struct vfs_lock){ .kind = (uint8_t)below(3),
		                      .of_file = below(2),
		                      .end = 1 + below(100) };
	op->flags = below(2) ? VFS_NONBLOCK : 0;
	(void)end(op, vfs_lock(f, op));
}

static void map(struct vfs_op *op, struct vfs_file *f)
{
	struct fief_attached a = { 0 };

	if (vfs_map(f, op))
		return;
	fief_kif->ref(op->ds);
	if (!fief_attach(&a, op->ds, op->count, KIF_READ)) {
		m.succeeded++;
		fief_detach(&a);
	}
}

/* What it points to must be there. */
static void peek(struct vfs_op *op, struct vfs_file *f)
{
	static volatile unsigned sum;

	op->len = below(BYTES);
	op->pos = below(1000);
	if (end(op, vfs_peek(f, op)))
		return;
	for (size_t i = 0; i < op->count; i += 512)
		sum += (unsigned char)((const char *)op->data)[i];
	m.succeeded++;
	if (op->count)
		vfs_peek_end(f, op);
}

static void step_use(struct vfs_op *op, struct vfs_file **slot)
{
	static void (*const kinds[])(struct vfs_op *, struct vfs_file *) = {
		use, use, use, use, list, lock, map, peek
	};

	kinds[below(8)](op, *slot);
	if (below(6))
		return;
	vfs_close(*slot);
	*slot = NULL;
}

static void step(void)
{
	static void (*const kinds[])(struct vfs_op *, struct vfs_file **) = {
		step_open, step_open, step_find, step_names
	};
	static struct vfs_op op;
	struct vfs_file **slot = &m.file[below(FILES)];

	op = (struct vfs_op){ .done = on_done, .path = any_path() };
	over = false;
	m.steps++;
	if (*slot)
		step_use(&op, slot);
	else
		kinds[below(4)](&op, slot);
}

/* ---- one session ---- */

static void session(bool async)
{
	const struct vfs_args args = { .alloc = m.env->heap,
		                       .env = m.env,
		                       .types = vfs_plugins,
		                       .async = async };
	struct node_error err = { { 0, 0 }, "" };

	m.sessions++;
	if (vfs_create(&args, node_first(m.config.root, "vfs"), &err, &m.vfs)) {
		m.refused++;
		return;
	}
	for (unsigned i = 0; i < STEPS; i++)
		step();
	for (unsigned i = 0; i < FILES; i++)
		if (m.file[i])
			vfs_close(m.file[i]);
	memset(m.file, 0, sizeof(m.file));
	vfs_destroy(m.vfs);
}

void fief_component_construct(struct fief_env *env)
{
	uint64_t sessions = 0;

	m.env = env;
	m.state = 88172645463325252ull;
	if (fief_config_open(env, &m.config) ||
	    node_attr_u64(m.config.root, "sessions", 0, NULL, &sessions))
		fief_exit(env, 1);
	while (m.sessions < sessions)
		session(m.sessions % 4 == 3);
	fief_log(
		"%llu steps in %llu sessions, %llu refused, %llu late: goes on",
		(unsigned long long)m.steps, (unsigned long long)m.sessions,
		(unsigned long long)m.refused, (unsigned long long)m.late);
	/* A liar that is never believed tests nothing. */
	fief_exit(env, m.succeeded > m.steps / 20 ? 0 : 2);
}
