/* SPDX-License-Identifier: MIT */
/* A descriptor for text that never blocks us. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "util.h"

/* An open file of our own for the same pipe or terminal. */
static int reopen(int fd)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void output_init(struct output *o, int fd)
{
	struct stat st;

	*o = (struct output){ .fd = fd };
	if (fstat(fd, &st)) {
		o->broken = true;
		o->error = errno;
		return;
	}
	o->socket = S_ISSOCK(st.st_mode);
	if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)) {
		int own = reopen(fd);

		o->own_fd = own >= 0;
		o->polite = own < 0;
		o->fd = own >= 0 ? own : fd;
	}
}

void output_init_socket(struct output *o, int fd)
{
	*o = (struct output){ .fd = fd, .socket = true };
}

void output_fini(struct output *o)
{
	if (o->own_fd)
		close(o->fd);
	free(o->buf);
	*o = (struct output){ .fd = -1 };
}

void output_add(struct output *o, const char *text, size_t len)
{
	if (o->broken || !len)
		return;
	if (o->sent && o->len + len > o->cap) {
		memmove(o->buf, o->buf + o->sent, o->len - o->sent);
		o->len -= o->sent;
		o->sent = 0;
	}
	if (o->len + len > o->cap) {
		o->cap = (o->len + len) * 2;
		o->buf = util_grow(o->buf, o->cap);
	}
	memcpy(o->buf + o->len, text, len);
	o->len += len;
}

size_t output_lines(const struct output *o)
{
	size_t n = 0;

	for (size_t i = o->sent; i < o->len; i++)
		n += o->buf[i] == '\n';
	return n;
}

static ssize_t put(const struct output *o, const char *text, size_t len)
{
	struct pollfd p = { .fd = o->fd, .events = POLLOUT };

	if (o->socket)
		return send(o->fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (!o->polite)
		return write(o->fd, text, len);
	if (poll(&p, 1, 0) != 1) {
		errno = EAGAIN;
		return -1;
	}
	return write(o->fd, text, len < PIPE_BUF ? len : PIPE_BUF);
}

void output_flush(struct output *o)
{
	while (!o->broken && output_pending(o)) {
		ssize_t n = put(o, o->buf + o->sent, output_pending(o));

		if (n > 0)
			o->sent += (size_t)n;
		else if (n < 0 && errno == EAGAIN)
			return;
		else if (n == 0 || errno != EINTR) {
			o->broken = true;
			o->error = n ? errno : EPIPE;
		}
	}
	o->len = o->sent = 0;
}

void output_drain(struct output *o, long long deadline)
{
	output_flush(o);
	while (!o->broken && output_pending(o)) {
		struct pollfd p = { .fd = o->fd, .events = POLLOUT };

		if (poll(&p, 1, util_poll_ms(deadline)) == 0)
			return;
		output_flush(o);
	}
}
