/* SPDX-License-Identifier: MIT */
/* The control socket of an instance. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"
#include "util.h"

enum {
	PATIENCE_MS = 5000,
	FAREWELL_MS = 200,
	BODY_MAX = 1 << 20, /* as long as a configuration may be */
};

static void client_close(struct server_client *c)
{
	output_fini(&c->out);
	free(c->body);
	close(c->fd);
	*c = (struct server_client){ .state = CLIENT_FREE, .fd = -1 };
}

static void client_text(struct server_client *c, const char *text)
{
	output_add(&c->out, text, strlen(text));
}

static void client_flush(struct server_client *c)
{
	output_flush(&c->out);
	if (c->out.broken || !output_pending(&c->out))
		client_close(c);
}

/* Send the answer, whose last line is `text`. */
static void client_answer(struct server_client *c, const char *text)
{
	client_text(c, text);
	client_text(c, "\n");
	c->state = CLIENT_ANSWER;
	c->deadline = util_now_ms() + PATIENCE_MS;
	client_flush(c);
}

/* ---- requests ---- */

void server_dispatch(struct server *s)
{
	struct server_client *next = NULL;

	for (size_t i = 0; i < SERVER_CLIENTS; i++) {
		struct server_client *c = &s->client[i];

		if (c->state == CLIENT_QUEUED &&
		    (!next || c->turn < next->turn))
			next = c;
	}
	if (next && control_send(s->control, next->request))
		next->state = CLIENT_CORE;
}

static void queue(struct server *s, struct server_client *c)
{
	c->state = CLIENT_QUEUED;
	c->turn = ++s->turns;
	server_dispatch(s);
}

static void instance_line(struct server *s, struct server_client *c)
{
	char *safe = util_alloc(strlen(s->config) * UTIL_SAFE_GROWTH + 1);
	char *line;

	util_safe_text(safe, s->config, strlen(s->config));
	for (char *t = safe; *t; t++)
		if (*t == '\t')
			*t = ' ';
	line = util_text(
		"instance\t%s\t%d\t%d\t%lld\t%llu\t%llu\t%s\n", s->name,
		getpid(), s->core, (long long)(util_now_ms() - s->started),
		(unsigned long long)s->ram, (unsigned long long)s->caps, safe);
	client_text(c, line);
	free(line);
	free(safe);
}

/* The same from its beginning. */
static void ask_core(struct server *s, struct server_client *c)
{
	strcpy(c->request + strcspn(c->request, " "), " 0");
	c->deadline = util_now_ms() + PATIENCE_MS;
	queue(s, c);
}

static void do_ps(struct server *s, struct server_client *c)
{
	ask_core(s, c);
}

static void do_stop(struct server *s, struct server_client *c)
{
	c->state = CLIENT_ENDING;
	c->deadline = UTIL_NEVER;
	s->ops->stop(s->ctx);
}

/* What the owner knows. */
static void do_other(struct server *s, struct server_client *c, bool last)
{
	const struct server_request r = { c->turn,     c->request, c->body,
		                          c->body_len, last,       &c->out };

	const enum server_taken taken = s->ops->request(s->ctx, &r);

	/* LATER: it may have been answered by now. */
	if (taken == SERVER_ANSWERED)
		client_answer(c, "");
	else if (taken == SERVER_CORE)
		ask_core(s, c);
	else if (taken == SERVER_UNKNOWN)
		client_answer(c, "error: unknown request\n");
}

static void do_owner(struct server *s, struct server_client *c)
{
	const bool news = strstr(c->request, " wait") != NULL;

	c->turn = ++s->turns;
	c->state = news ? CLIENT_NEWS : CLIENT_LATER;
	c->deadline = UTIL_NEVER;
	do_other(s, c, false);
}

/* That of the configuration is the owner's. */
static void do_reload(struct server *s, struct server_client *c)
{
	static const char request[] = "reload ";

	if (strlen(c->request) < sizeof(request))
		do_owner(s, c);
	else if (strlen(c->request) >= CONTROL_REQUEST_MAX)
		client_answer(c, "error: the name is too long\n");
	else
		queue(s, c);
}

