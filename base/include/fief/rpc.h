/* SPDX-License-Identifier: MIT */
/*
 * What generated session code and the runtime agree on. Components use the
 * generated functions of <session/NAME.h>; they meet this header only for
 * `struct fief_rpc_obj`, the base of each object they serve.
 *
 * Wire form: `label` is the method's ordinal in a request and an
 * `enum fief_err` in a reply; `data` is one canonical single-segment Cap'n
 * Proto message (parameter or result struct at its root) without a segment
 * table; capability pointers index the message's `cap` array.
 */
#pragma once

#include <fief/kif.h>

struct fief_rpc_obj;

/* One interface as its server sees it. Generated: `const struct
 * fief_rpc_type log_rpc_type` for interface Log. */
struct fief_rpc_type {
	const char *name; /* interface name in the schema, for messages */
	uint64_t id;      /* Cap'n Proto type id */
	/*
	 * Decode `in`, run the operation, encode its results and status into
	 * `out`. A malformed request yields a reply with INVALID, an unknown
	 * method one with UNSUPPORTED. Capabilities in `in` that the operation
	 * was not called with are dropped. Returns FIEF_LATE when the
	 * operation did so (`out` is undefined then and nothing is to be
	 * sent), FIEF_OK otherwise.
	 */
	enum fief_err (*dispatch)(struct fief_rpc_obj *obj, struct kif_msg *in,
	                          struct kif_msg *out);
};

/*
 * An object served by an entrypoint. Embedded at any place in the server's
 * own struct; operations get a pointer to it and recover theirs with
 * FIEF_CONTAINER_OF.
 */
struct fief_rpc_obj {
	const struct fief_rpc_type *type; /* borrowed: static */
	const void *ops; /* borrowed: the operation table of the type */
	fief_cap cap;    /* owned handle; FIEF_CAP_NULL while not managed */
};

/*
 * Call method `label` with `msg` as filled by a stub; on OK `msg` holds the
 * reply. Blocks until the server answers. Returns the transport's error
 * (GONE, CANCELED, INVALID, LIMIT) or, where the call went through, the
 * status that the server replied. On failure `msg` holds no capabilities.
 */
FIEF_MUST enum fief_err fief_rpc_call(fief_cap cap, uint32_t label,
                                      struct kif_msg *msg);

/*
 * Answer a request that an operation kept by returning FIEF_LATE. `token` is
 * what fief_entrypoint_token told during that operation; it is used up.
 */
void fief_rpc_reply(fief_reply token, struct kif_msg *out);

/* Drop all capabilities of a received message that nobody took. */
void fief_rpc_drop_caps(struct kif_msg *msg);
