/* SPDX-License-Identifier: MIT */
/* The side of a copy that is on the host. Nodes are descriptors. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "side.h"
#include <tools/fief/util.h>

static int opened(int fd, int64_t *node)
{
	*node = fd;
	return fd < 0 ? errno : 0;
}

/* O_PATH opens whatever there is, and waits for nobody. */
static int host_find(struct side *s, const char *path, bool follow,
                     int64_t *node)
{
	(void)s;
	return opened(
		open(path, O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW)),
		node);
}

static int host_parent(struct side *s, const char *path, int64_t *dir,
                       char *name)
{
	size_t end = strlen(path), from;
	char *parent;
	int e;

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (from = end; from && path[from - 1] != '/';)
		from--;
	if (!end)
		return ENOENT;
	if (end - from > P9_NAME_MAX)
		return ENAMETOOLONG;
	memcpy(name, path + from, end - from);
	name[end - from] = '\0';
	parent = from ? util_text("%.*s", (int)from, path) : util_text(".");
	e = host_find(s, parent, true, dir);
	free(parent);
	return e;
}

static int host_at(struct side *s, int64_t dir, const char *name, int64_t *node)
{
	(void)s;
	return opened(openat((int)dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC),
	              node);
}

static void host_drop(struct side *s, int64_t node)
{
	(void)s;
	close((int)node);
}

static enum side_type type_of(mode_t mode)
{
	return S_ISREG(mode)  ? SIDE_FILE :
	       S_ISDIR(mode)  ? SIDE_DIR :
	       S_ISLNK(mode)  ? SIDE_LINK :
	       S_ISFIFO(mode) ? SIDE_FIFO :
	                        SIDE_OTHER;
}

static int host_stat(struct side *s, int64_t node, struct side_stat *out)
{
	struct stat st;

	(void)s;
	if (fstat((int)node, &st))
		return errno;
	*out = (struct side_stat){ .type = type_of(st.st_mode),
		                   .mode = st.st_mode & 0777,
		                   .inode = st.st_ino,
		                   .device = st.st_dev,
		                   .atime = st.st_atim,
		                   .mtime = st.st_mtim };
	return 0;
}

/* What O_PATH opened, to be used: it can only be that, whatever its name
 * means by now. */
static int reopen(int64_t node, int flags, int64_t *file)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", (int)node);
	return opened(open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC),
	              file);
}

static int host_list(struct side *s, int64_t dir, struct side_names *out)
{
	int64_t fd;
	int e = reopen(dir, O_RDONLY | O_DIRECTORY, &fd);
	struct dirent *entry;
	DIR *d;

	(void)s;
	if (e)
		return e;
	d = fdopendir((int)fd);
	if (!d) {
		e = errno;
		close((int)fd);
		return e;
	}
	while (errno = 0, entry = readdir(d))
		side_name_add(out, entry->d_name);
	e = errno;
	closedir(d);
	return e;
}

static int host_link_text(struct side *s, int64_t node, char *to, size_t size)
{
	ssize_t n = readlinkat((int)node, "", to, size);

	(void)s;
	if (n < 0)
		return errno;
	if ((size_t)n >= size)
		return ENAMETOOLONG;
	to[n] = '\0';
	return 0;
}

static int host_open(struct side *s, int64_t node, int64_t *file)
{
	(void)s;
	return reopen(node, O_RDONLY, file);
}

static int host_create(struct side *s, int64_t dir, const char *name,
                       uint32_t mode, int64_t *file)
{
	(void)s;
	return opened(openat((int)dir, name,
	                     O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
	                             O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
	                     mode),
	              file);
}

static int host_read(struct side *s, int64_t file, uint64_t off, void *to,
                     size_t len, size_t *got)
{
	ssize_t n = pread((int)file, to, len, (off_t)off);

	(void)s;
	*got = n < 0 ? 0 : (size_t)n;
	return n < 0 ? errno : 0;
}

static int host_write(struct side *s, int64_t file, uint64_t off,
                      const void *from, size_t len, size_t *got)
{
	ssize_t n = pwrite((int)file, from, len, (off_t)off);

	(void)s;
	*got = n < 0 ? 0 : (size_t)n;
	return n < 0 ? errno : 0;
}

static int done(int result)
{
	return result ? errno : 0;
}

static int host_make_dir(struct side *s, int64_t dir, const char *name,
                         uint32_t mode)
{
	(void)s;
	return done(mkdirat((int)dir, name, mode));
}

static int host_make_fifo(struct side *s, int64_t dir, const char *name,
                          uint32_t mode)
{
	(void)s;
	return done(mkfifoat((int)dir, name, mode));
}

static int host_make_link(struct side *s, int64_t dir, const char *name,
                          const char *text)
{
	(void)s;
	return done(symlinkat(text, (int)dir, name));
}

/* By way of /proc, as fchmod refuses O_PATH. */
static int host_settle(struct side *s, int64_t node, const struct side_stat *st)
{
	const struct timespec times[] = { st->atime, st->mtime };
	char path[40];

	(void)s;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", (int)node);
	if (chmod(path, st->mode & 0777))
		return errno;
	return done(utimensat(AT_FDCWD, path, times, 0));
}

const struct side_ops side_host = {
	.find = host_find,
	.parent = host_parent,
	.at = host_at,
	.drop = host_drop,
	.stat = host_stat,
	.list = host_list,
	.link_text = host_link_text,
	.open = host_open,
	.create = host_create,
	.read = host_read,
	.write = host_write,
	.make_dir = host_make_dir,
	.make_fifo = host_make_fifo,
	.make_link = host_make_link,
	.settle = host_settle,
};

/* ---- of both sides ---- */

void side_init(struct side *s, struct look *look)
{
	*s = (struct side){ look ? &side_look : &side_host, look };
}

void side_name_add(struct side_names *n, const char *name)
{
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return;
	n->name = util_grow(n->name, (n->count + 1) * sizeof(*n->name));
	n->name[n->count++] = util_text("%s", name);
}

void side_names_free(struct side_names *n)
{
	while (n->count)
		free(n->name[--n->count]);
	free(n->name);
	n->name = NULL;
}
