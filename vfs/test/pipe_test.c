/* SPDX-License-Identifier: MIT */
/* Fifos and pipes beside those of the host: the same steps have the same results. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <vfs/plugins.h>

#include "tree.h"

enum { ENDS = 5, STEPS = 20000, QUEUED_MAX = 12 };

static struct test_tree t;
static char dir[256], host_path[300];

/* The same end, here and there. */
static struct both {
	struct vfs_file *file;
	int fd;
} ends[ENDS];

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint32_t below(uint32_t n)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)((random_state * 0x2545f4914f6cdd1dull) >> 33) % n;
}

static int errno_of(enum vfs_err e)
{
	static const struct {
		enum vfs_err vfs;
		int host;
	} table[] = {
		{ VFS_OK, 0 },
		{ VFS_AGAIN, EAGAIN },
		{ VFS_BROKEN_PIPE, EPIPE },
		{ VFS_NO_READER, ENXIO },
		{ VFS_NOT_OPEN, EBADF },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].vfs == e)
			return table[i].host;
	fail_msg("%s", vfs_err_name(e));
	return -1;
}

/* ---- the steps ---- */

static void step_open(struct both *b)
{
	static const int host_flags[] = { O_RDONLY, O_WRONLY, O_RDWR };
	static const uint32_t flags[] = { VFS_READ, VFS_WRITE,
		                          VFS_READ | VFS_WRITE };
	const uint32_t how = below(10) ? below(2) : 2;
	struct vfs_op op = { .path = "/fifo",
		             .flags = flags[how] | VFS_NONBLOCK };
	const enum vfs_err e = vfs_open(t.vfs, &op);

	b->fd = open(host_path, host_flags[how] | O_NONBLOCK | O_CLOEXEC);
	assert_int_equal(errno_of(e), b->fd < 0 ? errno : 0);
	b->file = e ? NULL : op.file;
}

static void step_close(struct both *b)
{
	vfs_close(b->file);
	close(b->fd);
	b->file = NULL;
}

static void step_read(struct both *b)
{
	static char here[20000], there[20000];
	const size_t len = below(below(4) ? 6000 : sizeof(here));
	struct vfs_op op = { .buf = here, .len = len };
	const enum vfs_err e = vfs_read(b->file, &op);
	const ssize_t n = read(b->fd, there, len);

	assert_int_equal(errno_of(e), n < 0 ? errno : 0);
	if (n < 0)
		return;
	assert_int_equal(op.count, n);
	assert_memory_equal(here, there, (size_t)n);
}

/* Pieces of which the host needs one page each. */
static unsigned queued;

static void step_write(struct both *b)
{
	static char bytes[4096];
	const size_t len = below(sizeof(bytes) + 1);
	struct vfs_op op = { .data = bytes, .len = len };
	enum vfs_err e;
	ssize_t n;

	if (queued >= QUEUED_MAX)
		return;
	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)below(256);
	e = vfs_write(b->file, &op);
	n = write(b->fd, bytes, len);
	assert_int_equal(errno_of(e), n < 0 ? errno : 0);
	assert_int_equal(e ? -1 : (ssize_t)op.count, n);
	queued += n > 0;
}

static void step_ready(struct both *b)
{
	struct pollfd p = { .fd = b->fd, .events = POLLIN | POLLOUT };
	const unsigned can = vfs_ready(b->file);
	const bool reads = b->file->flags & VFS_READ;

	assert_int_equal(poll(&p, 1, 0) >= 0, 1);
	if (reads && b->file->flags & VFS_WRITE)
		p.revents &= ~(POLLHUP | POLLERR);
	/* That nobody writes any more lets a read return at once. */
	assert_int_equal(!!(can & VFS_CAN_READ),
	                 !!(p.revents & (POLLIN | (reads ? POLLHUP : 0))));
	assert_int_equal(!!(can & VFS_HUNG_UP),
	                 !!(p.revents & (POLLHUP | POLLERR)));
	assert_int_equal(!!(can & VFS_CAN_WRITE), !!(p.revents & POLLOUT));
}

static void empty(void)
{
	bool any = false;

	for (unsigned i = 0; i < ENDS; i++)
		any |= ends[i].file != NULL;
	if (!any)
		queued = 0;
}

