/* SPDX-License-Identifier: MIT */
/* A client's directory becomes another one of the server behind. */

#include <fief/log.h>

#include "session.h"

static struct chroot m;

/* For sessions from now on: those that are open go on as they are. */
static void on_config(struct fief_signal_handler *self, unsigned count)
{
	const enum fief_err e = fief_config_update(&m.config);

	(void)self, (void)count;
	(void)e; /* said why; the old one stays */
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	if (e)
		return e;
	m.config_changed.handle = on_config;
	e = fief_signal_manage(env->ep, &m.config_changed);
	if (!e)
		e = fief_rom_sigh(&m.config.rom, &m.config_changed);
	return e ? e : sessions_serve(&m);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	e = start(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
