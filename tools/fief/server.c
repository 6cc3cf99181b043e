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

enum { PATIENCE_MS = 5000, FAREWELL_MS = 200 };

static void client_close(struct server_client *c)
{
	output_fini(&c->out);
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

/* Give core the oldest request that waits. */
static void dispatch(struct server *s)
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
	dispatch(s);
}

static void instance_line(struct server *s, struct server_client *c)
{
	char *safe = util_alloc(strlen(s->config) * UTIL_SAFE_GROWTH + 1);
	char *line;

	util_safe_text(safe, s->config, strlen(s->config));
	for (char *t = safe; *t; t++)
		if (*t == '\t')
			*t = ' ';
	line = util_text("instance\t%s\t%d\t%d\t%lld\t%s\n", s->name, getpid(),
	                 s->core, (long long)(util_now_ms() - s->started),
	                 safe);
	client_text(c, line);
	free(line);
	free(safe);
}

static void do_ps(struct server *s, struct server_client *c)
{
	strcpy(c->request, "ps 0");
	queue(s, c);
}

static void do_stop(struct server *s, struct server_client *c)
{
	c->state = CLIENT_ENDING;
	c->deadline = UTIL_NEVER;
	s->ops->stop(s->ctx);
}

static void do_reload(struct server *s, struct server_client *c)
{
	static const char request[] = "reload ";
	const char *error = NULL;

	if (strlen(c->request) < sizeof(request)) {
		strcpy(c->request, "reload config");
		error = s->ops->reload(s->ctx);
	}
	if (error)
		client_answer(c, error);
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
	client_answer(c, "error: unknown request; this instance knows ps, "
	                 "stop and reload\n");
}

static void client_readable(struct server *s, struct server_client *c)
{
	ssize_t n = recv(c->fd, c->request + c->len,
	                 sizeof(c->request) - 1 - c->len, MSG_DONTWAIT);
	char *nl;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_close(c);
		return;
	}
	c->len += (size_t)n;
	nl = memchr(c->request, '\n', c->len);
	if (nl && memchr(c->request, '\0', (size_t)(nl - c->request))) {
		client_answer(c, "error: the request is not a text\n");
	} else if (nl) {
		*nl = '\0';
		run_request(s, c);
	} else if (c->len == sizeof(c->request) - 1) {
		client_answer(c, "error: the request is too long\n");
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
	dispatch(s);
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
		if (c->state != CLIENT_FREE)
			output_drain(&c->out, util_now_ms() + FAREWELL_MS);
		if (c->state != CLIENT_FREE)
			client_close(c);
	}
}
