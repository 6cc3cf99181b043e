/* SPDX-License-Identifier: MIT */
/* Reports in, files out. */

#include <fief/args.h>
#include <fief/attached.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/root.h>
#include <lib/mem.h>
#include <lib/rate_limit.h>
#include <os/file_rom/files.h>
#include <session/report.h>

#include "store.h"

enum { BUFFER_DEFAULT = 4096, WARNINGS = 8 };

static const uint64_t MAX = 1 << 20, WARNINGS_NS = 10000000000;

static struct main {
	struct files files;
	struct fief_root root;
	struct fief_service service;
	struct list reporters; /* borrowed: all sessions */
} m;

struct reporter {
	struct fief_service_session base;
	struct list_elem elem;
	struct where where;
	struct fief_attached_ram buffer; /* shared with the client */
	struct fief_attached_ram copy;   /* what is being written */
	struct store store;
	fief_reply caller; /* owned: who waits for the end of it; or NULL */
};

/* ---- operations ---- */

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	const struct reporter *r = FIEF_SESSION_OF(self, struct reporter);

	ds->cap = r->buffer.ds;
	*size = r->buffer.bytes;
	return FIEF_OK;
}

/* The client is told that it was in vain, and the log says why. */
static enum fief_err stored(const struct reporter *r, enum vfs_err e)
{
	static struct rate_limit limit;

	if (!e)
		return FIEF_OK;
	if (rate_limit_take(&limit, WARNINGS, WARNINGS_NS, fief_kif->time()))
		fief_warning("\"%s\": %s", r->where.path, vfs_err_text(e));
	return e == VFS_NO_SPACE || e == VFS_NO_MEMORY || e == VFS_TOO_BIG ?
	               FIEF_LIMIT :
	               FIEF_GONE;
}

static void on_stored(struct store *s, enum vfs_err e)
{
	struct reporter *r = FIEF_CONTAINER_OF(s, struct reporter, store);
	const fief_reply caller = r->caller;

	r->caller = FIEF_REPLY_NULL;
	report_submit_reply_send(caller, stored(r, e));
}

static enum fief_err op_submit(struct fief_rpc_obj *self, uint64_t length)
{
	struct reporter *r = FIEF_SESSION_OF(self, struct reporter);
	enum vfs_err e;

	if (length > r->buffer.bytes)
		return FIEF_TOO_LONG;
	if (r->store.running)
		return FIEF_INVALID; /* another thread of the client waits */
	memcpy(r->copy.addr, r->buffer.addr, length);
	e = store_start(&r->store, m.files.vfs, &r->where, r->copy.addr,
	                length);
	if (e != VFS_LATE)
		return stored(r, e);
	r->caller = fief_entrypoint_token(m.files.env->ep);
	return FIEF_LATE;
}

static enum fief_err op_obtain_response(struct fief_rpc_obj *self,
                                        uint64_t *length)
{
	(void)self;
	*length = 0; /* files do not respond */
	return FIEF_OK;
}

static enum fief_err op_response_sigh(struct fief_rpc_obj *self,
                                      struct signal_cap handler)
{
	(void)self;
	fief_kif->drop(handler.cap, 1);
	return FIEF_OK;
}

static const struct report_ops report_ops = {
	.dataspace = op_dataspace,
	.submit = op_submit,
	.response_sigh = op_response_sigh,
	.obtain_response = op_obtain_response,
};

/* ---- sessions ---- */

static enum fief_err buffers_alloc(struct reporter *r, size_t bytes)
{
	enum fief_err e;

	e = fief_attached_ram_init(&r->buffer, &r->base.ram.ram, bytes);
	if (!e)
		e = fief_attached_ram_init(&r->copy, &r->base.ram.ram, bytes);
	if (e)
		fief_attached_ram_fini(&r->buffer);
	return e;
}

/* One reporter a file: neither can write over the other's. */
static bool taken(const struct reporter *by)
{
	LIST_FOR_EACH(r, &m.reporters, struct reporter, elem)
		if (r != by && !strcmp(r->where.path, by->where.path))
			return true;
	return false;
}

static enum fief_err place_find(struct reporter *r, const char *label)
{
	const enum fief_err e =
		where_of_label(m.files.config.root, label, &r->where);

	if (e)
		return e;
	if (strlen(strrchr(r->where.path, '/') + 1) > STORE_NAME_MAX)
		return FIEF_TOO_LONG;
	return taken(r) ? FIEF_CONFLICT : FIEF_OK;
}

static enum fief_err reporter_init(struct fief_service_session *s,
                                   const struct fief_service_request *q)
{
	struct reporter *r = (struct reporter *)(void *)s;
	uint64_t bytes = 0;
	enum fief_err e =
		fief_args_u64(q->args, "buffer_size", BUFFER_DEFAULT, &bytes);

	r->store.done = on_stored;
	if (!e && (!bytes || bytes > m.files.max))
		e = FIEF_LIMIT;
	if (!e)
		e = place_find(r, q->label);
	if (!e)
		e = buffers_alloc(r, (size_t)bytes);
	if (!e)
		list_add_last(&m.reporters, &r->elem);
	return e;
}

static void reporter_fini(struct fief_service_session *s)
{
	struct reporter *r = (struct reporter *)(void *)s;

	list_remove(&r->elem);
	store_cancel(&r->store);
	fief_attached_ram_fini(&r->copy);
	fief_attached_ram_fini(&r->buffer);
}

/* ---- set-up ---- */

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = files_open(&m.files, env, MAX);

	if (!e)
		e = fief_root_init(&m.root, env);
	return e ? e : fief_root_announce(&m.root, &m.service);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.service = (struct fief_service){
		.name = REPORT_SERVICE,
		.type = &report_rpc_type,
		.ops = &report_ops,
		.size = sizeof(struct reporter),
		.init = reporter_init,
		.fini = reporter_fini,
	};
	e = start(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
