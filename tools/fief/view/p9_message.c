/* SPDX-License-Identifier: MIT */
/* Messages of 9P2000.L, sent and received. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "p9_message.h"
#include <tools/fief/util.h>

enum { TAG = 1 };

int p9_break(struct p9 *p, const char *why)
{
	if (!p->broken)
		p->why = why;
	p->broken = true;
	return P9_BROKEN;
}

/* ---- a request ---- */

void p9_begin(struct p9 *p, enum p9_type type)
{
	p->request = (struct p9_out){ .at = p->out, .size = p->message };
	p9_put_u32(&p->request, 0); /* the size, at the end */
	p9_put_u8(&p->request, (uint8_t)type);
	p9_put_u16(&p->request, type == P9_VERSION ? P9_NO_TAG : TAG);
}

/* ---- bytes ---- */

static int send_all(struct p9 *p)
{
	const uint32_t size = (uint32_t)p->request.len;

	memcpy(p->out, &size, sizeof(size));
	for (size_t at = 0; at < size;) {
		ssize_t n = send(p->fd, p->out + at, size - at, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return p9_break(p, errno == EAGAIN ? "does not read" :
			                                     "it ended");
		at += (size_t)n;
	}
	return 0;
}

static int receive(struct p9 *p, size_t from, size_t len)
{
	while (len) {
		ssize_t n = recv(p->fd, p->in + from, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return p9_break(p, "it does not answer");
		if (n <= 0)
			return p9_break(p, "it ended");
		from += (size_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* ---- its answer ---- */

int p9_end(struct p9 *p, const struct p9_in *a)
{
	return !p9_done(a) ? p9_break(p, "its answer is malformed") : 0;
}

static int error_of(struct p9 *p, struct p9_in *a)
{
	enum { ERRNO_MAX = 4095 };
	const uint32_t error = p9_u32(a);

	if (p9_end(p, a))
		return P9_BROKEN;
	return error && error <= ERRNO_MAX ? (int)error : EIO;
}

int p9_ask(struct p9 *p, struct p9_in *a)
{
	const uint8_t type = p->out[4];
	uint32_t size;
	uint16_t tag;

	/* Names are short, and data is cut before: a mistake of ours. */
	if (p->request.full)
		return p9_break(p, "a request is too long");
	if (p->broken || send_all(p) || receive(p, 0, P9_HEADER))
		return P9_BROKEN;
	memcpy(&size, p->in, sizeof(size));
	memcpy(&tag, p->in + 5, sizeof(tag));
	if (size < P9_HEADER || size > p->message ||
	    memcmp(&tag, p->out + 5, sizeof(tag)) != 0)
		return p9_break(p, "its answer is malformed");
	if (receive(p, P9_HEADER, size - P9_HEADER))
		return P9_BROKEN;
	*a = (struct p9_in){ p->in + P9_HEADER, size - P9_HEADER, false };
	if (p->in[4] == P9_LERROR + 1)
		return error_of(p, a);
	return p->in[4] == type + 1 ?
	               0 :
	               p9_break(p, "its answer is to something else");
}
