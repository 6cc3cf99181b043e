/* SPDX-License-Identifier: MIT */
/* Many channels of one server: guests with up to 8 each. */

#include <fief/attached.h>
#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>
#include <fief/root.h>
#include <lib/fmt.h>

#include "bench_client.h"

enum {
	GATES = 8,
	GUESTS = 1250, /* with all gates 10,000 channels */
	SMALL_GUESTS = 2,
	SMALL_GATES = 5,
	CAPS = 50000,
	MS = 1000000,
};

static struct crowd {
	struct fief_root root;
	struct fief_service service;
	struct guest_cap guest[GUESTS]; /* owned: received */
	unsigned n;
	struct bench_cap gate[GATES];
	unsigned joined[GUESTS]; /* channels */
	struct fief_attached_ram times;
} m;

static void fail(struct bench *b, const char *what, enum fief_err e)
{
	if (e)
		bench_fail(b, what, e);
}

static enum fief_err op_enroll(struct fief_rpc_obj *self,
                               struct guest_cap guest)
{
	(void)self;
	if (m.n == GUESTS)
		return FIEF_LIMIT;
	m.guest[m.n++] = guest;
	return FIEF_OK;
}

/* Wait until all guests are here. */
static void gather(struct bench *b)
{
	static const struct hub_ops ops = { .enroll = op_enroll };

	m.service = (struct fief_service){
		.name = HUB_SERVICE,
		.type = &hub_rpc_type,
		.ops = &ops,
		.size = sizeof(struct fief_service_session),
	};
	fail(b, "hub", fief_root_init(&m.root, b->env));
	fail(b, "hub", fief_root_announce(&m.root, &m.service));
	while (m.n < b->others)
		fief_entrypoint_step(b->env->ep, FIEF_NEVER);
	fief_entrypoint_step(b->env->ep, fief_kif->time()); /* last reply */
	for (uint32_t i = 0; i < GATES; i++)
		fail(b, "gate", bench_gate(b->server, i, &m.gate[i]));
}

/* Let the first `guests` have channels to the first `gates`. */
static void join(struct bench *b, unsigned guests, unsigned gates)
{
	for (unsigned g = 0; g < guests; g++)
		for (; m.joined[g] < gates; m.joined[g]++)
			fail(b, "join",
			     guest_join(m.guest[g], m.gate[m.joined[g]]));
}

/* ---- calls on one of many channels ---- */

static unsigned random_next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*state >> 33);
}

static void probe(struct bench *b, unsigned channels, bool hot)
{
	const unsigned gates =
		channels <= SMALL_GUESTS * SMALL_GATES ? SMALL_GATES : GATES;
	const uint64_t until = fief_kif->time() + b->ns;
	uint64_t state = 1, first, again;
	char name[40];
	struct fmt f;

	while (fief_kif->time() < until) {
		const unsigned n = random_next(&state) % channels;

		fail(b, "probe",
		     guest_probe(m.guest[n / gates], n % gates, &first,
		                 &again));
		bench_sample(hot ? again : first);
	}
	fmt_init(&f, name, sizeof(name));
	fmt_add(&f, "channels_%s_%u", hot ? "hot" : "random", channels);
	bench_print(name);
}

static void capabilities(struct bench *b, unsigned n)
{
	fief_cap cap[4]; /* kept until the end of all */

	for (unsigned i = 0; i < n / 4; i++)
		fail(b, "fresh",
		     bench_fresh(b->server, &cap[0], &cap[1], &cap[2],
		                 &cap[3]));
}

void bench_group_scale(struct bench *b)
{
	const unsigned guests = (unsigned)b->others, all = guests * GATES;

	gather(b);
	join(b, SMALL_GUESTS, SMALL_GATES);
	probe(b, SMALL_GUESTS * SMALL_GATES, true);
	probe(b, SMALL_GUESTS * SMALL_GATES, false);
	join(b, guests, 1); /* what is there once a guest */
	bench_mark("memory");
	join(b, guests, GATES);
	bench_mark("channels");
	fief_log("BENCH added %u",
	         all - guests - SMALL_GUESTS * SMALL_GATES + SMALL_GUESTS);
	probe(b, all, true);
	probe(b, all, false);
	capabilities(b, CAPS / 10);
	bench_mark("owner");
	capabilities(b, CAPS);
	bench_mark("capabilities");
	fief_log("BENCH owned %u", CAPS / 4 * 4);
}

/* ---- calls whose server dies ---- */

/* The last time, when all are there. */
static bool times_all(const uint64_t *time, unsigned n, uint64_t *last)
{
	*last = 0;
	for (unsigned i = 0; i < n; i++) {
		const uint64_t t = __atomic_load_n(&time[i], __ATOMIC_RELAXED);

		if (!t)
			return false;
		if (t > *last)
			*last = t;
	}
	return true;
}

void bench_group_kill(struct bench *b)
{
	const unsigned guests = (unsigned)b->others;
	const unsigned gates = guests == GUESTS ? GATES : SMALL_GATES;
	const unsigned n = guests * gates;
	uint64_t last;

	gather(b);
	join(b, guests, gates);
	fail(b, "times",
	     fief_attached_ram_init(&m.times, b->env->ram,
	                            (n + GATES) * sizeof(uint64_t)));
	for (unsigned g = 0; g < guests; g++)
		fail(b, "block",
		     guest_block(m.guest[g],
		                 (struct dataspace_cap){ m.times.ds },
		                 g * gates));
	bench_nap(1000ull * MS); /* until all are blocked */
	fief_log("BENCH mark kill");
	while (!times_all(m.times.addr, n, &last))
		bench_nap(100ull * MS);
	fief_log("BENCH released %u %llu", n, (unsigned long long)last);
}
