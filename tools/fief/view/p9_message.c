/* SPDX-License-Identifier: MIT */
/* Messages of 9P2000.L, sent and received. */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "p9_message.h"
#include <tools/fief/util.h>

enum { TAG = 1, LATE_TAG };

int p9_break(struct p9 *p, const char *why)
{
	if (!p->broken)
		p->why = why;
	p->broken = true;
	return P9_BROKEN;
}

/* ---- a request ---- */

static void begin(struct p9 *p, enum p9_type type, uint16_t tag)
{
	p->request = (struct p9_out){ .at = p->out, .size = p->message };
	p9_put_u32(&p->request, 0); /* the size, at the end */
	p9_put_u8(&p->request, (uint8_t)type);
	p9_put_u16(&p->request, tag);
}

void p9_begin(struct p9 *p, enum p9_type type)
{
	begin(p, type, type == P9_VERSION ? P9_NO_TAG : TAG);
}

static struct p9_late **late_tagged(struct p9 *p, uint16_t tag)
{
	struct p9_late **at = &p->late;

	while (*at && (*at)->tag != tag)
		at = &(*at)->next;
	return at;
}

int p9_begin_late(struct p9 *p, enum p9_type type, struct p9_late *l)
{
	uint16_t tag = LATE_TAG;

	while (*late_tagged(p, tag))
		tag++;
	if (tag >= LATE_TAG + P9_LATE_MAX)
		return EAGAIN;
	l->tag = tag;
	l->type = (uint8_t)type;
	begin(p, type, tag);
	return 0;
}

/* ---- bytes ---- */

static int wait_for(struct p9 *p, short events)
{
	const char *why = p->wait ? p->wait(p->wait_arg, events) : NULL;

	return why ? p9_break(p, why) : 0;
}

static int flags_of(const struct p9 *p)
{
	return MSG_NOSIGNAL | (p->wait ? MSG_DONTWAIT : 0);
}

/* It would have to wait, which is done elsewhere? */
static bool again(const struct p9 *p)
{
	return errno == EINTR || (errno == EAGAIN && p->wait);
}

static int send_all(struct p9 *p)
{
	const uint32_t size = (uint32_t)p->request.len;

	memcpy(p->out, &size, sizeof(size));
	for (size_t at = 0; at < size;) {
		ssize_t n;

		if (wait_for(p, POLLOUT))
			return P9_BROKEN;
		n = send(p->fd, p->out + at, size - at, flags_of(p));
		if (n < 0 && again(p))
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
		ssize_t n;

		if (wait_for(p, POLLIN))
			return P9_BROKEN;
		n = recv(p->fd, p->in + from, len, flags_of(p));
		if (n < 0 && again(p))
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

/* ---- an answer ---- */

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

/* A whole message. */
static int receive_message(struct p9 *p, uint16_t *tag, struct p9_in *a)
{
	uint32_t size;

	if (receive(p, 0, P9_HEADER))
		return P9_BROKEN;
	memcpy(&size, p->in, sizeof(size));
	memcpy(tag, p->in + 5, sizeof(*tag));
	if (size < P9_HEADER || size > p->message)
		return p9_break(p, "its answer is malformed");
	if (receive(p, P9_HEADER, size - P9_HEADER))
		return P9_BROKEN;
	*a = (struct p9_in){ p->in + P9_HEADER, size - P9_HEADER, false };
	return 0;
}

/* What it says to a request of that type. */
static int outcome(struct p9 *p, uint8_t type, struct p9_in *a)
{
	if (p->in[4] == P9_LERROR + 1)
		return error_of(p, a);
	return p->in[4] == type + 1 ?
	               0 :
	               p9_break(p, "its answer is to something else");
}

static int late_answered(struct p9 *p, uint16_t tag, struct p9_in *a)
{
	struct p9_late **at = late_tagged(p, tag), *l = *at;

	if (!l)
		return p9_break(p, "its answer is malformed");
	*at = l->next;
	l->done(l, outcome(p, l->type, a), a);
	return p->broken ? P9_BROKEN : 0;
}

int p9_serve(struct p9 *p)
{
	struct p9_in a;
	uint16_t tag;

	if (p->broken || receive_message(p, &tag, &a))
		return P9_BROKEN;
	return late_answered(p, tag, &a);
}

/* ---- both ---- */

static int ask(struct p9 *p)
{
	/* Names are short, and data is cut before: a mistake of ours. */
	if (p->request.full)
		return p9_break(p, "a request is too long");
	return p->broken || send_all(p) ? P9_BROKEN : 0;
}

int p9_ask_late(struct p9 *p, struct p9_late *l)
{
	if (ask(p))
		return P9_BROKEN;
	l->next = p->late;
	p->late = l;
	return 0;
}

int p9_ask(struct p9 *p, struct p9_in *a)
{
	const uint8_t type = p->out[4];
	uint16_t asked, tag;

	memcpy(&asked, p->out + 5, sizeof(asked));
	if (ask(p))
		return P9_BROKEN;
	for (;;) {
		if (receive_message(p, &tag, a))
			return P9_BROKEN;
		if (tag == asked)
			return outcome(p, type, a);
		if (late_answered(p, tag, a))
			return P9_BROKEN;
	}
}
