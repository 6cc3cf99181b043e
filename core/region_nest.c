/* SPDX-License-Identifier: MIT */
/*
 * Region maps within region maps. They are resolved when somebody maps the
 * outermost, part by part. Nothing here takes longer than STEPS_MAX steps,
 * however maps are built of one another.
 */

#include "region_map.h"

enum { DEPTH_MAX = 4, STEPS_MAX = 4096 };

/* Look for `what` in `m` and below. CONFLICT: found; LIMIT: too deep or too
 * much to tell. */
static enum fief_err contains(const struct region_map *m,
                              const struct region_map *what, unsigned depth,
                              unsigned *steps)
{
	enum fief_err e = FIEF_OK;

	if (m == what)
		return FIEF_CONFLICT;
	if (depth == DEPTH_MAX)
		return FIEF_LIMIT;
	LIST_FOR_EACH(r, &m->regions, struct region, in_map) {
		if (++*steps > STEPS_MAX)
			return FIEF_LIMIT;
		if (r->ds->map)
			e = contains(r->ds->map, what, depth + 1, steps);
		if (e)
			break;
	}
	return e;
}

static enum fief_err part(const struct region_map *m, struct kcore_part *p,
                          unsigned depth, unsigned *steps);

/* What `r` shows of [p->at, p->end), which overlaps it. */
static enum fief_err region_part(const struct region *r, struct kcore_part *p,
                                 unsigned depth, unsigned *steps)
{
	uint64_t from = p->at > r->at ? p->at : r->at;
	uint64_t end = p->end < r->end ? p->end : r->end;
	struct kcore_part inner = {
		.at = from - r->at + r->off,
		.end = end - r->at + r->off,
		.ds = r->ds->memory,
		.off = from - r->at + r->off,
		.rights = r->ds->rights,
	};
	enum fief_err e = FIEF_OK;

	if (r->ds->map)
		e = part(r->ds->map, &inner, depth + 1, steps);
	if (e)
		return e;
	inner.at = inner.at - r->off + r->at;
	inner.end = inner.end - r->off + r->at;
	inner.rights &= r->rights;
	*p = inner;
	return FIEF_OK;
}

static enum fief_err part(const struct region_map *m, struct kcore_part *p,
                          unsigned depth, unsigned *steps)
{
	enum fief_err e;

	if (depth == DEPTH_MAX)
		return FIEF_LIMIT;
	LIST_FOR_EACH(r, &m->regions, struct region, in_map) {
		if (++*steps > STEPS_MAX)
			return FIEF_LIMIT;
		if (r->at >= p->end)
			break;
		if (r->end <= p->at)
			continue;
		e = region_part(r, p, depth, steps);
		if (e != FIEF_NOT_FOUND)
			return e;
	}
	return FIEF_NOT_FOUND;
}

enum fief_err region_map_may_nest(const struct region_map *outer,
                                  const struct region_map *inner)
{
	unsigned steps = 0;
	enum fief_err e = contains(inner, outer, 1, &steps);

	return e == FIEF_CONFLICT ? FIEF_INVALID : e;
}

enum fief_err region_map_part(const struct region_map *m, struct kcore_part *p)
{
	unsigned steps = 0;

	return p->at < p->end ? part(m, p, 0, &steps) : FIEF_INVALID;
}
