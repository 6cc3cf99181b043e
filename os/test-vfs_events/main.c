/* SPDX-License-Identifier: MIT */
/*
 * What happens to files, seen from two sides of the same directory: changes,
 * fifos, locks. The sides are two paths of the tree, attributes `one` and `two`:
 * two sessions of a server, say.
 */

#include <fief/attached.h>
#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/fmt.h>
#include <lib/mem.h>
#include <vfs/plugins.h>
#include <vfs/vfs.h>

enum { PATH = 64, BYTES = 200000, PIECE = 5000 };

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct vfs *vfs;
	const char *side[2];
	unsigned checks, failed;
} m;

/* An operation that may be late. */
struct asked {
	struct vfs_op op;
	bool over;
	enum vfs_err result;
};

static void on_done(struct vfs_op *op, enum vfs_err e)
{
	struct asked *a = FIEF_CONTAINER_OF(op, struct asked, op);

	a->over = true;
	a->result = e;
}

/* A deadline is up to whoever runs this. */
static enum vfs_err await(struct asked *a)
{
	while (!a->over)
		fief_entrypoint_wait_io(m.env->ep);
	return a->result;
}

static bool begun(struct asked *a, enum vfs_err e)
{
	a->over = e != VFS_LATE;
	a->result = e;
	return !a->over;
}

static void check(bool right, const char *what)
{
	m.checks++;
	if (right)
		return;
	m.failed++;
	fief_error("wrong: %s", what);
}

static void expect(enum vfs_err e, enum vfs_err wanted, const char *what)
{
	if (e != wanted)
		fief_error("%s: %s instead of %s", what, vfs_err_name(e),
		           vfs_err_name(wanted));
	check(e == wanted, what);
}

/* ---- operations that are waited for ---- */

static const char *path_of(unsigned side, const char *name)
{
	static char path[2][PATH];
	static unsigned turn;
	char *to = path[turn = !turn];

	(void)!fmt_text(to, PATH, "%s/%s", m.side[side], name);
	return to;
}

static struct vfs_file *open_file(unsigned side, const char *name,
                                  uint32_t flags)
{
	struct asked a = { .op = { .done = on_done,
		                   .path = path_of(side, name),
		                   .flags = flags,
		                   .mode = 0600 } };

	begun(&a, vfs_open(m.vfs, &a.op));
	expect(await(&a), VFS_OK, name);
	return a.op.file;
}

static void make(unsigned side, const char *name, enum vfs_kind kind)
{
	struct asked a = { .op = { .done = on_done,
		                   .path = path_of(side, name),
		                   .kind = kind,
		                   .mode = 0755 } };

	begun(&a, vfs_make(m.vfs, &a.op));
	expect(await(&a), VFS_OK, name);
}

static void rename_to(unsigned side, const char *name, const char *to)
{
	struct asked a = { .op = { .done = on_done,
		                   .path = path_of(side, name),
		                   .to_path = path_of(side, to) } };

	begun(&a, vfs_rename(m.vfs, &a.op));
	expect(await(&a), VFS_OK, name);
}

static void drop(unsigned side, const char *name)
{
	struct asked a = { .op = { .done = on_done,
		                   .path = path_of(side, name) } };

	begun(&a, vfs_remove(m.vfs, &a.op));
	expect(await(&a), VFS_OK, name);
}

static enum vfs_err write_some(struct vfs_file *f, const char *data, size_t len,
                               size_t *count)
{
	struct asked a = {
		.op = { .done = on_done, .data = data, .len = len }
	};

	begun(&a, vfs_write(f, &a.op));
	(void)await(&a);
	*count = a.op.count;
	return a.result;
}

static enum vfs_err read_some(struct vfs_file *f, char *buf, size_t len,
                              size_t *count)
{
	struct asked a = { .op = { .done = on_done, .buf = buf, .len = len } };

	begun(&a, vfs_read(f, &a.op));
	(void)await(&a);
	*count = a.op.count;
	return a.result;
}

/* ---- changes ---- */