static const struct {
	const char *word;
	void (*run)(struct server *, struct server_client *);
} requests[] = {
	{ "ps", do_ps },
	{ "stop", do_stop },
	{ "reload", do_reload },
};

static void run_request(struct server *s, struct server_client *c)
{
	size_t len = strcspn(c->request, " ");

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (strlen(requests[i].word) == len &&
		    !strncmp(requests[i].word, c->request, len)) {
			requests[i].run(s, c);
			return;
		}
	do_owner(s, c);
}

static struct server_client *client_find(struct server *s, uint64_t turn,
                                         enum client_state state)
{
	for (size_t i = 0; i < SERVER_CLIENTS; i++)
		if (s->client[i].state == state && s->client[i].turn == turn)
			return &s->client[i];
	return NULL;
}

void server_answer(struct server *s, uint64_t client, const char *text)
{
	struct server_client *c = client_find(s, client, CLIENT_LATER);

	if (c)
		client_answer(c, text);
}

/* ---- lent connections ---- */

int server_fd(struct server *s, uint64_t client)
{
	const struct server_client *c = client_find(s, client, CLIENT_LATER);

	if (!c)
		c = client_find(s, client, CLIENT_LENT);
	return c ? c->fd : -1;
}

/* The answer is short, and the first that is sent there: there is room. */
void server_lend(struct server *s, uint64_t client, const char *text)
{
	struct server_client *c = client_find(s, client, CLIENT_LATER);

	if (!c)
		return;
	client_text(c, text);
	client_text(c, "\n");
	output_flush(&c->out);
	c->state = CLIENT_LENT;
	if (c->out.broken || output_pending(&c->out))
		client_close(c);
}

void server_take_back(struct server *s, uint64_t client)
{
	struct server_client *c = client_find(s, client, CLIENT_LENT);

	if (c)
		client_close(c);
}

void server_news(struct server *s)
{
	for (size_t i = 0; i < SERVER_CLIENTS; i++)
		if (s->client[i].state == CLIENT_NEWS)
			do_other(s, &s->client[i], false);
}

/* ---- reading ---- */

/* The line is there; how much is to follow it? False after an answer. */
static bool body_begin(struct server_client *c, const char *rest, size_t len)
{
	static const char apply[] = "apply ";

	if (!strncmp(c->request, apply, sizeof(apply) - 1))
		c->body_size =
			strtoul(c->request + sizeof(apply) - 1, NULL, 10);
	if (c->body_size > BODY_MAX) {
		client_answer(c, "error: the configuration is too long\n");
		return false;
	}
	c->body = util_alloc(c->body_size + 1);
	c->body_len = len < c->body_size ? len : c->body_size;
	memcpy(c->body, rest, c->body_len);
	return true;
}

static void body_more(struct server *s, struct server_client *c)
{
	if (c->body_len == c->body_size)
		run_request(s, c);
}

static void line_more(struct server *s, struct server_client *c)
{
	char *nl = memchr(c->request, '\n', c->len);
	char *end = c->request + c->len;

	if (nl && memchr(c->request, '\0', (size_t)(nl - c->request))) {
		client_answer(c, "error: the request is not a text\n");
	} else if (nl) {
		*nl = '\0';
		if (body_begin(c, nl + 1, (size_t)(end - nl - 1)))
			body_more(s, c);
	} else if (c->len == sizeof(c->request) - 1) {
		client_answer(c, "error: the request is too long\n");
	}
}

static void client_readable(struct server *s, struct server_client *c)
{
	char *to = c->body ? c->body + c->body_len : c->request + c->len;
	size_t room = c->body ? c->body_size - c->body_len :
	                        sizeof(c->request) - 1 - c->len;
	ssize_t n = recv(c->fd, to, room, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_close(c);
	} else if (c->body) {
		c->body_len += (size_t)n;
		body_more(s, c);
	} else {
		c->len += (size_t)n;
		line_more(s, c);
	}
}

