/* SPDX-License-Identifier: MIT */
/*
 * Starts that core answers late, because the host is behind with processes:
 * `run` stops the zygote while we ask for it. What waits then is started again,
 * closed in parts and as a whole, and left behind by who asked. Round 1 dies
 * while starts are on their way, round 2 closes what is left.
 */

#include "attack.h"

#include <session/cpu.h>
#include <session/parent.h>
#include <session/pd.h>

enum {
	STARTERS = 4,
	CHILDREN = 1000, /* of each, at most */
	ID = 0x21000000, /* with four numbers a child */
	PD_ID = 0x22000000,
	CAPS = PD_CAP_QUOTA,
};

static struct starter {
	_Atomic uint32_t asked, answered; /* starts */
	_Atomic int outcome;              /* of the last one */
	_Atomic bool with_cpu;
	_Atomic bool ended;
} starter[STARTERS];

static struct parent_cap core_parent;
static fief_cap own_pd;
static _Atomic bool quit;
static _Atomic int pd_outcome = -1;

static uint32_t id_of(unsigned who, uint32_t n)
{
	return ID + (who * CHILDREN + n) * 4;
}

static enum fief_err start(uint32_t id, struct parent_start_child_results *r)
{
	const struct parent_start_child_params p = {
		.pd_id = id,
		.cpu_id = id + 1,
		.log_id = id + 2,
		.rom_id = id + 3,
		.label = capnp_text_of("late"),
		.binary = capnp_text_of("hello"),
		.ram = PD_RAM_QUOTA,
		.caps = CAPS,
		.parent = { me.env->parent },
	};

	return parent_start_child(core_parent, &p, r);
}

static enum fief_err close_all(uint32_t id)
{
	return parent_close_child(core_parent, id, id + 1, id + 2, id + 3);
}

/* Starts one after the other, until one is late and not to be. */
static void starts(void *arg)
{
	struct starter *s = arg;
	const unsigned who = (unsigned)(s - starter);

	while (!quit && s->asked < CHILDREN) {
		struct parent_start_child_results r = { 0 };
		const uint32_t n = s->asked++;
		const enum fief_err e = start(id_of(who, n), &r);

		s->with_cpu = r.cpu != FIEF_CAP_NULL;
		s->outcome = (int)e;
		s->answered++;
		if (e)
			break;
	}
	s->ended = true;
	fief_kif->thread_exit();
}

static bool wait_for(const _Atomic bool *what)
{
	const uint64_t end = ATTACK_MS(2000);

	while (!*what && fief_kif->time() < end)
		fief_kif->park(ATTACK_MS(2));
	return *what;
}

/* Nothing has been answered for a while, and something is asked. */
static bool all_late(void)
{
	const uint64_t end = ATTACK_MS(4000);
	uint32_t before = 0, now = 0;
	unsigned quiet = 0;

	while (fief_kif->time() < end && quiet < 10) {
		fief_kif->park(ATTACK_MS(20));
		now = 0;
		for (unsigned i = 0; i < STARTERS; i++) {
			now += starter[i].answered;
			if (starter[i].ended)
				return false;
		}
		quiet = now == before ? quiet + 1 : 0;
		before = now;
	}
	fief_log("late: %u starts before", now);
	return quiet == 10;
}

static bool fill(void)
{
	core_parent.cap = attack_get(HOSTILE_PARENT, 0);
	fief_log("zygote: stop");
	fief_kif->park(ATTACK_MS(150));
	for (unsigned i = 0; i < STARTERS; i++)
		if (!attack_thread(starts, &starter[i]))
			return false;
	return all_late();
}

/* ---- what is on its way ---- */

static void gone(unsigned who, const char *how)
{
	struct starter *s = &starter[who];

	if (!wait_for(&s->ended))
		fief_log("BREACH: no answer after %s", how);
	else if (s->outcome != FIEF_GONE)
		fief_log("BREACH: %s after %s",
		         fief_err_name((enum fief_err)s->outcome), how);
}

static void close_while_starting(void)
{
	struct parent_start_child_results r;
	const uint32_t id = id_of(0, starter[0].asked - 1);

	if (start(id, &r) != FIEF_CONFLICT)
		fief_log("BREACH: started twice");
	if (close_all(id) || !close_all(id))
		fief_log("BREACH: not closed, or twice");
	gone(0, "the end of all sessions");
}

