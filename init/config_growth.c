/* SPDX-License-Identifier: MIT */
/* How much quota a child may get without another config. */

#include "config_parse.h"

static enum fief_err max_check(struct parser *p, const struct node *start,
                               const char *attr, uint64_t max, uint64_t least)
{
	if (max >= least)
		return FIEF_OK;
	return node_error_set(p->err, FIEF_INVALID, attr_place(start, attr),
	                      "\"%s\" is less than what the child starts with",
	                      attr);
}

static enum fief_err vain_check(struct parser *p, const struct node *start,
                                bool managed)
{
	const char *const attr =
		node_attr_find(start, "max_ram") ? "max_ram" : "max_caps";

	if (managed || !node_attr_find(start, attr))
		return FIEF_OK;
	return config_warn(p, attr_place(start, attr),
	                   "\"%s\" has no effect without managed=\"yes\"",
	                   attr);
}

enum fief_err config_growth_of(struct parser *p, const struct node *start,
                               uint64_t ram, uint64_t caps,
                               struct config_growth *out)
{
	enum fief_err e;

	e = node_attr_bool(start, "managed", false, p->err, &out->managed);
	if (!e)
		e = node_attr_u64(start, "max_ram", UINT64_MAX, p->err,
		                  &out->max_ram);
	if (!e)
		e = node_attr_u64(start, "max_caps", UINT64_MAX, p->err,
		                  &out->max_caps);
	if (!e)
		e = max_check(p, start, "max_ram", out->max_ram, ram);
	if (!e)
		e = max_check(p, start, "max_caps", out->max_caps, caps);
	return e ? e : vain_check(p, start, out->managed);
}
