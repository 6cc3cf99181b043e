/* SPDX-License-Identifier: MIT */
/* A ROM session of a file. */

#include "reader.h"

#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/mem.h>

static const uint64_t MAX = 256 << 20; /* bytes of a file, usually */

/* ---- news ---- */

static void reader_tell(struct reader *r)
{
	if (!r->asked || r->told || r->load.running || !r->follow.known ||
	    stamp_equal(&r->handed, &r->follow.stamp))
		return;
	r->told = true;
	fief_kif->signal(r->sigh);
}

static void on_changed(struct follow *f)
{
	reader_tell(FIEF_CONTAINER_OF(f, struct reader, follow));
}

/* ---- content ---- */

static enum fief_err room(struct load *l, size_t bytes, void **addr)
{
	struct reader *r = FIEF_CONTAINER_OF(l, struct reader, load);
	const size_t wanted = fief_root_ram_cost(bytes ? bytes : 1);
	enum fief_err e = FIEF_OK;

	if (r->updating && wanted > r->copy.bytes)
		return FIEF_TOO_LONG;
	if (!r->updating && wanted != r->copy.bytes) {
		fief_attached_ram_fini(&r->copy);
		e = fief_attached_ram_init(&r->copy, &r->base.ram.ram, wanted);
	}
	if (!e)
		*addr = r->copy.addr;
	return e;
}

/* Is it for the client to donate more? */
static bool unpaid(enum fief_err e)
{
	return e == FIEF_OUT_OF_RAM || e == FIEF_OUT_OF_CAPS;
}

static void content_set(struct reader *r, enum fief_err e)
{
	r->asked = true;
	r->told = false;
	r->handed = load_seen(&r->load, e, &r->follow.stamp);
	if (e)
		load_log(&r->load, e, r->where.path);
	else
		memset((char *)r->copy.addr + r->load.size, 0,
		       r->copy.bytes - r->load.size);
}

/* ---- operations ---- */

static enum fief_err dataspace_end(struct reader *r, enum fief_err e,
                                   struct dataspace_cap *ds, uint64_t *size)
{
	if (unpaid(e))
		return e;
	content_set(r, e);
	if (e)
		fief_attached_ram_fini(&r->copy);
	ds->cap = r->copy.ds;
	*size = e ? 0 : r->load.size;
	reader_tell(r);
	return FIEF_OK;
}

/* False: the client has to fetch a dataspace anew, which tells of failures. */
static bool update_end(struct reader *r, enum fief_err e)
{
	if (e)
		return false;
	content_set(r, e);
	reader_tell(r);
	return true;
}

static void on_loaded(struct load *l, enum fief_err e)
{
	struct reader *r = FIEF_CONTAINER_OF(l, struct reader, load);
	const fief_reply caller = r->caller;
	struct dataspace_cap ds = { FIEF_CAP_NULL };
	uint64_t size = 0;

	r->caller = FIEF_REPLY_NULL;
	if (r->updating) {
		rom_update_reply_send(caller, FIEF_OK, update_end(r, e));
		return;
	}
	e = dataspace_end(r, e, &ds, &size);
	rom_dataspace_reply_send(caller, e, ds, size);
}

/* INVALID: another thread of the client waits. */
static enum fief_err content_load(struct reader *r, bool updating)
{
	enum fief_err e;

	if (r->load.running)
		return FIEF_INVALID;
	r->updating = updating;
	r->load.most = r->files->max;
	e = load_start(&r->load, r->files->vfs, r->where.path, r->where.flags);
	if (e == FIEF_LATE)
		r->caller = fief_entrypoint_token(r->files->env->ep);
	return e;
}

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	struct reader *r = FIEF_SESSION_OF(self, struct reader);
	const enum fief_err e = content_load(r, false);

	if (e == FIEF_LATE || e == FIEF_INVALID)
		return e;
	return dataspace_end(r, e, ds, size);
}

static enum fief_err op_update(struct fief_rpc_obj *self, bool *fits)
{
	struct reader *r = FIEF_SESSION_OF(self, struct reader);
	const enum fief_err e = content_load(r, true);

	if (e == FIEF_LATE || e == FIEF_INVALID)
		return e;
	*fits = update_end(r, e);
	return FIEF_OK;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	struct reader *r = FIEF_SESSION_OF(self, struct reader);

	fief_kif->drop(r->sigh, 1);
	r->sigh = handler.cap;
	/* It changed before there was anybody to be told. */
	if (r->told)
		fief_kif->signal(r->sigh);
	return FIEF_OK;
}

static const struct rom_ops reader_ops = {
	.dataspace = op_dataspace,
	.update = op_update,
	.sigh = op_sigh,
};

/* ---- sessions ---- */

static enum fief_err reader_follow(struct reader *r)
{
	const enum fief_err e = fief_budget_take(&r->base.budget,
	                                         follow_cost(r->where.path), 0);

	if (e)
		return e;
	r->follow.changed = on_changed;
	return follow_start(&r->follow, r->files->vfs, r->files->env->heap,
	                    r->where.path, r->where.flags);
}

static enum fief_err reader_init(struct fief_service_session *s,
                                 const struct fief_service_request *q)
{
	struct reader *r = (struct reader *)(void *)s;
	enum fief_err e;

	r->files =
		&FIEF_CONTAINER_OF(s->service, struct readers, service)->files;
	r->load.room = room;
	r->load.done = on_loaded;
	e = where_of_last(r->files->config.root, q->label, &r->where);
	if (!e && r->files->follow)
		e = reader_follow(r);
	return e;
}

static void reader_fini(struct fief_service_session *s)
{
	struct reader *r = (struct reader *)(void *)s;

	load_cancel(&r->load);
	follow_stop(&r->follow);
	fief_attached_ram_fini(&r->copy);
	fief_kif->drop(r->sigh, 1);
}

static enum fief_err
readers_open(struct readers *r, struct fief_env *env,
             const struct node *(*tree)(const struct node *))
{
	enum fief_err e = tree ? files_open_with(&r->files, env, MAX, tree) :
	                         files_open(&r->files, env, MAX);

	if (!e)
		e = fief_root_init(&r->root, env);
	return e ? e : fief_root_announce(&r->root, &r->service);
}

void readers_start(struct readers *r, struct fief_env *env,
                   const struct node *(*tree)(const struct node *))
{
	enum fief_err e;

	r->service = (struct fief_service){
		.name = ROM_SERVICE,
		.type = &rom_rpc_type,
		.ops = &reader_ops,
		.size = sizeof(struct reader),
		.init = reader_init,
		.fini = reader_fini,
	};
	e = readers_open(r, env, tree);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
