/* SPDX-License-Identifier: MIT */
/* A child that wants more of the CPUs than it was given. */

#include "child.h"

#include <session/cpu.h>

enum { ID = 800000, OTHER = ID + 1, GIVEN = 10 };

static void expect(const char *what, enum fief_err found, enum fief_err wanted)
{
	if (found != wanted)
		fief_log("BREACH: %s: %s", what, fief_err_name(found));
}

static fief_cap open(uint32_t id, const char *service)
{
	const struct parent_session_params p = {
		.id = id,
		.service = capnp_text_of(service),
		.label = capnp_text_of(service),
		.ram = CPU_RAM_QUOTA,
		.caps = CPU_CAP_QUOTA,
	};
	struct parent_session_results r = { FIEF_CAP_NULL };

	if (parent_session(bad.parent, &p, &r))
		fief_log("SETUP: no %s session", service);
	return r.cap;
}

/* Half of the CPUs, or the only one. */
static void look(const char *what, fief_cap cpu)
{
	uint64_t mask = 0, all = 0;
	int32_t level = -1;

	if (cpu_place((struct cpu_cap){ cpu }, &level, &mask, &all) ||
	    level < GIVEN || !mask || (mask == all && all != 1))
		fief_log("BREACH: %s: level %d, mask %llu", what, level,
		         (unsigned long long)mask);
}

static void place(void)
{
	static const int32_t levels[] = { -1, 20, INT32_MAX, INT32_MIN };
	const struct cpu_cap own = { bad.env->cpu };
	const fief_cap cpu = open(ID, CPU_SERVICE);
	unsigned n = 0;

	for (unsigned i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		expect("level", parent_place(bad.parent, ID, levels[i], 0),
		       FIEF_INVALID);
		expect("own level", cpu_priority(own, levels[i]), FIEF_INVALID);
	}
	expect("no such session", parent_place(bad.parent, OTHER, 0, 0),
	       FIEF_NOT_FOUND);
	expect("environment", parent_place(bad.parent, 0, 0, 0),
	       FIEF_NOT_FOUND);
	for (; bad_time_left(); n++) {
		expect("highest", cpu_priority(own, 0), FIEF_OK);
		expect("all", cpu_affinity(own, n % 2 ? 0 : UINT64_MAX),
		       FIEF_OK);
		expect("place",
		       parent_place(bad.parent, ID, 0, n % 3 ? 0 : UINT64_MAX),
		       FIEF_OK);
		look("own", own.cap);
		look("another", cpu);
	}
	expect("close", parent_close(bad.parent, ID), FIEF_OK);
	expect("closed", parent_place(bad.parent, ID, 0, 0), FIEF_NOT_FOUND);
	fief_log("%u times", n);
}

const struct bad_attack bad_urgent[] = { { "place", place }, { 0 } };
