/* SPDX-License-Identifier: MIT */
/* PD sessions and dataspaces. */
#pragma once

#include <session/pd.h>

#include "core.h"

struct core_host_session;
struct cpu_session;
struct region_map;

/* Who started the PD and is answered when the host is at its process. */
struct core_starter {
	fief_reply token; /* NULL: nobody waits */
	void (*answer)(const struct core_pd *, fief_reply, enum fief_err);
};

struct core_pd {
	struct fief_rpc_obj obj;
	struct list_elem in_core;
	struct core_account account;
	struct kcore_pd *pd;        /* owned; NULL until it starts */
	struct list dataspaces;     /* owned: allocated by this PD */
	fief_cap death_sigh;        /* owned: received */
	size_t host_ram, host_caps; /* charged by kif for tables */
	unsigned max_threads;
	struct core_host_session *host; /* borrowed: ends us first; or NULL */
	struct cpu_session *cpu; /* borrowed: it forgets us first; or NULL */
	uint32_t number;         /* counts up; of no other PD */
	struct core_starter starter;
	enum pd_state state;
	int code;
	bool doomed;  /* it, or who started it, is to end or has */
	bool stopped; /* it is killed because somebody asked for it */
	struct label label;
};

struct core_ds {
	struct fief_rpc_obj obj;
	struct list_elem in_pd;
	struct kcore_ds *memory;
	struct region_map *map; /* borrowed: instead of `memory`; or NULL */
	struct list regions;    /* that show it, of any map */
	struct core_pd *pd;     /* borrowed: who pays; NULL: core */
	unsigned rights;        /* enum kif_rights that clients get */
};

/* Make a PD whose account takes its quota from `ref`. */
FIEF_MUST enum fief_err core_pd_create(struct core_account *ref, size_t ram,
                                       size_t caps, const char *label,
                                       struct core_pd **out);
void core_pd_destroy(struct core_pd *);

/* ---- lineage.c ---- */
/* It ends, or has: so do all that were started by it. They would find out that
 * their parent is gone, and say so, until somebody closes their sessions. */
void core_pd_doom(struct core_pd *);

/* ---- pd.c ---- */
FIEF_MUST enum fief_err core_pd_run(struct core_pd *,
                                    const struct kcore_ds *binary,
                                    const fief_cap cap[KIF_BOOT_CAPS]);

/* The request to start it, which is being handled, shall be answered then;
 * false: no need to wait. Who starts faster than the host makes processes does
 * not pile them up. */
bool core_pd_begins(struct core_pd *,
                    void (*answer)(const struct core_pd *, fief_reply,
                                   enum fief_err));
/* Answer who waits for that, if somebody does. */
void core_pd_begun(struct core_pd *, enum fief_err status);

/* A dataspace object for memory that outlives it. */
FIEF_MUST enum fief_err core_ds_init(struct core_ds *, struct kcore_ds *,
                                     unsigned rights);
/* The same for what a region map shows. */
FIEF_MUST enum fief_err core_ds_init_managed(struct core_ds *,
                                             struct region_map *);
void core_ds_fini(struct core_ds *);
size_t core_ds_size(const struct core_ds *);

/* The object of that type behind one of core's own capabilities, or NULL. */
struct fief_rpc_obj *core_object(fief_cap, const struct fief_rpc_type *);
/* The dataspace or PD behind one of core's own capabilities, or NULL. */
struct core_ds *core_ds_of(fief_cap);
struct core_pd *core_pd_of(fief_cap);

extern const struct kcore_events core_events;
