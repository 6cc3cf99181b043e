/* SPDX-License-Identifier: MIT */
/* Functions that turn C structs into messages and back. */
#include "gen.h"

#include <inttypes.h>
#include <string.h>

/* Member in the functions below, where the struct is called `v`. */
static const char *member(const struct field *f)
{
	return fmt("v->%s", c_member(f->name));
}

/* Fields of a struct, those outside of its union first, then the union as a
 * switch over its tag. `gen` writes the code for one field. */
typedef void gen_field(struct out *o, const char *indent,
                       const struct field *f);

static void each_plain(struct out *o, const struct node *n, gen_field *gen)
{
	for (size_t i = 0; i < n->nfields; i++)
		if (n->fields[i].tag == FIELD_PLAIN)
			gen(o, "\t", &n->fields[i]);
}

static bool pointer_field(const struct field *f)
{
	return f->group ? node_pointers(f->group) :
	                  !type_scalar(&f->type) && f->type.kind != TYPE_VOID;
}

/* Where the first pointer of the field lies; for canonical order. */
static uint32_t first_pointer(const struct field *f)
{
	uint32_t first = UINT32_MAX;

	if (!f->group)
		return pointer_field(f) ? f->offset : UINT32_MAX;
	for (size_t i = 0; i < f->group->nfields; i++) {
		uint32_t p = first_pointer(&f->group->fields[i]);

		first = p < first ? p : first;
	}
	return first;
}

static void each_tagged(struct out *o, const struct node *n, gen_field *gen)
{
	if (!n->ntags)
		return;
	put(o, "\tswitch (v->which) {\n");
	for (size_t i = 0; i < n->nfields; i++) {
		if (n->fields[i].tag == FIELD_PLAIN)
			continue;
		put(o, "\tcase %s:\n", enumerator(n, n->fields[i].name));
		gen(o, "\t\t", &n->fields[i]);
		put(o, "\t\tbreak;\n");
	}
	put(o, "\t}\n");
}

/* The same for all members of a union. */
static uint32_t union_pointer(const struct node *n)
{
	uint32_t first = UINT32_MAX;

	for (size_t i = 0; i < n->nfields; i++) {
		uint32_t p = first_pointer(&n->fields[i]);

		if (n->fields[i].tag != FIELD_PLAIN && p < first)
			first = p;
	}
	return first;
}

/*
 * The fields with pointers, in the order of these, the union where its first
 * one lies. Only where groups or unions interleave pointers with their
 * surroundings is the message not in canonical order; it is valid then, too.
 */
static void each_pointer(struct out *o, const struct node *n, gen_field *gen)
{
	for (uint32_t at = 0; at < n->nptrs; at++) {
		if (union_pointer(n) == at)
			each_tagged(o, n, gen);
		for (size_t i = 0; i < n->nfields; i++) {
			const struct field *f = &n->fields[i];

			if (f->tag == FIELD_PLAIN && first_pointer(f) == at)
				gen(o, "\t", f);
		}
	}
}

static const char *default_bits(const struct field *f)
{
	if (f->defval.bits == 0)
		return "0";
	return fmt("UINT64_C(0x%" PRIx64 ")", f->defval.bits);
}

static const char *to_bits(const struct field *f)
{
	if (f->type.kind == TYPE_FLOAT32)
		return fmt("capnp_f32_bits(%s)", member(f));
	if (f->type.kind == TYPE_FLOAT64)
		return fmt("capnp_f64_bits(%s)", member(f));
	return fmt("(uint64_t)%s", member(f));
}

static void gen_put_data(struct out *o, const char *indent,
                         const struct field *f)
{
	if (f->group && node_data(f->group))
		put(o, "%s%s_put_data(s, &%s);\n", indent, f->group->c_name,
		    member(f));
	if (f->group || !type_scalar(&f->type))
		return;
	put(o, "%scapnp_set(s, %u, %u, %s, %s);\n", indent, type_bits(&f->type),
	    f->offset, to_bits(f), default_bits(f));
}

/* Whether the pointer of the field will not be null; NULL for always. */
static const char *present(const struct field *f)
{
	switch ((int)f->type.kind) {
	case TYPE_TEXT:
		return fmt("%s.s", member(f));
	case TYPE_DATA:
		return fmt("%s.p", member(f));
	case TYPE_LIST:
		return fmt(type_struct_list(&f->type) ? "%s.list.at" : "%s.at",
		           member(f));
	case TYPE_INTERFACE:
		return fmt("%s.cap", member(f));
	case TYPE_CAPABILITY:
		return member(f);
	default:
		return NULL;
	}
}