/* ---- clients ---- */

static bool client_permitted(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) &&
	       (peer.uid == geteuid() || peer.uid == 0);
}

static void accept_client(struct server *s)
{
	static const char denied[] = "error: this system is not yours\n\n";
	static const char busy[] = "error: too many clients, try later\n\n";
	int fd = accept4(s->listen, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	bool mine = fd >= 0 && client_permitted(fd);

	if (fd < 0)
		return;
	for (size_t i = 0; mine && i < SERVER_CLIENTS; i++) {
		struct server_client *c = &s->client[i];

		if (c->state != CLIENT_FREE)
			continue;
		*c = (struct server_client){
			.state = CLIENT_REQUEST,
			.fd = fd,
			.deadline = util_now_ms() + PATIENCE_MS,
		};
		output_init_socket(&c->out, fd);
		return;
	}
	send(fd, mine ? busy : denied,
	     mine ? sizeof(busy) - 1 : sizeof(denied) - 1,
	     MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd);
}

size_t server_poll(const struct server *s, struct pollfd *p)
{
	/* Of the others only the end is of interest. */
	static const short events[] = {
		[CLIENT_REQUEST] = POLLIN,
		[CLIENT_ANSWER] = POLLOUT,
		[CLIENT_LENT] = POLLRDHUP,
	};

	p[0] = (struct pollfd){ .fd = s->listen, .events = POLLIN };
	for (size_t i = 0; i < SERVER_CLIENTS; i++) {
		const struct server_client *c = &s->client[i];

		p[i + 1] = (struct pollfd){
			.fd = c->state == CLIENT_FREE ? -1 : c->fd,
			.events = events[c->state],
		};
	}
	return SERVER_POLL_FDS;
}

void server_ready(struct server *s, const struct pollfd *p)
{
	for (size_t i = 0; i < SERVER_CLIENTS; i++) {
		struct server_client *c = &s->client[i];
		short events = p[i + 1].revents;

		if (!events || c->state == CLIENT_FREE)
			continue;
		if (c->state == CLIENT_REQUEST)
			client_readable(s, c);
		else if (c->state == CLIENT_ANSWER)
			client_flush(c);
		else
			client_close(c); /* it hung up */
	}
	if (p[0].revents)
		accept_client(s);
}

void server_core_answered(struct server *s)
{
	for (size_t i = 0; i < SERVER_CLIENTS; i++) {
		struct server_client *c = &s->client[i];

		if (c->state != CLIENT_CORE)
			continue;
		if (!strncmp(c->request, "ps", 2))
			instance_line(s, c);
		client_answer(c, s->control->answer);
	}
	server_dispatch(s);
}

int64_t server_deadlines(struct server *s)
{
	int64_t now = util_now_ms(), next = UTIL_NEVER;

	for (size_t i = 0; i < SERVER_CLIENTS; i++) {
		struct server_client *c = &s->client[i];

		if (c->state == CLIENT_FREE || c->deadline == UTIL_NEVER)
			continue;
		if (c->deadline > now) {
			next = util_earlier(next, c->deadline);
			continue;
		}
		if (c->state == CLIENT_CORE || c->state == CLIENT_QUEUED)
			client_answer(c, "error: core does not answer\n");
		else
			client_close(c);
		next = now;
	}
	return next;
}

void server_end(struct server *s, int code)
{
	char line[32];

	snprintf(line, sizeof(line), "ended %d\n", code);
	for (size_t i = 0; i < SERVER_CLIENTS; i++) {
		struct server_client *c = &s->client[i];

		if (c->state == CLIENT_ENDING)
			client_answer(c, line);
		else if (c->state == CLIENT_NEWS)
			do_other(s, c, true);
		if (c->state != CLIENT_FREE)
			output_drain(&c->out, util_now_ms() + FAREWELL_MS);
		if (c->state != CLIENT_FREE)
			client_close(c);
	}
}
