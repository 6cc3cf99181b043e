/* SPDX-License-Identifier: MIT */
/* Locks beside those of the host: the same steps have the same results. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include <fief/budget.h>
#include <vfs/plugins.h>

#include "tree.h"

enum { FILES = 4, STEPS = 30000, RANGE = 12 };

static struct test_tree t;
static char host_path[32]; /* opens the file of host_fd anew */
static int host_fd;

static struct both {
	struct vfs_file *file;
	int fd;
} files[FILES];

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint32_t below(uint32_t n)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)((random_state * 0x2545f4914f6cdd1dull) >> 33) % n;
}

static struct vfs_file *open_file(void)
{
	struct vfs_op op = { .path = "/f",
		             .flags = VFS_READ | VFS_WRITE | VFS_CREATE,
		             .mode = 0600 };

	assert_int_equal(vfs_open(t.vfs, &op), VFS_OK);
	return op.file;
}

static void both_open(struct both *b)
{
	b->file = open_file();
	b->fd = open(host_path, O_RDWR | O_CLOEXEC);
	assert_true(b->fd >= 0);
}

static void both_close(struct both *b)
{
	vfs_close(b->file);
	close(b->fd);
}

/* ---- ranges ---- */

static struct flock host_lock(const struct vfs_lock *l)
{
	static const short kinds[] = { F_UNLCK, F_RDLCK, F_WRLCK };

	return (struct flock){
		.l_type = kinds[l->kind],
		.l_whence = SEEK_SET,
		.l_start = (off_t)l->pos,
		.l_len = l->end == UINT64_MAX ? 0 : (off_t)(l->end - l->pos),
	};
}

static struct vfs_lock random_lock(void)
{
	struct vfs_lock l = {
		.kind = (uint8_t)below(3),
		.of_file = true,
		.pos = below(RANGE),
	};

	l.end = below(8) ? l.pos + 1 + below(RANGE) : UINT64_MAX;
	return l;
}

static void step_set(struct both *b)
{
	struct vfs_op op = { .lock = random_lock(), .flags = VFS_NONBLOCK };
	struct flock host = host_lock(&op.lock);
	const enum vfs_err e = vfs_lock(b->file, &op);
	const int r = fcntl(b->fd, F_OFD_SETLK, &host);

	assert_int_equal(e == VFS_AGAIN, r && errno == EAGAIN);
	assert_int_equal(e == VFS_OK, !r);
}

static void step_test(struct both *b)
{
	struct vfs_op op = { .lock = random_lock() };
	struct vfs_lock want;
	struct flock host;

	if (op.lock.kind == VFS_UNLOCK)
		return;
	want = op.lock;
	host = host_lock(&want);
	assert_int_equal(vfs_lock_test(b->file, &op), VFS_OK);
	assert_int_equal(fcntl(b->fd, F_OFD_GETLK, &host), 0);
	assert_int_equal(op.lock.kind == VFS_UNLOCK, host.l_type == F_UNLCK);
	if (op.lock.kind == VFS_UNLOCK)
		return;
	/* There may be several; each is one that stands in the way. */
	assert_true(op.lock.pos < want.end && want.pos < op.lock.end);
	assert_ptr_not_equal(op.lock.file, b->file);
	assert_true(op.lock.kind == VFS_LOCK_EXCLUSIVE ||
	            want.kind == VFS_LOCK_EXCLUSIVE);
}

/* flock(2) gives up what it has before it asks for the other kind. */
static void step_whole(struct both *b)
{
	static const int how[] = { LOCK_UN, LOCK_SH, LOCK_EX };
	const unsigned kind = below(3);
	struct vfs_op op = { .lock = { .kind = (uint8_t)kind,
		                       .space = 1,
		                       .of_file = true,
		                       .end = UINT64_MAX },
		             .flags = VFS_NONBLOCK };
	struct vfs_op none = {
		.lock = { .space = 1, .of_file = true, .end = UINT64_MAX }
	};
	const enum vfs_err gone = vfs_lock(b->file, &none);
	const enum vfs_err e = gone ? gone : vfs_lock(b->file, &op);
	const int r = flock(b->fd, how[kind] | LOCK_NB);

	assert_int_equal(e == VFS_AGAIN, r && errno == EWOULDBLOCK);
	assert_int_equal(e == VFS_OK, !r);
}

static void step_reopen(struct both *b)
{
	both_close(b);
	both_open(b);
}

static void steps_are_equal(void **state)
{
	static void (*const kinds[])(struct both *) = { step_set,  step_set,
		                                        step_set,  step_set,
		                                        step_test, step_test };

	(void)state;
	for (unsigned i = 0; i < FILES; i++)
		both_open(&files[i]);
	for (unsigned i = 0; i < STEPS; i++) {
		struct both *b = &files[below(FILES)];

		if (below(100))
			kinds[below(6)](b);
		else
			step_reopen(b);
	}
	for (unsigned i = 0; i < FILES; i++)
		both_close(&files[i]);
}

static void whole_files(void **state)
{
	(void)state;
	for (unsigned i = 0; i < FILES; i++)
		both_open(&files[i]);
	for (unsigned i = 0; i < STEPS / 10; i++) {
		struct both *b = &files[below(FILES)];

		step_whole(b);
		if (!below(2))
			step_reopen(b);
	}
	for (unsigned i = 0; i < FILES; i++)
		both_close(&files[i]);
}

/* ---- waiting ---- */

struct asker {
	struct vfs_op op;
	unsigned told;
	enum vfs_err result;
};

static void on_done(struct vfs_op *op, enum vfs_err e)
{
	struct asker *a = FIEF_CONTAINER_OF(op, struct asker, op);

	a->told++;
	a->result = e;
}

