/* SPDX-License-Identifier: MIT */
/* Does what its config says, so that scenarios need no program of their own;
 * see README.md. */

#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/session.h>
#include <fief/thread.h>
#include <session/parent.h>
#include <session/pd.h>

#include "dummy.h"

enum { HELD = 512 };

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct fief_signal_handler changed, yield, moved;
	struct dataspace_cap ram[HELD];
	unsigned rams;
	uint64_t first_ram; /* quota at the start */
	uint32_t first_caps;
} m;

/* ---- quota ---- */

static enum fief_err quota(uint64_t *limit, uint32_t *caps)
{
	uint32_t caps_used;
	uint64_t used;

	return pd_quota((struct pd_cap){ m.env->pd }, limit, &used, caps,
	                &caps_used);
}

static enum fief_err do_quota(const struct node *n)
{
	uint64_t limit;
	uint32_t caps;
	enum fief_err e = quota(&limit, &caps);

	(void)n;
	if (!e)
		fief_log("has %llu KiB and %u caps",
		         (unsigned long long)(limit >> 10), caps);
	return e;
}

static enum fief_err do_spent(const struct node *n)
{
	uint64_t limit;
	uint32_t caps;
	enum fief_err e = quota(&limit, &caps);

	(void)n;
	if (!e)
		fief_log("spent %lld bytes and %lld caps since its start",
		         (long long)(m.first_ram - limit),
		         (long long)m.first_caps - (long long)caps);
	return e;
}

static enum fief_err use(uint64_t bytes)
{
	enum fief_err e = FIEF_LIMIT;

	if (m.rams < HELD)
		e = pd_alloc_ram((struct pd_cap){ m.env->pd }, bytes,
		                 &m.ram[m.rams]);
	m.rams += !e;
	return e;
}

static enum fief_err do_use(const struct node *n)
{
	uint64_t bytes = 0, count = 1;
	enum fief_err e = node_attr_u64(n, "ram", 0, NULL, &bytes);

	if (!e)
		e = node_attr_u64(n, "count", 1, NULL, &count);
	for (uint64_t i = 0; i < count && !e; i++)
		e = use(bytes);
	fief_log("uses %llu KiB: %s", (unsigned long long)(bytes >> 10),
	         fief_err_text(e));
	return FIEF_OK;
}

static enum fief_err do_free(const struct node *n)
{
	(void)n;
	while (m.rams--) {
		enum fief_err e = pd_free_ram((struct pd_cap){ m.env->pd },
		                              m.ram[m.rams]);

		if (e)
			return e;
		fief_kif->drop(m.ram[m.rams].cap, 1);
	}
	m.rams = 0;
	return FIEF_OK;
}

/* The parent wants some back: all that is held goes. */
static void on_yield(struct fief_signal_handler *self, unsigned count)
{
	const struct parent_cap parent = { m.env->parent };
	uint64_t ram;
	uint32_t caps;

	(void)self, (void)count;
	if (parent_yield_request(parent, &ram, &caps) || do_free(NULL))
		return;
	fief_log("yields %llu KiB and %u caps", (unsigned long long)(ram >> 10),
	         caps);
	if (parent_yield_response(parent))
		fief_error("cannot yield");
}

/* ---- the config ---- */

static enum fief_err do_log(const struct node *n)
{
	fief_log("%s", node_attr(n, "text", ""));
	return FIEF_OK;
}

static enum fief_err do_spin(const struct node *n)
{
	const uint64_t from = fief_kif->time();
	uint64_t ms = 0;
	enum fief_err e = node_attr_u64(n, "ms", 0, NULL, &ms);

	while (!e && (fief_kif->time() - from) / 1000000 < ms)
		;
	return e;
}

static uintptr_t fault_address;

static void fault(struct fief_worker *self)
{
	(void)self;
	*(volatile char *)fault_address = 0;
}

/* In a thread of its own, the entrypoint goes on until then. */
static enum fief_err do_fault(const struct node *n)
{
	static struct fief_worker worker = { .name = "fault", .run = fault };
	uint64_t address = 0;
	bool apart = false;
	enum fief_err e = node_attr_u64(n, "address", 0, NULL, &address);

