/* SPDX-License-Identifier: MIT */
/* What the threads of the driver share while it serves at several endpoints;
 * all of it is guarded by `lock` unless said otherwise. */
#pragma once

#include <fief/mutex.h>

#include "driver.h"
#include "endpoints.h"

enum {
	CLIENTS = 20,   /* alive at once; more than a hot set holds */
	CALLERS = 2,    /* threads of the driver that call clients */
	SAVED = 4,      /* requests of an endpoint that are answered later */
	RETIRED = 1024, /* clients that are remembered after their end */
	STACK = 32768,
};

struct client {
	uint64_t id; /* 0: unused */
	struct node *node;
	fief_cap object[ENDPOINTS], signal[ENDPOINTS];
	fief_cap own; /* the client's object, or null */
	bool ending;  /* it may read GONE from now on, and others of it */
	bool holds;   /* keeps one request of a caller */
	_Atomic bool held;
	enum client_end order;
	uint64_t last[ENDPOINTS][LOOPS], served[ENDPOINTS][LOOPS];
	uint64_t raised[ENDPOINTS], coming[ENDPOINTS], signals[ENDPOINTS];
	uint64_t goal, until; /* the driver's main thread only */
	uint64_t due[ENDPOINTS];
	bool full, dying;
};

struct server {
	fief_ep ep;
	uint64_t generation; /* raised when it is destroyed */
	bool alive;
	_Atomic uint64_t turn; /* events that were begun */
	bool idle;             /* its thread waits for a new endpoint */
	fief_thread thread;
	struct kif_msg msg;
	struct kif_wait wait;
	struct {
		fief_reply token;
		struct kif_msg msg;
	} saved[SAVED];
	unsigned nsaved;
	uint64_t dice;
};

struct caller {
	_Atomic uint64_t since; /* when its call began; 0: none */
	_Atomic uint64_t at;    /* whom it calls */
	struct kif_msg msg;
	uint64_t dice;
};

/* An object of a client that is no more: its events end soon. */
struct retired {
	uint64_t id;
	uint64_t turn[ENDPOINTS]; /* the last that may be its */
};

struct shared {
	struct fief_mutex lock;
	struct client client[CLIENTS];
	struct server server[ENDPOINTS];
	struct caller caller[CALLERS];
	struct retired retired[RETIRED];
	uint64_t nretired;
	uint64_t passed_id; /* whose object was passed on, see CALL_PASS */
	fief_cap passed;
	_Atomic bool rest; /* callers shall not call */
	_Atomic bool wrong;
	char problem[300];                     /* the first one */
	uint64_t calls, signals, passes, gone; /* for the log */
};

extern struct shared shared;

void shared_lock(void);
void shared_unlock(void);
/* Note what is wrong; the main thread tells. Lock held. */
void shared_wrong(const char *format, ...) FIEF_PRINTF(1, 2);
uint64_t shared_dice(uint64_t *state, uint64_t n);

static inline uint64_t badge_of(uint64_t id, unsigned ep, bool signal)
{
	return id << 8 | ep << 1 | signal;
}
/* NULL: it is no more. Lock held. */
struct client *client_of(uint64_t id);

/* ---- endpoints_serve.c ---- */
void server_main(void *server);

/* ---- endpoints_call.c ---- */
void caller_main(void *caller);
