/* SPDX-License-Identifier: MIT */
/* Name spaces: what a client sees of the store. */

#include <lib/mem.h>

#include "server.h"

static struct space *space_of(struct fief_rpc_obj *obj)
{
	return FIEF_CONTAINER_OF(obj, struct space, obj);
}

/* ---- what is told ---- */

/* What is paid for by the server, or by the donation, is told apart: the former
 * is a limit of the store. */
static const enum store_status statuses[] = {
	[STORE_OK] = STORE_STATUS_OK,
	[STORE_NOT_FOUND] = STORE_STATUS_NOT_FOUND,
	[STORE_CORRUPT] = STORE_STATUS_CORRUPT,
	[STORE_LIMIT] = STORE_STATUS_LIMIT,
	[STORE_NO_SPACE] = STORE_STATUS_NO_SPACE,
	[STORE_FAILED] = STORE_STATUS_FAILED,
	[STORE_BAD_NAME] = STORE_STATUS_BAD_NAME,
	[STORE_NO_MEMORY] = STORE_STATUS_LIMIT,
};

static bool hash_take(struct capnp_data d, struct store_hash *out)
{
	if (d.len != STORE_HASH)
		return false;
	memcpy(out->byte, d.p, STORE_HASH);
	return true;
}

static struct capnp_data hash_tell(const struct space *v)
{
	return (struct capnp_data){ v->hash.byte, STORE_HASH };
}

/* The name as the store has it. */
static bool full_name(const struct space *v, struct capnp_text name,
                      char out[STORE_NAME_MAX + 1])
{
	if (!store_name_valid(name.s, name.len) ||
	    name.len > STORE_NAME_MAX - v->prefix_len)
		return false;
	memcpy(out, v->prefix, v->prefix_len);
	memcpy(out + v->prefix_len, name.s, name.len);
	out[v->prefix_len + name.len] = '\0';
	return true;
}

static bool put_here(const struct space *v, const struct store_hash *h)
{
	LIST_FOR_EACH(p, &v->pins, struct pin, link)
		if (store_hash_equal(&p->pin.hash, h))
			return true;
	return false;
}

static bool may_know(const struct space *v, const struct store_hash *h)
{
	return put_here(v, h) || store_named(&server.store, v->prefix, h);
}

/* ---- putting ---- */

static enum fief_err op_buffer(struct fief_rpc_obj *self,
                               struct dataspace_cap *ds, uint64_t *bytes)
{
	const struct space *v = space_of(self);

	ds->cap = v->buffer.ds;
	*bytes = v->buffer.bytes;
	return FIEF_OK;
}

static enum fief_err op_append(struct fief_rpc_obj *self, uint64_t length,
                               enum store_status *status)
{
	struct space *v = space_of(self);

	if (length > v->buffer.bytes)
		return FIEF_TOO_LONG;
	*status = STORE_STATUS_DENIED;
	if (v->writeable)
		*status =
			statuses[store_append(&server.store, &v->upload,
		                              v->buffer.addr, (size_t)length)];
	return FIEF_OK;
}

static enum fief_err op_finish(struct fief_rpc_obj *self,
                               enum store_status *status,
                               struct capnp_data *hash, uint64_t *size)
{
	struct space *v = space_of(self);
	struct session *s = v->session;
	enum fief_err e;
	struct pin *p;
	void *mem;

	*size = v->upload.begun ? v->upload.temp.size : 0;
	*hash = (struct capnp_data){ v->hash.byte, 0 };
	*status = v->writeable ? STORE_STATUS_LIMIT : STORE_STATUS_DENIED;
	if (!v->writeable || s->npins == PINS_MAX)
		return FIEF_OK;
	e = fief_alloc_zeroed(&s->alloc.alloc, sizeof(*p), &mem);
	if (e)
		return e;
	p = mem;
	*status = statuses[store_finish(&server.store, &v->upload, &p->pin)];
	v->hash = p->pin.hash;
	if (*status == STORE_STATUS_OK && !put_here(v, &v->hash)) {
		list_add_last(&v->pins, &p->link);
		s->npins++;
	} else {
		if (*status == STORE_STATUS_OK)
			store_unpin(&server.store, &p->pin);
		fief_free(&s->alloc.alloc, p, sizeof(*p));
	}
	if (*status == STORE_STATUS_OK)
		*hash = hash_tell(v);
	return FIEF_OK;
}

