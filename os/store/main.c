/* SPDX-License-Identifier: MIT */
/* A store of blobs and names in the files that its config composes. */

#include <fief/kif_table.h>
#include <fief/log.h>
#include <vfs/plugins.h>

#include "server.h"

enum { NAMES_USUAL = 10000, BLOB_USUAL = 64 << 20 };

struct server server;

static void wait(struct disk *d)
{
	fief_entrypoint_wait_io(d->ep);
}

static enum fief_err limits_read(const struct node *config,
                                 struct node_error *err)
{
	struct store *s = &server.store;
	uint64_t names = NAMES_USUAL;
	enum fief_err e =
		node_attr_u64(config, "names", NAMES_USUAL, err, &names);

	s->names_max = (size_t)names;
	return e ? e :
	           node_attr_u64(config, "blob", BLOB_USUAL, err, &s->blob_max);
}

static enum fief_err tree_make(struct node_error *err)
{
	const struct vfs_args args = { .alloc = server.env->heap,
		                       .env = server.env,
		                       .types = vfs_plugins };
	const struct node *config = server.config.root;
	const struct node *tree = node_first(config, "vfs");
	enum fief_err e = limits_read(config, err);

	if (e)
		return e;
	if (!tree)
		return node_error_set(err, FIEF_INVALID,
		                      (struct node_place){ 1, 1 },
		                      "there is no <vfs>");
	return vfs_create(&args, tree, err, &server.store.disk.vfs);
}

static enum fief_err store_start(void)
{
	static const char *const text[] = {
		[STORE_OK] = "",
		[STORE_NOT_FOUND] = "a directory went away",
		[STORE_CORRUPT] = "corrupt",
		[STORE_LIMIT] = "more names than attribute \"names\" allows",
		[STORE_NO_SPACE] = "no space left",
		[STORE_FAILED] = "the files cannot be read or written",
		[STORE_BAD_NAME] = "a name",
		[STORE_NO_MEMORY] =
			"no RAM for its names, or more than attribute "
			"\"names\" allows",
	};
	struct store *s = &server.store;
	enum store_err e;

	s->disk.wait = wait;
	s->disk.ep = server.env->ep;
	s->alloc = server.env->heap;
	e = store_open(s);
	if (e) {
		fief_error("the store: %s", text[e]);
		return FIEF_INVALID;
	}
	fief_log("%u names", (unsigned)s->count);
	if (s->broken)
		fief_warning("%u of them say nothing that is a hash; nothing "
		             "is collected until they are bound or unbound",
		             (unsigned)s->broken);
	return FIEF_OK;
}

static enum fief_err start(struct fief_env *env)
{
	struct node_error err = { { 0, 0 }, "out of memory" };
	enum fief_err e = fief_config_open(env, &server.config);

	if (e)
		return e;
	e = tree_make(&err);
	if (e)
		fief_error("config:%u:%u: %s", err.at.line, err.at.column,
		           err.text);
	if (!e)
		e = store_start();
	if (!e)
		e = fief_root_init(&server.root, env);
	return e ? e : fief_root_announce(&server.root, &server.service);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	server.env = env;
	server.service = (struct fief_service){
		.name = STORE_SERVICE,
		.type = &store_rpc_type,
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
