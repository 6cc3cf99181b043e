/* SPDX-License-Identifier: MIT */
/* The folder of control sockets. */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime_dir.h"
#include "util.h"

enum { FILE_NAME_MAX = INSTANCE_NAME_MAX + 8, BACKLOG = 16, PATIENCE_S = 15 };

/* ---- folder ---- */

static bool trusted(const struct runtime_dir *d)
{
	struct stat st;

	if (fstat(d->fd, &st))
		return false;
	if (st.st_uid != geteuid())
		util_error("the folder of control sockets \"%s\" belongs to "
		           "user %u, not to you (%u); remove it or set "
		           "XDG_RUNTIME_DIR",
		           d->path, st.st_uid, geteuid());
	else if (st.st_mode & 077)
		util_error("the folder of control sockets \"%s\" has mode "
		           "%04o; others could control your systems; chmod "
		           "it to 0700",
		           d->path, st.st_mode & 07777u);
	return st.st_uid == geteuid() && !(st.st_mode & 077);
}

bool runtime_dir_open(struct runtime_dir *d)
{
	const char *base = getenv("XDG_RUNTIME_DIR");
	bool xdg = base && *base == '/';
	int n;

	n = xdg ? snprintf(d->path, sizeof(d->path), "%s/fief", base) :
	          snprintf(d->path, sizeof(d->path), "%s/fief-%u", P_tmpdir,
	                   geteuid());
	d->fd = -1;
	if (n < 0 || (size_t)n >= sizeof(d->path)) {
		util_error("XDG_RUNTIME_DIR is longer than %d bytes", PATH_MAX);
		return false;
	}
	if (!mkdir(d->path, 0700) || errno == EEXIST)
		d->fd = open(d->path,
		             O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (d->fd < 0) {
		util_error("cannot use \"%s\" for control sockets: %s; set "
		           "XDG_RUNTIME_DIR to a folder of yours",
		           d->path, strerror(errno));
		return false;
	}
	if (trusted(d))
		return true;
	util_close(&d->fd);
	return false;
}

void runtime_dir_close(struct runtime_dir *d)
{
	util_close(&d->fd);
}

/* ---- names ---- */

bool instance_name_valid(const char *name)
{
	size_t len = strlen(name);

	if (!len || len > INSTANCE_NAME_MAX || !isalnum((unsigned char)*name))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("._-", name[i]))
			return false;
	return true;
}

/* The last part of a path that says something: of "a/seed/system.xml" it is
 * "seed". */
static const char *telling_part(const char *file, size_t *len)
{
	static const char plain[] = "/system.xml";
	size_t n = strlen(file), from;

	if (n > sizeof(plain) - 1 &&
	    !strcmp(file + n - (sizeof(plain) - 1), plain))
		n -= sizeof(plain) - 1;
	else if (n > 4 && !strcmp(file + n - 4, ".xml"))
		n -= 4;
	for (from = n; from && file[from - 1] != '/';)
		from--;
	*len = n - from;
	return file + from;
}

void instance_name_from_file(char out[INSTANCE_NAME_MAX + 1], const char *file)
{
	enum { ROOM = INSTANCE_NAME_MAX - 12 }; /* for "-PID" */
	size_t len, n = 0;
	const char *base = telling_part(file, &len);

	for (size_t i = 0; i < len && n < ROOM; i++) {
		unsigned char c = (unsigned char)base[i];

		if (isalnum(c) || (n && strchr("._-", c)))
			out[n++] = (char)c;
		else if (n)
			out[n++] = '-';
	}
	out[n] = '\0';
	if (!n)
		memcpy(out, "system", sizeof("system"));
}

static void file_name(char out[FILE_NAME_MAX], const char *name,
                      const char *suffix)
{
	snprintf(out, FILE_NAME_MAX, "%s%s", name, suffix);
}

/* A path is short this way, however long that of the folder is. */
static void address(struct sockaddr_un *a, const struct runtime_dir *d,
                    const char *name)
{
	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(a->sun_path, sizeof(a->sun_path), "/proc/self/fd/%d/%s.sock",
	         d->fd, name);
}

