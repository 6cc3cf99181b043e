/* SPDX-License-Identifier: MIT */
/* The control session with core. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "control.h"
#include "util.h"

enum { MESSAGE_MAX = 64 << 10 };

void control_init(struct control *c, int fd)
{
	*c = (struct control){ .fd = fd, .answer = util_alloc(1) };
}

void control_fini(struct control *c)
{
	free(c->answer);
	c->answer = NULL;
}

/* Answers to these may have several pages. */
static const char *const paged[] = { "ps", "report" };

static const char *paged_word(const char *request)
{
	for (size_t i = 0; i < sizeof(paged) / sizeof(paged[0]); i++) {
		const size_t len = strlen(paged[i]);

		if (!strncmp(paged[i], request, len) && request[len] == ' ')
			return paged[i];
	}
	return NULL;
}

/* -1: no descriptor. */
static bool post(struct control *c, const char *request, int fd)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} with = { 0 };
	struct iovec text = { (char *)(uintptr_t)request, strlen(request) };
	struct msghdr m = { .msg_iov = &text, .msg_iovlen = 1 };

	with.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
		                        .cmsg_level = SOL_SOCKET,
		                        .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&with.header), &fd, sizeof(fd));
	if (fd >= 0) {
		m.msg_control = &with;
		m.msg_controllen = sizeof(with);
	}
	c->waiting = sendmsg(c->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
	return c->waiting;
}

bool control_send(struct control *c, const char *request)
{
	return control_send_fd(c, request, -1);
}

bool control_send_fd(struct control *c, const char *request, int fd)
{
	if (c->waiting || c->ended || !post(c, request, fd))
		return false;
	c->len = 0;
	c->answer[0] = '\0';
	c->paged = paged_word(request);
	return true;
}

/* The last line, if it says that there is another page: ask for it. */
static bool next_page(struct control *c)
{
	static const char more[] = "more ";
	char request[CONTROL_REQUEST_MAX];
	size_t at = c->len;

	if (!at || !c->paged)
		return false;
	for (at--; at && c->answer[at - 1] != '\n';)
		at--;
	if (strncmp(c->answer + at, more, sizeof(more) - 1) != 0)
		return false;
	snprintf(request, sizeof(request), "%s %lu", c->paged,
	         strtoul(c->answer + at + sizeof(more) - 1, NULL, 10));
	c->len = at;
	c->answer[at] = '\0';
	return post(c, request, -1);
}

static void append(struct control *c, const char *text, size_t len)
{
	c->answer = util_grow(c->answer, c->len + len + 1);
	memcpy(c->answer + c->len, text, len);
	c->len += len;
	c->answer[c->len] = '\0';
}

static bool answer_ends(struct control *c)
{
	size_t n = c->len;

	if (!n || c->answer[n - 1] != '\n' ||
	    (n > 1 && c->answer[n - 2] != '\n'))
		return false;
	c->answer[--c->len] = '\0';
	return !next_page(c);
}

bool control_readable(struct control *c)
{
	static char message[MESSAGE_MAX];
	ssize_t n = recv(c->fd, message, sizeof(message), MSG_DONTWAIT);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		c->ended = true;
	if (n <= 0 || !c->waiting)
		return false;
	append(c, message, (size_t)n);
	if (!answer_ends(c))
		return false;
	c->waiting = false;
	return true;
}
