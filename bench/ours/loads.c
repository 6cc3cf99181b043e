/* SPDX-License-Identifier: MIT */
/* Calls while somebody disturbs, and calls after a sleep. */

#include <fief/kif_table.h>

#include "bench_client.h"

static void fail(struct bench *b, const char *what, enum fief_err e)
{
	if (e)
		bench_fail(b, what, e);
}

/* Somebody else than the server, to disturb. */
static struct bench_cap third(struct bench *b)
{
	struct bench_cap cap = { FIEF_CAP_NULL };

	fail(b, "third", bench_open(b, "third", &cap));
	return cap;
}

/* Longer than a measurement with its warm-up. */
static uint64_t disturbance(const struct bench *b)
{
	return 2 * b->ns;
}

void bench_group_hog(struct bench *b)
{
	struct bench_cap hog = third(b);

	bench_run(b, "call_alone", bench_null_call, 1);
	fail(b, "hog", bench_burn(hog, disturbance(b)));
	bench_run(b, "call_hog", bench_null_call, 1);
}

void bench_group_flood(struct bench *b)
{
	struct bench_cap flooder = third(b);
	struct signal_cap target;

	fail(b, "echo",
	     bench_echo(b->server, (struct signal_cap){ FIEF_CAP_NULL },
	                &target));
	bench_run(b, "call_unflooded", bench_null_call, 1);
	fail(b, "flood", bench_flood(flooder, target, disturbance(b)));
	bench_run(b, "call_flooded", bench_null_call, 1);
}

/* The third asks the parent of all for what it does not get. */
void bench_group_siege(struct bench *b)
{
	struct bench_cap third_one = third(b);

	bench_run(b, "call_unbesieged", bench_null_call, 1);
	fail(b, "besiege", bench_besiege(third_one, disturbance(b)));
	bench_run(b, "call_besieged", bench_null_call, 1);
}

/* ---- after a sleep ---- */

enum {
	MS = 1000000,
	PAUSE = 100 * MS, /* in which bench/ours/run looks */
	NAP = 2 * MS,     /* longer than anybody spins */
	QUIET = 1200 * MS,
	CALLS = 200,
};

void bench_nap(uint64_t ns)
{
	const uint64_t until = fief_kif->time() + ns;

	while (fief_kif->time() < until)
		fief_kif->park(until);
}

void bench_mark(const char *name)
{
	fief_log("BENCH mark %s", name);
	bench_nap(PAUSE);
}

static void phase(struct bench *b, const char *name, bool naps, bool calls)
{
	bench_mark(name);
	for (unsigned i = 0; i < CALLS; i++) {
		if (naps)
			bench_nap(NAP);
		if (calls)
			fail(b, name, bench_null_call(b, 1));
	}
}

void bench_group_idle(struct bench *b)
{
	fail(b, "call", bench_null_call(b, CALLS));
	phase(b, "nothing", false, false);
	phase(b, "series", false, true);
	phase(b, "naps", true, false);
	phase(b, "lone", true, true);
	bench_mark("end");
	fief_log("BENCH lone");
	fief_log("BENCH quiet");
	bench_nap(QUIET);
}
