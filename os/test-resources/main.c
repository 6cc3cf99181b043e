/* SPDX-License-Identifier: MIT */
/* Uses more quota than it has, and asks for more; see README.md. */

#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/session.h>
#include <session/parent.h>
#include <session/pd.h>

enum { PIECES_MAX = 1024, PAGE = 4096 };

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct fief_signal_handler given, yield;
	bool got;
	unsigned requests;
	struct dataspace_cap piece[PIECES_MAX];
	uint64_t bytes[PIECES_MAX];
	unsigned pieces;
} m;

static struct parent_cap parent(void)
{
	return (struct parent_cap){ m.env->parent };
}

static uint64_t wanted(const char *attr, uint64_t fallback)
{
	uint64_t value = fallback;

	if (node_attr_u64(m.config.root, attr, fallback, NULL, &value))
		fief_error("\"%s\" is no number", attr);
	return value;
}

/* ---- asking ---- */

static void on_given(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	m.got = true;
}

/* Wait until the parent says that there is more. */
static enum fief_err ask(uint64_t ram, uint32_t caps)
{
	enum fief_err e;

	m.got = false;
	m.requests++;
	e = parent_resource_request(parent(), ram, caps);
	while (!e && !m.got)
		fief_entrypoint_wait_io(m.env->ep);
	return e;
}

/* ---- using ---- */

static enum fief_err piece_take(uint64_t bytes)
{
	enum fief_err e;

	if (m.pieces == PIECES_MAX)
		return FIEF_LIMIT;
	e = pd_alloc_ram((struct pd_cap){ m.env->pd }, bytes,
	                 &m.piece[m.pieces]);
	if (!e)
		m.bytes[m.pieces++] = bytes;
	return e;
}

static enum fief_err piece_insist(uint64_t bytes, uint64_t ram, uint32_t caps)
{
	enum fief_err e;

	while ((e = piece_take(bytes))) {
		if (e == FIEF_OUT_OF_RAM)
			e = ask(ram, 0);
		else if (e == FIEF_OUT_OF_CAPS)
			e = ask(0, caps);
		if (e)
			return e;
	}
	return FIEF_OK;
}

static enum fief_err use_ram(void)
{
	const uint64_t all = wanted("ram", 0), step = wanted("step", 256 << 10);
	enum fief_err e = FIEF_OK;

	for (uint64_t got = 0; got < all && !e; got += step)
		e = piece_insist(step, step, 8);
	return e;
}

static enum fief_err use_caps(void)
{
	const uint64_t all = wanted("caps", 0);
	enum fief_err e = FIEF_OK;

	for (uint64_t got = 0; got < all && !e; got++)
		e = piece_insist(PAGE, 16 * PAGE, 32);
	return e;
}

static enum fief_err use_session(void)
{
	struct fief_session_args args = { .service = "Dummy",
		                          .ram = wanted("session", 0),
		                          .caps = 10 };
	struct fief_session session;
	enum fief_err e = FIEF_OK;

	if (!args.ram)
		return FIEF_OK;
	while ((e = fief_session_open(m.env, &args, &session)) ==
	       FIEF_OUT_OF_RAM) {
		e = ask(args.ram, 0);
		if (e)
			break;
	}
	return e;
}

/* ---- giving back ---- */

static void on_yield(struct fief_signal_handler *self, unsigned count)
{
	const struct pd_cap pd = { m.env->pd };
	uint64_t ram, back = 0;
	uint32_t caps;

	(void)self, (void)count;
	if (parent_yield_request(parent(), &ram, &caps))
		return;
	while (m.pieces && back < ram) {
		m.pieces--;
		if (pd_free_ram(pd, m.piece[m.pieces]))
			fief_error("cannot free");
		fief_kif->drop(m.piece[m.pieces].cap, 1);
		back += m.bytes[m.pieces];
	}
	fief_log("yields %llu KiB", (unsigned long long)(back >> 10));
	if (parent_yield_response(parent()))
		fief_error("cannot yield");
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.given.handle = on_given;
	m.given.level = FIEF_SIGNAL_IO;
	m.yield.handle = on_yield;
	e = fief_config_open(env, &m.config);
	if (!e)
		e = fief_signal_manage(env->ep, &m.given);
	if (!e)
		e = fief_signal_manage(env->ep, &m.yield);
	if (!e)
		e = parent_resource_sigh(parent(),
		                         (struct signal_cap){ m.given.cap });
	return e ? e :
	           parent_yield_sigh(parent(),
	                             (struct signal_cap){ m.yield.cap });
}

static void step(const char *what, enum fief_err e)
{
	if (e)
		fief_error("%s: %s", what, fief_err_text(e));
}

void fief_component_construct(struct fief_env *env)
{
	bool hold = false;

	step("start", start(env));
	step("ram", use_ram());
	step("caps", use_caps());
	step("session", use_session());
	fief_log("has all, asked %u times", m.requests);
	step("hold", node_attr_bool(m.config.root, "hold", false, NULL, &hold));
	if (!hold)
		fief_exit(env, 0);
}
