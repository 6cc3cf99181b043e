/* SPDX-License-Identifier: MIT */
/* CPU sessions. */
#pragma once

#include <session/cpu.h>

#include "core.h"

struct core_pd;

struct cpu_place {
	int level;
	uint64_t mask; /* 0: all */
};

struct cpu_session {
	struct fief_rpc_obj obj;
	const struct core_session *session; /* borrowed: outlives us */
	struct cpu_place limit;             /* of who opened it */
	struct cpu_place set;               /* by whom holds it */
	bool used;                          /* something was started with it */
	fief_cap sigh;                      /* owned: received */
	struct list reports; /* owned: of crashes, oldest first */
	uint32_t crashes;    /* number of the last report */
};

static inline struct cpu_session *cpu_of(struct fief_rpc_obj *obj)
{
	return FIEF_CONTAINER_OF(obj, struct cpu_session, obj);
}

/* The PD starts with that CPU session (a capability of core's). */
void core_cpu_assign(struct core_pd *, fief_cap cpu);

/* The most that what runs with it can have. Error: INVALID. */
FIEF_MUST enum fief_err core_cpu_limit(struct core_session *, int32_t level,
                                       uint64_t mask);

/* ---- exception.c ---- */
/* The PD crashed: keep a report and tell. No effect without CPU session. */
void core_cpu_crashed(const struct core_pd *, const struct kcore_crash *);
void cpu_reports_free(struct cpu_session *);
enum fief_err cpu_op_exception_sigh(struct fief_rpc_obj *, struct signal_cap);
enum fief_err cpu_op_exception(struct fief_rpc_obj *, uint32_t after,
                               struct cpu_crash *);
