/* SPDX-License-Identifier: MIT */
/* Between the parts of the world that are core. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include <fief/id_space.h>

#include "world.h"

enum { CLIENTS = 8 };

struct memory {
	struct fief_rpc_obj obj;
	struct list_elem elem;
	struct core_account *payer;
	size_t bytes;
	void *at;
};

/* Of somebody out there, at a service that the sandbox offers. */
struct client {
	uint32_t id; /* 0: free */
	enum request_kind asked;
	bool queued, fetched, open;
	char label[32];
	uint64_t ram, more;
};

extern struct core {
	struct core_account outside, held;
	struct world_pd init;
	struct fief_rpc_obj parent;
	struct memory binary;
	struct list pds;
	struct fief_id_space sessions;
	struct client client[CLIENTS];
	uint32_t client_ids;
	fief_cap session_sigh, request_sigh;
	bool start_at_once;
} world_core;

static inline void must(enum fief_err e)
{
	if (e)
		abort();
}

/* ---- core.c ---- */
extern const struct pd_ops world_pd_ops;
void world_pd_init(struct world_pd *, struct core_account *ref);
void world_pd_free(struct world_pd *);

/* ---- offers.c ---- */
/* All of them leave, whatever they wait for. */
void world_clients_end(void);

/* ---- sessions.c, offers.c: operations of Parent ---- */
enum fief_err world_op_session(struct fief_rpc_obj *self,
                               const struct parent_session_params *in,
                               struct parent_session_results *out);
enum fief_err world_op_session_cap(struct fief_rpc_obj *self, uint32_t id,
                                   fief_cap *cap);
enum fief_err world_op_upgrade(struct fief_rpc_obj *self, uint32_t id,
                               uint64_t ram, uint32_t caps);
enum fief_err world_op_close(struct fief_rpc_obj *self, uint32_t id);
enum fief_err world_op_sigh(struct fief_rpc_obj *self,
                            struct signal_cap handler);
enum fief_err world_op_start_child(struct fief_rpc_obj *self,
                                   const struct parent_start_child_params *in,
                                   struct parent_start_child_results *out);
enum fief_err world_op_close_child(struct fief_rpc_obj *self, uint32_t pd_id,
                                   uint32_t cpu_id, uint32_t log_id,
                                   uint32_t rom_id);
enum fief_err world_op_announce(struct fief_rpc_obj *self,
                                struct capnp_text service);
enum fief_err world_op_request_sigh(struct fief_rpc_obj *self,
                                    struct signal_cap handler);
enum fief_err world_op_next_request(struct fief_rpc_obj *self,
                                    struct parent_next_request_results *out);
enum fief_err world_op_deliver(struct fief_rpc_obj *self, uint32_t id,
                               fief_cap cap);
enum fief_err world_op_respond(struct fief_rpc_obj *self, uint32_t id,
                               enum response r);
