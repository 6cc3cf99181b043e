/* SPDX-License-Identifier: MIT */
/* RM sessions: makers of region maps, and who pays for them. */

#include <fief/kif_table.h>
#include <lib/checked.h>

#include "region_map.h"

enum { SESSION_RAM = 4096, SESSION_CAPS = 2 }; /* the session itself */

static const size_t SIZE_LIMIT = (size_t)1 << 40;

struct rm_session {
	struct fief_rpc_obj obj;
	struct fief_budget budget; /* of the maps */
	struct list maps;          /* owned */
};

static struct rm_session *rm_of(struct fief_rpc_obj *obj)
{
	return FIEF_CONTAINER_OF(obj, struct rm_session, obj);
}

static enum fief_err op_create(struct fief_rpc_obj *self, uint64_t bytes,
                               struct region_map_cap *out)
{
	struct rm_session *s = rm_of(self);
	struct region_map *m;
	enum fief_err e;
	size_t size;

	if (!bytes || !checked_align(bytes, KIF_PAGE, &size) ||
	    size > SIZE_LIMIT)
		return FIEF_INVALID;
	e = region_map_create(size, &s->budget, &m);
	if (e)
		return e;
	list_add_last(&s->maps, &m->in_session);
	out->cap = m->obj.cap;
	return FIEF_OK;
}

static enum fief_err op_destroy(struct fief_rpc_obj *self,
                                struct region_map_cap cap)
{
	struct region_map *m = region_map_of(cap.cap);

	fief_kif->drop(cap.cap, 1);
	if (!m || m->in_session.in != &rm_of(self)->maps)
		return FIEF_NOT_FOUND;
	region_map_destroy(m);
	return FIEF_OK;
}

static const struct rm_ops rm_ops = {
	.create = op_create,
	.destroy = op_destroy,
};

/* The donation was raised, or is new. */
static void budget_follow(struct core_session *s)
{
	struct rm_session *rm = s->object;

	rm->budget.ram_limit = s->ram - SESSION_RAM;
	rm->budget.caps_limit = s->caps - SESSION_CAPS;
}

static enum fief_err rm_open(struct core_session *s, fief_cap *cap)
{
	struct rm_session *rm;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(core.alloc, sizeof(*rm), &mem);
	if (e)
		return e;
	rm = mem;
	rm->obj.type = &rm_rpc_type;
	rm->obj.ops = &rm_ops;
	e = fief_entrypoint_manage(&core.ep, &rm->obj);
	if (e) {
		fief_free(core.alloc, rm, sizeof(*rm));
		return e;
	}
	s->object = rm;
	budget_follow(s);
	*cap = rm->obj.cap;
	return FIEF_OK;
}

static void rm_close(struct core_session *s)
{
	struct rm_session *rm = s->object;

	while (!list_empty(&rm->maps))
		region_map_destroy(
			LIST_FIRST(&rm->maps, struct region_map, in_session));
	fief_entrypoint_dissolve(&core.ep, &rm->obj);
	fief_free(core.alloc, rm, sizeof(*rm));
}

const struct core_service core_rm_service = {
	.name = RM_SERVICE,
	.ram = RM_RAM_QUOTA,
	.caps = RM_CAP_QUOTA,
	.open = rm_open,
	.upgraded = budget_follow,
	.close = rm_close,
};