/* ---- getting ---- */

static enum fief_err op_get(struct fief_rpc_obj *self,
                            const struct namespace_get_params *params,
                            struct namespace_get_results *out)
{
	struct space *v = space_of(self);
	struct store_range r = { .offset = params->offset,
		                 .buf = v->buffer.addr,
		                 .len = v->buffer.bytes };
	struct store_hash h;

	if (!hash_take(params->hash, &h))
		return FIEF_INVALID;
	*out = (struct namespace_get_results){ STORE_STATUS_NOT_FOUND, 0, 0 };
	if (may_know(v, &h))
		out->status = statuses[store_get(&server.store, &h, &r)];
	if (out->status == STORE_STATUS_OK) {
		out->length = r.count;
		out->size = r.size;
	}
	return FIEF_OK;
}

/* ---- names ---- */

static enum fief_err op_bind(struct fief_rpc_obj *self, struct capnp_text name,
                             struct capnp_data hash, enum store_status *status)
{
	struct space *v = space_of(self);
	char full[STORE_NAME_MAX + 1];
	struct store_hash h;

	if (!hash_take(hash, &h))
		return FIEF_INVALID;
	*status = STORE_STATUS_OK;
	if (!v->writeable)
		*status = STORE_STATUS_DENIED;
	else if (!full_name(v, name, full))
		*status = STORE_STATUS_BAD_NAME;
	else if (!may_know(v, &h))
		*status = STORE_STATUS_NOT_FOUND;
	else
		*status = statuses[store_bind(&server.store, full, &h)];
	return FIEF_OK;
}

static enum fief_err op_unbind(struct fief_rpc_obj *self,
                               struct capnp_text name,
                               enum store_status *status)
{
	struct space *v = space_of(self);
	char full[STORE_NAME_MAX + 1];

	if (!v->writeable)
		*status = STORE_STATUS_DENIED;
	else if (!full_name(v, name, full))
		*status = STORE_STATUS_BAD_NAME;
	else
		*status = statuses[store_unbind(&server.store, full)];
	return FIEF_OK;
}

static enum fief_err op_resolve(struct fief_rpc_obj *self,
                                struct capnp_text name,
                                enum store_status *status,
                                struct capnp_data *hash)
{
	struct space *v = space_of(self);
	char full[STORE_NAME_MAX + 1];

	*status = STORE_STATUS_BAD_NAME;
	if (full_name(v, name, full))
		*status =
			statuses[store_resolve(&server.store, full, &v->hash)];
	*hash = hash_tell(v);
	if (*status)
		hash->len = 0;
	return FIEF_OK;
}

static enum fief_err op_list(struct fief_rpc_obj *self, struct capnp_text after,
                             enum store_status *status, uint64_t *length,
                             bool *more)
{
	struct space *v = space_of(self);
	char full[STORE_NAME_MAX + 1] = "";
	const char *name = full;
	size_t at = 0;

	*status = STORE_STATUS_BAD_NAME;
	*length = 0;
	*more = false;
	if (after.len && !full_name(v, after, full))
		return FIEF_OK;
	while ((name = store_name_next(&server.store, v->prefix, name))) {
		const char *own = name + v->prefix_len;
		const size_t len = strlen(own);

		if (len + 1 > v->buffer.bytes - at) {
			*more = true;
			break;
		}
		memcpy((char *)v->buffer.addr + at, own, len);
		((char *)v->buffer.addr)[at + len] = '\n';
		at += len + 1;
	}
	*status = *more && !at ? STORE_STATUS_LIMIT : STORE_STATUS_OK;
	*length = at;
	return FIEF_OK;
}

