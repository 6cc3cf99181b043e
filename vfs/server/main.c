/* SPDX-License-Identifier: MIT */
/* The VFS server: parts of one tree, for clients by policy. */

#include <fief/kif_table.h>
#include <fief/log.h>
#include <vfs/plugins.h>

#include "server.h"

static struct server m;

static const struct node *tree_config(void)
{
	return node_first(m.config.root, "vfs");
}

static void on_config(struct fief_signal_handler *self, unsigned count)
{
	struct node_error err = { { 0, 0 }, "" };

	(void)self, (void)count;
	if (fief_config_update(&m.config))
		return; /* said why; the old one stays */
	if (!tree_config())
		fief_error("config: there is no <vfs>; the tree stays");
	else if (vfs_update(m.vfs, tree_config(), &err))
		fief_error("config:%u:%u: %s; the tree stays", err.at.line,
		           err.at.column, err.text);
}

static enum fief_err tree_make(void)
{
	const struct vfs_args args = { .alloc = m.env->heap,
		                       .env = m.env,
		                       .types = vfs_plugins,
		                       .async = true };
	struct node_error err = { { 0, 0 }, "out of memory" };
	enum fief_err e;

	if (!tree_config()) {
		fief_error("config: there is no <vfs>");
		return FIEF_INVALID;
	}
	e = vfs_create(&args, tree_config(), &err, &m.vfs);
	if (e)
		fief_error("config:%u:%u: %s", err.at.line, err.at.column,
		           err.text);
	return e;
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	if (!e)
		e = tree_make();
	if (e)
		return e;
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
