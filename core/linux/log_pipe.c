/* SPDX-License-Identifier: MIT */
/* Log records go to `fief` through a pipe that never blocks core. */

#include <poll.h>
#include <unistd.h>

#include <core/core.h>

#include "host.h"

enum { WAIT_MS = 500 }; /* a reader that takes nothing for so long is stuck */

bool core_log_record(const char *record, size_t len)
{
	/* Shorter than PIPE_BUF: written whole or not at all. */
	return write(core_host.log_fd, record, len) == (ssize_t)len;
}

bool core_log_wait(void)
{
	struct pollfd p = { .fd = core_host.log_fd, .events = POLLOUT };

	return poll(&p, 1, WAIT_MS) == 1 && (p.revents & POLLOUT);
}
