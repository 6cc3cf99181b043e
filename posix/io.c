/* SPDX-License-Identifier: MIT */
/* Bytes of open files. */

#include <vfs/node.h>

#include "call.h"
#include "file.h"
#include "memory.h"
#include "tree.h"

/* ---- reading and writing ---- */

typedef enum vfs_err transfer(struct vfs_file *, struct vfs_op *);

struct piece {
	uint64_t at, len;
};

enum { PIECES_MAX = 1024, BYTES_MAX = 0x7ffff000, HERE = -1 };

/* One piece; a stream that is not ready is waited for. */
static long transfer_one(struct vfs_file *f, const struct piece *p, int64_t pos,
                         bool write)
{
	static transfer *const table[2][2] = { { vfs_read, vfs_pread },
		                               { vfs_write, vfs_pwrite } };
	transfer *const run = table[write][pos != HERE];
	struct vfs_op *op;
	enum vfs_err e;

	if (!memory_valid(p->at, p->len, write ? PROT_READ : PROT_WRITE))
		return -EFAULT;
	for (;;) {
		op = tree_op();
		op->buf = (void *)p->at;
		op->data = (const void *)p->at;
		op->len = p->len < BYTES_MAX ? p->len : BYTES_MAX;
		op->pos = (uint64_t)pos;
		e = tree_end(run(f, op));
		if (e != VFS_AGAIN || f->flags & VFS_NONBLOCK)
			break;
		tree_wait(f);
	}
	return e ? -(long)errno_of(e) : (long)op->count;
}

static long transfer_fd(const struct call *c, int64_t pos, bool write)
{
	const struct piece p = { c->arg[1], c->arg[2] };
	struct vfs_file *f = fd_of((int)c->arg[0]);

	return f ? transfer_one(f, &p, pos, write) : -EBADF;
}

long linux_read(const struct call *c)
{
	return transfer_fd(c, HERE, false);
}

long linux_write(const struct call *c)
{
	return transfer_fd(c, HERE, true);
}

long linux_pread(const struct call *c)
{
	return (int64_t)c->arg[3] < 0 ?
	               -EINVAL :
	               transfer_fd(c, (int64_t)c->arg[3], false);
}

long linux_pwrite(const struct call *c)
{
	return (int64_t)c->arg[3] < 0 ?
	               -EINVAL :
	               transfer_fd(c, (int64_t)c->arg[3], true);
}

/* Until one is short. */
static long transfer_pieces(const struct call *c, bool write)
{
	const struct piece *p = (const struct piece *)c->arg[1];
	struct vfs_file *f = fd_of((int)c->arg[0]);
	long done = 0, n;

	if (!f)
		return -EBADF;
	if (c->arg[2] > PIECES_MAX)
		return -EINVAL;
	if (!memory_valid(c->arg[1], c->arg[2] * sizeof(*p), PROT_READ))
		return -EFAULT;
	for (size_t i = 0; i < c->arg[2]; i++) {
		const struct piece one = p[i];

		if (!one.len)
			continue;
		n = transfer_one(f, &one, HERE, write);
		if (n < 0)
			return done ? done : n;
		done += n;
		if ((uint64_t)n < one.len)
			break;
	}
	return done;
}

long linux_readv(const struct call *c)
{
	return transfer_pieces(c, false);
}

long linux_writev(const struct call *c)
{
	return transfer_pieces(c, true);
}

/* ---- descriptors ---- */

static long open_at(int at, const struct call *c, unsigned i)
{
	long error;
	const char *path = linux_path(c->arg[i], &error);

	return path ? fd_open(at, path, (unsigned)c->arg[i + 1],
	                      (unsigned)c->arg[i + 2]) :
	              error;
}

long linux_open(const struct call *c)
{
	return open_at(AT_FDCWD, c, 0);
}

long linux_openat(const struct call *c)
{
	return open_at((int)c->arg[0], c, 1);
}

long linux_close(const struct call *c)
{
	return fd_close((int)c->arg[0]);
}

