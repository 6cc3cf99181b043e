/* SPDX-License-Identifier: MIT */
/* Starting and closing children at core, wrongly in all ways: nothing opens,
 * nothing is lost, nothing that others have is closed. */

#include "attack.h"

#include <session/parent.h>
#include <session/pd.h>

enum { ID = 0x20000000, RAM = 1 << 20, CAPS = 40 };

static struct parent_cap core_parent;
static fief_cap signal, canary;

/* The quota of the sessions comes from init: the warden compares its account
 * before and after. */
static struct parent_start_child_params good(void)
{
	return (struct parent_start_child_params){
		.pd_id = ID,
		.cpu_id = ID + 1,
		.log_id = ID + 2,
		.rom_id = ID + 3,
		.label = capnp_text_of("child"),
		.binary = capnp_text_of("hello"),
		.ram = RAM,
		.caps = CAPS,
		.parent = { me.env->parent },
		.death_sigh = { signal },
	};
}

static void refused(const char *what, struct parent_start_child_params p)
{
	struct parent_start_child_results r;

	if (!parent_start_child(core_parent, &p, &r))
		fief_log("BREACH: started with %s", what);
	/* The numbers must be free again, or as they were. */
	if (!parent_close_child(core_parent, ID, ID + 1, ID + 2, ID + 3))
		fief_log("BREACH: sessions are open after %s", what);
}

static void start_wrongly(void)
{
	static const char forged[] = "x\n[init] forged";
	static char longest[161];
	struct parent_start_child_params p;

	for (unsigned i = 0; i < sizeof(longest) - 1; i++)
		longest[i] = 'x';
	p = good(), p.pd_id = 0;
	refused("number 0", p);
	p = good(), p.rom_id = p.cpu_id;
	refused("one number twice", p);
	p = good(), p.log_id = p.pd_id;
	refused("one number twice", p);
	p = good(), p.ram = 0;
	refused("no RAM", p);
	p = good(), p.caps = 0;
	refused("no capabilities", p);
	p = good(), p.ram = UINT64_MAX;
	refused("all RAM", p);
	p = good(), p.ram = (uint64_t)1 << 63;
	refused("more RAM than there is", p);
	p = good(), p.caps = UINT32_MAX;
	refused("all capabilities", p);
	p = good(), p.binary = capnp_text_of("no-such-module");
	refused("no binary", p);
	p = good(), p.binary = capnp_text_of("../init");
	refused("a path", p);
	p = good(), p.label = capnp_text_of(forged);
	refused("a forged label", p);
	p = good(), p.binary = capnp_text_of(longest);
	refused("a long name", p);
}

/* With capabilities of another kind, or none: a child that nobody serves. */
static void start_with(fief_cap parent, fief_cap sigh)
{
	struct parent_start_child_params p = good();
	struct parent_start_child_results r;

	p.parent.cap = parent;
	p.death_sigh.cap = sigh;
	if (parent_start_child(core_parent, &p, &r))
		return;
	fief_kif->drop(r.pd, 1);
	fief_kif->drop(r.cpu, 1);
	/* In the wrong places, twice, and one too few: none is closed. */
	if (!parent_close_child(core_parent, ID + 1, ID, ID + 2, ID + 3) ||
	    !parent_close_child(core_parent, ID, ID, ID, ID) ||
	    !parent_close_child(core_parent, ID, ID + 1, ID + 2, 0) ||
	    !parent_close_child(core_parent, 1, 2, 3, 4))
		fief_log("BREACH: closed what was not named");
	if (parent_close_child(core_parent, ID, ID + 1, ID + 2, ID + 3))
		fief_log("BREACH: sessions are not open");
}

/* Twice the same while the first runs. */
static void start_again(void)
{
	struct parent_start_child_params p = good(), q = good();
	struct parent_start_child_results r;

	if (parent_start_child(core_parent, &p, &r)) {
		fief_log("BREACH: refused what is right");
		return;
	}
	if (!parent_start_child(core_parent, &q, &r))
		fief_log("BREACH: started with numbers in use");
	if (parent_close_child(core_parent, ID, ID + 1, ID + 2, ID + 3))
		fief_log("BREACH: the first one is gone");
}

static int starts(void)
{
	core_parent.cap = attack_get(HOSTILE_PARENT, 0);
	signal = attack_get(HOSTILE_SIGNAL, 0);
	canary = attack_get(HOSTILE_CANARY, 0);
	start_wrongly();
	for (unsigned i = 0; i < 20; i++) {
		start_with(FIEF_CAP_NULL, FIEF_CAP_NULL);
		start_with(me.env->pd, me.env->pd);
		start_with(signal, canary);
		start_with(canary, signal);
		start_again();
	}
	fief_log("starts: done");
	return 0;
}

const struct attack attacks_start[] = {
	{ "starts", starts },
	{ 0 },
};
