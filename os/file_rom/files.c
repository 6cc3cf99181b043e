/* SPDX-License-Identifier: MIT */
/* Configuration and tree of a component that serves files. */

#include "files.h"

#include <fief/log.h>

static enum fief_err config_read(struct files *f)
{
	struct node_error err = { { 0, 0 }, "" };
	enum fief_err e = node_attr_u64(f->config.root, "max", f->usual_max,
	                                &err, &f->max);

	if (e)
		fief_error("config:%u:%u: %s", err.at.line, err.at.column,
		           err.text);
	return e;
}

static void on_config(struct fief_signal_handler *self, unsigned count)
{
	struct files *f = FIEF_CONTAINER_OF(self, struct files, changed);

	(void)count;
	if (fief_config_update(&f->config))
		return; /* said why; the old one stays */
	config_tree_update(&f->tree);
	if (!config_read(f) && f->updated)
		f->updated(f);
}

enum fief_err files_open_with(struct files *f, struct fief_env *env,
                              uint64_t usual_max,
                              const struct node *(*tree)(const struct node *))
{
	enum fief_err e = fief_config_open(env, &f->config);

	f->env = env;
	f->usual_max = usual_max;
	if (!e)
		e = config_read(f);
	if (!e)
		e = config_tree_open(&f->tree, env, &f->config, tree, NULL);
	f->vfs = f->tree.vfs;
	return e;
}

enum fief_err files_open(struct files *f, struct fief_env *env,
                         uint64_t usual_max)
{
	enum fief_err e = files_open_with(f, env, usual_max, NULL);

	if (e)
		return e;
	f->follow = true;
	f->changed.handle = on_config;
	e = fief_signal_manage(env->ep, &f->changed);
	return e ? e : fief_rom_sigh(&f->config.rom, &f->changed);
}
