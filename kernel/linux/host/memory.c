/* SPDX-License-Identifier: MIT */
/* Dataspaces: memfds that core makes and keeps. */

#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SEAL_CONTENT = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL
};

/* Debian 12 has the kernel flag but not the name; kernels before 6.3 have
 * neither and refuse it. */
enum { NOEXEC_SEAL = 8 };

int host_memfd(const char *name, size_t size)
{
	unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create(name, flags | NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, flags);
	/* Whoever gets the descriptor could make it grow by write(). */
	if (fd >= 0 && (ftruncate(fd, (off_t)size) ||
	                fcntl(fd, F_ADD_SEALS, F_SEAL_GROW))) {
		close(fd);
		return -1;
	}
	return fd;
}

static enum fief_err ds_new(size_t size, struct kcore_ds **out)
{
	struct kcore_ds *ds = calloc(1, sizeof(*ds));

	if (!ds)
		return FIEF_LIMIT;
	ds->size = size;
	ds->fd = host_memfd("ds", size);
	if (ds->fd < 0) {
		free(ds);
		return FIEF_LIMIT;
	}
	*out = ds;
	return FIEF_OK;
}

enum fief_err kcore_ds_create(size_t size, struct kcore_ds **out)
{
	size = (size + KIF_PAGE - 1) & ~(size_t)(KIF_PAGE - 1);
	if (!size || size > (size_t)1 << 46)
		return FIEF_INVALID;
	return ds_new(size, out);
}

static enum fief_err copy_file(int from, struct kcore_ds *ds)
{
	off_t off = 0;
	ssize_t n;
	char buf[65536];

	while ((size_t)off < ds->size) {
		n = pread(from, buf, sizeof(buf), off);
		if (n <= 0 || pwrite(ds->fd, buf, (size_t)n, off) != n)
			return FIEF_LIMIT;
		off += n;
	}
	return FIEF_OK;
}

enum fief_err kcore_ds_from_file(const char *path, struct kcore_ds **out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct kcore_ds *ds = NULL;
	struct stat st;
	enum fief_err e;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? FIEF_NOT_FOUND :
		       errno == EACCES                     ? FIEF_DENIED :
		                                             FIEF_LIMIT;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return FIEF_NOT_FOUND;
	}
	e = ds_new((size_t)st.st_size, &ds);
	if (!e)
		e = copy_file(fd, ds);
	close(fd);
	if (!e && fcntl(ds->fd, F_ADD_SEALS, SEAL_CONTENT))
		e = FIEF_LIMIT;
	if (e) {
		if (ds)
			kcore_ds_destroy(ds);
		return e;
	}
	ds->sealed = true;
	*out = ds;
	return FIEF_OK;
}

void kcore_ds_destroy(struct kcore_ds *ds)
{
	/* Whoever still maps it must not keep memory that nobody pays for. A
	 * sealed one belongs to core and lives on in its mappings. */
	if (!ds->sealed && ftruncate(ds->fd, 0))
		abort(); /* core's own descriptor: cannot fail */
	close(ds->fd);
	free(ds);
}

void kcore_ds_push(fief_reply token, fief_cap cap, const struct kcore_ds *ds)
{
	(void)token; /* the reply that brings `cap` tells to whom */
	host.push.cap = cap;
	host.push.ds = ds;
}

size_t kcore_ds_size(const struct kcore_ds *ds)
{
	return ds->size;
}

enum fief_err kcore_ds_seal(struct kcore_ds *ds)
{
	if (ds->sealed)
		return FIEF_OK;
	if (fcntl(ds->fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE))
		return FIEF_LIMIT;
	ds->sealed = true;
	return FIEF_OK;
}

bool kcore_ds_read(const struct kcore_ds *ds, size_t off, void *to, size_t n)
{
	return off <= ds->size && n <= ds->size - off &&
	       pread(ds->fd, to, n, (off_t)off) == (ssize_t)n;
}

bool kcore_ds_write(struct kcore_ds *ds, size_t off, const void *from, size_t n)
{
	return off <= ds->size && n <= ds->size - off &&
	       pwrite(ds->fd, from, n, (off_t)off) == (ssize_t)n;
}
