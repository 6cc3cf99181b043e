/* SPDX-License-Identifier: MIT */
/*
 * Services, and the session objects of their clients. A session object lives in
 * a dataspace of its own, and all it costs is paid from what its client
 * donated, so that closing it gives back exactly that. For each service one
 * such dataspace is kept from the own quota: a session that is closed before
 * the next is opened needs nothing of core. Clients pay alike.
 *
 * Who asks for sessions is not told here: for the parent see <fief/root.h>, for
 * the children of an embedded sandbox <init/sandbox.h>.
 */
#pragma once

#include <fief/budget.h>
#include <fief/component.h>
#include <fief/id_space.h>
#include <lib/capnp.h>

struct fief_service;

/* What a client asks for. Valid during the call. */
struct fief_service_request {
	const char *label; /* who asks for what; never NULL */
	const char *args;  /* service-specific text; never NULL */
};

/* The first member of each session object. */
struct fief_service_session {
	struct fief_rpc_obj obj;      /* what the client calls */
	struct fief_id id;            /* as who asked calls the session */
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
	struct fief_service *next; /* in a list of them */
	/* Memory for one session more than are open, or NULL while a session
	 * uses it whose own was not needed. Paid by the server. */
	struct fief_service_session *spare;
	fief_cap spare_ds;
};

/* Those that are served in answer to requests from one side. */
struct fief_services {
	struct fief_env *env;          /* borrowed: outlives us */
	struct fief_service *list;     /* borrowed: outlive us */
	struct fief_id_space sessions; /* owned: as who asks calls them */
};

/* What is asked for. The texts end with a zero byte. */
struct fief_service_ask {
	uint32_t id; /* of the session, from now on */
	struct capnp_text service, label, args;
	uint64_t ram;
	uint32_t caps;
};

void fief_services_init(struct fief_services *v, struct fief_env *env);

/* Give the spares back. There are no sessions any more. */
void fief_services_fini(struct fief_services *v);

/* From now on it can be asked for. Errors: OUT_OF_RAM, OUT_OF_CAPS (for the
 * spare). */
FIEF_MUST enum fief_err fief_services_add(struct fief_services *v,
                                          struct fief_service *s);
/* It has no sessions. */
void fief_services_remove(struct fief_services *v, struct fief_service *s);

/* Make a session; the capability stays ours. Errors: DENIED (no such service),
 * OUT_OF_*, CONFLICT (the id), those of `init`. */
FIEF_MUST enum fief_err fief_services_open(struct fief_services *v,
                                           const struct fief_service_ask *q,
                                           fief_cap *cap);

/* Its client donated more. Errors: NOT_FOUND, LIMIT. */
FIEF_MUST enum fief_err fief_services_upgrade(struct fief_services *v,
                                              uint32_t id, uint64_t ram,
                                              uint32_t caps);

/* No effect if there is none. */
void fief_services_close(struct fief_services *v, uint32_t id);

/* Bytes and capabilities of a donation that are taken for a session object of
 * `size` bytes. */
size_t fief_root_ram_cost(size_t size);
enum { FIEF_ROOT_CAPS_COST = 2 };
