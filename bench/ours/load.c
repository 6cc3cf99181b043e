/* SPDX-License-Identifier: MIT */
/* Disturbing others for a while: by use of the CPU, by signals, by what the
 * parent has to refuse, by reports. */

#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/reporter.h>
#include <session/parent.h>

#include "bench_server.h"

static struct load {
	struct fief_signal_handler handler; /* begins after the reply */
	struct fief_env *env;               /* borrowed */
	void (*once)(void);
	uint64_t until;
	fief_cap target; /* owned: received; of `flood` */
} load;

static void burn(void)
{
}

static void flood(void)
{
	fief_kif->signal(load.target);
}

static void besiege(void)
{
	const struct parent_cap parent = { load.env->parent };
	const struct capnp_text nothing = capnp_text_of("Nothing");
	const struct parent_session_params p = { .id = 1, .service = nothing };
	struct parent_session_results out;
	enum fief_err e[] = {
		parent_session(parent, &p, &out),
		parent_announce(parent, nothing),
		parent_resource_request(parent, 1ull << 40, 1u << 30),
	};

	if (!e[0] || !e[1])
		fief_error("the parent lets us have everything");
}

/* Each of them is another one. */
static void report(void)
{
	static struct fief_reporter reporter;
	static char text[4096];
	enum fief_err e = FIEF_OK;

	if (!reporter.env)
		e = fief_reporter_open(&reporter, load.env, "flood");
	text[0] = (char)('a' + (text[0] - 'a' + 1) % 26);
	if (!e)
		e = fief_reporter_text(&reporter, text, sizeof(text));
	if (e) {
		fief_error("cannot report: %s", fief_err_text(e));
		load.until = 0;
	}
}

static void begin(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	while (fief_kif->time() < load.until)
		load.once();
	fief_kif->drop(load.target, 1);
	load.target = FIEF_CAP_NULL;
}

static enum fief_err request(void (*once)(void), fief_cap target, uint64_t ns)
{
	fief_kif->drop(load.target, 1);
	load.once = once;
	load.target = target;
	load.until = fief_kif->time() + ns;
	fief_signal_local_submit(&load.handler);
	return FIEF_OK;
}

enum fief_err load_op_burn(struct fief_rpc_obj *self, uint64_t ns)
{
	(void)self;
	return request(burn, FIEF_CAP_NULL, ns);
}

enum fief_err load_op_flood(struct fief_rpc_obj *self, struct signal_cap target,
                            uint64_t ns)
{
	(void)self;
	return request(flood, target.cap, ns);
}

enum fief_err load_op_besiege(struct fief_rpc_obj *self, uint64_t ns)
{
	(void)self;
	return request(besiege, FIEF_CAP_NULL, ns);
}

enum fief_err load_op_report(struct fief_rpc_obj *self, uint64_t ns)
{
	(void)self;
	return request(report, FIEF_CAP_NULL, ns);
}

enum fief_err load_init(struct fief_env *env)
{
	load.env = env;
	load.handler.handle = begin;
	return fief_signal_manage(env->ep, &load.handler);
}
