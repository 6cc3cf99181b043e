/* SPDX-License-Identifier: MIT */
/* Log records go to `fief` through a pipe that never blocks core. */

#include <unistd.h>

#include <core/core.h>

#include "host.h"

bool core_log_record(const char *record, size_t len)
{
	/* Shorter than PIPE_BUF: written whole or not at all. */
	return write(core_host.log_fd, record, len) == (ssize_t)len;
}
