/* SPDX-License-Identifier: MIT */
/* Region maps: what is attached where. */

#include "region_map.h"

#include <fief/kif_table.h>
#include <lib/checked.h>

enum { REGIONS_MAX = 256 }; /* in a map */

_Static_assert(sizeof(struct region) <= REGION_RAM, "a region is paid for");
_Static_assert(sizeof(struct region_map) <= REGION_MAP_RAM, "so is a map");

static struct region_map *map_of(struct fief_rpc_obj *obj)
{
	return FIEF_CONTAINER_OF(obj, struct region_map, obj);
}

/* ---- regions ---- */

static void region_free(struct region *r)
{
	list_remove(&r->in_map);
	list_remove(&r->in_ds);
	fief_budget_give(r->map->budget, REGION_RAM, 0);
	fief_free(core.alloc, r, sizeof(*r));
}

void region_map_forget(struct core_ds *ds)
{
	while (!list_empty(&ds->regions))
		region_free(LIST_FIRST(&ds->regions, struct region, in_ds));
}

/* The first region that ends after `at`, or NULL. */
static struct region *region_after(const struct region_map *m, uint64_t at)
{
	LIST_FOR_EACH(r, &m->regions, struct region, in_map)
		if (r->end > at)
			return r;
	return NULL;
}

/* The lowest gap of `size` bytes. */
static enum fief_err gap(const struct region_map *m, uint64_t size,
                         uint64_t *at)
{
	uint64_t free = 0;

	LIST_FOR_EACH(r, &m->regions, struct region, in_map) {
		if (r->at - free >= size)
			break;
		free = r->end;
	}
	if (m->size - free < size)
		return FIEF_CONFLICT;
	*at = free;
	return FIEF_OK;
}

static enum fief_err place(const struct region_map *m,
                           const struct region_map_attach_params *in,
                           uint64_t size, uint64_t *at)
{
	const struct region *next;

	if (!in->fixed)
		return size <= m->size ? gap(m, size, at) : FIEF_INVALID;
	if (in->at % KIF_PAGE || !checked_range(in->at, size, m->size))
		return FIEF_INVALID;
	next = region_after(m, in->at);
	if (next && (next->at < in->at || next->at - in->at < size))
		return FIEF_CONFLICT;
	*at = in->at;
	return FIEF_OK;
}

/* ---- operations ---- */

/* How many bytes of `ds` to show, checked. */
static enum fief_err extent(const struct core_ds *ds,
                            const struct region_map_attach_params *in,
                            uint64_t *size)
{
	size_t whole;

	if (!checked_align(core_ds_size(ds), KIF_PAGE, &whole) ||
	    (in->offset | in->size) % KIF_PAGE || in->offset >= whole)
		return FIEF_INVALID;
	*size = in->size ? in->size : whole - in->offset;
	return *size <= whole - in->offset ? FIEF_OK : FIEF_INVALID;
}

static enum fief_err may_attach(const struct region_map *m,
                                const struct core_ds *ds, unsigned rights)
{
	if (rights & ~ds->rights)
		return FIEF_DENIED;
	if (m->regions.count == REGIONS_MAX)
		return FIEF_LIMIT;
	return ds->map ? region_map_may_nest(m, ds->map) : FIEF_OK;
}

static enum fief_err region_new(struct region_map *m, struct core_ds *ds,
                                const struct region *values)
{
	struct region *next = region_after(m, values->at), *r;
	enum fief_err e;
	void *mem;

	e = fief_budget_take(m->budget, REGION_RAM, 0);
	if (e)
		return e;
	e = fief_alloc_zeroed(core.alloc, sizeof(*r), &mem);
	if (e) {
		fief_budget_give(m->budget, REGION_RAM, 0);
		return e;
	}
	r = mem;
	*r = *values;
	r->map = m;
	r->ds = ds;
	list_insert(&m->regions, &r->in_map, next ? &next->in_map : NULL);
	list_add_last(&ds->regions, &r->in_ds);
	return FIEF_OK;
}

static enum fief_err attach(struct region_map *m, struct core_ds *ds,
                            const struct region_map_attach_params *in,
                            uint64_t *at)
{
	struct region r = {
		.off = in->offset,
		.rights = KIF_READ | (in->writeable ? KIF_WRITE : 0u) |
		          (in->executable ? KIF_EXEC : 0u),
	};
	uint64_t size;
	enum fief_err e;

	e = extent(ds, in, &size);
	if (!e)
		e = may_attach(m, ds, r.rights);
	if (!e)
		e = place(m, in, size, &r.at);
	if (e)
		return e;
	r.end = r.at + size;
	e = region_new(m, ds, &r);
	if (!e)
		*at = r.at;
	return e;
}

static enum fief_err op_attach(struct fief_rpc_obj *self,
                               const struct region_map_attach_params *in,
                               struct region_map_attach_results *out)
{
	struct core_ds *ds = core_ds_of(in->ds.cap);
	enum fief_err e =
		ds ? attach(map_of(self), ds, in, &out->at) : FIEF_INVALID;

	fief_kif->drop(in->ds.cap, 1);
	return e;
}

static enum fief_err op_detach(struct fief_rpc_obj *self, uint64_t at)
{
	struct region *r = region_after(map_of(self), at);

	if (!r || r->at != at)
		return FIEF_NOT_FOUND;
	region_free(r);
	return FIEF_OK;
}

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, bool *lazy)
{
	ds->cap = map_of(self)->ds.obj.cap;
	*lazy = false;
	return FIEF_OK;
}

static const struct region_map_ops map_ops = {
	.attach = op_attach,
	.detach = op_detach,
	.dataspace = op_dataspace,
};

/* ---- life ---- */

enum fief_err region_map_create(size_t size, struct fief_budget *budget,
                                struct region_map **out)
{
	struct region_map *m;
	enum fief_err e;
	void *mem;

	e = fief_budget_take(budget, REGION_MAP_RAM, REGION_MAP_CAPS);
	if (e)
		return e;
	e = fief_alloc_zeroed(core.alloc, sizeof(*m), &mem);
	if (e) {
		fief_budget_give(budget, REGION_MAP_RAM, REGION_MAP_CAPS);
		return e;
	}
	m = mem;
	m->obj.type = &region_map_rpc_type;
	m->obj.ops = &map_ops;
	m->budget = budget;
	m->size = size;
	e = fief_entrypoint_manage(&core.ep, &m->obj);
	if (!e)
		e = core_ds_init_managed(&m->ds, m);
	if (e)
		region_map_destroy(m);
	else
		*out = m;
	return e;
}

void region_map_destroy(struct region_map *m)
{
	core_ds_fini(&m->ds); /* and so its regions in other maps */
	while (!list_empty(&m->regions))
		region_free(LIST_FIRST(&m->regions, struct region, in_map));
	fief_entrypoint_dissolve(&core.ep, &m->obj);
	list_remove(&m->in_session);
	fief_budget_give(m->budget, REGION_MAP_RAM, REGION_MAP_CAPS);
	fief_free(core.alloc, m, sizeof(*m));
}

size_t region_map_size(const struct region_map *m)
{
	return m->size;
}

struct region_map *region_map_of(fief_cap cap)
{
	struct fief_rpc_obj *obj = core_object(cap, &region_map_rpc_type);

	return obj ? map_of(obj) : NULL;
}
