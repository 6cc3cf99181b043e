/* SPDX-License-Identifier: MIT */
/* A ROM server: hands on what it gets from its parent, except for module
 * "stuck", whose content it never tells. Announces LOG as well, and forwards
 * lines. */

#include <fief/component.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/rom.h>
#include <fief/root.h>

#include <lib/label.h>
#include <lib/mem.h>
#include <session/log.h>
#include <session/rom.h>

struct module {
	struct fief_service_session base;
	struct fief_rom rom;
	bool stuck;
};

static struct main {
	struct fief_env *env;
	struct fief_root root;
	struct fief_service rom, log;
} m;

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	struct module *s = FIEF_SESSION_OF(self, struct module);

	if (s->stuck)
		return FIEF_LATE;
	ds->cap = s->rom.ds;
	*size = s->rom.size;
	return FIEF_OK;
}

static const struct rom_ops rom_ops = { .dataspace = op_dataspace };

static enum fief_err rom_begin(struct fief_service_session *base,
                               const struct fief_service_request *q)
{
	struct module *s = (struct module *)base;
	const char *name = label_last(q->label);

	s->stuck = !strcmp(name, "stuck");
	return s->stuck ? FIEF_OK : fief_rom_open(m.env, name, &s->rom);
}

static void rom_end(struct fief_service_session *base)
{
	fief_rom_close(&((struct module *)base)->rom);
}

static enum fief_err op_write(struct fief_rpc_obj *self, struct capnp_text text)
{
	(void)self;
	fief_log("forwarded: %.*s", (int)text.len, text.s);
	return FIEF_OK;
}

static const struct log_ops log_ops = { .write = op_write };

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.rom = (struct fief_service){ .name = ROM_SERVICE,
		                       .type = &rom_rpc_type,
		                       .ops = &rom_ops,
		                       .size = sizeof(struct module),
		                       .init = rom_begin,
		                       .fini = rom_end };
	m.log = (struct fief_service){
		.name = LOG_SERVICE,
		.type = &log_rpc_type,
		.ops = &log_ops,
		.size = sizeof(struct fief_service_session),
	};
	e = fief_root_init(&m.root, env);
	if (!e)
		e = fief_root_announce(&m.root, &m.rom);
	if (!e)
		e = fief_root_announce(&m.root, &m.log);
	if (e)
		fief_exit(env, 1);
}
