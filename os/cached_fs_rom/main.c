/* SPDX-License-Identifier: MIT */
/* ROM modules out of files, each in memory once for all who read it. */

#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/root.h>
#include <session/rom.h>

#include "cache.h"

static const uint64_t MAX = 256 << 20, CACHE = 16 << 20;

static struct main {
	struct files files;
	struct cache cache;
	struct fief_root root;
	struct fief_service service;
} m;

struct client {
	struct fief_service_session base;
	struct where where;
	struct cache_use had;  /* what was handed out last */
	struct cache_use next; /* what is being loaded */
	bool told;             /* that it is not the file any more */
	fief_reply caller;     /* owned: who waits for `next`; or NULL */
	fief_cap sigh;         /* owned */
};

/* ---- what happens to files ---- */

static void on_changed(struct cache_use *u)
{
	struct client *c = FIEF_CONTAINER_OF(u, struct client, had);

	c->told = true;
	fief_kif->signal(c->sigh);
}

/* While it is being loaded there is nothing to be told of. */
static void on_changed_early(struct cache_use *u)
{
	(void)u;
}

/* ---- operations ---- */

/* The next one becomes the one that it has. */
static void hand_out(struct client *c, struct dataspace_cap *ds, uint64_t *size)
{
	fief_cap cap = FIEF_CAP_NULL;

	*size = 0;
	if (!cache_content(&c->next, &cap, size))
		cap = FIEF_CAP_NULL;
	ds->cap = cap;
	c->told = false;
	cache_put(&m.cache, &c->had);
	cache_move(&c->next, &c->had);
}

static void on_loaded(struct cache_use *u)
{
	struct client *c = FIEF_CONTAINER_OF(u, struct client, next);
	const fief_reply caller = c->caller;
	struct dataspace_cap ds;
	uint64_t size;

	c->caller = FIEF_REPLY_NULL;
	hand_out(c, &ds, &size);
	rom_dataspace_reply_send(caller, FIEF_OK, ds, size);
}

/* INVALID: another thread of the client waits. */
static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	struct client *c = FIEF_SESSION_OF(self, struct client);
	enum fief_err e;

	if (c->next.entry)
		return FIEF_INVALID;
	if (!c->told && !cache_fresh(&c->had))
		cache_put(&m.cache, &c->had); /* no content: try again */
	e = cache_get(&m.cache, &c->where, &c->next);
	if (e == FIEF_LATE)
		c->caller = fief_entrypoint_token(m.files.env->ep);
	if (!e)
		hand_out(c, ds, size);
	return e;
}

/* Nothing that is shared changes. */
static enum fief_err op_update(struct fief_rpc_obj *self, bool *fits)
{
	const struct client *c = FIEF_SESSION_OF(self, struct client);

	*fits = cache_fresh(&c->had);
	return FIEF_OK;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	struct client *c = FIEF_SESSION_OF(self, struct client);

	fief_kif->drop(c->sigh, 1);
	c->sigh = handler.cap;
	if (c->told) /* before there was anybody to be told */
		fief_kif->signal(c->sigh);
	return FIEF_OK;
}

static const struct rom_ops client_ops = {
	.dataspace = op_dataspace,
	.update = op_update,
	.sigh = op_sigh,
};

/* ---- sessions ---- */

static enum fief_err client_init(struct fief_service_session *s,
                                 const struct fief_service_request *q)
{
	struct client *c = (struct client *)(void *)s;
	const enum fief_err e =
		where_of_last(m.files.config.root, q->label, &c->where);

	c->had.changed = on_changed;
	c->next.changed = on_changed_early;
	c->next.loaded = on_loaded;
	if (e)
		return e;
	if (!follow_possible(c->where.path))
		return FIEF_LIMIT;
	/* It keeps two entries alive at most. */
	return fief_budget_take(&s->budget, 2 * cache_cost(&c->where), 0);
}

static void client_fini(struct fief_service_session *s)
{
	struct client *c = (struct client *)(void *)s;

	cache_put(&m.cache, &c->next);
	cache_put(&m.cache, &c->had);
	fief_kif->drop(c->sigh, 1);
}

/* ---- set-up ---- */

static void config_apply(struct files *f)
{
	struct node_error err = { { 0, 0 }, "" };
	uint64_t limit = CACHE;

	if (node_attr_u64(f->config.root, "cache", CACHE, &err, &limit))
		fief_warning("config:%u:%u: %s", err.at.line, err.at.column,
		             err.text);
	cache_limit(&m.cache, limit);
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = files_open(&m.files, env, MAX);

	if (e)
		return e;
	m.cache.files = &m.files;
	m.files.updated = config_apply;
	config_apply(&m.files);
	e = fief_root_init(&m.root, env);
	return e ? e : fief_root_announce(&m.root, &m.service);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.service = (struct fief_service){
		.name = ROM_SERVICE,
		.type = &rom_rpc_type,
		.ops = &client_ops,
		.size = sizeof(struct client),
		.init = client_init,
		.fini = client_fini,
	};
	e = start(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
