/* SPDX-License-Identifier: MIT */
/* The parent of components that crash: it is told why, by its CPU session. */

#include "test.h"

#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/rom.h>

struct test test;

static struct fief_rom binary;

/* ---- the victim's parent ---- */

static enum fief_err dispatch(struct fief_rpc_obj *obj, struct kif_msg *in,
                              struct kif_msg *out)
{
	(void)obj;
	out->label = FIEF_OK;
	out->ncaps = 0;
	out->len = 8;
	out->data[0] = (uint64_t)test.way;
	if (in->label == EXCEPTIONS_READY) {
		check(in->data[0] == FIEF_DENIED,
		      "the victim took the handler");
		check_threads();
	} else if (in->label != EXCEPTIONS_WAY) {
		out->label = FIEF_UNSUPPORTED;
	}
	fief_rpc_drop_caps(in);
	return FIEF_OK;
}

static const struct fief_rpc_type type = { "Victim's parent", 1, dispatch };

/* ---- victims ---- */

static enum fief_err victim_start(void)
{
	const struct fief_session_args args = {
		.service = PD_SERVICE,
		.label = "victim",
		.ram = PD_RAM_QUOTA + 1024 * 1024,
		.caps = PD_CAP_QUOTA + 32,
	};
	enum fief_err e = fief_session_open(test.env, &args, &test.pd);
	const struct pd_cap pd = { test.pd.cap };

	if (!e)
		e = pd_death_sigh(pd, (struct signal_cap){ test.death.cap });
	if (!e)
		e = pd_start(pd, (struct dataspace_cap){ binary.ds },
		             (struct parent_cap){ test.parent.cap },
		             (struct cpu_cap){ test.cpu.cap },
		             (struct log_cap){ FIEF_CAP_NULL });
	return e;
}

static void finish(enum fief_err e)
{
	check(!e, "start of a victim");
	if (test.failed) {
		fief_error("failed: %u of %u checks", test.failed, test.checks);
		fief_exit(test.env, 1);
	}
	fief_log("%u checks passed", test.checks);
	fief_exit(test.env, 0);
}

static void on_death(struct fief_signal_handler *self, unsigned count)
{
	const bool killed = test.way == WAY_HANG;
	enum pd_state state = PD_STATE_RUNNING;
	int32_t code;
	enum fief_err e;

	(void)self, (void)count;
	check(!pd_status((struct pd_cap){ test.pd.cap }, &state, &code) &&
	              state == (killed ? PD_STATE_KILLED : PD_STATE_CRASHED),
	      "how it died");
	if (killed)
		check_kept();
	else
		check_crash();
	fief_session_close(test.env, &test.pd);
	if (killed)
		finish(FIEF_OK);
	test.way++;
	e = victim_start();
	if (e)
		finish(e);
}

static void on_crash(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	test.told += count;
}

/* ---- start ---- */

static enum fief_err open_all(struct fief_env *env)
{
	const struct fief_session_args cpu = { .service = CPU_SERVICE,
		                               .ram = CPU_RAM_QUOTA,
		                               .caps = CPU_CAP_QUOTA };
	enum fief_err e;

	test.env = env;
	test.parent.type = &type;
	test.death.handle = on_death;
	test.crash.handle = on_crash;
	e = fief_entrypoint_manage(env->ep, &test.parent);
	if (!e)
		e = fief_signal_manage(env->ep, &test.death);
	if (!e)
		e = fief_signal_manage(env->ep, &test.crash);
	if (!e)
		e = fief_rom_open(env, "test-exceptions-victim", &binary);
	if (!e)
		e = fief_session_open(env, &cpu, &test.cpu);
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = open_all(env);

	if (e)
		finish(e);
	check_none();
	check(!cpu_exception_sigh((struct cpu_cap){ test.cpu.cap },
	                          (struct signal_cap){ test.crash.cap }),
	      "handler");
	e = victim_start();
	if (e)
		finish(e);
}
