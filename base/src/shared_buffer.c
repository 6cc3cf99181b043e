/* SPDX-License-Identifier: MIT */
/* Shared buffers, server and client. */

#include <fief/shared_buffer.h>

#include <fief/kif_table.h>
#include <lib/checked.h>
#include <session/shared_buffer.h>

static struct fief_shared_buffer *buffer_of(struct fief_rpc_obj *obj)
{
	return FIEF_CONTAINER_OF(obj, struct fief_shared_buffer, obj);
}

static enum fief_err op_map(struct fief_rpc_obj *self, struct dataspace_cap *ds,
                            uint64_t *size)
{
	const struct fief_shared_buffer *b = buffer_of(self);

	ds->cap = b->memory.ds;
	*size = b->memory.bytes;
	return FIEF_OK;
}

static enum fief_err op_signal(struct fief_rpc_obj *self, uint64_t offset,
                               uint64_t length)
{
	struct fief_shared_buffer *b = buffer_of(self);

	if (!checked_range(offset, length, b->memory.bytes))
		return FIEF_INVALID;
	if (b->filled)
		b->filled(b, offset, length);
	return FIEF_OK;
}

static const struct shared_buffer_ops buffer_ops = {
	.map = op_map,
	.signal = op_signal,
};

enum fief_err fief_shared_buffer_init(struct fief_shared_buffer *b,
                                      struct fief_entrypoint *ep,
                                      struct fief_ram *ram, size_t bytes)
{
	enum fief_err e = fief_attached_ram_init(&b->memory, ram, bytes);

	if (e)
		return e;
	b->obj.type = &shared_buffer_rpc_type;
	b->obj.ops = &buffer_ops;
	e = fief_entrypoint_manage(ep, &b->obj);
	if (e)
		fief_attached_ram_fini(&b->memory);
	else
		b->ep = ep;
	return e;
}

void fief_shared_buffer_fini(struct fief_shared_buffer *b)
{
	if (!b->ep)
		return;
	fief_entrypoint_dissolve(b->ep, &b->obj);
	fief_attached_ram_fini(&b->memory);
	b->ep = NULL;
}

enum fief_err fief_shared_buffer_open(struct fief_shared_buffer_client *c,
                                      fief_cap cap)
{
	struct dataspace_cap ds;
	uint64_t size;
	enum fief_err e;

	e = shared_buffer_map((struct shared_buffer_cap){ cap }, &ds, &size);
	if (!e)
		e = fief_attach(&c->memory, ds.cap, size, KIF_READ | KIF_WRITE);
	if (e)
		fief_kif->drop(cap, 1);
	else
		c->cap = cap;
	return e;
}

enum fief_err
fief_shared_buffer_signal(const struct fief_shared_buffer_client *c,
                          size_t offset, size_t length)
{
	return shared_buffer_signal((struct shared_buffer_cap){ c->cap },
	                            offset, length);
}

void fief_shared_buffer_close(struct fief_shared_buffer_client *c)
{
	fief_detach(&c->memory);
	fief_kif->drop(c->cap, 1);
	c->cap = FIEF_CAP_NULL;
}