static void watch(struct asked *a, struct vfs_file *f)
{
	*a = (struct asked){ .op = { .done = on_done } };
	check(begun(a, vfs_watch(f, &a->op)), "a watch waits");
}

static void changes(void)
{
	struct vfs_file *dir = open_file(0, "", VFS_READ | VFS_DIRECTORY);
	struct vfs_file *seen, *used;
	static struct asked names, content;
	size_t count;

	watch(&names, dir);
	used = open_file(1, "watched", VFS_WRITE | VFS_CREATE);
	expect(await(&names), VFS_OK, "a file was made");
	seen = open_file(0, "watched", VFS_READ);
	watch(&names, dir);
	watch(&content, seen);
	expect(write_some(used, "news", 4, &count), VFS_OK, "write");
	expect(await(&content), VFS_OK, "a file was written");
	check(!names.over, "content is no name");
	watch(&content, seen);
	rename_to(1, "watched", "moved");
	expect(await(&names), VFS_OK, "a file was renamed");
	expect(await(&content), VFS_OK, "what is known of it is another");
	watch(&names, dir);
	watch(&content, seen);
	drop(1, "moved");
	expect(await(&names), VFS_OK, "a file was removed");
	expect(await(&content), VFS_OK, "it has no name any more");
	watch(&content, seen);
	content.op.cancel(&content.op);
	expect(content.result, VFS_CANCELED, "a watch that is canceled");
	vfs_close(used);
	vfs_close(seen);
	vfs_close(dir);
}

/* ---- fifos ---- */

struct sleeper {
	struct vfs_waiter base;
	bool woken;
};

static void wake(struct vfs_waiter *w)
{
	FIEF_CONTAINER_OF(w, struct sleeper, base)->woken = true;
}

/* Until the file can do that. */
static void sleep_until(struct vfs_file *f, unsigned can)
{
	while (!(vfs_ready(f) & can)) {
		struct sleeper s = { .base.wake = wake };

		vfs_wait(f, &s.base);
		while (!s.woken)
			fief_entrypoint_wait_io(m.env->ep);
	}
}

static char byte_at(size_t at)
{
	return (char)(at * 7 + at / 251);
}

/* More than a pipe has room for, in pieces, by who is ready. */
static void pour(struct vfs_file *in, struct vfs_file *out)
{
	static char piece[PIECE];
	size_t sent = 0, got = 0, count;
	bool right = true, idle = false;

	while (got < BYTES) {
		const size_t left = BYTES - sent;
		const size_t len = left < PIECE ? left : PIECE;

		for (size_t i = 0; i < len; i++)
			piece[i] = byte_at(sent + i);
		if (len && !write_some(out, piece, len, &count)) {
			sent += count;
			continue;
		}
		if (read_some(in, piece, PIECE, &count)) {
			check(!idle, "one of both ends is ready");
			idle = true;
			sleep_until(in, VFS_CAN_READ);
			continue;
		}
		idle = false;
		for (size_t i = 0; i < count; i++)
			right &= piece[i] == byte_at(got + i);
		got += count;
	}
	check(right && got == BYTES, "what was written is read");
}

static void fifos(void)
{
	static struct asked in = { .op = { .done = on_done,
		                           .flags = VFS_READ } };
	struct vfs_file *out;
	char byte = 0;
	size_t count;

	make(0, "fifo", VFS_FIFO);
	in.op.path = path_of(0, "fifo");
	check(begun(&in, vfs_open(m.vfs, &in.op)), "nobody writes yet");
	out = open_file(1, "fifo", VFS_WRITE);
	expect(await(&in), VFS_OK, "both ends are open");
	expect(read_some(in.op.file, &byte, 1, &count), VFS_AGAIN, "empty");
	check(!(vfs_ready(in.op.file) & VFS_CAN_READ), "not ready to be read");
	expect(write_some(out, "x", 1, &count), VFS_OK, "a byte");
	sleep_until(in.op.file, VFS_CAN_READ);
	expect(read_some(in.op.file, &byte, 1, &count), VFS_OK, "read");
	check(count == 1 && byte == 'x', "the byte");
	pour(in.op.file, out);
	vfs_close(out);
	sleep_until(in.op.file, VFS_HUNG_UP);
	expect(read_some(in.op.file, &byte, 1, &count), VFS_OK, "the end");
	check(!count, "nobody writes any more");
	vfs_close(in.op.file);
	drop(1, "fifo");
}