long linux_lseek(const struct call *c)
{
	enum { DATA = 3, HOLE = 4 };
	static const enum vfs_whence whence[] = { VFS_FROM_START, VFS_FROM_HERE,
		                                  VFS_FROM_END, VFS_TO_DATA,
		                                  VFS_TO_HOLE };
	struct vfs_file *f = fd_of((int)c->arg[0]);
	struct vfs_op *op = tree_op();
	enum vfs_err e;

	if (!f)
		return -EBADF;
	if (c->arg[2] > HOLE)
		return -EINVAL;
	op->pos = c->arg[1];
	e = tree_end(vfs_seek(f, whence[c->arg[2]], op));
	return e ? -(long)errno_of(e) : (long)op->pos;
}

static long duplicate(const struct call *c, int from, bool cloexec)
{
	struct vfs_file *f = fd_of((int)c->arg[0]);

	if (!f)
		return -EBADF;
	if (from < 0 || from >= FILES)
		return -EINVAL;
	return fd_add(vfs_file_get(f), from, cloexec);
}

long linux_dup(const struct call *c)
{
	return duplicate(c, 0, false);
}

static long duplicate_to(const struct call *c, bool cloexec)
{
	struct vfs_file *f = fd_of((int)c->arg[0]);
	const int to = (int)c->arg[1];

	if (!f || to < 0 || to >= FILES)
		return -EBADF;
	return fd_put(vfs_file_get(f), to, cloexec);
}

long linux_dup2(const struct call *c)
{
	const int fd = (int)c->arg[0];

	if (fd == (int)c->arg[1])
		return fd_of(fd) ? fd : -EBADF;
	return duplicate_to(c, false);
}

long linux_dup3(const struct call *c)
{
	if (c->arg[0] == c->arg[1] || c->arg[2] & ~(uint64_t)O_CLOEXEC)
		return -EINVAL;
	return duplicate_to(c, c->arg[2] & O_CLOEXEC);
}

/* O_* of an open file. */
static long status_flags(const struct vfs_file *f)
{
	const bool r = f->flags & VFS_READ, w = f->flags & VFS_WRITE;

	return (w ? r ? 2 : 1 : 0) | (f->flags & VFS_APPEND ? O_APPEND : 0) |
	       (f->flags & VFS_NONBLOCK ? O_NONBLOCK : 0);
}

static long status_flags_set(struct vfs_file *f, uint64_t flags)
{
	f->flags &= ~(uint32_t)(VFS_APPEND | VFS_NONBLOCK);
	f->flags |= (flags & O_APPEND ? VFS_APPEND : 0u) |
	            (flags & O_NONBLOCK ? VFS_NONBLOCK : 0u);
	return 0;
}

long linux_fcntl(const struct call *c)
{
	enum { DUPFD, GETFD, SETFD, GETFL, SETFL, DUPFD_CLOEXEC = 1030 };
	const int fd = (int)c->arg[0];
	struct vfs_file *f = fd_of(fd);

	if (!f)
		return -EBADF;
	switch (c->arg[1]) {
	case DUPFD:
	case DUPFD_CLOEXEC:
		return duplicate(c, (int)c->arg[2], c->arg[1] != DUPFD);
	case GETFD:
		return fd_cloexec(fd);
	case SETFD:
		fd_cloexec_set(fd, c->arg[2] & 1);
		return 0;
	case GETFL:
		return status_flags(f);
	case SETFL:
		return status_flags_set(f, c->arg[2]);
	default:
		return -EINVAL;
	}
}

/* There is no terminal so far. */
long linux_ioctl(const struct call *c)
{
	return fd_of((int)c->arg[0]) ? -ENOTTY : -EBADF;
}

long linux_fsync(const struct call *c)
{
	struct vfs_file *f = fd_of((int)c->arg[0]);

	return f ? -(long)errno_of(tree_end(vfs_sync(f, tree_op()))) : -EBADF;
}

long linux_ftruncate(const struct call *c)
{
	const struct vfs_change change = { .what = VFS_SET_SIZE,
		                           .size = c->arg[1] };
	struct vfs_file *f = fd_of((int)c->arg[0]);
	struct vfs_op *op = tree_op();

	if (!f)
		return -EBADF;
	if ((int64_t)c->arg[1] < 0)
		return -EINVAL;
	op->change = &change;
	return -(long)errno_of(tree_end(vfs_file_change(f, op)));
}
