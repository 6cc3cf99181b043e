/* SPDX-License-Identifier: MIT */
/* An honest client: opens, uses and closes sessions while others attack. Exits
 * with 0 if each of that worked, in time, and cost nothing in the end. */

#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/session.h>
#include <session/pd.h>

enum { MS = 1000000, RAM = 8192, CAPS = 2 };

static struct main {
	struct fief_env *env;
	unsigned rounds;
	uint64_t slowest;
	int failed;
} m;

static void fail(const char *what, enum fief_err e)
{
	fief_error("CANARY: %s: %s", what, fief_err_name(e));
	m.failed = 1;
}

static uint64_t free_ram(void)
{
	uint64_t limit = 0, used = 0;
	uint32_t caps, caps_used;
	const enum fief_err e = pd_quota((struct pd_cap){ m.env->pd }, &limit,
	                                 &used, &caps, &caps_used);

	if (e)
		fail("quota", e);
	return limit - used;
}

static void round_trip(void)
{
	const struct fief_session_args a = {
		.service = "Test", .label = "ok", .ram = RAM, .caps = CAPS
	};
	const uint64_t begin = fief_kif->time();
	struct kif_msg msg = { 0 };
	struct fief_session s;
	enum fief_err e = fief_session_open(m.env, &a, &s);
	uint64_t took;

	if (e) {
		fail("open", e);
		return;
	}
	e = fief_rpc_call(s.cap, 0, &msg);
	if (e)
		fail("call", e);
	fief_session_close(m.env, &s);
	took = fief_kif->time() - begin;
	m.slowest = took > m.slowest ? took : m.slowest;
	m.rounds++;
}

static void balance(uint64_t before)
{
	for (unsigned i = 0; i < 2000 && free_ram() != before; i++)
		fief_kif->park(fief_kif->time() + MS);
	if (free_ram() != before)
		fail("balance", FIEF_OUT_OF_RAM);
}

void fief_component_construct(struct fief_env *env)
{
	static struct fief_config config;
	uint64_t ms = 1000, before, end;

	m.env = env;
	if (fief_config_open(env, &config) ||
	    node_attr_u64(config.root, "ms", ms, NULL, &ms))
		fief_exit(env, 98);
	before = free_ram();
	end = fief_kif->time() + ms * MS;
	while (!m.failed && fief_kif->time() < end) {
		round_trip();
		fief_kif->park(fief_kif->time() + MS);
	}
	balance(before);
	fief_log("canary: %u rounds, the slowest %llu us", m.rounds,
	         (unsigned long long)m.slowest / 1000);
	fief_exit(env, m.failed);
}