static enum fief_err op_collect(struct fief_rpc_obj *self,
                                enum store_status *status, uint64_t *blobs,
                                uint64_t *bytes)
{
	const struct space *v = space_of(self);

	*blobs = *bytes = 0;
	*status = STORE_STATUS_DENIED;
	if (v->writeable && !v->prefix_len)
		*status = statuses[store_collect(&server.store, blobs, bytes)];
	return FIEF_OK;
}

/* ---- name spaces within name spaces ---- */

static enum fief_err op_narrow(struct fief_rpc_obj *self,
                               struct capnp_text prefix, bool writeable,
                               enum store_status *status,
                               struct namespace_cap *out)
{
	struct space *v = space_of(self), *made;
	char full[STORE_NAME_MAX + 1] = "";
	enum fief_err e;

	*status = STORE_STATUS_OK;
	out->cap = FIEF_CAP_NULL;
	if (prefix.len && !full_name(v, prefix, full))
		*status = STORE_STATUS_BAD_NAME;
	else if (writeable && !v->writeable)
		*status = STORE_STATUS_DENIED;
	else if (v->session->nspaces == SPACES_MAX)
		*status = STORE_STATUS_LIMIT;
	if (*status)
		return FIEF_OK;
	if (!prefix.len && v->prefix_len)
		memcpy(full, v->prefix, v->prefix_len - 1);
	e = space_make(v->session, full, writeable, &made);
	if (!e)
		out->cap = made->obj.cap;
	return e;
}

static const struct namespace_ops ops = {
	.buffer = op_buffer,
	.append = op_append,
	.finish = op_finish,
	.get = op_get,
	.bind = op_bind,
	.unbind = op_unbind,
	.resolve = op_resolve,
	.list = op_list,
	.collect = op_collect,
	.narrow = op_narrow,
};

/* ---- making ---- */

static enum fief_err space_begin(struct space *v)
{
	struct session *s = v->session;
	enum fief_err e =
		fief_attached_ram_init(&v->buffer, &s->base.ram.ram, s->buffer);

	if (e)
		return e;
	e = fief_budget_take(&s->base.budget, 0, 1); /* for the object */
	if (e) {
		fief_attached_ram_fini(&v->buffer);
		return e;
	}
	e = fief_entrypoint_manage(server.env->ep, &v->obj);
	if (e) {
		fief_budget_give(&s->base.budget, 0, 1);
		fief_attached_ram_fini(&v->buffer);
	}
	return e;
}

enum fief_err space_make(struct session *s, const char *prefix, bool writeable,
                         struct space **out)
{
	struct space *v;
	void *mem;
	enum fief_err e = fief_alloc_zeroed(&s->alloc.alloc, sizeof(*v), &mem);

	if (e)
		return e;
	v = mem;
	v->obj.type = &namespace_rpc_type;
	v->obj.ops = &ops;
	v->session = s;
	v->writeable = writeable;
	v->prefix_len = strlen(prefix);
	memcpy(v->prefix, prefix, v->prefix_len);
	if (v->prefix_len)
		v->prefix[v->prefix_len++] = '/';
	e = space_begin(v);
	if (e) {
		fief_free(&s->alloc.alloc, v, sizeof(*v));
		return e;
	}
	list_add_last(&s->spaces, &v->link);
	s->nspaces++;
	*out = v;
	return FIEF_OK;
}

void space_free(struct space *v)
{
	struct session *s = v->session;
	struct list_elem *e;

	store_abandon(&server.store, &v->upload);
	while ((e = v->pins.first)) {
		struct pin *p = FIEF_CONTAINER_OF(e, struct pin, link);

		list_remove(e);
		store_unpin(&server.store, &p->pin);
		fief_free(&s->alloc.alloc, p, sizeof(*p));
		s->npins--;
	}
	fief_entrypoint_dissolve(server.env->ep, &v->obj);
	fief_attached_ram_fini(&v->buffer);
	fief_budget_give(&s->base.budget, 0, 1);
	list_remove(&v->link);
	s->nspaces--;
	fief_free(&s->alloc.alloc, v, sizeof(*v));
}