/* ---- claims ---- */

/* The lock of a name; -1 if somebody has it, -2 after a message. */
static int lock_take(const struct runtime_dir *d, const char *name)
{
	char file[FILE_NAME_MAX];
	struct stat held, named;
	int fd;

	file_name(file, name, ".lock");
	for (;;) {
		fd = openat(d->fd, file,
		            O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd < 0) {
			util_error("cannot make \"%s/%s\": %s", d->path, file,
			           strerror(errno));
			return -2;
		}
		if (flock(fd, LOCK_EX | LOCK_NB)) {
			close(fd);
			return -1;
		}
		/* The former holder may have removed the file meanwhile. */
		if (!fstat(fd, &held) &&
		    !fstatat(d->fd, file, &named, AT_SYMLINK_NOFOLLOW) &&
		    held.st_ino == named.st_ino)
			return fd;
		close(fd);
	}
}

static void remove_files(const struct runtime_dir *d, const char *name)
{
	char file[FILE_NAME_MAX];

	file_name(file, name, ".sock");
	unlinkat(d->fd, file, 0);
	file_name(file, name, ".lock");
	unlinkat(d->fd, file, 0);
}

static int listen_at(const struct runtime_dir *d, const char *name)
{
	char file[FILE_NAME_MAX];
	struct sockaddr_un a;
	int fd;

	address(&a, d, name);
	file_name(file, name, ".sock");
	unlinkat(d->fd, file, 0); /* of a dead one: we have the lock */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof(a)) &&
	    !listen(fd, BACKLOG))
		return fd;
	util_error("cannot listen on \"%s/%s\": %s", d->path, file,
	           strerror(errno));
	util_close(&fd);
	return -1;
}

enum claim instance_claim(const struct runtime_dir *d, const char *name,
                          struct instance_claim *out)
{
	int lock = lock_take(d, name), fd;

	if (lock < 0)
		return lock == -1 ? CLAIM_TAKEN : CLAIM_FAILED;
	fd = listen_at(d, name);
	if (fd < 0) {
		remove_files(d, name);
		close(lock);
		return CLAIM_FAILED;
	}
	*out = (struct instance_claim){ .lock = lock, .listen = fd };
	snprintf(out->name, sizeof(out->name), "%s", name);
	return CLAIM_OK;
}

void instance_release(const struct runtime_dir *d, struct instance_claim *c)
{
	if (c->lock < 0)
		return;
	util_close(&c->listen);
	remove_files(d, c->name);
	util_close(&c->lock);
}

/* ---- looking for others ---- */

int instance_connect(const struct runtime_dir *d, const char *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), lock;
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct sockaddr_un a;

	address(&a, d, name);
	/* An instance that was stopped by SIGSTOP must not stop us, too. */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (fd >= 0 && !connect(fd, (struct sockaddr *)&a, sizeof(a)))
		return fd;
	if (errno == ECONNREFUSED) {
		lock = lock_take(d, name);
		if (lock >= 0)
			remove_files(d, name);
		util_close(&lock);
	}
	util_close(&fd);
	return -1;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **instance_names(const struct runtime_dir *d, size_t *count)
{
	static const char suffix[] = ".sock";
	int fd = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	char **names = NULL;
	struct dirent *e;

	*count = 0;
	while (dir && (e = readdir(dir))) {
		size_t len = strlen(e->d_name), cut = sizeof(suffix) - 1;

		if (len <= cut || strcmp(e->d_name + len - cut, suffix) != 0)
			continue;
		e->d_name[len - cut] = '\0';
		if (!instance_name_valid(e->d_name))
			continue;
		names = util_grow(names, (*count + 1) * sizeof(*names));
		names[(*count)++] = util_text("%s", e->d_name);
	}
	if (dir)
		closedir(dir);
	if (*count)
		qsort(names, *count, sizeof(*names), by_name);
	return names;
}

void instance_names_free(char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
}
