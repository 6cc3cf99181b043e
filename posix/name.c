/* SPDX-License-Identifier: MIT */
/* Names: what is known of them, and how they change. */

#include <lib/mem.h>
#include <vfs/dirent.h>

#include "call.h"
#include "file.h"
#include "memory.h"
#include "stat.h"
#include "tree.h"

enum {
	AT_SYMLINK_NOFOLLOW = 0x100,
	AT_REMOVEDIR = 0x200,
	AT_SYMLINK_FOLLOW = 0x400,
	AT_EMPTY_PATH = 0x1000,
};

static long outcome(enum vfs_err e)
{
	return -(long)errno_of(e);
}

/* ---- where ---- */

/* An operation on the path of two arguments; NULL: `*error`. */
static struct vfs_op *op_at(uint64_t fd, uint64_t path, long *error)
{
	const char *p = linux_path(path, error);
	struct vfs_op *op = tree_op();

	if (!p)
		return NULL;
	if (!fd_at((int)fd, &op->at, error) && *p != '/')
		return NULL;
	op->path = p;
	return op;
}

/* ---- stat ---- */

static long find(struct vfs_op *op, bool follow, struct vfs_stat *out)
{
	enum vfs_err e;

	op->flags = follow ? 0 : VFS_NOFOLLOW;
	e = tree_end(vfs_find(tree(), op));
	if (e)
		return outcome(e);
	vfs_node_put(op->node);
	*out = op->stat;
	return 0;
}

static long file_find(int fd, struct vfs_stat *out)
{
	struct vfs_file *f = fd_of(fd);
	struct vfs_op *op = tree_op();
	enum vfs_err e;

	if (!f)
		return -EBADF;
	e = tree_end(vfs_file_stat(f, op));
	*out = op->stat;
	return outcome(e);
}

static long stat_at(uint64_t fd, uint64_t path, uint64_t flags,
                    struct vfs_stat *out)
{
	long error = 0;
	struct vfs_op *op;

	if (flags & AT_EMPTY_PATH && memory_text(path, 1) == 0 &&
	    (int)fd != AT_FDCWD)
		return file_find((int)fd, out);
	op = op_at(fd, path, &error);
	if (!op)
		return error;
	if (flags & AT_EMPTY_PATH && !*op->path)
		op->path = ".";
	return find(op, !(flags & AT_SYMLINK_NOFOLLOW), out);
}

static long stat_give(long e, const struct vfs_stat *s, uint64_t to)
{
	struct linux_stat st;

	if (e)
		return e;
	if (!memory_valid(to, sizeof(st), PROT_WRITE))
		return -EFAULT;
	stat_of(s, &st);
	memcpy((void *)to, &st, sizeof(st));
	return 0;
}

long linux_stat(const struct call *c)
{
	struct vfs_stat s;
	const long e = stat_at((uint64_t)AT_FDCWD, c->arg[0], 0, &s);

	return stat_give(e, &s, c->arg[1]);
}

long linux_lstat(const struct call *c)
{
	struct vfs_stat s;
	const long e =
		stat_at((uint64_t)AT_FDCWD, c->arg[0], AT_SYMLINK_NOFOLLOW, &s);

	return stat_give(e, &s, c->arg[1]);
}

long linux_fstat(const struct call *c)
{
	struct vfs_stat s;
	const long e = file_find((int)c->arg[0], &s);

	return stat_give(e, &s, c->arg[1]);
}

long linux_fstatat(const struct call *c)
{
	struct vfs_stat s;
	const long e = stat_at(c->arg[0], c->arg[1], c->arg[3], &s);

	return stat_give(e, &s, c->arg[2]);
}

long linux_statx(const struct call *c)
{
	struct linux_statx st;
	struct vfs_stat s;
	const long e = stat_at(c->arg[0], c->arg[1], c->arg[2], &s);

	if (e)
		return e;
	if (!memory_valid(c->arg[4], sizeof(st), PROT_WRITE))
		return -EFAULT;
	statx_of(&s, &st);
	memcpy((void *)c->arg[4], &st, sizeof(st));
	return 0;
}