static enum vfs_err ask(struct asker *a, struct vfs_file *f, uint64_t owner,
                        enum vfs_lock_kind kind, uint64_t pos)
{
	a->op = (struct vfs_op){ .done = on_done,
		                 .lock = { .owner = owner,
		                           .kind = (uint8_t)kind,
		                           .pos = pos,
		                           .end = pos + 1 } };
	return vfs_lock(f, &a->op);
}

static void in_turn(void **state)
{
	struct vfs_file *f = open_file();
	struct asker a = { 0 }, b = { 0 }, c = { 0 };

	(void)state;
	assert_int_equal(ask(&a, f, 1, VFS_LOCK_EXCLUSIVE, 0), VFS_OK);
	assert_int_equal(ask(&b, f, 2, VFS_LOCK_EXCLUSIVE, 0), VFS_LATE);
	assert_int_equal(ask(&c, f, 3, VFS_LOCK_SHARED, 0), VFS_LATE);
	assert_int_equal(ask(&a, f, 1, VFS_UNLOCK, 0), VFS_OK);
	assert_int_equal(b.told, 0);
	vfs_tell(t.vfs);
	assert_int_equal(b.told, 1);
	assert_int_equal(b.result, VFS_OK);
	assert_int_equal(c.told, 0);
	c.op.cancel(&c.op);
	assert_int_equal(c.result, VFS_CANCELED);
	assert_int_equal(ask(&b, f, 2, VFS_UNLOCK, 0), VFS_OK);
	vfs_close(f);
}

static void deadlocks(void **state)
{
	struct vfs_file *f = open_file();
	struct asker a[3] = { 0 }, w[3] = { 0 };

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(ask(&a[i], f, i + 1, VFS_LOCK_EXCLUSIVE, i),
		                 VFS_OK);
	assert_int_equal(ask(&w[0], f, 1, VFS_LOCK_EXCLUSIVE, 1), VFS_LATE);
	assert_int_equal(ask(&w[1], f, 2, VFS_LOCK_SHARED, 2), VFS_LATE);
	assert_int_equal(ask(&w[2], f, 3, VFS_LOCK_SHARED, 0), VFS_DEADLOCK);
	assert_int_equal(ask(&a[2], f, 3, VFS_UNLOCK, 2), VFS_OK);
	vfs_tell(t.vfs);
	assert_int_equal(w[1].told, 1);
	w[0].op.cancel(&w[0].op);
	for (unsigned i = 0; i < 3; i++)
		for (unsigned k = 0; k < 3; k++)
			assert_int_equal(ask(&a[0], f, i + 1, VFS_UNLOCK, k),
			                 VFS_OK);
	vfs_close(f);
}

/* Closing the file ends them, and who waits gets them. */
static void end_with_file(void **state)
{
	struct vfs_file *f = open_file(), *g = open_file();
	struct asker a = { 0 };
	struct vfs_op op = { .lock = { .kind = VFS_LOCK_EXCLUSIVE,
		                       .of_file = true,
		                       .end = UINT64_MAX } };

	(void)state;
	assert_int_equal(vfs_lock(f, &op), VFS_OK);
	assert_int_equal(ask(&a, g, 1, VFS_LOCK_SHARED, 5), VFS_LATE);
	vfs_close(f);
	vfs_tell(t.vfs);
	assert_int_equal(a.told, 1);
	assert_int_equal(ask(&a, g, 1, VFS_UNLOCK, 5), VFS_OK);
	vfs_close(g);
}

/* Who has no quota left gets no lock, and keeps those that he has. */
static void paid(void **state)
{
	struct fief_budget budget = { .ram_limit = 1024 };
	struct vfs_lock_scope scope = { .budget = &budget };
	struct vfs_file *f = open_file();
	unsigned locks = 0;
	enum vfs_err e;

	(void)state;
	for (;; locks++) {
		struct vfs_op op = { .lock = { .kind = VFS_LOCK_SHARED,
			                       .scope = &scope,
			                       .pos = 2 * (uint64_t)locks,
			                       .end = 2 * (uint64_t)locks +
			                              1 } };

		e = vfs_lock(f, &op);
		if (e)
			break;
	}
	assert_int_equal(e, VFS_NO_MEMORY);
	assert_in_range(locks, 3, 20);
	for (unsigned i = 0; i < locks; i++) {
		struct vfs_op op = { .lock = { .kind = VFS_LOCK_EXCLUSIVE,
			                       .pos = 2 * (uint64_t)i,
			                       .end = 2 * (uint64_t)i + 1 } };

		assert_int_equal(vfs_lock_test(f, &op), VFS_OK);
		assert_ptr_equal(op.lock.scope, &scope);
	}
	vfs_locks_drop(t.vfs, &scope, NULL);
	assert_int_equal(budget.ram_used, 0);
	vfs_close(f);
}

/* ---- begin and end ---- */

static int begin(void **state)
{
	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs> <ram/> </vfs>");
	return 0;
}

static int end(void **state)
{
	(void)state;
	test_tree_fini(&t);
	return (int)t.ram.live;
}

static int host_begin(void **state)
{
	(void)state;
	host_fd = memfd_create("locks", MFD_CLOEXEC);
	snprintf(host_path, sizeof(host_path), "/proc/self/fd/%d", host_fd);
	return host_fd < 0 ? -1 : 0;
}

static int host_end(void **state)
{
	(void)state;
	return close(host_fd);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(steps_are_equal), CASE(whole_files),   CASE(in_turn),
		CASE(deadlocks),       CASE(end_with_file), CASE(paid),
	};

	return cmocka_run_group_tests(tests, host_begin, host_end);
}
