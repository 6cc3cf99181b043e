/* SPDX-License-Identifier: MIT */
/* Configuration and tree of a component that serves files. */

#include "files.h"

#include <fief/log.h>
#include <vfs/plugins.h>

static void error_log(const struct node_error *err, const char *then)
{
	fief_error("config:%u:%u: %s%s", err->at.line, err->at.column,
	           err->text, then);
}

static enum fief_err config_read(struct files *f, uint64_t usual_max)
{
	struct node_error err = { { 0, 0 }, "" };
	enum fief_err e =
		node_attr_u64(f->config.root, "max", usual_max, &err, &f->max);

	if (e)
		error_log(&err, "");
	return e;
}

static void on_config(struct fief_signal_handler *self, unsigned count)
{
	struct files *f = FIEF_CONTAINER_OF(self, struct files, changed);
	struct node_error err = { { 0, 0 }, "" };
	const struct node *tree;

	(void)count;
	if (fief_config_update(&f->config))
		return; /* said why; the old one stays */
	tree = node_first(f->config.root, "vfs");
	if (!tree)
		fief_error("config: there is no <vfs>; the tree stays");
	else if (vfs_update(f->vfs, tree, &err))
		error_log(&err, "; the tree stays");
	if (config_read(f, f->max))
		return; /* said why; it stays */
	if (f->updated)
		f->updated(f);
}

static enum fief_err tree_make(struct files *f, const struct node *tree)
{
	const struct vfs_args args = { .alloc = f->env->heap,
		                       .env = f->env,
		                       .types = vfs_plugins,
		                       .async = true };
	struct node_error err = { { 0, 0 }, "out of memory" };
	enum fief_err e;

	if (!tree) {
		fief_error("config: there is no <vfs>");
		return FIEF_INVALID;
	}
	e = vfs_create(&args, tree, &err, &f->vfs);
	if (e)
		error_log(&err, "");
	return e;
}

enum fief_err files_open_with(struct files *f, struct fief_env *env,
                              uint64_t usual_max,
                              const struct node *(*tree)(const struct node *))
{
	enum fief_err e;

	f->env = env;
	e = fief_config_open(env, &f->config);
	if (!e)
		e = config_read(f, usual_max);
	return e ? e : tree_make(f, tree(f->config.root));
}

static const struct node *tree_of(const struct node *config)
{
	return node_first(config, "vfs");
}

enum fief_err files_open(struct files *f, struct fief_env *env,
                         uint64_t usual_max)
{
	enum fief_err e = files_open_with(f, env, usual_max, tree_of);

	if (e)
		return e;
	f->follow = true;
	f->changed.handle = on_config;
	e = fief_signal_manage(env->ep, &f->changed);
	return e ? e : fief_rom_sigh(&f->config.rom, &f->changed);
}
