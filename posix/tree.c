/* SPDX-License-Identifier: MIT */
/* Operations of the VFS, until their end. */

#include <fief/log.h>
#include <lib/mem.h>
#include <vfs/plugins.h>
#include <vfs/so/loader.h>

#include "tree.h"

static struct {
	struct fief_env *env;
	struct vfs *vfs;
	struct vfs_so so;
	struct vfs_place *cwd;
	struct vfs_op op;
	bool done, woken;
	enum vfs_err result;
} t;

enum fief_err tree_init(struct fief_env *env, const struct node *config)
{
	const struct vfs_args args = { .alloc = env->heap,
		                       .env = env,
		                       .types = vfs_plugins,
		                       .loader = &t.so.loader };
	struct node_error err = { { 0, 0 }, "out of memory" };
	enum fief_err e;

	t.env = env;
	vfs_so_init(&t.so, env);
	e = vfs_create(&args, node_first(config, "vfs"), &err, &t.vfs);
	if (e)
		fief_error("config:%u:%u: %s", err.at.line, err.at.column,
		           err.text);
	return e;
}

struct vfs *tree(void)
{
	return t.vfs;
}

static void on_done(struct vfs_op *op, enum vfs_err e)
{
	(void)op;
	t.done = true;
	t.result = e;
}

struct vfs_op *tree_op(void)
{
	memset(&t.op, 0, offsetof(struct vfs_op, walk));
	t.op.done = on_done;
	t.done = false;
	return &t.op;
}

enum vfs_err tree_end(enum vfs_err e)
{
	if (e != VFS_LATE)
		return e;
	while (!t.done)
		fief_entrypoint_wait_io(t.env->ep);
	return t.result;
}

static void on_ready(struct vfs_waiter *w)
{
	(void)w;
	t.woken = true;
}

void tree_wait(struct vfs_file *f)
{
	static struct vfs_waiter waiter = { .wake = on_ready };

	t.woken = false;
	vfs_wait(f, &waiter);
	while (!t.woken)
		fief_entrypoint_wait_io(t.env->ep);
}

struct vfs_place *tree_cwd(void)
{
	return t.cwd;
}

enum linux_errno tree_cwd_set(const char *path)
{
	struct vfs_op *op = tree_op();
	enum vfs_err e;

	op->at = t.cwd;
	op->path = path;
	e = tree_end(vfs_enter(t.vfs, op));
	if (e)
		return errno_of(e);
	vfs_place_put(t.cwd);
	t.cwd = op->place;
	return NO_ERROR;
}
