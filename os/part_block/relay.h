/* SPDX-License-Identifier: MIT */
/*
 * Requests of our clients, passed on to the device. Payloads are copied between
 * the buffer of the client and that of the device, so that neither of the two
 * sees memory of the other, and a client can go at any time.
 */
#pragma once

#include <os/block/client.h>
#include <os/block/server.h>

enum { RELAYS = 32 };

struct relay {
	struct block_job job;
	struct block_request *request; /* borrowed; NULL: its client went */
	uint64_t over;                 /* blocks of it that are done */
	bool used;
};

struct relays {
	struct block_client *device;      /* borrowed: outlives us */
	struct block_server *server;      /* borrowed */
	struct fief_signal_handler flush; /* local: after a batch */
	unsigned count; /* as many as the device takes at once, at most */
	struct relay relay[RELAYS];
};

/* Share the device's buffer between as many requests as it takes at once.
 * Errors: LIMIT (the buffer is too small for one block), OUT_OF_CAPS. */
FIEF_MUST enum fief_err relays_init(struct relays *r,
                                    struct block_client *device,
                                    struct block_server *server);

/* As of block_device_ops. */
FIEF_MUST enum fief_err relays_submit(struct relays *r,
                                      struct block_request *request);
void relays_cancel(struct relays *r, struct block_request *request);
