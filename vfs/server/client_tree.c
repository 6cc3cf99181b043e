/* SPDX-License-Identifier: MIT */
/* A tree that is a client's alone. */

#include <fief/log.h>
#include <vfs/plugin/full.h>
#include <vfs/plugin/inline.h>
#include <vfs/plugin/null.h>
#include <vfs/plugin/ram.h>
#include <vfs/plugin/symlink.h>
#include <vfs/plugin/zero.h>

#include "server.h"

/* Its own books are paid by the client, too. */
struct client_tree {
	struct fief_guarded_alloc guard;
	struct fief_env env; /* of the component, but for memory */
	struct vfs *vfs;     /* owned */
};

/* Those that need nothing but memory: a session that one opened would be the
 * server's, and an operation that waits for another server would outlive the
 * client. */
static const struct vfs_type *const types[] = {
	&vfs_full,    &vfs_inline, &vfs_null, &vfs_ram,
	&vfs_symlink, &vfs_zero,   NULL,
};

static enum fief_err tree_create(struct session *s, struct client_tree *t,
                                 const struct node *config)
{
	const struct vfs_args args = { .alloc = &t->guard.alloc,
		                       .env = &t->env,
		                       .types = types,
		                       .now = config_tree_now,
		                       .now_arg = &s->server->tree };
	struct node_error err = { 0 };
	enum fief_err e = vfs_create(&args, config, &err, &t->vfs);

	if (!e || e == FIEF_OUT_OF_RAM || e == FIEF_OUT_OF_CAPS)
		return e;
	fief_warning("the tree of a policy: config:%u:%u: %s", err.at.line,
	             err.at.column, err.text);
	return FIEF_DENIED;
}

enum fief_err client_tree_make(struct session *s, const struct node *config)
{
	struct fief_env *env = s->server->env;
	struct fief_guarded_alloc guard;
	struct client_tree *t;
	enum fief_err e;
	void *mem;

	fief_guarded_alloc_init(&guard, env->heap, &s->base.budget);
	e = fief_alloc_zeroed(&guard.alloc, sizeof(*t), &mem);
	if (e)
		return e;
	t = mem;
	t->guard = guard;
	t->env = *env;
	t->env.heap = &t->guard.alloc;
	t->env.ram = &s->base.ram.ram;
	e = tree_create(s, t, config);
	if (e) {
		fief_free(&guard.alloc, t, sizeof(*t));
		return e;
	}
	s->own = t;
	s->vfs = t->vfs;
	return FIEF_OK;
}

void client_tree_end(struct client_tree *t)
{
	struct fief_guarded_alloc guard;

	if (!t)
		return;
	vfs_destroy(t->vfs);
	guard = t->guard;
	fief_free(&guard.alloc, t, sizeof(*t));
}