/* One user, who may what the owner may. */
static long access_at(uint64_t fd, uint64_t path, uint64_t mode, uint64_t flags)
{
	struct vfs_stat s;
	const long e = stat_at(fd, path, flags, &s);

	if (e || !mode)
		return e;
	if (mode > 7)
		return -EINVAL;
	return (s.mode >> 6 & mode) == mode ? 0 : -EACCES;
}

long linux_access(const struct call *c)
{
	return access_at((uint64_t)AT_FDCWD, c->arg[0], c->arg[1], 0);
}

long linux_faccessat(const struct call *c)
{
	return access_at(c->arg[0], c->arg[1], c->arg[2],
	                 c->arg[3] & (AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH));
}

long linux_statfs(const struct call *c)
{
	struct {
		int64_t type, bsize, blocks[3], files[2], fsid, namelen, frsize,
			flags, spare[4];
	} out = { .type = 0x01021994,
		  .bsize = 4096,
		  .namelen = VFS_NAME_MAX,
		  .frsize = 4096 };
	struct vfs_stat s;
	const long e = stat_at((uint64_t)AT_FDCWD, c->arg[0], 0, &s);

	_Static_assert(sizeof(out) == 120, "ABI");
	if (e)
		return e;
	if (!memory_valid(c->arg[1], sizeof(out), PROT_WRITE))
		return -EFAULT;
	memcpy((void *)c->arg[1], &out, sizeof(out));
	return 0;
}

/* ---- links ---- */

static long readlink_at(uint64_t fd, uint64_t path, uint64_t to, uint64_t size)
{
	long error = 0;
	struct vfs_op *op = op_at(fd, path, &error);
	enum vfs_err e;

	if (!op)
		return error;
	if (!size || size > INT32_MAX)
		return -EINVAL;
	if (!memory_valid(to, size, PROT_WRITE))
		return -EFAULT;
	op->flags = VFS_NOFOLLOW;
	op->buf = (void *)to;
	op->len = size;
	e = tree_end(vfs_target(tree(), op));
	return e ? outcome(e) : (long)op->count;
}

long linux_readlink(const struct call *c)
{
	return readlink_at((uint64_t)AT_FDCWD, c->arg[0], c->arg[1], c->arg[2]);
}

long linux_readlinkat(const struct call *c)
{
	return readlink_at(c->arg[0], c->arg[1], c->arg[2], c->arg[3]);
}

/* ---- directories ---- */

long linux_getcwd(const struct call *c)
{
	static char path[VFS_PATH_MAX + 1] = "/";
	const struct vfs_place *p = tree_cwd();
	size_t len;

	if (p && vfs_place_path(p, path, sizeof(path)))
		return -ENOENT;
	len = strlen(path) + 1;
	if (len > c->arg[1])
		return -ERANGE;
	if (!memory_valid(c->arg[0], len, PROT_WRITE))
		return -EFAULT;
	memcpy((void *)c->arg[0], path, len);
	return (long)len;
}

long linux_chdir(const struct call *c)
{
	long error = 0;
	const char *path = linux_path(c->arg[0], &error);

	return path ? -(long)tree_cwd_set(path) : error;
}

long linux_fchdir(const struct call *c)
{
	static char path[VFS_PATH_MAX + 1];
	struct vfs_place *p;
	long error;

	if (!fd_at((int)c->arg[0], &p, &error) || !p)
		return error;
	if (vfs_place_path(p, path, sizeof(path)))
		return -ENOENT;
	return -(long)tree_cwd_set(path);
}

struct linux_dirent {
	uint64_t ino;
	int64_t next;
	uint16_t bytes;
	uint8_t type;
	char name[];
};

enum { DIRENT_HEAD = offsetof(struct linux_dirent, name) };

