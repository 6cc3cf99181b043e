/* SPDX-License-Identifier: MIT */
/* Reports in, ROM modules out: who reads which report is configuration. */

#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/rom_server.h>
#include <session/rom.h>

#include "policy.h"
#include "report.h"

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct fief_signal_handler config_changed;
	struct fief_root root;
	struct fief_service rom;
	struct reports reports;
	struct list readers; /* borrowed: all ROM sessions */
	bool verbose;
} m;

struct reader {
	struct fief_rom_reader rom;
	struct list_elem elem;
	struct label label;
};

static bool wanted(const char *report)
{
	return policy_names(m.config.root, report);
}

/* ---- ROM sessions ---- */

/* Errors: DENIED (no policy), OUT_OF_RAM and others of the heap. */
static enum fief_err reader_connect(struct reader *r)
{
	const char *name = policy_report(m.config.root, r->label.text);
	struct report_module *module;
	enum fief_err e;

	if (!name)
		return FIEF_DENIED;
	e = reports_get(&m.reports, name, &module);
	if (!e)
		fief_rom_reader_select(&r->rom, &module->rom);
	return e;
}

static enum fief_err reader_init(struct fief_service_session *s,
                                 const struct fief_service_request *request)
{
	struct reader *r = (struct reader *)s;
	enum fief_err e = label_set(&r->label, request->label);

	if (!e)
		e = reader_connect(r);
	if (!e)
		list_add_last(&m.readers, &r->elem);
	return e;
}

static void reader_fini(struct fief_service_session *s)
{
	struct reader *r = (struct reader *)s;

	list_remove(&r->elem);
	fief_rom_reader_fini(s);
	reports_collect(&m.reports);
}

/* ---- configuration ---- */

static void config_apply(void)
{
	if (node_attr_bool(m.config.root, "verbose", false, NULL, &m.verbose))
		fief_warning("config: verbose is neither yes nor no");
	m.reports.verbose = m.verbose;
}

static void on_config(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	(void)count;
	if (fief_config_update(&m.config))
		return; /* said why; the old one stays */
	config_apply();
	/* A session that has no policy any more sees an empty module. */
	LIST_FOR_EACH(r, &m.readers, struct reader, elem)
		if (reader_connect(r))
			fief_rom_reader_select(&r->rom, NULL);
	reports_collect(&m.reports);
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	if (e)
		return e;
	config_apply();
	m.config_changed.handle = on_config;
	e = fief_signal_manage(env->ep, &m.config_changed);
	if (!e)
		e = fief_rom_sigh(&m.config.rom, &m.config_changed);
	if (!e)
		e = fief_root_init(&m.root, env);
	if (!e)
		e = reports_announce(&m.reports, &m.root);
	if (!e)
		e = fief_root_announce(&m.root, &m.rom);
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.reports.heap = env->heap;
	m.reports.wanted = wanted;
	m.rom = (struct fief_service){
		.name = ROM_SERVICE,
		.type = &rom_rpc_type,
		.ops = &fief_rom_reader_ops,
		.size = sizeof(struct reader),
		.init = reader_init,
		.fini = reader_fini,
	};
	e = start(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
