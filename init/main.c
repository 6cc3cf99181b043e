/* SPDX-License-Identifier: MIT */
/* Init: a sandbox with its config from the ROM module "config". */

#include <fief/component.h>
#include <fief/exit_code.h>
#include <fief/log.h>
#include <fief/rom.h>
#include <init/sandbox.h>
#include <lib/number.h>
#include <session/pd.h>

#include "state_report.h"

static struct main {
	struct fief_env *env;
	struct fief_rom config;
	struct sandbox *sandbox;
	struct state_report state;
	struct fief_signal_handler changed;
} m;

static void exited(void *arg, int code)
{
	(void)arg;
	fief_exit(m.env, code);
}

static void state_due(void *arg)
{
	(void)arg;
	state_report_send(&m.state);
}

static bool poor(enum fief_err e)
{
	return e == FIEF_OUT_OF_RAM || e == FIEF_OUT_OF_CAPS;
}

/* What failed and, if it is the quota, what there was of it. */
static void report(const char *what, enum fief_err e)
{
	char ram[NUMBER_TEXT_MAX], ram_free[NUMBER_TEXT_MAX];
	uint64_t limit = 0, used = 0;
	uint32_t caps = 0, caps_used = 0;

	if (!poor(e) || pd_quota((struct pd_cap){ m.env->pd }, &limit, &used,
	                         &caps, &caps_used)) {
		fief_error("%s: %s", what, fief_err_text(e));
		return;
	}
	fief_error("%s: not enough %s; of %s RAM and %u caps, %s and %u are "
	           "left",
	           what, e == FIEF_OUT_OF_RAM ? "RAM" : "caps",
	           number_text(ram, limit), caps,
	           number_text(ram_free, limit - used), caps - caps_used);
}

/* An empty config, or none at all, is not applied: init idles or stays as it
 * is. Mistakes are told by the sandbox. */
static enum fief_err apply(void)
{
	enum fief_err e = fief_rom_update(&m.config);

	if (!e && m.config.data)
		e = sandbox_apply(m.sandbox, "config", m.config.data,
		                  m.config.size);
	state_report_configured(&m.state);
	if (e == FIEF_INVALID) /* where and why was just said */
		fief_error("config not applied");
	else if (e)
		report("config not applied", e);
	return e;
}

static void on_changed(struct fief_signal_handler *self, unsigned count)
{
	enum fief_err e = apply();

	(void)self, (void)count;
	if (!e) /* else what ran before goes on */
		fief_log("config applied");
}

static enum fief_err watch(void)
{
	enum fief_err e;

	m.changed.handle = on_changed;
	e = fief_signal_manage(m.env->ep, &m.changed);
	if (!e)
		e = fief_rom_open(m.env, "config", &m.config);
	return e ? e : fief_rom_sigh(&m.config, &m.changed);
}

static enum fief_err begin(void)
{
	const struct sandbox_hooks hooks = { .exited = exited,
		                             .state = state_due };
	enum fief_err e = sandbox_create(m.env, &hooks, &m.sandbox);

	if (e) {
		report("cannot start", e);
		return e;
	}
	m.state = (struct state_report){ .env = m.env,
		                         .sandbox = m.sandbox,
		                         .other = &m.config };
	e = watch();
	if (e) {
		report("ROM \"config\"", e);
		return e;
	}
	return apply();
}

/* Without a usable config init stays alive and idles; too poor to read one it
 * is of no use. */
void fief_component_construct(struct fief_env *env)
{
	m.env = env;
	if (poor(begin()))
		fief_exit(env, FIEF_EXIT_QUOTA);
}
