/* SPDX-License-Identifier: MIT */
/* What all tables for drivers share: results, readiness, closing. */

#include "host.h"

#include <asm/errno.h>

#include "call.h"
#include "serve.h"

/* Of those not listed nothing can be said, but that it failed. */
static const uint8_t errors[] = {
	[EPERM] = KIF_HOST_DENIED,
	[ENOENT] = KIF_HOST_NOT_FOUND,
	[EIO] = KIF_HOST_IO,
	[ENXIO] = KIF_HOST_END,
	[E2BIG] = KIF_HOST_INVALID,
	[EBADF] = KIF_HOST_INVALID,
	[EAGAIN] = KIF_HOST_AGAIN,
	[ENOMEM] = KIF_HOST_LIMIT,
	[EACCES] = KIF_HOST_DENIED,
	[EFAULT] = KIF_HOST_INVALID,
	[EBUSY] = KIF_HOST_BUSY,
	[EEXIST] = KIF_HOST_EXISTS,
	[EXDEV] = KIF_HOST_OUTSIDE,
	[ENODEV] = KIF_HOST_UNSUPPORTED,
	[ENOTDIR] = KIF_HOST_NOT_DIR,
	[EISDIR] = KIF_HOST_IS_DIR,
	[EINVAL] = KIF_HOST_INVALID,
	[ENFILE] = KIF_HOST_LIMIT,
	[EMFILE] = KIF_HOST_LIMIT,
	[ENOTTY] = KIF_HOST_UNSUPPORTED,
	[ETXTBSY] = KIF_HOST_BUSY,
	[EFBIG] = KIF_HOST_TOO_LARGE,
	[ENOSPC] = KIF_HOST_NO_SPACE,
	[ESPIPE] = KIF_HOST_INVALID,
	[EROFS] = KIF_HOST_READ_ONLY,
	[EMLINK] = KIF_HOST_LIMIT,
	[EPIPE] = KIF_HOST_END,
	[ENAMETOOLONG] = KIF_HOST_TOO_LONG,
	[ENOSYS] = KIF_HOST_UNSUPPORTED,
	[ENOTEMPTY] = KIF_HOST_NOT_EMPTY,
	[ELOOP] = KIF_HOST_LOOP,
	[EOVERFLOW] = KIF_HOST_TOO_LARGE,
	[EOPNOTSUPP] = KIF_HOST_UNSUPPORTED,
	[ESTALE] = KIF_HOST_STALE,
	[EDQUOT] = KIF_HOST_NO_SPACE,
};

enum kif_host_err kif_host_result(long result)
{
	if (result >= 0)
		return KIF_HOST_OK;
	if (-result >= (long)sizeof(errors) || !errors[-result])
		return KIF_HOST_IO;
	return (enum kif_host_err)errors[-result];
}

enum kif_host_err kif_host_count(long result, size_t *got)
{
	if (result >= 0)
		*got = (size_t)result;
	return kif_host_result(result);
}

/* ---- readiness ---- */

struct ready_event { /* ABI of the host on x86-64: packed */
	uint32_t events;
	uint64_t data;
} __attribute__((packed));

#define EPOLL_EDGE (1u << 31)

enum {
	EPOLL_IN = 1,
	EPOLL_OUT = 4,
	EPOLL_ADD = 1,
	EPOLL_MOD = 3,
};

enum kif_host_err kif_host_ready(int fd, bool out, fief_cap signal)
{
	const int set = kif_pd_self()->ep[0].epoll;
	struct ready_event ev = {
		.events =
			EPOLL_EDGE | EPOLL_IN | (out ? (unsigned)EPOLL_OUT : 0),
		.data = (uint64_t)KIF_TAG_BACKEND << 32 | signal,
	};
	long e = sys_call6(__NR_epoll_ctl, set, EPOLL_ADD, fd, (long)&ev, 0, 0);

	if (e == -EEXIST)
		e = sys_call6(__NR_epoll_ctl, set, EPOLL_MOD, fd, (long)&ev, 0,
		              0);
	return e == -EPERM ? KIF_HOST_UNSUPPORTED : kif_host_result(e);
}

void kif_host_became_ready(struct kif_pd *pd, uint64_t tag)
{
	(void)pd;
	kif_signal((fief_cap)tag);
}

/* ---- the tables ---- */

static enum kif_host_err host_close(kif_host_file file)
{
	if (file < 0 || file == KIF_HOST_GRANT)
		return KIF_HOST_INVALID;
	return kif_host_result(sys_call3(__NR_close, file, 0, 0));
}

#define HOST(k, w)                                                             \
	.version = KIF_HOST_VERSION, .kind = (k), .writeable = (w),            \
	.close = host_close

static const struct kif_host hosts[CLASSES] = {
	[CLASS_DIR_READ] = { HOST(KIF_HOST_DIR, false), .dir = &kif_dir_ops },
	[CLASS_DIR_WRITE] = { HOST(KIF_HOST_DIR, true), .dir = &kif_dir_ops },
	[CLASS_FILE_READ] = { HOST(KIF_HOST_FILE, false),
	                      .file = &kif_file_ops },
	[CLASS_FILE_WRITE] = { HOST(KIF_HOST_FILE, true),
	                       .file = &kif_file_ops },
	[CLASS_TTY] = { HOST(KIF_HOST_TTY, true), .tty = &kif_tty_ops },
	[CLASS_STREAM] = { HOST(KIF_HOST_STREAM, true),
	                   .stream = &kif_stream_ops },
};

const struct kif_host *kif_host_of(enum host_class class)
{
	return hosts[class].version ? &hosts[class] : NULL;
}
