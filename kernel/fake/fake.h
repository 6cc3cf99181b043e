/* SPDX-License-Identifier: MIT */
/*
 * The fake binding of kif: any number of PDs inside one host process, for unit
 * and model tests. What is tested uses `fake_kif` like any component; this
 * header is for the test around it, which plays core.
 *
 * Two ways to run:
 *  - deterministic (`seed` not 0): one thread runs at a time. At every kif
 *    call, and at fake_yield, a generator seeded with `seed` picks who runs
 *    next, and it picks among the calls and signals that wait at an endpoint.
 *    The same seed gives the same run. Time stands still but for 100 ns a kif
 *    call; when all threads are blocked it jumps to the next deadline. All
 *    blocked without a deadline is a deadlock: it is reported, with the seed,
 *    and the process exits with FAKE_EXIT_DEADLOCK.
 *  - free (`seed` 0): threads run as the host lets them, for ThreadSanitizer.
 *
 * Where kif.h leaves a choice to the binding, the fake does what the Linux
 * binding does, or lets the options choose.
 *
 * Misuse that no return value tells, such as two threads waiting at one
 * endpoint, is reported on stderr and aborts.
 */
#pragma once

#include <fief/kif.h>

enum { FAKE_EXIT_DEADLOCK = 86 };

struct fake;
struct fake_pd;

/* The table that components use; works in threads that are in a PD. */
extern const struct kif fake_kif;

struct fake_options {
	uint64_t seed; /* 0: free running */
	/* A capability received twice: two handles (as on Linux) rather than
	 * one handle with two references. */
	bool fresh_handles;
	/* A cancel of a later call than the current one is kept for it (as on
	 * Linux) rather than without effect. */
	bool keep_cancel;
	/* Receives what `log` is given; NULL: stderr. */
	void (*log)(const char *pd, const char *text, size_t len);
	/* Called once a deadlock was reported, to say more; or NULL. */
	void (*deadlock)(void);
};

/*
 * A world without PDs. The calling thread becomes its driver, which all other
 * functions here are called from unless they say otherwise. One world a
 * thread at a time. NULL: the host lacks memory.
 */
struct fake *fake_create(const struct fake_options *);
/* Kill all PDs, wait for their threads, free everything. */
void fake_destroy(struct fake *);

/*
 * A PD with endpoint 0, an empty handle table and unlimited quotas. `name` is
 * borrowed: a literal. NULL: the host lacks memory.
 */
struct fake_pd *fake_pd_create(struct fake *, const char *name);

/*
 * Make `pd` the one that kif calls of the calling thread come from; returns
 * the previous one. NULL is no PD. From any thread of the world. Functions
 * that kif calls on behalf of a dead PD return GONE in the driver and end all
 * other threads.
 */
struct fake_pd *fake_enter(struct fake_pd *);

/* Start a thread in `pd` at entry(arg): its initial thread, or one more. */
FIEF_MUST enum fief_err fake_start(struct fake_pd *, void (*entry)(void *),
                                   void *arg, fief_thread *thread);

/* Wait until no thread that was started in `pd` is left. */
void fake_join(struct fake_pd *);

/*
 * What core does when it starts a PD: let `to` hold what is `cap` in `from`.
 * `*out` is a reference of `to`. From any thread of the world. Errors: INVALID (bad handle), GONE (dead
 * PD), LIMIT (handles of `to`).
 */
FIEF_MUST enum fief_err fake_grant(struct fake_pd *from, fief_cap cap,
                                   struct fake_pd *to, fief_cap *out);

/*
 * The PD dies: its objects are revoked, calls that wait for it end with GONE,
 * its own calls are forgotten, its threads end at their next kif call. From
 * any thread of the world, also one of `pd`. No effect on a dead PD.
 */
void fake_kill(struct fake_pd *);
bool fake_dead(struct fake_pd *);
/* Code given to `exit`, or -1. */
int fake_exit_code(struct fake_pd *);

/*
 * A zeroed dataspace of `size` bytes (multiple of KIF_PAGE), paid from the RAM
 * quota of `pd`, which receives a capability that `map` accepts with at most
 * `rights`. From any thread. Errors: OUT_OF_RAM, INVALID, LIMIT.
 */
FIEF_MUST enum fief_err fake_ds_create(struct fake_pd *, size_t size,
                                       unsigned rights, fief_cap *ds);
/* Core takes a dataspace back: GONE for all holders; mappings remain. */
void fake_ds_destroy(struct fake_pd *, fief_cap ds);

/* ---- limits ---- */

struct fake_limits {
	size_t ram;       /* bytes: dataspaces, handles, objects, endpoints */
	unsigned caps;    /* own objects */
	unsigned handles; /* received capabilities; beyond: LIMIT */
	unsigned threads;
};

#define FAKE_UNLIMITED                                                         \
	((struct fake_limits){ SIZE_MAX, UINT32_MAX, UINT32_MAX, 64 })

/* Less than what is in use is allowed: then nothing more is given. */
void fake_limit(struct fake_pd *, struct fake_limits);
/* What is in use now. */
struct fake_limits fake_used(struct fake_pd *);

/* Let the n-th allocation on behalf of `pd` from now on fail, once, with
 * OUT_OF_RAM or LIMIT; 0: none. */
void fake_fail(struct fake_pd *, unsigned n);
/* Allocations on behalf of `pd` so far: bound for a loop over all n. */
unsigned fake_allocations(struct fake_pd *);

/* ---- schedule ---- */

/* Let another thread run, perhaps. From any thread of the world. */
void fake_yield(void);
/* A number that depends on every decision of the scheduler so far: equal in
 * two runs of the same test with the same seed. */
uint64_t fake_schedule(struct fake *);
