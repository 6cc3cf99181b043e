/* SPDX-License-Identifier: MIT */
/* Init: a sandbox with its config from the ROM module "config". */

#include <fief/component.h>
#include <fief/log.h>
#include <fief/rom.h>
#include <init/sandbox.h>

static struct main {
	struct fief_env *env;
	struct fief_rom config;
	struct sandbox *sandbox;
	struct fief_signal_handler changed;
} m;

static void exited(void *arg, int code)
{
	(void)arg;
	fief_exit(m.env, code);
}

/* An empty config, or none at all, is not applied: init idles or stays as it
 * is. Mistakes are told by the sandbox. */
static void apply(void)
{
	enum fief_err e = fief_rom_update(&m.config);

	if (!e && m.config.data)
		e = sandbox_apply(m.sandbox, "config", m.config.data,
		                  m.config.size);
	if (e)
		fief_error("config not applied: %s", fief_err_text(e));
}

static void on_changed(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	apply();
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

/* Without a usable config init stays alive and idles. */
void fief_component_construct(struct fief_env *env)
{
	const struct sandbox_hooks hooks = { .exited = exited };
	enum fief_err e;

	m.env = env;
	e = sandbox_create(m.env, &hooks, &m.sandbox);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		return;
	}
	e = watch();
	if (e)
		fief_error("ROM \"config\": %s", fief_err_text(e));
	else
		apply();
}