static void gen_count(struct out *o, const char *indent, const struct field *f)
{
	const char *cond;

	if (!pointer_field(f))
		return;
	if (f->group) {
		put(o, "%sn = capnp_max(n, %s_pointers(&%s));\n", indent,
		    f->group->c_name, member(f));
		return;
	}
	cond = present(f);
	if (cond)
		put(o, "%sif (%s)\n\t", indent, cond);
	put(o, "%sn = capnp_max(n, %u);\n", indent, f->offset + 1);
}

static const char *build_call(const struct field *f)
{
	const char *to = fmt("s->b, capnp_where(s, %u)", f->offset);

	switch ((int)f->type.kind) {
	case TYPE_TEXT:
		return fmt("capnp_build_text(%s, %s)", to, member(f));
	case TYPE_DATA:
		return fmt("capnp_build_data(%s, %s)", to, member(f));
	case TYPE_INTERFACE:
		return fmt("capnp_build_cap(%s, %s.cap)", to, member(f));
	case TYPE_CAPABILITY:
		return fmt("capnp_build_cap(%s, %s)", to, member(f));
	case TYPE_STRUCT:
		return fmt("%s_encode(%s, &%s)", f->type.node->c_name, to,
		           member(f));
	default:
		break;
	}
	if (type_struct_list(&f->type))
		return fmt("%s_list_encode(%s, &%s)",
		           f->type.element->node->c_name, to, member(f));
	return fmt("capnp_build_list(%s, %s, &%s)", to,
	           type_list_kind(f->type.element), member(f));
}

static void gen_max_bytes(struct out *o, const char *indent,
                          const struct field *f)
{
	if (!f->max_bytes)
		return;
	put(o, "%sif (!e && %s.len > %u)\n", indent, member(f), f->max_bytes);
	put(o, "%s\te = FIEF_TOO_LONG;\n", indent);
}

static void gen_put_pointer(struct out *o, const char *indent,
                            const struct field *f)
{
	const char *cond;

	if (!pointer_field(f))
		return;
	gen_max_bytes(o, indent, f);
	if (f->group) {
		put(o, "%sif (!e)\n%s\te = %s_put_pointers(s, &%s);\n", indent,
		    indent, f->group->c_name, member(f));
		return;
	}
	cond = present(f);
	put(o, "%sif (!e%s%s)\n%s\te = %s;\n", indent, cond ? " && " : "",
	    cond ? cond : "", indent, build_call(f));
}

static const char *from_bits(const struct field *f)
{
	const char *get = fmt("capnp_get(s, %u, %u, %s)", type_bits(&f->type),
	                      f->offset, default_bits(f));

	if (f->type.kind == TYPE_BOOL)
		return fmt("%s != 0", get);
	if (f->type.kind == TYPE_FLOAT32)
		return fmt("capnp_f32(%s)", get);
	if (f->type.kind == TYPE_FLOAT64)
		return fmt("capnp_f64(%s)", get);
	return fmt("(%s)%s", type_c(&f->type), get);
}

static void gen_default_text(struct out *o, const char *indent,
                             const struct field *f)
{
	const char *s = f->defval.text;

	if (f->type.kind != TYPE_TEXT || !s)
		return;
	put(o, "%sif (!%s.s)\n%s\t%s = (struct capnp_text){ \"", indent,
	    member(f), indent, member(f));
	for (; *s; s++)
		put(o, *s < 32 || strchr("\"\\?", *s) ? "\\%03o" : "%c",
		    (unsigned char)*s);
	put(o, "\", %zu };\n", strlen(f->defval.text));
}

static const char *get_call(const struct field *f)
{
	const char *from = fmt("s, %u", f->offset);

	switch ((int)f->type.kind) {
	case TYPE_TEXT:
		return fmt("capnp_get_text(%s, &%s)", from, member(f));
	case TYPE_DATA:
		return fmt("capnp_get_data(%s, &%s)", from, member(f));
	case TYPE_INTERFACE:
		return fmt("capnp_get_cap(%s, &%s.cap)", from, member(f));
	case TYPE_CAPABILITY:
		return fmt("capnp_get_cap(%s, &%s)", from, member(f));
	case TYPE_ENUM:
		return fmt("%s_decode(capnp_get(s, 16, %u, %s), &%s)",
		           f->type.node->c_name, f->offset, default_bits(f),
		           member(f));
	case TYPE_STRUCT:
		return fmt("capnp_get_struct(%s, &sub)", from);
	default:
		return fmt("capnp_get_list(%s, %s, &%s%s)", from,
		           type_list_kind(f->type.element), member(f),
		           type_struct_list(&f->type) ? ".list" : "");
	}
}

