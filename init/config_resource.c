/* SPDX-License-Identifier: MIT */
/* <resource>: what a child starts with, and what is not for children. */

#include "config_parse.h"
#include "sandbox.h"

/* Both attributes, or it says which one is missing. */
static enum fief_err currency_of(struct parser *p, const struct node *n,
                                 const char *amount, bool *ram)
{
	const char *name, *needed;
	enum fief_err e = node_attr_required(n, "name", p->err, &name);

	if (!e)
		e = node_attr_required(n, amount, p->err, &needed);
	if (e)
		return e;
	*ram = !strcmp(name, "RAM");
	if (!*ram && strcmp(name, "CAP") != 0 && strcmp(name, "CAPS") != 0)
		return node_error_set(p->err, FIEF_INVALID,
		                      attr_place(n, "name"),
		                      "found resource \"%s\", expected \"RAM\" "
		                      "or \"CAP\"",
		                      name);
	return FIEF_OK;
}

/* One of that kind stands before it. */
static bool is_second(const struct node *n, bool ram)
{
	for (const struct node *r = node_first(n->parent, "resource"); r != n;
	     r = node_next(r, "resource"))
		if (!strcmp(node_attr(r, "name", ""), "RAM") == ram)
			return true;
	return false;
}

static enum fief_err amount_of(struct parser *p, const struct node *n,
                               const char *attr, bool ram, uint64_t *to_ram,
                               uint64_t *to_caps)
{
	return ram ? config_ram(n, attr, p->err, to_ram) :
	             config_caps(n, attr, p->err, to_caps);
}

static enum fief_err quantum_of(struct parser *p, const struct node *n,
                                struct config_start *s)
{
	bool ram;
	enum fief_err e = currency_of(p, n, "quantum", &ram);
	const char *attr;

	if (e)
		return e;
	attr = ram ? "ram" : "caps";
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

	s->ram = p->c->default_ram;
	s->caps = p->c->default_caps;
	e = config_ram(start, "ram", p->err, &s->ram);
	if (!e)
		e = config_caps(start, "caps", p->err, &s->caps);
	for (const struct node *r = node_first(start, "resource"); r && !e;
	     r = node_next(r, "resource"))
		e = quantum_of(p, r, s);
	return e;
}

static enum fief_err preserve_of(struct parser *p, const struct node *n,
                                 struct config_kept *kept)
{
	bool ram;
	enum fief_err e = currency_of(p, n, "preserve", &ram);

	if (e)
		return e;
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
