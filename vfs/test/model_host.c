/* SPDX-License-Identifier: MIT */
/* What Linux does. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "model.h"

static enum vfs_err error_of(int error)
{
	static const struct {
		int number;
		enum vfs_err error;
	} table[] = {
		{ 0, VFS_OK },
		{ ENOENT, VFS_NOT_FOUND },
		{ EEXIST, VFS_EXISTS },
		{ ENOTDIR, VFS_NOT_DIR },
		{ EISDIR, VFS_IS_DIR },
		{ ENOTEMPTY, VFS_NOT_EMPTY },
		{ EPERM, VFS_NOT_PERMITTED },
		{ EXDEV, VFS_CROSS },
		{ ELOOP, VFS_LOOP },
		{ ENAMETOOLONG, VFS_NAME_TOO_LONG },
		{ EINVAL, VFS_INVALID },
		{ EBUSY, VFS_BUSY },
		{ EFBIG, VFS_TOO_BIG },
		{ EBADF, VFS_NOT_OPEN },
		{ ENXIO, VFS_NO_DATA },
		{ EOPNOTSUPP, VFS_UNSUPPORTED },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].number == error)
			return table[i].error;
	fprintf(stderr, "unexpected: %s\n", strerror(error));
	abort();
}

static int at_of(const struct model_host *h, const struct model_op *op)
{
	struct stat st;

	if (op->at < 0 || h->fd[op->at] < 0 || fstat(h->fd[op->at], &st) ||
	    !S_ISDIR(st.st_mode))
		return h->root;
	return h->fd[op->at];
}

static int open_flags(uint32_t f)
{
	int n = f & VFS_READ && f & VFS_WRITE ? O_RDWR :
	        f & VFS_WRITE                 ? O_WRONLY :
	                                        O_RDONLY;

	n |= f & VFS_CREATE ? O_CREAT : 0;
	n |= f & VFS_EXCLUSIVE ? O_EXCL : 0;
	n |= f & VFS_TRUNCATE ? O_TRUNC : 0;
	n |= f & VFS_APPEND ? O_APPEND : 0;
	n |= f & VFS_DIRECTORY ? O_DIRECTORY : 0;
	n |= f & VFS_NOFOLLOW ? O_NOFOLLOW : 0;
	return n;
}

static void stat_take(const struct stat *st, struct model_result *r)
{
	r->kind = S_ISDIR(st->st_mode) ? VFS_DIR :
	          S_ISLNK(st->st_mode) ? VFS_SYMLINK :
	                                 VFS_FILE;
	r->mode = st->st_mode & 07777;
	r->links = (uint32_t)st->st_nlink;
	r->size = S_ISDIR(st->st_mode) ? 0 : (uint64_t)st->st_size;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* All names, sorted. */
static void list_take(int fd, struct model_result *r)
{
	struct dirent **list;
	int n = scandirat(fd, ".", &list, NULL, by_name);
	if (n < 0)
		abort();
	for (int i = 0; i < n; i++) {
		r->bytes += (size_t)snprintf(r->data + r->bytes,
		                             MODEL_BYTES - r->bytes, "%s\n",
		                             list[i]->d_name);
		free(list[i]);
	}
	free(list);
}

static long run_path(struct model_host *h, const struct model_op *op,
                     struct model_result *r)
{
	const int at = at_of(h, op);
	struct stat st;
	long n;

	switch ((int)op->kind) {
	case MODEL_TRUNCATE: {
		int fd = openat(at, op->path, O_WRONLY);

		n = fd < 0 ? -1 : ftruncate(fd, (off_t)op->pos);
		if (fd >= 0) {
			int error = errno;

			close(fd);
			errno = error;
		}
		return n;
	}
	case MODEL_MKDIR:
		return mkdirat(at, op->path, op->mode);
	case MODEL_RMDIR:
		return unlinkat(at, op->path, AT_REMOVEDIR);
	case MODEL_UNLINK:
		return unlinkat(at, op->path, 0);
	case MODEL_RENAME:
		return syscall(SYS_renameat2, at, op->path, h->root, op->to,
		               (op->flags & VFS_EXCHANGE ? 2 : 0) |
		                       (op->flags & VFS_NOREPLACE ? 1 : 0));
	case MODEL_LINK:
		return linkat(at, op->path, h->root, op->to,
		              op->flags & VFS_NOFOLLOW ? 0 : AT_SYMLINK_FOLLOW);
	case MODEL_SYMLINK:
		return symlinkat(op->to, at, op->path);
	case MODEL_READLINK:
		n = readlinkat(at, op->path, r->data, op->len);
		if (n >= 0)
			r->value = r->bytes = (size_t)n;
		return n;
	case MODEL_STAT:
		n = fstatat(at, op->path, &st,
		            op->flags & VFS_NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0);
		if (!n)
			stat_take(&st, r);
		return n;
	case MODEL_CHMOD:
		return fchmodat(at, op->path, op->mode, 0);
	default:
		abort();
	}
}

