/* SPDX-License-Identifier: MIT */
/* A descriptor of whoever runs `fief`, made into one that drivers can have: it
 * has no more rights than are granted, and what is done to it here is not
 * noticed by others who have it open. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

/* What has bytes in order, but for sockets: some have. */
static bool in_order(int fd, mode_t mode)
{
	socklen_t size = sizeof(int);
	int type = 0;

	if (S_ISSOCK(mode))
		return !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) &&
		       type == SOCK_STREAM;
	return S_ISFIFO(mode) || S_ISCHR(mode) || S_ISREG(mode);
}

/* Waiting is a matter of the open file, which others may share: a pipe or device
 * is opened once more. */
static int open_again(int fd, int access, const char **why)
{
	char path[40];
	int own;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	own = open(path, access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own < 0 && errno == ENXIO)
		return fd; /* a fifo that nobody reads: no write waits */
	if (own < 0) {
		*why = "it cannot be opened once more, such that nothing "
		       "waits; only its owner may";
		return -1;
	}
	close(fd);
	return own;
}

/* Where a file is read or written is shared on purpose, and a socket is asked
 * not to wait by each call: both stay as they are, with all their rights. */
int core_stream_own(int fd, bool writeable, const char **why)
{
	const int flags = fcntl(fd, F_GETFL);
	const int access = flags & O_ACCMODE;
	struct stat st;

	*why = NULL;
	if (flags < 0 || fstat(fd, &st))
		*why = "it is not open";
	else if (flags & O_PATH || !in_order(fd, st.st_mode))
		*why = "it is no stream: no pipe, stream socket, file, or "
		       "device of characters";
	else if (!writeable && access == O_WRONLY)
		*why = "it can only be written; ,rw would say so";
	else if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode))
		return open_again(fd, writeable ? access : O_RDONLY, why);
	else if (!writeable && access != O_RDONLY)
		*why = "it can be written as well, which cannot be taken from "
		       "it; only ,rw is possible";
	if (*why || fcntl(fd, F_SETFD, FD_CLOEXEC))
		return -1;
	return fd;
}
