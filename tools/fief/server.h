/* SPDX-License-Identifier: MIT */
/*
 * The control socket of an instance. A client sends one request line and gets
 * answer lines that end with an empty one:
 *
 *   ps           a line on the instance, then one for each component, with
 *                fields separated by tabs
 *   stop         nothing until the system has ended, then "ended CODE"
 *   reload       read the configuration file again
 *   reload NAME  read the file of a ROM module again
 *
 * or "error: TEXT". Each client has a deadline and bounded buffers, so that
 * none can stall the instance or another client for long.
 */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "control.h"
#include "output.h"

enum { SERVER_CLIENTS = 16, SERVER_POLL_FDS = SERVER_CLIENTS + 1 };

enum client_state {
	CLIENT_FREE,
	CLIENT_REQUEST, /* the request line is incomplete */
	CLIENT_QUEUED,  /* waits for its turn with core */
	CLIENT_CORE,    /* core works on it */
	CLIENT_ENDING,  /* waits for the end of the system */
	CLIENT_ANSWER,  /* the answer is on its way */
};

struct server_client {
	enum client_state state;
	int fd; /* owned */
	int64_t deadline;
	uint64_t turn; /* of the queue */
	size_t len;
	char request[CONTROL_REQUEST_MAX];
	struct output out;
};

/* What the owner of the server does. */
struct server_ops {
	void (*stop)(void *ctx);
	/* Bring the configuration up to date; text of an error or NULL. */
	const char *(*reload)(void *ctx);
};

struct server {
	int listen;              /* borrowed */
	struct control *control; /* borrowed */
	const struct server_ops *ops;
	void *ctx;
	/* What `ps` tells about the instance itself. */
	const char *name, *config; /* borrowed */
	pid_t core;
	int64_t started;
	uint64_t turns;
	struct server_client client[SERVER_CLIENTS];
};

/* Append what to poll for; returns the number of entries. */
size_t server_poll(const struct server *s, struct pollfd *p);

/* Handle the events of those entries. */
void server_ready(struct server *s, const struct pollfd *p);

/* Core has answered. */
void server_core_answered(struct server *s);

/* Send home whoever is late. Returns when to call again. */
int64_t server_deadlines(struct server *s);

/* The system ended: tell everybody, close all. */
void server_end(struct server *s, int code);