static void gen_read(struct out *o, const char *indent, const struct field *f)
{
	if (!field_member(f))
		return;
	if (f->group) {
		put(o, "%sif (!e)\n%s\te = %s_read(s, &%s);\n", indent, indent,
		    f->group->c_name, member(f));
		return;
	}
	if (type_scalar(&f->type) && f->type.kind != TYPE_ENUM) {
		put(o, "%s%s = %s;\n", indent, member(f), from_bits(f));
		return;
	}
	put(o, "%sif (!e)\n%s\te = %s;\n", indent, indent, get_call(f));
	if (f->type.kind == TYPE_STRUCT)
		put(o, "%sif (!e)\n%s\te = %s_decode(&sub, &%s);\n", indent,
		    indent, f->type.node->c_name, member(f));
	gen_default_text(o, indent, f);
	gen_max_bytes(o, indent, f);
}

static void gen_writer(struct out *o, const struct node *n)
{
	const char *c = n->c_name;
	bool looks_at_v = union_pointer(n) != UINT32_MAX;

	for (size_t i = 0; i < n->nfields; i++)
		looks_at_v |= pointer_field(&n->fields[i]) &&
		              n->fields[i].type.kind != TYPE_STRUCT;

	if (node_data(n)) {
		put_function(
			o, "static void", fmt("%s_put_data", c),
			(const char *const[]){ "const struct capnp_slot *s",
		                               fmt("const struct %s *v", c) },
			2, ")\n{\n");
		if (n->ntags)
			put(o,
			    "\tcapnp_set(s, 16, %u, (uint64_t)v->which, 0);\n",
			    n->tag_offset);
		each_plain(o, n, gen_put_data);
		each_tagged(o, n, gen_put_data);
		put(o, "}\n\n");
	}
	if (!node_pointers(n))
		return;
	put_function(o, "static unsigned", fmt("%s_pointers", c),
	             (const char *const[]){ fmt("const struct %s *v", c) }, 1,
	             ")\n{\n");
	put(o, "\tunsigned n = 0;\n\n%s", looks_at_v ? "" : "\t(void)v;\n");
	each_plain(o, n, gen_count);
	if (union_pointer(n) != UINT32_MAX)
		each_tagged(o, n, gen_count);
	put(o, "\treturn n;\n}\n\n");
	put_function(o, "static enum fief_err", fmt("%s_put_pointers", c),
	             (const char *const[]){ "const struct capnp_slot *s",
	                                    fmt("const struct %s *v", c) },
	             2, ")\n{\n");
	put(o, "\tenum fief_err e = FIEF_OK;\n\n");
	each_pointer(o, n, gen_put_pointer);
	put(o, "\treturn e;\n}\n\n");
}

static bool has_struct_member(const struct node *n)
{
	for (size_t i = 0; i < n->nfields; i++)
		if (!n->fields[i].group &&
		    n->fields[i].type.kind == TYPE_STRUCT)
			return true;
	return false;
}

static void gen_reader(struct out *o, const struct node *n)
{
	const char *c = n->c_name;

	put_function(o, "static enum fief_err", fmt("%s_read", c),
	             (const char *const[]){ "const struct capnp_struct *s",
	                                    fmt("struct %s *v", c) },
	             2, ")\n{\n");
	if (has_struct_member(n))
		put(o, "\tstruct capnp_struct sub;\n");
	put(o, "\tenum fief_err e = FIEF_OK;\n\n");
	each_plain(o, n, gen_read);
	if (n->ntags) {
		put(o, "\tif (capnp_get(s, 16, %u, 0) >= %u)\n", n->tag_offset,
		    n->ntags);
		put(o,
		    "\t\treturn FIEF_INVALID; /* a newer peer's member */\n");
		put(o, "\tv->which = (enum %s_which)capnp_get(s, 16, %u, 0);\n",
		    c, n->tag_offset);
	}
	each_tagged(o, n, gen_read);
	put(o, "\treturn e;\n}\n\n");
}

static const char *result_of(const struct node *n)
{
	return n->parameters ? "static enum fief_err" : "enum fief_err";
}

static void gen_encode(struct out *o, const struct node *n)
{
	const char *c = n->c_name;

	gen_encode_head(o, result_of(n), n, ")\n{\n");
	put(o, "\tstruct capnp_slot s;\n");
	put(o,
	    "\tenum fief_err e = capnp_build_struct(b, where, %u, %u, &s);\n",
	    n->dwords, n->nptrs);
	put(o, "\n\tif (e)\n\t\treturn e;\n");
	if (node_data(n))
		put(o, "\t%s_put_data(&s, v);\n", c);
	if (!node_members(n))
		put(o, "\t(void)v;\n");
	if (node_pointers(n)) {
		put(o, "\tcapnp_slot_trim(&s, %s_pointers(v));\n", c);
		put(o, "\treturn %s_put_pointers(&s, v);\n}\n\n", c);
	} else {
		put(o, "\tcapnp_slot_trim(&s, 0);\n");
		put(o, "\treturn FIEF_OK;\n}\n\n");
	}
}

