/* SPDX-License-Identifier: MIT */
/* The VFS server: parts of one tree, for clients by policy. */

#include <fief/kif_table.h>
#include <fief/log.h>

#include "server.h"

static struct server m;

static void on_config(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	if (!fief_config_update(
		    &m.config)) /* else said why; the old one stays */
		config_tree_update(&m.tree);
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	if (!e)
		e = config_tree_open(&m.tree, env, &m.config, server_node,
		                     server_loader(env));
	if (e)
		return e;
	m.vfs = m.tree.vfs;
	m.config_changed.handle = on_config;
	e = fief_signal_manage(env->ep, &m.config_changed);
	if (!e)
		e = fief_rom_sigh(&m.config.rom, &m.config_changed);
	if (!e)
		e = fief_root_init(&m.root, env);
	if (!e)
		e = fief_root_announce(&m.root, &m.service);
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.service = (struct fief_service){
		.name = FILE_SYSTEM_SERVICE,
		.type = &file_system_rpc_type,
		.ops = &session_ops,
		.size = sizeof(struct session),
		.init = session_init,
		.fini = session_fini,
	};
	e = start(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
