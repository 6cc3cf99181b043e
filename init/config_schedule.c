/* SPDX-License-Identifier: MIT */
/* What a config says of priorities and CPUs. What is not possible there is
 * corrected, with a warning: the system runs without it. */

#include "config_parse.h"

/* ---- of the whole ---- */

static enum fief_err levels_of(struct parser *p, const struct node *root,
                               uint64_t *levels)
{
	uint64_t found = 0;
	enum fief_err e = node_attr_u64(root, "prio_levels", 0, p->err, &found);

	if (e)
		return e;
	if (found & (found - 1))
		return config_warn(p, attr_place(root, "prio_levels"),
		                   "\"prio_levels\" is %llu, expected a power "
		                   "of two: there are no priorities",
		                   (unsigned long long)found);
	*levels = found;
	return FIEF_OK;
}

enum fief_err config_space_of(struct parser *p, const struct node *root,
                              struct config_space *out)
{
	const struct node *n = node_first(root, "affinity-space");
	enum fief_err e = levels_of(p, root, &out->prio_levels);

	if (e || !n)
		return e;
	e = node_attr_u64(n, "width", 1, p->err, &out->width);
	return e ? e : node_attr_u64(n, "height", 1, p->err, &out->height);
}

/* ---- of a child ---- */

static enum fief_err priority_warn(struct parser *p, const struct node *start,
                                   int64_t priority, int64_t lowest)
{
	const struct node_place at = attr_place(start, "priority");

	if (!p->c->space.prio_levels)
		return config_warn(
			p, at,
			"\"priority\" has no effect: <config> has no "
			"\"prio_levels\"");
	return config_warn(p, at,
	                   "\"priority\" is %lld, expected 0 to %lld: it "
	                   "becomes the nearest",
	                   (long long)priority, (long long)lowest);
}

static enum fief_err priority_of(struct parser *p, const struct node *start,
                                 struct config_schedule *out)
{
	const int64_t levels = (int64_t)p->c->space.prio_levels;
	const int64_t lowest = levels ? 1 - levels : 0;
	int64_t priority = 0;
	enum fief_err e;

	e = node_attr_i64(start, "priority", 0, p->err, &priority);
	if (!e && (priority > 0 || priority < lowest))
		e = priority_warn(p, start, priority, lowest);
	if (priority < lowest)
		priority = lowest;
	out->below = priority < 0 ? (uint64_t)-priority : 0;
	return e;
}

static enum fief_err rectangle_of(struct parser *p, const struct node *n,
                                  struct config_schedule *out)
{
	enum fief_err e = node_attr_u64(n, "xpos", 0, p->err, &out->xpos);

	if (!e)
		e = node_attr_u64(n, "ypos", 0, p->err, &out->ypos);
	if (!e)
		e = node_attr_u64(n, "width", 1, p->err, &out->width);
	if (!e)
		e = node_attr_u64(n, "height", 1, p->err, &out->height);
	return e;
}

static bool within(const struct config_space *s,
                   const struct config_schedule *c)
{
	return c->xpos < s->width && c->width <= s->width - c->xpos &&
	       c->ypos < s->height && c->height <= s->height - c->ypos;
}

static enum fief_err affinity_of(struct parser *p, const struct node *n,
                                 struct config_schedule *out)
{
	const struct config_space *space = &p->c->space;
	enum fief_err e = rectangle_of(p, n, out);

	if (e || within(space, out))
		return e;
	out->xpos = out->ypos = out->width = out->height = 0;
	if (!space->width)
		return config_warn(p, n->at,
		                   "<affinity> has no effect: <config> has no "
		                   "<affinity-space>");
	return config_warn(p, n->at,
	                   "<affinity> is not within the space of %llu x "
	                   "%llu: the child may use all of it",
	                   (unsigned long long)space->width,
	                   (unsigned long long)space->height);
}

enum fief_err config_schedule_of(struct parser *p, const struct node *start,
                                 struct config_schedule *out)
{
	const struct node *affinity = node_first(start, "affinity");
	enum fief_err e = priority_of(p, start, out);

	if (!e && affinity)
		e = affinity_of(p, affinity, out);
	return e;
}