/* As much as fits; the rest is for the next time. */
static long dirents_put(struct vfs_file *f, const struct vfs_op *op,
                        uint64_t to, size_t room)
{
	const struct vfs_dirent *d;
	size_t at = 0;

	for (size_t i = 0; (d = vfs_dirent_at(op, i)); i += d->bytes) {
		const size_t bytes =
			(DIRENT_HEAD + d->name_len + 1u + 7u) & ~(size_t)7;
		struct linux_dirent *out = (void *)(to + at);

		if (bytes > room - at)
			break;
		out->ino = d->ino;
		out->next = (int64_t)d->next;
		out->bytes = (uint16_t)bytes;
		out->type = dirent_type((enum vfs_kind)d->kind);
		memcpy(out->name, d->name, d->name_len + 1u);
		f->pos = d->next;
		at += bytes;
	}
	return at || !op->count ? (long)at : -EINVAL;
}

long linux_getdents(const struct call *c)
{
	static _Alignas(8) char buf[16 << 10];
	struct vfs_file *f = fd_of((int)c->arg[0]);
	struct vfs_op *op = tree_op();
	enum vfs_err e;

	if (!f)
		return -EBADF;
	if (!f->place)
		return -ENOTDIR;
	if (!memory_valid(c->arg[1], c->arg[2], PROT_WRITE))
		return -EFAULT;
	op->buf = buf;
	op->len = sizeof(buf);
	e = tree_end(vfs_list(f, op));
	return e ? outcome(e) : dirents_put(f, op, c->arg[1], c->arg[2]);
}

/* ---- changes ---- */

static long make_at(uint64_t fd, uint64_t path, enum vfs_kind kind,
                    uint64_t mode, const char *target)
{
	long error = 0;
	struct vfs_op *op = op_at(fd, path, &error);

	if (!op)
		return error;
	op->kind = kind;
	op->mode = (uint32_t)mode & VFS_MODE_MASK;
	op->to_path = target;
	return outcome(tree_end(vfs_make(tree(), op)));
}

long linux_mkdir(const struct call *c)
{
	return make_at((uint64_t)AT_FDCWD, c->arg[0], VFS_DIR, c->arg[1], NULL);
}

long linux_mkdirat(const struct call *c)
{
	return make_at(c->arg[0], c->arg[1], VFS_DIR, c->arg[2], NULL);
}

static long symlink_at(uint64_t target, uint64_t fd, uint64_t path)
{
	long error = 0;
	const char *to = linux_second_path(target, &error);

	return to ? make_at(fd, path, VFS_SYMLINK, 0777, to) : error;
}

long linux_symlink(const struct call *c)
{
	return symlink_at(c->arg[0], (uint64_t)AT_FDCWD, c->arg[1]);
}

long linux_symlinkat(const struct call *c)
{
	return symlink_at(c->arg[0], c->arg[1], c->arg[2]);
}

static long remove_at(uint64_t fd, uint64_t path, bool dir)
{
	long error = 0;
	struct vfs_op *op = op_at(fd, path, &error);

	if (!op)
		return error;
	op->flags = dir ? VFS_DIRECTORY : 0;
	return outcome(tree_end(vfs_remove(tree(), op)));
}

long linux_unlink(const struct call *c)
{
	return remove_at((uint64_t)AT_FDCWD, c->arg[0], false);
}

long linux_rmdir(const struct call *c)
{
	return remove_at((uint64_t)AT_FDCWD, c->arg[0], true);
}

long linux_unlinkat(const struct call *c)
{
	return remove_at(c->arg[0], c->arg[1], c->arg[2] & AT_REMOVEDIR);
}

/* The other side of an operation that has two. False: `*error`. */
static bool to_at(struct vfs_op *op, uint64_t fd, uint64_t path, long *error)
{
	const char *p = linux_second_path(path, error);

	if (!p || (!fd_at((int)fd, &op->to_at, error) && *p != '/'))
		return false;
	op->to_path = p;
	return true;
}

static long rename_at(const uint64_t arg[4], uint64_t flags)
{
	enum { NOREPLACE = 1, EXCHANGE = 2 };
	long error = 0;
	struct vfs_op *op = op_at(arg[0], arg[1], &error);

	if (!op || !to_at(op, arg[2], arg[3], &error))
		return error;
	if (flags & ~(uint64_t)(NOREPLACE | EXCHANGE))
		return -EINVAL;
	op->flags = (flags & NOREPLACE ? VFS_NOREPLACE : 0u) |
	            (flags & EXCHANGE ? VFS_EXCHANGE : 0u);
	return outcome(tree_end(vfs_rename(tree(), op)));
}

