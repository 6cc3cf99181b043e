/* SPDX-License-Identifier: MIT */
/* Open files of the program, by its numbers. */

#include "file.h"
#include "tree.h"

static struct {
	struct vfs_file *file; /* owned: one reference */
	bool cloexec;
} files[FILES];

struct vfs_file *fd_of(int fd)
{
	return fd >= 0 && fd < FILES ? files[fd].file : NULL;
}

long fd_add(struct vfs_file *f, int from, bool cloexec)
{
	for (int i = from; i >= 0 && i < FILES; i++)
		if (!files[i].file)
			return fd_put(f, i, cloexec);
	vfs_close(f);
	return -EMFILE;
}

long fd_put(struct vfs_file *f, int fd, bool cloexec)
{
	if (files[fd].file)
		vfs_close(files[fd].file);
	files[fd].file = f;
	files[fd].cloexec = cloexec;
	return fd;
}

long fd_close(int fd)
{
	if (!fd_of(fd))
		return -EBADF;
	vfs_close(files[fd].file);
	files[fd].file = NULL;
	return 0;
}

void fd_close_all(void)
{
	for (int i = 0; i < FILES; i++)
		(void)fd_close(i);
}

bool fd_cloexec(int fd)
{
	return files[fd].cloexec;
}

void fd_cloexec_set(int fd, bool on)
{
	files[fd].cloexec = on;
}

bool fd_at(int fd, struct vfs_place **out, long *error)
{
	const struct vfs_file *f = fd_of(fd);

	*out = fd == AT_FDCWD ? tree_cwd() : f ? f->place : NULL;
	*error = fd != AT_FDCWD && !f ? -EBADF : -ENOTDIR;
	return fd == AT_FDCWD || *out;
}

static const struct {
	unsigned theirs;
	uint32_t ours;
} flags_table[] = {
	{ O_CREAT, VFS_CREATE },      { O_EXCL, VFS_EXCLUSIVE },
	{ O_TRUNC, VFS_TRUNCATE },    { O_APPEND, VFS_APPEND },
	{ O_NONBLOCK, VFS_NONBLOCK }, { O_DIRECTORY, VFS_DIRECTORY },
	{ O_NOFOLLOW, VFS_NOFOLLOW }, { O_PATH, VFS_PATH_ONLY },
};

static uint32_t flags_of(unsigned theirs)
{
	static const uint32_t access[] = { VFS_READ, VFS_WRITE,
		                           VFS_READ | VFS_WRITE, 0 };
	uint32_t ours = theirs & O_PATH ? 0 : access[theirs & O_ACCMODE];

	for (size_t i = 0; i < sizeof(flags_table) / sizeof(flags_table[0]);
	     i++)
		if (theirs & flags_table[i].theirs)
			ours |= flags_table[i].ours;
	return ours;
}

long fd_open(int at, const char *path, unsigned flags, unsigned mode)
{
	struct vfs_op *op = tree_op();
	enum vfs_err e;
	long error;

	/* Only a relative path needs to know from where. */
	if (!fd_at(at, &op->at, &error) && *path != '/')
		return error;
	op->path = path;
	op->flags = flags_of(flags);
	op->mode = mode & VFS_MODE_MASK;
	e = tree_end(vfs_open(tree(), op));
	return e ? -(long)errno_of(e) : fd_add(op->file, 0, flags & O_CLOEXEC);
}
