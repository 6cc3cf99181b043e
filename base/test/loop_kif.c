/* SPDX-License-Identifier: MIT */
/* kif that loops back. */
#include <stdlib.h>
#include <string.h>

#include <fief/entrypoint.h>

#include "loop_kif.h"

enum { DS_FIRST = 100000 };

static struct object {
	uint64_t badge;
	enum kif_object kind;
	unsigned signals;
} object[LOOP_OBJECTS];

static struct {
	void *mem;
	size_t bytes;
} dataspace[LOOP_DATASPACES];

struct loop_kif loop_kif;

static struct object *object_of(fief_cap cap)
{
	return cap && cap <= LOOP_OBJECTS && object[cap - 1].badge ?
	               &object[cap - 1] :
	               NULL;
}

static enum fief_err loop_export(fief_ep ep, uint64_t badge,
                                 enum kif_object kind, fief_cap *cap)
{
	(void)ep;
	for (unsigned i = 0; i < LOOP_OBJECTS; i++) {
		if (object[i].badge)
			continue;
		object[i] = (struct object){ badge, kind, 0 };
		loop_kif.objects++;
		*cap = i + 1;
		return FIEF_OK;
	}
	return FIEF_OUT_OF_CAPS;
}

static void loop_revoke(fief_cap cap)
{
	struct object *o = object_of(cap);

	if (!o)
		abort();
	o->badge = 0;
	loop_kif.objects--;
}

static enum fief_err loop_call(fief_cap cap, struct kif_msg *msg)
{
	struct object *o = object_of(cap);
	struct kif_msg in = *msg, out;
	struct fief_rpc_obj *obj;

	if (!o || o->kind != KIF_OBJECT_RPC)
		return FIEF_GONE;
	obj = (struct fief_rpc_obj *)(uintptr_t)o->badge;
	memset(&out, 0xee, sizeof(out));
	if (obj->type->dispatch(obj, &in, &out) == FIEF_LATE)
		return FIEF_CANCELED; /* nobody is there to answer later */
	*msg = out;
	return FIEF_OK;
}

static void loop_signal(fief_cap cap)
{
	struct object *o = object_of(cap);

	if (o && o->kind == KIF_OBJECT_SIGNAL)
		o->signals++;
}

unsigned loop_kif_run(void)
{
	unsigned delivered = 0;

	for (unsigned i = 0; i < LOOP_OBJECTS; i++) {
		const unsigned count = object[i].signals;
		struct fief_signal_handler *h;

		if (!count || !object[i].badge)
			continue;
		object[i].signals = 0;
		h = (struct fief_signal_handler *)(uintptr_t)object[i].badge;
		h->handle(h, count);
		delivered++;
		i = UINT32_MAX; /* from the start: handlers signal, too */
	}
	return delivered;
}

static void loop_drop(fief_cap cap, unsigned count)
{
	(void)cap;
	(void)count;
}

static enum fief_err loop_map(fief_cap ds, size_t off, size_t len, void *at,
                              unsigned rights, void **out)
{
	const unsigned i = ds - DS_FIRST;

	(void)rights;
	if (at || ds < DS_FIRST || i >= LOOP_DATASPACES || !dataspace[i].mem)
		return FIEF_GONE;
	if (off > dataspace[i].bytes || len > dataspace[i].bytes - off)
		return FIEF_INVALID;
	loop_kif.mappings++;
	*out = (char *)dataspace[i].mem + off;
	return FIEF_OK;
}

static enum fief_err loop_unmap(void *at, size_t len)
{
	(void)at;
	(void)len;
	loop_kif.mappings--;
	return FIEF_OK;
}

static uint64_t loop_time(void)
{
	return loop_kif.now;
}

static void loop_log(const char *text, size_t len)
{
	(void)text;
	(void)len;
	loop_kif.logged++;
}

static const struct kif table = {
	.version = KIF_VERSION,
	.size = sizeof(struct kif),
	.call = loop_call,
	.export = loop_export,
	.revoke = loop_revoke,
	.drop = loop_drop,
	.signal = loop_signal,
	.map = loop_map,
	.unmap = loop_unmap,
	.time = loop_time,
	.log = loop_log,
};

const struct kif *fief_kif = &table;

/* ---- RAM ---- */

static enum fief_err ram_alloc(struct fief_ram *self, size_t bytes, void **addr,
                               fief_cap *ds)
{
	const size_t rounded = (bytes + KIF_PAGE - 1) / KIF_PAGE * KIF_PAGE;
	unsigned i = 0;

	(void)self;
	if (++loop_kif.calls == loop_kif.fail_at)
		return FIEF_OUT_OF_RAM;
	while (dataspace[i].mem)
		if (++i == LOOP_DATASPACES)
			return FIEF_OUT_OF_CAPS;
	dataspace[i].mem = aligned_alloc(KIF_PAGE, rounded);
	if (!dataspace[i].mem)
		abort();
	memset(dataspace[i].mem, 0, rounded);
	dataspace[i].bytes = rounded;
	loop_kif.live++;
	loop_kif.bytes += rounded;
	*addr = dataspace[i].mem;
	*ds = DS_FIRST + i;
	return FIEF_OK;
}

static void ram_free(struct fief_ram *self, void *addr, size_t bytes,
                     fief_cap ds)
{
	const unsigned i = ds - DS_FIRST;

	(void)self;
	if (i >= LOOP_DATASPACES || dataspace[i].mem != addr ||
	    dataspace[i].bytes / KIF_PAGE != (bytes + KIF_PAGE - 1) / KIF_PAGE)
		abort();
	loop_kif.live--;
	loop_kif.bytes -= dataspace[i].bytes;
	free(addr);
	dataspace[i].mem = NULL;
}

void loop_kif_init(void)
{
	memset(object, 0, sizeof(object));
	loop_kif = (struct loop_kif){
		.now = 1000000000,
		.ram = { ram_alloc, ram_free },
	};
}
