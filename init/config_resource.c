/* SPDX-License-Identifier: MIT */
/* <resource>: what a child starts with, and what is not for children. */

#include "config_parse.h"
#include "config_schema.h"
#include "sandbox.h"

static bool is_ram(const struct node *n)
{
	return !strcmp(name_of(n), "RAM");
}

/* One of that kind stands before it. */
static bool is_second(const struct node *n, bool ram)
{
	for (const struct node *r = node_first(n->parent, "resource"); r != n;
	     r = node_next(r, "resource"))
		if (is_ram(r) == ram)
			return true;
	return false;
}

/* The schema has the limit of RAM; there cannot be as many capabilities. */
static enum fief_err amount_of(struct parser *p, const struct node *n,
                               const char *attr, bool ram, uint64_t *to_ram,
                               uint64_t *to_caps)
{
	uint64_t amount;
	enum fief_err e = node_attr_u64(n, attr, 0, p->err, &amount);

	if (e)
		return e;
	if (!ram && amount > CONFIG_CAPS_MAX)
		return config_too_large(n, attr, p->err);
	*(ram ? to_ram : to_caps) = amount;
	return FIEF_OK;
}

static enum fief_err quantum_of(struct parser *p, const struct node *n,
                                struct config_start *s)
{
	const bool ram = is_ram(n);
	const char *const attr = ram ? "ram" : "caps";

	if (node_attr_find(n->parent, attr) || is_second(n, ram))
		return node_error_set(p->err, FIEF_INVALID, n->at,
		                      "%s of \"%s\" is given twice", attr,
		                      s->name);
	return amount_of(p, n, "quantum", ram, &s->ram, &s->caps);
}

enum fief_err config_quota_of(struct parser *p, const struct node *start,
                              struct config_start *s)
{
	enum fief_err e;

	e = node_attr_u64(start, "ram", p->c->default_ram, p->err, &s->ram);
	if (!e)
		e = node_attr_u64(start, "caps", p->c->default_caps, p->err,
		                  &s->caps);
	for (const struct node *r = node_first(start, "resource"); r && !e;
	     r = node_next(r, "resource"))
		e = quantum_of(p, r, s);
	return e;
}

static enum fief_err preserve_of(struct parser *p, const struct node *n,
                                 struct config_kept *kept)
{
	const bool ram = is_ram(n);

	if (is_second(n, ram))
		return node_error_set(p->err, FIEF_INVALID, n->at,
		                      "what to preserve of %s is given twice",
		                      ram ? "RAM" : "caps");
	return amount_of(p, n, "preserve", ram, &kept->ram, &kept->caps);
}

enum fief_err config_kept_of(struct parser *p, const struct node *root,
                             struct config_kept *kept)
{
	enum fief_err e = FIEF_OK;

	*kept = (struct config_kept){ SANDBOX_RAM_KEPT, SANDBOX_CAPS_KEPT };
	for (const struct node *n = node_first(root, "resource"); n && !e;
	     n = node_next(n, "resource"))
		e = preserve_of(p, n, kept);
	return e;
}
