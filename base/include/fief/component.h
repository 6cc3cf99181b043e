/* SPDX-License-Identifier: MIT */
/*
 * What a component is made of. It implements fief_component_construct, which
 * builds its state, opens sessions and announces services, and returns; from
 * then on its entrypoint handles calls and signals for ever.
 */
#pragma once

#include <fief/alloc.h>
#include <fief/entrypoint.h>
#include <fief/ram.h>

/* The environment of a component; lives as long as it. All members are
 * borrowed. Capabilities are those of the sessions that its parent opened for
 * it: wrap them, as in `(struct log_cap){ env->log }`. */
struct kif_host;

struct fief_env {
	struct fief_entrypoint *ep;
	fief_cap parent;         /* Parent */
	fief_cap pd;             /* Pd */
	fief_cap cpu;            /* Cpu, or FIEF_CAP_NULL */
	fief_cap log;            /* Log, or FIEF_CAP_NULL */
	struct fief_ram *ram;    /* dataspaces from the own PD */
	struct fief_alloc *heap; /* general purpose, one thread */
	/* What of the host a driver was started with, <fief/kif_host.h>; NULL
	 * for all others. */
	const struct kif_host *host;
	/* Of one that runs guests, <fief/kif_guest.h>; else NULL. */
	const struct kif_guest *guest;
};

/* Implemented by the component. Runs on the initial thread. */
void fief_component_construct(struct fief_env *env);

/* Tell the parent that this component is done; does not return. */
FIEF_NORETURN void fief_exit(struct fief_env *env, int code);
