/* SPDX-License-Identifier: MIT */
/*
 * Stands between core and the host functions that allocate: linked into a core
 * of its own by --wrap, so that the product holds no hooks. Counts what is
 * live and lets the n-th allocation fail. The driver arms it by log lines,
 * "fault arm N" and "fault off", asks what is live by "fault live" and whether
 * it fired by a ROM session "fault-fired". FIEF_FAULT=N arms it from the start.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <core/core.h>

static struct {
	unsigned at, calls; /* fail that one; 0: none */
	bool fired, optional;
	long blocks, maps; /* live */
	const char *what;
} fault;

/* Does this one fail? An optional one may without an error to anybody. */
static bool failing(const char *what)
{
	if (!fault.at || ++fault.calls != fault.at)
		return false;
	fault.fired = true;
	fault.what = what;
	fprintf(stderr, "fault: %s fails, call %u%s\n", what, fault.calls,
	        fault.optional ? ", optional" : "");
	errno = ENOMEM;
	return true;
}

/* The declarations are the linker's: __real_x is x, __wrap_x takes its place. */
#define WRAP(result, name, failed, params, ...)                                \
	result __real_##name params;                                           \
	result __wrap_##name params;                                           \
	result __wrap_##name params                                            \
	{                                                                      \
		return failing(#name) ? (failed) : __real_##name(__VA_ARGS__); \
	}

/* ---- heap ---- */

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__real_aligned_alloc(size_t align, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size);
void __real_free(void *p);
void __wrap_free(void *p);

static void *counted(void *p)
{
	fault.blocks += p != NULL;
	return p;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return failing("calloc") ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t size)
{
	void *fresh;

	if (failing("realloc"))
		return NULL;
	fresh = __real_realloc(p, size);
	return p ? fresh : counted(fresh);
}

void *__wrap_aligned_alloc(size_t align, size_t size)
{
	return failing("aligned_alloc") ?
	               NULL :
	               counted(__real_aligned_alloc(align, size));
}

void __wrap_free(void *p)
{
	fault.blocks -= p != NULL;
	__real_free(p);
}

/* ---- mappings and descriptors ---- */

void *__real_mmap64(void *at, size_t len, int prot, int flags, int fd,
                    int64_t off);
void *__wrap_mmap64(void *at, size_t len, int prot, int flags, int fd,
                    int64_t off);
int __real_munmap(void *at, size_t len);
int __wrap_munmap(void *at, size_t len);
int __real_fcntl64(int fd, int what, ...);
int __wrap_fcntl64(int fd, int what, ...);

void *__wrap_mmap64(void *at, size_t len, int prot, int flags, int fd,
                    int64_t off)
{
	void *p;

	if (failing("mmap"))
		return MAP_FAILED;
	p = __real_mmap64(at, len, prot, flags, fd, off);
	fault.maps += p != MAP_FAILED;
	return p;
}

int __wrap_munmap(void *at, size_t len)
{
	fault.maps--;
	return __real_munmap(at, len);
}

int __wrap_fcntl64(int fd, int what, ...)
{
	va_list args;
	long arg;

	va_start(args, what);
	arg = va_arg(args, long);
	va_end(args);
	if (what == F_DUPFD_CLOEXEC && failing("dup"))
		return -1;
	return __real_fcntl64(fd, what, arg);
}

WRAP(int, memfd_create, -1, (const char *name, unsigned flags), name, flags)
WRAP(int, eventfd, -1, (unsigned count, int flags), count, flags)
WRAP(int, epoll_create1, -1, (int flags), flags)
WRAP(int, socketpair, -1, (int family, int type, int protocol, int pair[2]),
     family, type, protocol, pair)
WRAP(int, posix_fallocate64, ENOSPC, (int fd, int64_t off, int64_t size), fd,
     off, size)

int __real_ftruncate64(int fd, int64_t size);
int __wrap_ftruncate64(int fd, int64_t size);
int __wrap_ftruncate64(int fd, int64_t size)
{
	if (size && failing("ftruncate")) /* to nothing gives back */
		return -1;
	return __real_ftruncate64(fd, size);
}

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
	return failing("open") ? -1 : __real_open64(path, flags);
}

/* A message that carries descriptors takes memory of the host. */
ssize_t __real_sendmsg(int fd, const struct msghdr *m, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags)
{
	bool fails = failing("sendmsg");

	fault.optional = false;
	return fails ? -1 : __real_sendmsg(fd, m, flags);
}

/* The message that follows saves a call; without it the call is made. */
void __real_kcore_ds_push(fief_reply token, fief_cap cap,
                          const struct kcore_ds *ds);
void __wrap_kcore_ds_push(fief_reply token, fief_cap cap,
                          const struct kcore_ds *ds);
void __wrap_kcore_ds_push(fief_reply token, fief_cap cap,
                          const struct kcore_ds *ds)
{
	fault.optional = true;
	__real_kcore_ds_push(token, cap, ds);
}

void __real_host_pool_fill(void);
void __wrap_host_pool_fill(void);
void __wrap_host_pool_fill(void)
{
	fault.optional = true;
	__real_host_pool_fill();
	fault.optional = false;
}

void __real_host_pd_prepare(void);
void __wrap_host_pd_prepare(void);
void __wrap_host_pd_prepare(void)
{
	fault.optional = true;
	__real_host_pd_prepare();
	fault.optional = false;
}

/* ---- orders ---- */

static unsigned descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	if (!dir)
		return 0;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 3; /* two dots and the folder itself */
}

void __real_core_log_text(const char *label, const char *text, size_t len);
void __wrap_core_log_text(const char *label, const char *text, size_t len);
void __wrap_core_log_text(const char *label, const char *text, size_t len)
{
	static const char arm[] = "fault arm ", off[] = "fault off",
			  live[] = "fault live";

	if (!strncmp(text, arm, sizeof(arm) - 1)) {
		fault.at = (unsigned)strtoul(text + sizeof(arm) - 1, NULL, 10);
		fault.calls = 0;
		fault.fired = false;
	} else if (!strncmp(text, off, sizeof(off) - 1)) {
		fault.at = 0;
	} else if (!strncmp(text, live, sizeof(live) - 1)) {
		fprintf(stderr,
		        "live: %ld blocks %ld mappings %u descriptors\n",
		        fault.blocks, fault.maps, descriptors());
	} else {
		__real_core_log_text(label, text, len);
	}
}

enum fief_err __real_core_module_file(const char *name, struct kcore_ds **out);
enum fief_err __wrap_core_module_file(const char *name, struct kcore_ds **out);
enum fief_err __wrap_core_module_file(const char *name, struct kcore_ds **out)
{
	if (strcmp(name, "fault-fired") != 0)
		return __real_core_module_file(name, out);
	if (!fault.fired)
		return FIEF_NOT_FOUND;
	return __real_core_module_file("plan", out);
}

__attribute__((constructor)) static void arm(void)
{
	const char *n = getenv("FIEF_FAULT");

	if (n)
		fault.at = (unsigned)strtoul(n, NULL, 10);
}