static void steps_are_equal(void **state)
{
	static void (*const kinds[])(
		struct both *) = { step_close, step_read,  step_read, step_read,
		                   step_write, step_write, step_ready };

	(void)state;
	for (unsigned i = 0; i < STEPS; i++) {
		struct both *b = &ends[below(ENDS)];

		if (b->file)
			kinds[below(sizeof(kinds) / sizeof(kinds[0]))](b);
		else
			step_open(b);
		if (queued >= QUEUED_MAX && b->file &&
		    b->file->flags & VFS_READ) {
			/* Both to the last byte, so that pages of the host that
			 * are not full do not count. */
			for (unsigned k = 0; k < 100; k++)
				step_read(b);
			queued = 0;
		}
		empty();
	}
	for (unsigned i = 0; i < ENDS; i++)
		if (ends[i].file)
			step_close(&ends[i]);
}

/* ---- what is full ---- */

static void full(void **state)
{
	static char bytes[100000];
	static const size_t sizes[] = { 4096, 100000, 65536 };

	(void)state;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct vfs_op op = { .flags = VFS_NONBLOCK };
		struct vfs_file *end[2];
		int fd[2];

		assert_int_equal(vfs_pipe(t.vfs, &op, end), VFS_OK);
		assert_int_equal(pipe2(fd, O_NONBLOCK | O_CLOEXEC), 0);
		for (unsigned k = 0; k < 20; k++) {
			struct vfs_op out = { .data = bytes, .len = sizes[i] };
			const enum vfs_err e = vfs_write(end[1], &out);
			const ssize_t n = write(fd[1], bytes, sizes[i]);

			assert_int_equal(errno_of(e), n < 0 ? errno : 0);
			assert_int_equal(e ? -1 : (ssize_t)out.count, n);
		}
		assert_false(vfs_ready(end[1]) & VFS_CAN_WRITE);
		vfs_close(end[0]);
		assert_true(vfs_ready(end[1]) & VFS_HUNG_UP);
		vfs_close(end[1]);
		close(fd[0]);
		close(fd[1]);
	}
}

/* One that the configuration names is the same. */
static void named(void **state)
{
	static const struct node_error none;
	struct node_error err = none;
	struct vfs_op in = { .path = "/queue",
		             .flags = VFS_READ | VFS_NONBLOCK };
	struct vfs_op out = { .path = "/queue", .flags = VFS_WRITE };
	struct vfs_op op;
	char byte = 0;

	(void)state;
	assert_int_equal(test_tree_update(&t,
	                                  "<vfs> <pipe name=\"queue\"/> "
	                                  "</vfs>",
	                                  &err),
	                 FIEF_OK);
	assert_int_equal(vfs_open(t.vfs, &in), VFS_OK);
	assert_int_equal(vfs_open(t.vfs, &out), VFS_OK);
	op = (struct vfs_op){ .data = "x", .len = 1 };
	assert_int_equal(vfs_write(out.file, &op), VFS_OK);
	op = (struct vfs_op){ .buf = &byte, .len = 1 };
	assert_int_equal(vfs_read(in.file, &op), VFS_OK);
	assert_int_equal(byte, 'x');
	vfs_close(in.file);
	vfs_close(out.file);
}

static void no_positions(void **state)
{
	struct vfs_op op = { .flags = VFS_NONBLOCK };
	struct vfs_file *end[2];
	char c = 'x';

	(void)state;
	assert_int_equal(vfs_pipe(t.vfs, &op, end), VFS_OK);
	op = (struct vfs_op){ .buf = &c, .len = 1 };
	assert_int_equal(vfs_pread(end[0], &op), VFS_NO_SEEK);
	assert_int_equal(vfs_seek(end[0], VFS_FROM_START, &op), VFS_NO_SEEK);
	assert_int_equal(vfs_read(end[1], &op), VFS_NOT_OPEN);
	op = (struct vfs_op){ .data = &c, .len = 1 };
	assert_int_equal(vfs_write(end[0], &op), VFS_NOT_OPEN);
	assert_int_equal(vfs_file_stat(end[0], &op), VFS_OK);
	assert_int_equal(op.stat.kind, VFS_FIFO);
	vfs_close(end[0]);
	vfs_close(end[1]);
}

