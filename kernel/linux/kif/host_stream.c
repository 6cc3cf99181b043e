/* SPDX-License-Identifier: MIT */
/* A granted stream. Of a socket the description may be shared with others, who
 * want to wait there: each call says that it does not. All others core opened
 * such that nothing waits. */

#include "host.h"

#include <asm/errno.h>

#include "call.h"
#include "sysmsg.h"

enum { DONT_WAIT = 0x40, NO_SIGNAL = 0x4000 };

/* A descriptor that is not open that way was not granted that way. */
static enum kif_host_err count(long n, size_t *got)
{
	return kif_host_count(n == -EBADF ? -EACCES : n, got);
}

static enum kif_host_err stream_read(void *to, size_t len, size_t *got)
{
	struct host_iovec iov = { to, len };
	struct host_msghdr h = { .iov = &iov, .iovlen = 1 };
	long n = sys_call3(__NR_recvmsg, KIF_HOST_GRANT, (long)&h, DONT_WAIT);

	if (n == -ENOTSOCK)
		n = sys_call3(__NR_read, KIF_HOST_GRANT, (long)to, (long)len);
	return count(n == -ECONNRESET ? 0 : n, got);
}

static enum kif_host_err stream_write(const void *from, size_t len, size_t *got)
{
	long n = sys_call6(__NR_sendto, KIF_HOST_GRANT, (long)from, (long)len,
	                   DONT_WAIT | NO_SIGNAL, 0, 0);

	if (n == -ENOTSOCK)
		n = sys_write(KIF_HOST_GRANT, from, len);
	return count(n == -ECONNRESET ? -EPIPE : n, got);
}

/* A file is always ready, and knows no readiness. */
static enum kif_host_err stream_signal(fief_cap signal)
{
	enum kif_host_err e = kif_host_ready(KIF_HOST_GRANT, true, signal);

	if (e != KIF_HOST_UNSUPPORTED)
		return e;
	kif_signal(signal);
	return KIF_HOST_OK;
}

const struct kif_host_stream_ops kif_stream_ops = {
	.read = stream_read,
	.write = stream_write,
	.signal = stream_signal,
};
