/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target of the control protocol: clients of a running system on one
 * side, core on the other, `fief run` between them, and `fief ps` that reads
 * the answers. The input is a script of what clients and core send.
 *
 * What must hold: core gets only requests that it knows, as one line; who asks
 * gets an answer; whatever core answers is a listing or refused as one.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "listing.h"
#include "server.h"
#include "util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CLIENTS = 3, ANSWER_MAX = 1 << 16 };

struct script {
	const uint8_t *at, *end;
};

struct run {
	struct server server;
	struct control control;
	int core;            /* owned: core's end */
	int client[CLIENTS]; /* owned: clients' ends, -1: not there */
};

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void stop(void *ctx)
{
	(void)ctx;
}

/* The first byte tells how the owner takes it. */
static enum server_taken request(void *ctx, const struct server_request *q)
{
	(void)ctx;
	require(strlen(q->line) < SERVER_REQUEST_MAX && q->out);
	require(!q->body_len || q->body);
	output_add(q->out, q->line, 1);
	if (!strcmp(q->line, "report"))
		return SERVER_CORE;
	return q->last ? SERVER_ANSWERED :
	                 (enum server_taken)((unsigned char)*q->line % 4);
}

static const struct server_ops ops = { stop, request };

/* ---- both ends of the sockets ---- */

static void client_join(struct run *r, unsigned n)
{
	struct server_client *c = &r->server.client[n];
	int pair[2];

	require(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
	r->client[n] = pair[0];
	*c = (struct server_client){ .state = CLIENT_REQUEST,
		                     .fd = pair[1],
		                     .deadline = UTIL_NEVER };
	output_init_socket(&c->out, pair[1]);
}

static void client_leave(struct run *r, unsigned n)
{
	close(r->client[n]);
	r->client[n] = -1;
}

static void run_begin(struct run *r)
{
	int pair[2];

	require(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair));
	r->core = pair[1];
	control_init(&r->control, pair[0]);
	r->server = (struct server){ .listen = -1,
		                     .control = &r->control,
		                     .ops = &ops,
		                     .name = "fuzz",
		                     .config = "a\tb.xml" };
	for (unsigned n = 0; n < CLIENTS; n++)
		client_join(r, n);
}

/* ---- what came of it ---- */

/* One line that core has a use for, not longer than it reads. */
static void core_check(struct run *r)
{
	char request[4 * CONTROL_REQUEST_MAX];
	ssize_t n;

	while ((n = recv(r->core, request, sizeof(request) - 1, 0)) > 0) {
		request[n] = '\0';
		require(strlen(request) == (size_t)n);
		require(!strchr(request, '\n'));
		require(!strncmp(request, "ps ", 3) ||
		        !strncmp(request, "report ", 7) ||
		        !strncmp(request, "reload ", 7));
	}
}

static void answer_check(const char *answer)
{
	struct listing l;

	if (!listing_parse(&l, util_text("%s", answer)))
		return;
	listing_arrange(&l);
	for (size_t i = 0; i < l.components; i++)
		require(l.component[i].name && l.component[i].depth < i + 1);
	listing_fini(&l);
}

static void client_check(struct run *r, unsigned n)
{
	static char answer[ANSWER_MAX];
	ssize_t len;

	if (r->client[n] < 0)
		return;
	len = recv(r->client[n], answer, sizeof(answer) - 1, 0);
	if (len > 0) {
		answer[len] = '\0';
		answer_check(answer);
	} else if (!len) {
		client_leave(r, n);
	}
}

static void serve(struct run *r)
{
	struct pollfd p[SERVER_POLL_FDS];

	require(server_poll(&r->server, p) == SERVER_POLL_FDS);
	if (poll(p, SERVER_POLL_FDS, 0) > 0)
		server_ready(&r->server, p);
	while (control_readable(&r->control))
		server_core_answered(&r->server);
	server_news(&r->server);
	for (uint64_t client = 1; client <= CLIENTS; client++)
		server_answer(&r->server, client, "later\n");
	core_check(r);
	for (unsigned n = 0; n < CLIENTS; n++)
		client_check(r, n);
}

static void run_end(struct run *r)
{
	server_end(&r->server, 3);
	for (unsigned n = 0; n < CLIENTS; n++)
		if (r->client[n] >= 0)
			client_leave(r, n);
	close(r->control.fd);
	close(r->core);
	control_fini(&r->control);
}

/* ---- the script ---- */

static uint8_t next(struct script *s)
{
	return s->at < s->end ? *s->at++ : 0;
}

/* To core or to `fief run`; a full socket loses it, as it may. */
static void send_some(struct script *s, int fd)
{
	size_t n = next(s);

	if (n > (size_t)(s->end - s->at))
		n = (size_t)(s->end - s->at);
	if (fd >= 0 && n)
		(void)!send(fd, s->at, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	s->at += n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script s = { data, data + size };
	struct run r;

	run_begin(&r);
	while (s.at < s.end) {
		const unsigned step = next(&s), n = step / 4 % CLIENTS;

		if (step % 4 == 0)
			send_some(&s, r.core);
		else if (step % 4 < 3)
			send_some(&s, r.client[n]);
		else if (r.client[n] >= 0)
			client_leave(&r, n);
		else if (r.server.client[n].state == CLIENT_FREE)
			client_join(&r, n);
		serve(&r);
	}
	run_end(&r);
	return 0;
}
