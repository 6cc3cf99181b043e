/* SPDX-License-Identifier: MIT */
/* Logs a ROM module, and again whenever it changes. */

#include <fief/config.h>
#include <fief/log.h>
#include <lib/mem.h>

static struct main {
	struct fief_rom rom;
	struct fief_signal_handler changed;
	const char *name; /* of the module; in the config, which stays open */
	struct fief_config config;
} m;

static void log_content(void)
{
	const char *at = m.rom.data;
	const char *end = at ? at + m.rom.size : at;

	if (!at) {
		fief_log("ROM \"%s\" is empty", m.name);
		return;
	}
	fief_log("ROM \"%s\":", m.name);
	while (at < end && *at) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));
		const char *stop = nl ? nl : end;

		fief_log("  %.*s", (int)(stop - at), at);
		at = stop + 1;
	}
}

static void on_change(struct fief_signal_handler *self, unsigned count)
{
	enum fief_err e = fief_rom_update(&m.rom);

	(void)self;
	(void)count;
	if (e)
		fief_error("ROM \"%s\": %s", m.name, fief_err_text(e));
	else
		log_content();
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	if (e)
		return e;
	m.name = node_attr(m.config.root, "rom", "state");
	m.changed.handle = on_change;
	e = fief_signal_manage(env->ep, &m.changed);
	if (!e)
		e = fief_rom_open(env, m.name, &m.rom);
	if (!e)
		e = fief_rom_sigh(&m.rom, &m.changed);
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = start(env);

	if (e) {
		fief_error("cannot read the ROM: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
	log_content();
}
