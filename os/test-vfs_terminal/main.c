/* SPDX-License-Identifier: MIT */
/* What a terminal of the tree says is said back to it, until its end. */

#include <fief/config.h>
#include <lib/mem.h>
#include <os/check.h>
#include <vfs/plugins.h>
#include <vfs/vfs.h>

enum { PIECE = 777 };

struct fief_env *check_env;

static struct main {
	struct fief_config config;
	struct vfs *vfs;
	struct vfs_waiter waiter;
	bool woken;
	uint64_t bytes, waits;
	char buf[PIECE];
	struct vfs_op op;
} m;

static void wake(struct vfs_waiter *w)
{
	(void)w;
	m.woken = true;
}

/* Until the file may be ready for something else. */
static void wait(struct vfs_file *f)
{
	m.woken = false;
	m.waits++;
	vfs_wait(f, &m.waiter);
	while (!m.woken)
		fief_entrypoint_wait_io(check_env->ep);
}

static size_t read_some(struct vfs_file *f, char *buf)
{
	enum vfs_err e;

	for (;;) {
		m.op = (struct vfs_op){ .buf = buf, .len = PIECE };
		e = vfs_read(f, &m.op);
		if (e != VFS_AGAIN)
			break;
		CHECK(!(vfs_ready(f) & VFS_CAN_READ));
		wait(f);
	}
	CHECK(e == VFS_OK);
	return m.op.count;
}

/* False: nobody reads it any more. */
static bool write_all(struct vfs_file *f, const char *data, size_t len)
{
	while (len) {
		enum vfs_err e;

		m.op = (struct vfs_op){ .data = data, .len = len };
		e = vfs_write(f, &m.op);
		if (e == VFS_BROKEN_PIPE)
			return false;
		if (e == VFS_AGAIN) {
			wait(f);
			continue;
		}
		CHECK(e == VFS_OK);
		data += m.op.count;
		len -= m.op.count;
	}
	return true;
}

static struct vfs_file *file_open(const char *path, uint32_t flags)
{
	m.op = (struct vfs_op){ .path = path, .flags = flags };
	CHECK(vfs_open(m.vfs, &m.op) == VFS_OK);
	return m.op.file;
}

static void values_tell(void)
{
	struct vfs_file *f = file_open("/dev/.terminal/info", VFS_READ);

	m.op = (struct vfs_op){ .buf = m.buf, .len = sizeof(m.buf) - 1 };
	CHECK(vfs_read(f, &m.op) == VFS_OK);
	m.buf[m.op.count] = '\0';
	fief_log("%s", m.buf);
	vfs_close(f);
}

static void echo(void)
{
	struct vfs_file *f = file_open("/dev/terminal", VFS_READ | VFS_WRITE);
	size_t len;

	do {
		len = read_some(f, m.buf);
		m.bytes += len;
	} while (len && write_all(f, m.buf, len));
	CHECK(vfs_ready(f) & VFS_HUNG_UP);
	vfs_close(f);
}

void fief_component_construct(struct fief_env *env)
{
	struct vfs_args args = { .alloc = env->heap,
		                 .env = env,
		                 .types = vfs_plugins };
	struct node_error err = { 0 };

	check_env = env;
	m.waiter.wake = wake;
	CHECK_OK(fief_config_open(env, &m.config));
	args.alloc = env->heap;
	CHECK_OK(vfs_create(&args, node_first(m.config.root, "vfs"), &err,
	                    &m.vfs));
	values_tell();
	echo();
	fief_log("the end after %llu bytes", (unsigned long long)m.bytes);
	if (!m.waits)
		fief_log("it never waited");
	vfs_destroy(m.vfs);
	fief_exit(env, 0);
}
