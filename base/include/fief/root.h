/* SPDX-License-Identifier: MIT */
/*
 * Providing services. A server describes each service by a struct fief_service
 * and announces it; the root then answers the requests that the parent passes
 * on: it makes, upgrades and closes session objects. A session object lives in
 * a dataspace of its own, and all it costs is paid from what its client
 * donated, so that closing it gives back exactly that. The server keeps one
 * such dataspace for each service from its own quota: a session that is closed
 * before the next is opened needs nothing of core. Clients pay alike.
 *
 * All calls, and all functions of a service, run on the component's
 * entrypoint. The parent is trusted; clients are not.
 */
#pragma once

#include <fief/budget.h>
#include <fief/component.h>
#include <fief/id_space.h>

struct fief_service;

/* What a client asks for. Valid during the call. */
struct fief_service_request {
	const char *label; /* who asks for what; never NULL */
	const char *args;  /* service-specific text; never NULL */
};

/* The first member of each session object. */
struct fief_service_session {
	struct fief_rpc_obj obj;      /* what the client calls */
	struct fief_id id;            /* the parent's name for the session */
	struct fief_service *service; /* borrowed: outlives us */
	struct fief_budget budget;    /* donation, and what we use of it */
	struct fief_guarded_ram ram;  /* dataspaces charged to `budget` */
	fief_cap ds;                  /* owned: holds the session object */
};

/* The session object that an RPC object belongs to: for operations. */
#define FIEF_SESSION_OF(self, type)                                            \
	((type *)(void *)FIEF_CONTAINER_OF(self, struct fief_service_session,  \
	                                   obj))

/* A service that this component provides. Lives as long as the component. */
struct fief_service {
	const char *name;                 /* for example TIMER_SERVICE */
	const struct fief_rpc_type *type; /* for example timer_rpc_type */
	const void *ops;                  /* the operation table of it */
	size_t size;                      /* bytes of a session object */
	/*
	 * Complete a session object: zero but for its first member, which is
	 * set. Errors: INSUFFICIENT_RAM and INSUFFICIENT_CAPS (or OUT_OF_*,
	 * which the guards yield) ask the client to donate more; any other
	 * refuses. What it took is given back by itself then. NULL: nothing to
	 * do.
	 */
	enum fief_err (*init)(struct fief_service_session *s,
	                      const struct fief_service_request *request);
	/* The budget was raised. NULL: nothing to do. */
	void (*upgraded)(struct fief_service_session *s);
	/* Give back what the session holds. The object is no longer called.
	 * NULL: nothing to do. */
	void (*fini)(struct fief_service_session *s);
	struct fief_service *next; /* in the root's list */
	/* Memory for one session more than are open, or NULL while a session
	 * uses it whose own was not needed. Paid by the server. */
	struct fief_service_session *spare;
	fief_cap spare_ds;
};

struct fief_root {
	struct fief_env *env;          /* borrowed: outlives us */
	struct fief_service *services; /* borrowed: announced ones */
	struct fief_id_space sessions; /* owned: by the parent's name */
	struct fief_signal_handler handler;
};

/* Get ready to be asked. One root serves a component. Errors: OUT_OF_CAPS,
 * OUT_OF_RAM, those of the transport. */
FIEF_MUST enum fief_err fief_root_init(struct fief_root *r,
                                       struct fief_env *env);

/* Offer a service. Errors: DENIED (the parent does not want it), OUT_OF_RAM,
 * OUT_OF_CAPS (for the spare). */
FIEF_MUST enum fief_err fief_root_announce(struct fief_root *r,
                                           struct fief_service *s);

/* Bytes and capabilities of a donation that the root itself takes for a
 * session object of `size` bytes. */
size_t fief_root_ram_cost(size_t size);
enum { FIEF_ROOT_CAPS_COST = 2 };
