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
} m;

static void exited(void *arg, int code)
{
	(void)arg;
	fief_exit(m.env, code);
}

static enum fief_err run(void)
{
	const struct sandbox_hooks hooks = { .exited = exited };
	enum fief_err e;

	e = sandbox_create(m.env, &hooks, &m.sandbox);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		return e;
	}
	e = fief_rom_open(m.env, "config", &m.config);
	if (e) {
		fief_error("ROM \"config\": %s", fief_err_text(e));
		return e;
	}
	return sandbox_apply(m.sandbox, "config", m.config.data, m.config.size);
}

/* Without a usable config init stays alive and idles. */
void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	e = run();
	(void)e; /* it was reported where it happened */
}