/* ---- locks ---- */

static void lock_set(struct asked *a, enum vfs_lock_kind kind, uint64_t owner,
                     uint32_t flags)
{
	memset(a, 0, sizeof(*a));
	a->op.done = on_done;
	a->op.flags = flags;
	a->op.lock.kind = (uint8_t)kind;
	a->op.lock.owner = owner;
	a->op.lock.of_file = !owner;
	a->op.lock.pos = 10;
	a->op.lock.end = 20;
}

static enum vfs_err lock(struct vfs_file *f, enum vfs_lock_kind kind,
                         uint64_t owner)
{
	struct asked a;

	lock_set(&a, kind, owner, VFS_NONBLOCK);
	begun(&a, vfs_lock(f, &a.op));
	return await(&a);
}

/* Asks, with the other side holding it; then it lets go. */
static void hand_over(struct vfs_file *one, struct vfs_file *two,
                      uint64_t owner)
{
	static struct asked a;

	lock_set(&a, VFS_LOCK_SHARED, owner, 0);
	expect(lock(two, VFS_LOCK_EXCLUSIVE, owner ? owner + 1 : 0), VFS_OK,
	       "exclusive");
	expect(lock(one, VFS_LOCK_SHARED, owner), VFS_AGAIN, "shared");
	check(begun(&a, vfs_lock(one, &a.op)), "who asks waits");
	expect(lock(two, VFS_UNLOCK, owner ? owner + 1 : 0), VFS_OK, "unlock");
	expect(await(&a), VFS_OK, "the lock was waited for");
	expect(lock(two, VFS_LOCK_EXCLUSIVE, owner ? owner + 1 : 0), VFS_AGAIN,
	       "the other side has it");
}

static void locks(void)
{
	struct vfs_file *one =
		open_file(0, "locked", VFS_READ | VFS_WRITE | VFS_CREATE);
	struct vfs_file *two = open_file(1, "locked", VFS_READ | VFS_WRITE);
	static struct asked a;

	hand_over(one, two, 1);
	lock_set(&a, VFS_LOCK_EXCLUSIVE, 1, 0);
	begun(&a, vfs_lock_test(one, &a.op));
	expect(await(&a), VFS_OK, "who has it");
	check(a.op.lock.kind == VFS_UNLOCK, "nobody but the owner itself");
	lock_set(&a, VFS_LOCK_EXCLUSIVE, 2, 0);
	begun(&a, vfs_lock_test(two, &a.op));
	expect(await(&a), VFS_OK, "who has it");
	check(a.op.lock.kind == VFS_LOCK_SHARED && a.op.lock.pos == 10 &&
	              a.op.lock.end == 20,
	      "the other side");
	expect(lock(one, VFS_UNLOCK, 1), VFS_OK, "unlock");

	expect(lock(two, VFS_LOCK_EXCLUSIVE, 2), VFS_OK, "exclusive");
	lock_set(&a, VFS_LOCK_EXCLUSIVE, 1, 0);
	check(begun(&a, vfs_lock(one, &a.op)), "who asks waits");
	a.op.cancel(&a.op);
	expect(a.result, VFS_CANCELED, "and gives up");
	expect(lock(two, VFS_UNLOCK, 2), VFS_OK, "unlock");
	expect(lock(two, VFS_LOCK_EXCLUSIVE, 2), VFS_OK, "it is free");
	expect(lock(two, VFS_UNLOCK, 2), VFS_OK, "unlock");

	hand_over(one, two, 0);
	vfs_close(one); /* and what was locked by it is free */
	expect(lock(two, VFS_LOCK_EXCLUSIVE, 0), VFS_OK, "it was closed");
	vfs_close(two);
	drop(0, "locked");
}