/* ---- who waits for the other end ---- */

static unsigned ended;
static enum vfs_err outcome;

static void on_done(struct vfs_op *op, enum vfs_err e)
{
	(void)op;
	ended++;
	outcome = e;
}

static void open_waits(void **state)
{
	struct vfs_op in = { .done = on_done,
		             .path = "/fifo",
		             .flags = VFS_READ };
	struct vfs_op out = { .path = "/fifo", .flags = VFS_WRITE };

	(void)state;
	ended = 0;
	assert_int_equal(vfs_open(t.vfs, &in), VFS_LATE);
	assert_int_equal(vfs_open(t.vfs, &out), VFS_OK);
	assert_int_equal(ended, 0);
	vfs_close(out.file); /* who waited is awake, if only to see the end */
	vfs_tell(t.vfs);
	assert_int_equal(ended, 1);
	assert_int_equal(outcome, VFS_OK);
	assert_int_equal(vfs_ready(in.file), VFS_CAN_READ | VFS_HUNG_UP);
	vfs_close(in.file);

	out = (struct vfs_op){ .done = on_done,
		               .path = "/fifo",
		               .flags = VFS_WRITE };
	assert_int_equal(vfs_open(t.vfs, &out), VFS_LATE);
	out.cancel(&out);
	assert_int_equal(ended, 2);
	assert_int_equal(outcome, VFS_CANCELED);
	assert_int_equal(vfs_open(t.vfs, &out), VFS_LATE);
	in = (struct vfs_op){ .path = "/fifo", .flags = VFS_READ | VFS_WRITE };
	assert_int_equal(vfs_open(t.vfs, &in), VFS_OK);
	out.cancel(&out); /* it was to be told that it is open */
	assert_int_equal(ended, 3);
	assert_int_equal(outcome, VFS_CANCELED);
	vfs_tell(t.vfs);
	assert_int_equal(ended, 3);
	vfs_close(in.file);
}

struct waiter {
	struct vfs_waiter base;
	unsigned woken;
};

static void wake(struct vfs_waiter *w)
{
	FIEF_CONTAINER_OF(w, struct waiter, base)->woken++;
}

static void who_waits_is_woken(void **state)
{
	struct vfs_op op = { .flags = VFS_NONBLOCK };
	struct waiter in = { .base.wake = wake }, out = { .base.wake = wake };
	struct vfs_file *end[2];

	(void)state;
	assert_int_equal(vfs_pipe(t.vfs, &op, end), VFS_OK);
	vfs_wait(end[0], &in.base);
	vfs_wait(end[1], &out.base);
	op = (struct vfs_op){ .data = "x", .len = 1 };
	assert_int_equal(vfs_write(end[1], &op), VFS_OK);
	assert_int_equal(in.woken, 0);
	vfs_tell(t.vfs);
	assert_int_equal(in.woken, 1);
	assert_int_equal(out.woken, 0);
	vfs_close(end[0]);
	vfs_tell(t.vfs);
	assert_int_equal(out.woken, 1);
	vfs_wait(end[1], &out.base);
	vfs_wait_end(&out.base);
	vfs_close(end[1]);
	vfs_tell(t.vfs);
	assert_int_equal(out.woken, 1);
}

/* ---- begin and end ---- */

static int begin(void **state)
{
	struct vfs_op op = { .path = "/fifo", .kind = VFS_FIFO, .mode = 0600 };

	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs> <ram/> </vfs>");
	return vfs_make(t.vfs, &op);
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
	signal(SIGPIPE, SIG_IGN);
	snprintf(dir, sizeof(dir), "%s/fief-pipe-XXXXXX",
	         getenv("TMPDIR") ? getenv("TMPDIR") : P_tmpdir);
	if (!mkdtemp(dir))
		return -1;
	snprintf(host_path, sizeof(host_path), "%s/fifo", dir);
	return mkfifo(host_path, 0600);
}

static int host_end(void **state)
{
	(void)state;
	unlink(host_path);
	return rmdir(dir);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(steps_are_equal), CASE(full),
		CASE(named),           CASE(no_positions),
		CASE(open_waits),      CASE(who_waits_is_woken),
	};

	return cmocka_run_group_tests(tests, host_begin, host_end);
}
