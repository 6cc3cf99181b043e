/* SPDX-License-Identifier: MIT */
/* A server's tree, and its config. */

#include <vfs/config_tree.h>

#include <fief/kif_table.h>
#include <fief/log.h>
#include <vfs/plugins.h>

static void error_log(const struct node_error *err, const char *then)
{
	if (!*err->text)
		return; /* `node` said why */
	if (err->at.line)
		fief_error("config:%u:%u: %s%s", err->at.line, err->at.column,
		           err->text, then);
	else
		fief_error("%s%s", err->text, then);
}

static const struct node *node_usual(const struct node *config)
{
	return node_first(config, "vfs");
}

static enum fief_err tree_find(struct config_tree *t, struct node_error *err,
                               const struct node **out)
{
	const struct node *n = t->node(t->config->root);

	if (!n)
		return node_error_set(
			err, FIEF_INVALID, (struct node_place){ 0, 0 }, "%s",
			t->node == node_usual ? "config: there is no <vfs>" :
						"");
	return mount_rom_tree(&t->mounts, n, err, out);
}

void config_tree_update(struct config_tree *t)
{
	struct node_error err = { { 0, 0 }, "out of memory" };
	const struct node *n;
	enum fief_err e = tree_find(t, &err, &n);

	if (!e)
		e = vfs_update(t->vfs, n, &err);
	if (e)
		error_log(&err, "; the tree stays");
}

static void on_mounts(struct fief_signal_handler *self, unsigned count)
{
	(void)count;
	config_tree_update(
		FIEF_CONTAINER_OF(self, struct config_tree, mounts.changed));
}

/* ---- time of files ---- */

int64_t config_tree_now(void *tree)
{
	const struct fief_wall_clock *c = &((struct config_tree *)tree)->clock;

	return c->session.id ? fief_wall_clock_now(c) :
	                       (int64_t)fief_kif->time();
}

/* Asking without being told would make init log a missing route. */
static enum fief_err clock_open(struct config_tree *t, struct node_error *err)
{
	const struct node *config = t->config->root;
	bool wanted;
	enum fief_err e = node_attr_bool(config, "rtc", false, err, &wanted);

	if (e || !wanted)
		return e;
	e = fief_wall_clock_open(&t->clock, t->mounts.env);
	return e ? node_error_set(err, e, config->at, "no Rtc session: %s",
	                          fief_err_text(e)) :
	           e;
}

enum fief_err config_tree_open(struct config_tree *t, struct fief_env *env,
                               struct fief_config *config,
                               const struct node *(*node)(const struct node *),
                               struct vfs_loader *loader)
{
	const struct vfs_args args = { .alloc = env->heap,
		                       .env = env,
		                       .types = vfs_plugins,
		                       .loader = loader,
		                       .now = config_tree_now,
		                       .now_arg = t,
		                       .async = true };
	struct node_error err = { { 0, 0 }, "out of memory" };
	const struct node *n;
	enum fief_err e;

	t->config = config;
	t->node = node ? node : node_usual;
	t->mounts.env = env;
	t->mounts.changed.handle = on_mounts;
	e = clock_open(t, &err);
	if (!e)
		e = tree_find(t, &err, &n);
	if (!e)
		e = vfs_create(&args, n, &err, &t->vfs);
	if (e)
		error_log(&err, "");
	return e;
}
