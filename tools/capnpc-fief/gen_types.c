/* SPDX-License-Identifier: MIT */
/* Enums, constants, capability wrappers and structs as C declarations. */
#include "gen.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

static void gen_enum(struct out *o, const struct file *f, const struct node *n)
{
	put_comment(o, "", n->doc, origin(f, n->line));
	put(o, "enum %s {\n", n->c_name);
	for (size_t i = 0; i < n->nenumerants; i++) {
		const struct enumerant *e = &n->enumerants[i];

		put_comment(o, "\t", e->doc, NULL);
		put(o, "\t%s = %zu,\n", enumerator(n, e->name), i);
	}
	put(o, "};\n\n");
	put(o,
	    "/* The enumerator of a number from a peer. Errors: INVALID. */\n");
	put_function(o, "FIEF_MUST enum fief_err", fmt("%s_decode", n->c_name),
	             (const char *const[]){ "uint64_t wire",
	                                    fmt("enum %s *out", n->c_name) },
	             2, ");\n\n");
}

static const char *c_string(const char *s)
{
	const char *out = "";

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 32 || c > 126 || c == '"' || c == '\\' || c == '?')
			out = fmt("%s\\%03o", out, c);
		else
			out = fmt("%s%c", out, c);
	}
	return out;
}

static bool fits_int(const struct node *n)
{
	switch ((int)n->type.kind) {
	case TYPE_BOOL:
	case TYPE_INT8:
	case TYPE_INT16:
	case TYPE_INT32:
	case TYPE_UINT8:
	case TYPE_UINT16:
	case TYPE_ENUM:
		return true;
	case TYPE_UINT32:
	case TYPE_UINT64:
		return n->value.bits <= INT_MAX;
	default:
		return false;
	}
}

static int64_t signed_value(const struct node *n)
{
	switch ((int)n->type.kind) {
	case TYPE_INT8:
		return (int8_t)n->value.bits;
	case TYPE_INT16:
		return (int16_t)n->value.bits;
	case TYPE_INT32:
		return (int32_t)n->value.bits;
	default:
		return (int64_t)n->value.bits;
	}
}

static void gen_const(struct out *o, const struct file *f, const struct node *n)
{
	const char *name = n->c_name;
	const char *type = type_c(&n->type);

	put_comment(o, "", n->doc, origin(f, n->line));
	if (fits_int(n)) {
		int64_t v = signed_value(n);

		/* the lowest int has no literal of its own */
		put(o,
		    v == INT32_MIN ? "enum { %s = -2147483647 - 1 };\n\n" :
		                     "enum { %s = %" PRId64 " };\n\n",
		    upper_snake(name), v);
	} else if (n->type.kind == TYPE_TEXT) {
		const char *s = n->value.text ? n->value.text : "";

		put(o, "static const struct capnp_text %s = {\n", name);
		put(o, "\t.s = \"%s\", .len = %zu\n};\n\n", c_string(s),
		    strlen(s));
	} else if (n->type.kind == TYPE_FLOAT32) {
		put(o, "static const float %s = %af;\n\n", name,
		    (double)capnp_f32(n->value.bits));
	} else if (n->type.kind == TYPE_FLOAT64) {
		put(o, "static const double %s = %a;\n\n", name,
		    capnp_f64(n->value.bits));
	} else {
		put(o, "static const %s %s = (%s)UINT64_C(%" PRIu64 ");\n\n",
		    type, name, type, n->value.bits);
	}
}

static void gen_member(struct out *o, const char *indent, const struct field *f)
{
	if (!field_member(f))
		return;
	put_comment(o, indent, f->doc, NULL);
	put(o, "%s%s;\n", indent, declare(field_type(f), c_member(f->name)));
}

static void gen_union_members(struct out *o, const struct node *n)
{
	bool any = false;

	for (size_t i = 0; i < n->nfields; i++)
		any |= n->fields[i].tag != FIELD_PLAIN &&
		       field_member(&n->fields[i]);
	put(o, "\tenum %s_which which;\n", n->c_name);
	if (!any)
		return;
	put(o, "\tunion {\n");
	for (size_t i = 0; i < n->nfields; i++)
		if (n->fields[i].tag != FIELD_PLAIN)
			gen_member(o, "\t\t", &n->fields[i]);
	put(o, "\t};\n");
}

static void gen_limits(struct out *o, const struct node *n)
{
	for (size_t i = 0; i < n->nfields; i++)
		if (n->fields[i].max_bytes)
			put(o, "enum { %s_MAX = %u };\n\n",
			    enumerator(n, n->fields[i].name),
			    n->fields[i].max_bytes);
}

