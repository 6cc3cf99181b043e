/* SPDX-License-Identifier: MIT */
/*
 * Serving Block sessions. This part checks what clients send, holds their
 * requests, and shares the device between them: sessions are looked at in
 * turns, a few requests each, with a bound on the work in a row. What a device does
 * with a request is up to its operations; it may finish at once or later, in
 * any order. All runs on the component's entrypoint.
 *
 * Clients are hostile: a request is a checked copy; only the payload stays in
 * memory that the client can change at any time.
 */
#pragma once

#include <fief/root.h>
#include <lib/list.h>

#include <os/block/block.h>

enum {
	BLOCK_QUEUE = 64, /* requests of a session that are under way */
	BLOCK_TURN = 8,   /* cost of a session's turn: 1 a request, and */
	BLOCK_COST_BYTES = 128 << 10, /* 1 for so many bytes of payload */
	BLOCK_WAKE = 128, /* cost until calls and other signals are handled */
};

struct block_session;
struct block_server;

/* One request that is under way. Fields are for the device to read. */
struct block_request {
	struct block_range range;      /* blocks of the device, checked */
	void *data;                    /* payload; shared with the client */
	struct block_session *session; /* borrowed: as long as it is open */
	struct fief_packet packet;     /* as it was submitted */
	bool busy;                     /* the device has it */
};

/* What a session sees of a device. Set by `open`. */
struct block_view {
	struct block_info info; /* of the whole; `writeable` if policy allows */
	uint64_t first;         /* of the device's blocks */
};

struct block_device_ops {
	/*
	 * A session for `label` begins; `writeable`: it asks for that. Tell
	 * what it sees, and remember in `*owner` whom to ask. Errors: DENIED
	 * (no policy), CONFLICT, others refuse.
	 */
	enum fief_err (*open)(struct block_server *server, const char *label,
	                      bool writeable, struct block_view *view,
	                      void **owner);
	void (*close)(struct block_server *server, void *owner, bool writeable);
	/*
	 * Begin a request; call block_request_done for it exactly once, now or
	 * later. Error: AGAIN (no room: it is offered again, after
	 * block_server_resume).
	 */
	enum fief_err (*submit)(struct block_server *server,
	                        struct block_request *request);
	/* The session ends: forget the request, and its payload, now. */
	void (*cancel)(struct block_server *server,
	               struct block_request *request);
};

struct block_server {
	struct fief_env *env;               /* borrowed: outlives us */
	const struct block_device_ops *ops; /* borrowed: static */
	struct fief_service service;
	struct fief_signal_handler turn; /* local: go on later */
	struct list ready;   /* sessions that may have work, in turn */
	struct list waiting; /* sessions whose request found no room */
};

struct block_session {
	struct fief_service_session base;
	struct list_elem elem; /* of `ready` or `waiting` */
	struct fief_attached_ram memory;
	struct fief_packet_stream stream;
	struct fief_signal_handler submitted;
	fief_cap bell; /* owned: of the client; null until `stream` */
	struct block_view view;
	void *owner;                  /* the device's own */
	struct block_request *parked; /* one that found no room */
	struct block_request request[BLOCK_QUEUE];
};

/* Announce the service. `ops` outlives it. Errors: those of
 * fief_root_announce and OUT_OF_CAPS. */
FIEF_MUST enum fief_err block_server_init(struct block_server *s,
                                          struct fief_env *env,
                                          struct fief_root *root,
                                          const struct block_device_ops *ops);

/* The request is done, with that status. */
void block_request_done(struct block_request *r, enum fief_err status);

/* There is room again for requests that found none. */
void block_server_resume(struct block_server *s);
