/* SPDX-License-Identifier: MIT */
/* What the schema language allows and messages of Fief do not. */
#include "gen.h"

#include <string.h>

struct place {
	const struct file *file;
	unsigned line;
	const char *what; /* "Rom.dataspace" */
};

static void refuse(const struct place *p, const char *why)
{
	error(p->file->name, p->line, "%s: %s", p->what, why);
}

static void check_type(const struct place *p, const struct type *t)
{
	const struct type *e = t->element;

	if (t->generic)
		refuse(p, "generic types are not supported");
	if (t->kind == TYPE_ANY)
		refuse(p, "AnyPointer and type parameters are not supported");
	if (t->kind != TYPE_LIST)
		return;
	if (e->kind == TYPE_LIST)
		refuse(p, "lists of lists are not supported; put the inner "
		          "list into a struct");
	else if (!type_list_kind(e))
		refuse(p, "lists of capabilities or AnyPointer are not "
		          "supported");
	else if (e->kind == TYPE_STRUCT && node_caps(e->node))
		refuse(p, "structs with capabilities cannot be elements of a "
		          "list");
	if (e->kind == TYPE_STRUCT && e->generic)
		refuse(p, "generic types are not supported");
}

static void check_fields(const struct file *f, const struct node *n)
{
	for (size_t i = 0; i < n->nfields; i++) {
		const struct field *fd = &n->fields[i];
		struct place p = { f, fd->line,
			           fmt("%s.%s", n->path, fd->name) };

		if (fd->group)
			continue; /* a node of its own */
		check_type(&p, &fd->type);
		if (fd->defval.pointer)
			refuse(&p, "defaults of lists, structs and data are "
			           "not supported");
		if (fd->max_bytes && fd->type.kind != TYPE_TEXT &&
		    fd->type.kind != TYPE_DATA)
			refuse(&p, "$maxBytes is for Text and Data");
		if (fd->max_bytes >= MESSAGE_BYTES)
			refuse(&p, fmt("$maxBytes of %u cannot fit a message "
			               "of %d bytes",
			               fd->max_bytes, MESSAGE_BYTES));
	}
}

/* Whether `n` holds `what` by value; depth is bounded by the number of nodes
 * since a cycle is reported at its first turn. */
static bool holds(const struct node *n, const struct node *what, unsigned depth)
{
	if (depth > 64)
		return true;
	for (size_t i = 0; i < n->nfields; i++) {
		const struct field *f = &n->fields[i];
		const struct node *in = f->group;

		if (!in && f->type.kind == TYPE_STRUCT)
			in = f->type.node;
		if (in && (in == what || holds(in, what, depth + 1)))
			return true;
	}
	return false;
}

static size_t struct_bytes(const struct node *n)
{
	return 8 + 8 * ((size_t)n->dwords + n->nptrs);
}

static void check_message(const struct place *p, const struct node *n,
                          const char *what)
{
	if (struct_bytes(n) > MESSAGE_BYTES)
		refuse(p, fmt("%s take at least %zu bytes, a message has %d",
		              what, struct_bytes(n), MESSAGE_BYTES));
	if (node_caps(n) > MESSAGE_CAPS)
		refuse(p, fmt("%s hold up to %u capabilities, a message %d",
		              what, node_caps(n), MESSAGE_CAPS));
}

static void check_method(const struct file *f, const struct node *n,
                         const struct method *m)
{
	struct place p = { f, m->line, fmt("%s.%s", n->path, m->name) };

	if (m->generic || m->params->generic || m->results->generic)
		refuse(&p, "generic methods are not supported");
	if (m->results->file &&
	    strstr(m->results->file->display, "capnp/stream.capnp"))
		refuse(&p, "streaming methods are not supported");
	check_message(&p, m->params, "parameters");
	check_message(&p, m->results, "results");
}

static void check_interface(const struct file *f, const struct node *n)
{
	struct place p = { f, n->line, n->path };

	if (n->nsupers > 1)
		refuse(&p, "an interface can extend one other only");
	if (n->nmethods > LABEL_BLOCK)
		refuse(&p,
		       fmt("an interface has at most %d methods", LABEL_BLOCK));
	for (size_t i = 0; i < n->nmethods; i++)
		check_method(f, n, &n->methods[i]);
}

static void check_const(const struct file *f, const struct node *n)
{
	struct place p = { f, n->line, n->path };

	check_type(&p, &n->type);
	if (n->type.kind != TYPE_TEXT && !type_scalar(&n->type))
		refuse(&p, "constants are numbers, bools, enums or text");
}

void check_file(const struct schema *s, const struct file *f)
{
	unsigned before = error_count();

	for (struct node *n = s->nodes; n < s->nodes + s->nnodes; n++) {
		struct place p = { f, n->line, n->path };

		if (n->file != f->node)
			continue;
		if (n->generic && !n->parameters)
			refuse(&p, "generic types are not supported");
		else if (n->kind == NODE_STRUCT && holds(n, n, 0))
			refuse(&p, "a struct cannot hold itself; use a list");
	}
	if (error_count() > before)
		return; /* what follows must not meet cycles */
	FOR_NODES(n, s, f, NODE_STRUCT)
	check_fields(f, n);
	FOR_NODES(n, s, f, NODE_INTERFACE)
	check_interface(f, n);
	FOR_NODES(n, s, f, NODE_CONST)
	check_const(f, n);
}
