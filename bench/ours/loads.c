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

/* Calls alone, and beside what the third does. */
static void beside(struct bench *b, const char *alone,
                   enum fief_err (*begin)(struct bench_cap, uint64_t ns),
                   const char *disturbed)
{
	struct bench_cap other = third(b);

	bench_run(b, alone, bench_null_call, 1);
	fail(b, disturbed, begin(other, disturbance(b)));
	bench_run(b, disturbed, bench_null_call, 1);
}

void bench_group_hog(struct bench *b)
{
	beside(b, "call_alone", bench_burn, "call_hog");
}

/* It publishes reports. */
void bench_group_reports(struct bench *b)
{
	beside(b, "call_unreported", bench_report, "call_reported");
}

/* It asks the parent of all for what it does not get. */
void bench_group_siege(struct bench *b)
{
	beside(b, "call_unbesieged", bench_besiege, "call_besieged");
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

/* Others end and are started again, all the time. */
void bench_group_exits(struct bench *b)
{
	bench_run(b, "call_beside_exits", bench_null_call, 1);
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