	if (!e)
		e = node_attr_bool(n, "apart", false, NULL, &apart);
	fault_address = (uintptr_t)address;
	if (!e && apart)
		return fief_worker_start(&worker, m.env->ram,
		                         FIEF_THREAD_STACK);
	if (!e)
		fault(NULL);
	return e;
}

static enum fief_err do_env(const struct node *n)
{
	fief_log("%s=%s", node_attr(n, "key", ""), node_attr(n, "value", ""));
	return FIEF_OK;
}

/* Handles no event any more. */
static enum fief_err do_freeze(const struct node *n)
{
	(void)n;
	fief_log("freezes");
	while (m.env) /* there always is one */
		fief_kif->park(FIEF_NEVER);
	return FIEF_OK;
}

static enum fief_err do_exit(const struct node *n)
{
	int64_t code = 0;
	enum fief_err e = node_attr_i64(n, "code", 0, NULL, &code);

	if (!e)
		fief_exit(m.env, (int)code);
	return e;
}

static enum fief_err do_session(const struct node *n)
{
	return dummy_session(m.env, n);
}

static enum fief_err do_upgrade(const struct node *n)
{
	return dummy_upgrade(m.env, n);
}

static enum fief_err do_call(const struct node *n)
{
	return dummy_call(n);
}

static enum fief_err do_close(const struct node *n)
{
	return dummy_close(m.env, n);
}

static enum fief_err do_place(const struct node *n)
{
	return dummy_place(m.env, n);
}

static enum fief_err do_urge(const struct node *n)
{
	return dummy_urge(m.env, n);
}

static const struct {
	const char *name;
	enum fief_err (*run)(const struct node *);
	bool once; /* not again when the config changes */
} steps[] = {
	{ "provide", dummy_provide, true }, { "session", do_session, true },
	{ "upgrade", do_upgrade, false },   { "call", do_call, false },
	{ "close", do_close, false },       { "use", do_use, true },
	{ "take", do_use, false },          { "free", do_free, false },
	{ "quota", do_quota, false },       { "spent", do_spent, false },
	{ "place", do_place, false },       { "urge", do_urge, false },
	{ "log", do_log, false },           { "env", do_env, false },
	{ "spin", do_spin, false },         { "exit", do_exit, false },
	{ "fault", do_fault, false },       { "freeze", do_freeze, false },
};

static void step(const struct node *n, bool first)
{
	enum fief_err e = FIEF_UNSUPPORTED;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (node_has_type(n, steps[i].name))
			e = first || !steps[i].once ? steps[i].run(n) : FIEF_OK;
	if (e)
		fief_error("<%s>: %s", n->name, fief_err_text(e));
}

static void steps_run(bool first)
{
	NODE_FOR_EACH(n, m.config.root, NULL)
		step(n, first);
}

static void on_changed(struct fief_signal_handler *self, unsigned count)
{
	enum fief_err e = fief_config_update(&m.config);

	(void)self, (void)count;
	if (e) {
		fief_error("config: %s", fief_err_text(e));
		return;
	}
	fief_log("config changed");
	steps_run(false);
}

static void on_moved(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	dummy_renew(m.env);
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.changed.handle = on_changed;
	m.yield.handle = on_yield;
	m.moved.handle = on_moved;
	e = fief_signal_manage(env->ep, &m.changed);
	if (!e)
		e = fief_signal_manage(env->ep, &m.yield);
	if (!e)
		e = parent_yield_sigh((struct parent_cap){ env->parent },
		                      (struct signal_cap){ m.yield.cap });
	if (!e)
		e = fief_signal_manage(env->ep, &m.moved);
	if (!e)
		e = fief_session_sigh(env, &m.moved);
	if (!e)
		e = dummy_server_init(env);
	if (!e)
		e = fief_config_open(env, &m.config);
	if (!e)
		e = quota(&m.first_ram, &m.first_caps);
	return e ? e : fief_rom_sigh(&m.config.rom, &m.changed);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = start(env);

	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
	fief_log("started");
	steps_run(true);
}
