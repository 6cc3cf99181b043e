/* SPDX-License-Identifier: MIT */
/*
 * The control socket of an instance. A client sends one request line and gets
 * answer lines that end with an empty one:
 *
 *   ps           a line on the instance, then one for each component, with
 *                fields separated by tabs
 *   stop         nothing until the system has ended, then "ended CODE"
 *   reload NAME  read the file of a ROM module again
 *
 * or "error: TEXT". What else there is, is up to the owner (see requests.h);
 * BYTES as second word of `apply` says how many bytes follow the line. Each
 * client has a deadline and bounded buffers, so that none can stall the
 * instance or another client for long.
 */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "control.h"
#include "output.h"

enum {
	SERVER_CLIENTS = 16,
	SERVER_POLL_FDS = SERVER_CLIENTS + 1,
	SERVER_REQUEST_MAX = 1024,
};

enum client_state {
	CLIENT_FREE,
	CLIENT_REQUEST, /* the request is incomplete */
	CLIENT_QUEUED,  /* waits for its turn with core */
	CLIENT_CORE,    /* core works on it */
	CLIENT_ENDING,  /* waits for the end of the system */
	CLIENT_LATER,   /* waits for server_answer */
	CLIENT_NEWS,    /* waits for server_news */
	CLIENT_ANSWER,  /* the answer is on its way */
	CLIENT_LENT,    /* its connection is somebody else's */
};

struct server_client {
	enum client_state state;
	int fd; /* owned */
	int64_t deadline;
	uint64_t turn; /* of the queue */
	size_t len;    /* received */
	char request[SERVER_REQUEST_MAX];
	char *body; /* owned: what follows the line; NULL: nothing */
	size_t body_len, body_size;
	struct output out;
};

/* How the owner took a request. */
enum server_taken {
	SERVER_ANSWERED, /* the answer is in `out` */
	SERVER_LATER,    /* server_answer follows */
	SERVER_NEWS,     /* asked again after the next server_news */
	SERVER_UNKNOWN,  /* it is no request */
	SERVER_CORE,     /* core has the answer, to `WORD 0` */
};

struct server_request {
	uint64_t client; /* for server_answer */
	const char *line;
	const char *body;
	size_t body_len;
	bool last; /* the system has ended: there will be no more news */
	struct output *out;
};

/* What the owner of the server does. */
struct server_ops {
	void (*stop)(void *ctx);
	enum server_taken (*request)(void *ctx, const struct server_request *);
};

struct server {
	int listen;              /* borrowed */
	struct control *control; /* borrowed */
	const struct server_ops *ops;
	void *ctx;
	/* What `ps` tells about the instance itself. */
	const char *name, *config; /* borrowed */
	pid_t core;
	uint64_t ram, caps; /* of the whole system */
	int64_t started;
	uint64_t turns;
	struct server_client client[SERVER_CLIENTS];
};

/* Append what to poll for; returns the number of entries. */
size_t server_poll(const struct server *s, struct pollfd *p);

/* Handle the events of those entries. */
void server_ready(struct server *s, const struct pollfd *p);

/* The answer to a request that was taken for LATER; the client may be gone. */
void server_answer(struct server *s, uint64_t client, const char *text);

/* Its connection while it waits for server_answer, or lent; -1: it is gone. */
int server_fd(struct server *s, uint64_t client);

/* As server_answer, but the connection goes on, in the hands of somebody else:
 * here only its end is of interest. */
void server_lend(struct server *s, uint64_t client, const char *text);
void server_take_back(struct server *s, uint64_t client);

/* There is something new for those who wait for it. */
void server_news(struct server *s);

/* Core is free for the next request. */
void server_dispatch(struct server *s);

/* Core has answered. */
void server_core_answered(struct server *s);

/* Send home whoever is late. Returns when to call again. */
int64_t server_deadlines(struct server *s);

/* The system ended: tell everybody, close all. */
void server_end(struct server *s, int code);