void gen_struct(struct out *o, const struct file *f, const struct node *n)
{
	for (size_t i = 0; i < n->nfields; i++)
		if (n->fields[i].group && node_members(n->fields[i].group))
			gen_struct(o, f, n->fields[i].group);
	if (n->ntags) {
		put(o, "enum %s_which {\n", n->c_name);
		for (size_t i = 0; i < n->nfields; i++)
			if (n->fields[i].tag != FIELD_PLAIN)
				put(o, "\t%s = %u,\n",
				    enumerator(n, n->fields[i].name),
				    n->fields[i].tag);
		put(o, "};\n\n");
	}
	gen_limits(o, n);
	put_comment(o, "", n->doc, origin(f, n->line));
	put(o, "struct %s {\n", n->c_name);
	for (size_t i = 0; i < n->nfields; i++)
		if (n->fields[i].tag == FIELD_PLAIN)
			gen_member(o, "\t", &n->fields[i]);
	if (n->ntags)
		gen_union_members(o, n);
	if (!node_members(n))
		put(o,
		    "\tuint8_t unused; /* the struct has no fields yet */\n");
	put(o, "};\n\n");
}

void gen_encode_head(struct out *o, const char *result, const struct node *n,
                     const char *tail)
{
	const char *args[] = { "struct capnp_builder *b", "uint64_t *where",
		               fmt("const struct %s *v", n->c_name) };

	put_function(o, result, fmt("%s_encode", n->c_name), args, 3, tail);
}

void gen_decode_head(struct out *o, const char *result, const struct node *n,
                     const char *tail)
{
	const char *args[] = { "const struct capnp_struct *s",
		               fmt("struct %s *out", n->c_name) };

	put_function(o, result, fmt("%s_decode", n->c_name), args, 2, tail);
}

void gen_list_at_head(struct out *o, const char *result, const struct node *n,
                      const char *tail)
{
	const char *args[] = { fmt("const struct %s_list *l", n->c_name),
		               "size_t i", fmt("struct %s *out", n->c_name) };

	put_function(o, result, fmt("%s_list_at", n->c_name), args, 3, tail);
}

void gen_list_encode_head(struct out *o, const char *result,
                          const struct node *n, const char *tail)
{
	const char *args[] = { "struct capnp_builder *b", "uint64_t *where",
		               fmt("const struct %s_list *l", n->c_name) };

	put_function(o, result, fmt("%s_list_encode", n->c_name), args, 3,
	             tail);
}

static void gen_struct_functions(struct out *o, const struct node *n)
{
	const char *c = n->c_name;

	put(o, "/* Text, data and lists of a decoded struct are views into the "
	       "message. */\n");
	gen_encode_head(o, "FIEF_MUST enum fief_err", n, ");\n");
	gen_decode_head(o, "FIEF_MUST enum fief_err", n, ");\n\n");
	if (node_caps(n))
		return;
	put(o,
	    "/* Element `i`. A list to send is made of a native array. */\n");
	gen_list_at_head(o, "FIEF_MUST enum fief_err", n, ");\n");
	gen_list_encode_head(o, "FIEF_MUST enum fief_err", n, ");\n\n");
	put_function(o, fmt("static inline struct %s_list", c),
	             fmt("%s_list_of", c),
	             (const char *const[]){ fmt("const struct %s *array", c),
	                                    "size_t count" },
	             2, ")\n{\n");
	put(o, "\treturn (struct %s_list){ capnp_list_of(\n", c);
	put(o, "\t\tCAPNP_STRUCT, array, count, sizeof(*array)) };\n}\n\n");
}

/* A struct after those that it holds by value; check_file excluded cycles. */
static void gen_ordered(struct out *o, const struct file *f, struct node *n,
                        bool *done, const struct schema *s);

static void gen_needed(struct out *o, const struct file *f,
                       const struct node *n, bool *done, const struct schema *s)
{
	for (size_t i = 0; i < n->nfields; i++) {
		const struct field *fd = &n->fields[i];

		if (fd->group)
			gen_needed(o, f, fd->group, done, s);
		else if (fd->type.kind == TYPE_STRUCT)
			gen_ordered(o, f, fd->type.node, done, s);
	}
}

static void gen_ordered(struct out *o, const struct file *f, struct node *n,
                        bool *done, const struct schema *s)
{
	if (n->file != f->node || done[n - s->nodes])
		return;
	done[n - s->nodes] = true;
	gen_needed(o, f, n, done, s);
	gen_struct(o, f, n);
	gen_struct_functions(o, n);
}

static void gen_cap(struct out *o, const struct file *f, const struct node *n)
{
	put(o, "/* Capability of interface %s; %s */\n", n->name,
	    origin(f, n->line));
	put(o, "struct %s_cap {\n\tfief_cap cap;\n};\n\n", n->c_name);
}

void gen_types(struct out *o, const struct schema *s, const struct file *f)
{
	bool *done = arena_alloc(s->nnodes, sizeof(*done));

	FOR_NODES(n, s, f, NODE_ENUM)
	gen_enum(o, f, n);
	FOR_NODES(n, s, f, NODE_CONST)
	gen_const(o, f, n);
	FOR_NODES(n, s, f, NODE_INTERFACE)
	gen_cap(o, f, n);
	FOR_NODES(n, s, f, NODE_STRUCT)
	{
		if (!n->group && !n->parameters && !node_caps(n))
			put(o,
			    "struct %s_list {\n\tstruct capnp_list list;\n};"
			    "\n\n",
			    n->c_name);
	}
	FOR_NODES(n, s, f, NODE_STRUCT)
	{
		if (!n->group && !n->parameters)
			gen_ordered(o, f, n, done, s);
	}
}
