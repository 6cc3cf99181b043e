/* SPDX-License-Identifier: MIT */
/* ROM modules as reports. */

#include <fief/config.h>
#include <fief/log.h>
#include <fief/reporter.h>

struct bridge {
	struct fief_rom rom;
	struct fief_reporter reporter;
	struct fief_signal_handler changed;
	const char *label, *report; /* borrowed: in the config */
};

static struct main {
	struct fief_env *env;
	struct fief_config config;
} m;

static void publish(struct bridge *b)
{
	enum fief_err e = fief_rom_update(&b->rom);

	if (!e)
		e = fief_reporter_text(&b->reporter, b->rom.data, b->rom.size);
	if (e)
		fief_error("ROM \"%s\" is not reported: %s", b->label,
		           fief_err_text(e));
}

static void on_change(struct fief_signal_handler *self, unsigned count)
{
	(void)count;
	publish(FIEF_CONTAINER_OF(self, struct bridge, changed));
}

static enum fief_err bridge_open(struct bridge *b)
{
	enum fief_err e;

	b->changed.handle = on_change;
	e = fief_signal_manage(m.env->ep, &b->changed);
	if (!e)
		e = fief_reporter_open(&b->reporter, m.env, b->report);
	if (!e)
		e = fief_rom_open(m.env, b->label, &b->rom);
	if (!e)
		e = fief_rom_sigh(&b->rom, &b->changed);
	if (!e)
		publish(b);
	return e;
}

static enum fief_err bridge_add(const struct node *config)
{
	struct node_error fault;
	struct bridge *b;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(m.env->heap, sizeof(*b), &mem);
	if (e)
		return e;
	b = mem;
	e = node_attr_required(config, "label", &fault, &b->label);
	if (e) {
		fief_error("config:%u:%u: %s", fault.at.line, fault.at.column,
		           fault.text);
		return e;
	}
	b->report = node_attr(config, "report", b->label);
	return bridge_open(b);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	m.env = env;
	NODE_FOR_EACH(rom, m.config.root, "rom")
		if (!e)
			e = bridge_add(rom);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