static void gen_decode(struct out *o, const struct node *n)
{
	const char *c = n->c_name;

	gen_decode_head(o, result_of(n), n, ")\n{\n");
	put(o, "\tstruct %s v = { 0 };\n", c);
	if (node_members(n))
		put(o, "\tenum fief_err e = %s_read(s, &v);\n", c);
	else
		put(o, "\tenum fief_err e = s ? FIEF_OK : FIEF_INVALID;\n");
	put(o, "\n\tif (!e)\n\t\t*out = v;\n\treturn e;\n}\n\n");
}

static void gen_list_at(struct out *o, const struct node *n)
{
	const char *c = n->c_name;

	gen_list_at_head(o, "enum fief_err", n, ")\n{\n");
	put(o, "\tstruct capnp_struct s;\n\tenum fief_err e;\n\n");
	put(o, "\tif (!l->list.r) {\n");
	put(o, "\t\tif (i >= l->list.count)\n\t\t\treturn FIEF_INVALID;\n");
	put(o, "\t\t*out = ((const struct %s *)l->list.at)[i];\n", c);
	put(o, "\t\treturn FIEF_OK;\n\t}\n");
	put(o, "\te = capnp_list_struct(&l->list, i, &s);\n");
	put(o, "\treturn e ? e : %s_decode(&s, out);\n}\n\n", c);
}

/* All data first, then what the pointers name: canonical order. */
static void gen_list_encode(struct out *o, const struct node *n)
{
	const char *c = n->c_name;

	gen_list_encode_head(o, "enum fief_err", n, ")\n{\n");
	put(o, "\tstruct capnp_slots all;\n");
	if (node_members(n))
		put(o, "\tstruct capnp_slot s;\n");
	put(o, "\tstruct %s v;\n\tunsigned n = 0;\n", c);
	put(o,
	    "\tenum fief_err e = capnp_build_structs(b, where, "
	    "l->list.count, %u, %u,\n",
	    n->dwords, n->nptrs);
	put(o, "\t                                      &all);\n\n");
	put(o, "\tfor (size_t i = 0; !e && i < l->list.count; i++) {\n");
	put(o, "\t\te = %s_list_at(l, i, &v);\n", c);
	put(o, "\t\tif (e)\n\t\t\tbreak;\n");
	if (node_data(n)) {
		put(o, "\t\ts = capnp_slots_at(&all, i);\n");
		put(o, "\t\t%s_put_data(&s, &v);\n", c);
	}
	if (node_pointers(n))
		put(o, "\t\tn = capnp_max(n, %s_pointers(&v));\n", c);
	put(o, "\t}\n\tif (e)\n\t\treturn e;\n\tcapnp_slots_trim(&all, n);\n");
	if (node_pointers(n)) {
		put(o,
		    "\tfor (size_t i = 0; !e && i < l->list.count; i++) {\n");
		put(o, "\t\te = %s_list_at(l, i, &v);\n", c);
		put(o, "\t\tif (e)\n\t\t\tbreak;\n");
		put(o, "\t\ts = capnp_slots_at(&all, i);\n");
		put(o, "\t\te = %s_put_pointers(&s, &v);\n\t}\n", c);
	}
	put(o, "\treturn e;\n}\n\n");
}

void gen_struct_codec(struct out *o, const struct file *f, const struct node *n)
{
	for (size_t i = 0; i < n->nfields; i++)
		if (n->fields[i].group && node_members(n->fields[i].group))
			gen_struct_codec(o, f, n->fields[i].group);
	gen_writer(o, n);
	if (node_members(n))
		gen_reader(o, n);
	if (n->group)
		return;
	if (!n->parameters || !node_plain(n))
		gen_encode(o, n);
	gen_decode(o, n);
	if (n->parameters || node_caps(n))
		return;
	gen_list_at(o, n);
	gen_list_encode(o, n);
}

static void gen_enum_decode(struct out *o, const struct node *n)
{
	put_function(o, "enum fief_err", fmt("%s_decode", n->c_name),
	             (const char *const[]){ "uint64_t wire",
	                                    fmt("enum %s *out", n->c_name) },
	             2, ")\n{\n");
	put(o, "\tif (wire >= %zu)\n\t\treturn FIEF_INVALID;\n",
	    n->nenumerants);
	put(o, "\t*out = (enum %s)wire;\n\treturn FIEF_OK;\n}\n\n", n->c_name);
}

void gen_codec(struct out *o, const struct schema *s, const struct file *f)
{
	FOR_NODES(n, s, f, NODE_ENUM)
	gen_enum_decode(o, n);
	FOR_NODES(n, s, f, NODE_STRUCT)
	{
		if (!n->group && !n->parameters) {
			put(o, "/* %s */\n", origin(f, n->line));
			gen_struct_codec(o, f, n);
		}
	}
}