/* ---- content where it is ---- */

/* Bytes that are all that one, as an operation shows them. */
static void peek_all(struct vfs_file *f, uint64_t size, char byte)
{
	static struct asked a;
	uint64_t at = 0;
	bool right = true;

	while (at < size) {
		memset(&a, 0, sizeof(a));
		a.op.done = on_done;
		a.op.pos = at;
		a.op.len = (size_t)(size - at);
		begun(&a, vfs_peek(f, &a.op));
		expect(await(&a), VFS_OK, "peek");
		if (a.result || !a.op.count)
			break;
		for (size_t i = 0; i < a.op.count; i++)
			right &= ((const char *)a.op.data)[i] == byte;
		at += a.op.count;
		vfs_peek_end(f, &a.op);
	}
	check(right && at == size, "what is seen in place");
}

static void fill(struct vfs_file *f, size_t size, char byte)
{
	static char piece[PIECE];

	memset(piece, byte, sizeof(piece));
	for (size_t at = 0; at < size;) {
		static struct asked a;

		memset(&a, 0, sizeof(a));
		a.op.done = on_done;
		a.op.data = piece;
		a.op.len = size - at < PIECE ? size - at : PIECE;
		a.op.pos = at;
		begun(&a, vfs_pwrite(f, &a.op));
		expect(await(&a), VFS_OK, "write");
		if (a.result)
			return;
		at += a.op.count;
	}
}

/* The same pages, as they change; nobody else can write to them. */
static void shared_pages(struct vfs_file *one, struct vfs_file *two)
{
	static struct asked a;
	struct fief_attached page = { 0 };
	const volatile char *seen;

	memset(&a, 0, sizeof(a));
	expect(vfs_map(one, &a.op), VFS_OK, "map");
	check(a.op.count == BYTES, "size of what is mapped");
	fief_kif->ref(a.op.ds);
	check(fief_attach(&page, a.op.ds, BYTES, KIF_READ | KIF_WRITE) !=
	              FIEF_OK,
	      "nobody can write to it");
	fief_kif->ref(a.op.ds);
	check(!fief_attach(&page, a.op.ds, BYTES, KIF_READ), "attach");
	if (!page.addr)
		return;
	seen = page.addr;
	check(seen[0] == 'a' && seen[BYTES - 1] == 'a', "what was there");
	fill(two, BYTES, 'b');
	check(seen[0] == 'b' && seen[BYTES - 1] == 'b', "what is written");
	peek_all(one, BYTES, 'b');
	fief_detach(&page);
}

static void in_place(void)
{
	struct vfs_file *two = open_file(1, "shared", VFS_WRITE | VFS_CREATE);
	struct vfs_file *one = open_file(0, "shared", VFS_READ);
	static struct asked a;

	fill(two, BYTES, 'a');
	memset(&a, 0, sizeof(a));
	if (vfs_map(one, &a.op) == VFS_UNSUPPORTED)
		fief_log("nothing can be mapped here");
	else
		shared_pages(one, two);
	fill(two, BYTES, 'c');
	peek_all(one, BYTES, 'c');
	vfs_close(one);
	vfs_close(two);
	drop(0, "shared");
}

void fief_component_construct(struct fief_env *env)
{
	struct vfs_args args = { .alloc = env->heap,
		                 .env = env,
		                 .types = vfs_plugins };
	struct node_error err = { { 0, 0 }, "" };

	m.env = env;
	if (fief_config_open(env, &m.config))
		fief_exit(env, 1);
	m.side[0] = node_attr(m.config.root, "one", "");
	m.side[1] = node_attr(m.config.root, "two", "");
	if (vfs_create(&args, node_first(m.config.root, "vfs"), &err, &m.vfs)) {
		fief_error("%u:%u: %s", err.at.line, err.at.column, err.text);
		fief_exit(env, 1);
	}
	changes();
	fifos();
	locks();
	in_place();
	vfs_destroy(m.vfs);
	fief_log("%u checks, %u failed", m.checks, m.failed);
	fief_exit(env, m.failed ? 2 : 0);
}