static int allocate_mode(unsigned how)
{
	return (how & VFS_ALLOCATE_KEEP_SIZE ? 1 : 0) |
	       (how & VFS_ALLOCATE_PUNCH ? 2 : 0) |
	       (how & VFS_ALLOCATE_ZERO ? 16 : 0);
}

static long run_file(struct model_host *h, const struct model_op *op,
                     struct model_result *r)
{
	static const int whence[] = { SEEK_SET, SEEK_CUR, SEEK_END, SEEK_DATA,
		                      SEEK_HOLE };
	static char data[MODEL_BYTES];
	const int fd = h->fd[op->slot];
	struct stat st;
	long n;

	memset(data, op->fill, op->len);
	switch ((int)op->kind) {
	case MODEL_READ:
		n = read(fd, r->data, op->len);
		break;
	case MODEL_PREAD:
		n = pread(fd, r->data, op->len, (off_t)op->pos);
		break;
	case MODEL_WRITE:
		n = write(fd, data, op->len);
		break;
	case MODEL_PWRITE:
		n = pwrite(fd, data, op->len, (off_t)op->pos);
		break;
	case MODEL_SEEK:
		n = lseek(fd, (off_t)op->pos, whence[op->how]);
		break;
	case MODEL_FTRUNCATE:
		n = ftruncate(fd, (off_t)op->pos);
		break;
	case MODEL_ALLOCATE:
		n = fallocate(fd, allocate_mode(op->how), (off_t)op->pos,
		              (off_t)op->len);
		break;
	case MODEL_FSTAT:
		n = fstat(fd, &st);
		if (!n)
			stat_take(&st, r);
		break;
	default:
		abort();
	}
	if (n > 0)
		r->value = (uint64_t)n;
	if (n > 0 && (op->kind == MODEL_READ || op->kind == MODEL_PREAD))
		r->bytes = (size_t)n;
	return n;
}

static long run_slot(struct model_host *h, const struct model_op *op,
                     struct model_result *r)
{
	int *fd = &h->fd[op->slot];

	if (op->kind == MODEL_OPEN) {
		int made = openat(at_of(h, op), op->path, open_flags(op->flags),
		                  op->mode);

		if (made < 0)
			return -1;
		if (*fd >= 0)
			close(*fd);
		*fd = made;
		return 0;
	}
	if (*fd < 0)
		return 0;
	if (op->kind == MODEL_CLOSE) {
		close(*fd);
		*fd = -1;
		return 0;
	}
	if (op->kind == MODEL_LIST) {
		struct stat st;

		if (!fstat(*fd, &st) && S_ISDIR(st.st_mode) && st.st_nlink)
			list_take(*fd, r);
		return 0;
	}
	return run_file(h, op, r);
}

static void run(struct model_side *side, const struct model_op *op,
                struct model_result *r)
{
	struct model_host *h = (struct model_host *)(void *)side;
	long n;

	errno = 0;
	switch ((int)op->kind) {
	case MODEL_OPEN:
	case MODEL_CLOSE:
	case MODEL_LIST:
	case MODEL_READ:
	case MODEL_WRITE:
	case MODEL_PREAD:
	case MODEL_PWRITE:
	case MODEL_SEEK:
	case MODEL_FTRUNCATE:
	case MODEL_ALLOCATE:
	case MODEL_FSTAT:
		n = run_slot(h, op, r);
		break;
	default:
		n = run_path(h, op, r);
	}
	r->error = error_of(n < 0 ? errno : 0);
}

void model_host_init(struct model_host *h, int root)
{
	*h = (struct model_host){ .side = { run }, .root = root };
	for (unsigned i = 0; i < MODEL_SLOTS; i++)
		h->fd[i] = -1;
}

void model_host_fini(struct model_host *h)
{
	for (unsigned i = 0; i < MODEL_SLOTS; i++)
		if (h->fd[i] >= 0)
			close(h->fd[i]);
}
