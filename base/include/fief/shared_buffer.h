/* SPDX-License-Identifier: MIT */
/*
 * The SharedBuffer interface from both sides: memory of a server, as a
 * capability that can be handed out by any operation of any session, and that
 * its holder maps, fills and announces ranges of.
 *
 * Both sides can write at any time: copy, then check.
 */
#pragma once

#include <fief/attached.h>
#include <fief/entrypoint.h>

/* ---- server ---- */

struct fief_shared_buffer {
	struct fief_rpc_obj obj; /* hand out obj.cap */
	struct fief_attached_ram memory;
	/* The holder filled that range, which lies within the buffer. Set by
	 * the caller; NULL: nobody wants to know. */
	void (*filled)(struct fief_shared_buffer *self, size_t offset,
	               size_t length);
	struct fief_entrypoint *ep; /* borrowed: serves it */
};

/* Make a buffer of `bytes` that `ram` pays for (that of a session, say).
 * `filled` is set, all else zero. Errors: OUT_OF_RAM, OUT_OF_CAPS. */
FIEF_MUST enum fief_err fief_shared_buffer_init(struct fief_shared_buffer *b,
                                                struct fief_entrypoint *ep,
                                                struct fief_ram *ram,
                                                size_t bytes);

/* Revoke it; who mapped it reads zeros from then on. No effect on {0}. */
void fief_shared_buffer_fini(struct fief_shared_buffer *b);

/* ---- client ---- */

struct fief_shared_buffer_client {
	fief_cap cap; /* owned: a SharedBuffer */
	struct fief_attached memory;
};

/* Map a buffer. Takes `cap` over, also on failure. Errors: GONE, INVALID (not
 * what it claims to be), DENIED, LIMIT. Blocks on the server. */
FIEF_MUST enum fief_err
fief_shared_buffer_open(struct fief_shared_buffer_client *c, fief_cap cap);

/* Tell the server that a range was filled. Blocks until it has seen it.
 * Error: INVALID (not in the buffer). */
FIEF_MUST enum fief_err
fief_shared_buffer_signal(const struct fief_shared_buffer_client *c,
                          size_t offset, size_t length);

/* No effect on {0}. */
void fief_shared_buffer_close(struct fief_shared_buffer_client *c);