static void close_account_while_starting(void)
{
	const uint32_t id = id_of(1, starter[1].asked - 1);

	if (parent_close(core_parent, id))
		fief_log("BREACH: account is not closed");
	gone(1, "the end of the account");
	if (!close_all(id))
		fief_log("BREACH: closed what is not there");
	for (uint32_t i = 1; i < 4; i++)
		if (parent_close(core_parent, id + i))
			fief_log("BREACH: session %u is gone", i);
}

/* The start goes on without. */
static void close_cpu_while_starting(void)
{
	if (parent_close(core_parent, id_of(2, starter[2].asked - 1) + 1))
		fief_log("BREACH: CPU session is gone");
}

/* ---- Pd.start ---- */

static enum fief_err pd_start_hello(fief_cap pd)
{
	const struct pd_cap s = { pd };
	static struct dataspace_cap binary;

	if (!binary.cap)
		binary.cap = attack_get(HOSTILE_BINARY, 0);
	return pd_start(s, binary, (struct parent_cap){ me.env->parent },
	                (struct cpu_cap){ FIEF_CAP_NULL },
	                (struct log_cap){ FIEF_CAP_NULL });
}

static void starts_pd(void *arg)
{
	(void)arg;
	pd_outcome = (int)pd_start_hello(own_pd);
	fief_kif->thread_exit();
}

static void start_account(void)
{
	const struct parent_session_params p = {
		.id = PD_ID,
		.service = capnp_text_of(PD_SERVICE),
		.label = capnp_text_of("late"),
		.ram = PD_RAM_QUOTA,
		.caps = CAPS,
	};
	struct parent_session_results r;
	const uint64_t end = ATTACK_MS(2000);

	if (parent_session(core_parent, &p, &r)) {
		fief_log("SETUP: account");
		return;
	}
	own_pd = r.cap;
	attack_thread(starts_pd, NULL);
	fief_kif->park(ATTACK_MS(100));
	if (pd_outcome != -1)
		fief_log("SETUP: not late");
	if (pd_start_hello(own_pd) != FIEF_CONFLICT)
		fief_log("BREACH: account started twice");
	if (pd_start_hello(me.env->pd) != FIEF_CONFLICT)
		fief_log("BREACH: own account started");
	if (parent_close(core_parent, PD_ID))
		fief_log("BREACH: account is not closed");
	while (pd_outcome == -1 && fief_kif->time() < end)
		fief_kif->park(ATTACK_MS(2));
	if (pd_outcome != FIEF_GONE)
		fief_log("BREACH: start of a closed account: %d", pd_outcome);
	if (pd_start_hello(own_pd) != FIEF_GONE)
		fief_log("BREACH: a closed account starts");
}

/* ---- rounds ---- */

static void close_rest(void)
{
	for (unsigned i = 0; i < STARTERS; i++)
		for (uint32_t n = 0; n < CHILDREN; n++)
			if (close_all(id_of(i, n)))
				for (uint32_t k = 0; k < 4; k++)
					(void)!parent_close(core_parent,
					                    id_of(i, n) + k);
}

static void in_order(void)
{
	close_while_starting();
	close_account_while_starting();
	close_cpu_while_starting();
	start_account();
	quit = true;
	fief_log("zygote: go");
	for (unsigned i = 2; i < STARTERS; i++)
		if (!wait_for(&starter[i].ended))
			fief_log("BREACH: no answer at all");
		else if (starter[i].outcome)
			fief_log("BREACH: late, then %d",
			         (int)starter[i].outcome);
	if (starter[2].with_cpu || !starter[3].with_cpu)
		fief_log("BREACH: CPU sessions mixed up");
	close_rest();
	fief_log("late: in order");
}

static int late(void)
{
	if (me.arg.round == 2) {
		core_parent.cap = attack_get(HOSTILE_PARENT, 0);
		close_rest();
		fief_log("late: done");
		return 0;
	}
	if (!fill()) {
		fief_log("SETUP: no start is late");
		return 1;
	}
	if (me.arg.round == 0)
		in_order();
	else
		fief_log("zygote: soon");
	return 0;
}

const struct attack attacks_late[] = {
	{ "late", late },
	{ 0 },
};
