/* SPDX-License-Identifier: MIT */
/* <host>: what `fief` opens of the host, and which child starts with it. */

#include "config_host.h"
#include "config_parse.h"

static enum fief_err name_check(const struct parser *p, const struct node *n,
                                const struct config_grant *g)
{
	const char *const name = name_of(n);

	for (; g; g = g->next)
		if (!strcmp(g->name, name))
			return node_error_set(
				p->err, FIEF_INVALID, attr_place(n, "name"),
				"second grant with the name \"%s\"", name);
	return FIEF_OK;
}

enum fief_err config_grants_of(struct parser *p, const struct node *host,
                               struct config_grant **out)
{
	struct config_grant **at = out;
	enum fief_err e = FIEF_OK;

	for (const struct node *n = host ? node_first(host, "grant") : NULL;
	     n && !e; n = node_next(n, "grant")) {
		struct config_grant *g;

		e = name_check(p, n, *out);
		g = e ? NULL : make(p, sizeof(*g), &e);
		if (!g)
			return e;
		g->name = name_of(n);
		g->kind = node_attr(n, "kind", "");
		g->path = node_attr(n, "path", "");
		g->at = n->at;
		*at = g;
		at = &g->next;
		e = node_attr_bool(n, "writeable", false, p->err,
		                   &g->writeable);
	}
	return e;
}

/* Its child gets it by a session of the service Host, as it gets its binary by
 * one of ROM. */
const char *config_host_of(const struct node *n)
{
	return n ? node_attr(n, "grant", "") : NULL;
}