long linux_rename(const struct call *c)
{
	const uint64_t arg[] = { (uint64_t)AT_FDCWD, c->arg[0],
		                 (uint64_t)AT_FDCWD, c->arg[1] };

	return rename_at(arg, 0);
}

/* renameat has no flags: whatever lies in their register. */
long linux_renameat(const struct call *c)
{
	enum { RENAMEAT = 264 };

	return rename_at(c->arg, c->regs->ax == RENAMEAT ? 0 : c->arg[4]);
}

static long link_at(const uint64_t arg[4], uint64_t flags)
{
	long error = 0;
	struct vfs_op *op = op_at(arg[0], arg[1], &error);

	if (!op || !to_at(op, arg[2], arg[3], &error))
		return error;
	op->flags = flags & AT_SYMLINK_FOLLOW ? 0 : VFS_NOFOLLOW;
	return outcome(tree_end(vfs_link(tree(), op)));
}

long linux_link(const struct call *c)
{
	const uint64_t arg[] = { (uint64_t)AT_FDCWD, c->arg[0],
		                 (uint64_t)AT_FDCWD, c->arg[1] };

	return link_at(arg, 0);
}

long linux_linkat(const struct call *c)
{
	return link_at(c->arg, c->arg[4]);
}

static long change_at(uint64_t fd, uint64_t path, uint64_t flags,
                      const struct vfs_change *change)
{
	long error = 0;
	struct vfs_op *op = op_at(fd, path, &error);

	if (!op)
		return error;
	op->change = change;
	op->flags = flags & AT_SYMLINK_NOFOLLOW ? VFS_NOFOLLOW : 0;
	return outcome(tree_end(vfs_change(tree(), op)));
}

static long file_change(uint64_t fd, const struct vfs_change *change)
{
	struct vfs_file *f = fd_of((int)fd);
	struct vfs_op *op = tree_op();

	if (!f)
		return -EBADF;
	op->change = change;
	return outcome(tree_end(vfs_file_change(f, op)));
}

long linux_chmod(const struct call *c)
{
	const struct vfs_change change = { .what = VFS_SET_MODE,
		                           .mode = (uint32_t)c->arg[1] };

	return change_at((uint64_t)AT_FDCWD, c->arg[0], 0, &change);
}

long linux_fchmod(const struct call *c)
{
	const struct vfs_change change = { .what = VFS_SET_MODE,
		                           .mode = (uint32_t)c->arg[1] };

	return file_change(c->arg[0], &change);
}

long linux_fchmodat(const struct call *c)
{
	const struct vfs_change change = { .what = VFS_SET_MODE,
		                           .mode = (uint32_t)c->arg[2] };

	return change_at(c->arg[0], c->arg[1], 0, &change);
}

/* One of the two times: as given, now, or as it is. */
static bool time_take(const struct linux_time *t, uint32_t bit,
                      struct vfs_change *change, int64_t *to)
{
	enum { SECOND = 1000000000, NOW = 0x3fffffff, OMIT = 0x3ffffffe };

	if (t && t->ns == OMIT)
		return true;
	change->what |= bit;
	*to = vfs_now(tree());
	if (!t || t->ns == NOW)
		return true;
	*to = t->s * SECOND + t->ns;
	return t->ns >= 0 && t->ns < SECOND;
}

long linux_utimensat(const struct call *c)
{
	const struct linux_time *t = (const struct linux_time *)c->arg[2];
	struct vfs_change change = { 0 };

	if (t && !memory_valid(c->arg[2], 2 * sizeof(*t), PROT_READ))
		return -EFAULT;
	if (!time_take(t, VFS_SET_ATIME, &change, &change.atime) ||
	    !time_take(t ? t + 1 : NULL, VFS_SET_MTIME, &change, &change.mtime))
		return -EINVAL;
	if (!change.what)
		return 0;
	return c->arg[1] ? change_at(c->arg[0], c->arg[1], c->arg[3], &change) :
	                   file_change(c->arg[0], &change);
}
