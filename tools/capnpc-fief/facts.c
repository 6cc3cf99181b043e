/* SPDX-License-Identifier: MIT */
/* Facts about types, fields, structs and methods. */
#include "gen.h"

#include <string.h>

static const struct {
	const char *c;
	const char *list; /* kind of a list of them */
	unsigned bits;
} types[] = {
	[TYPE_VOID] = { "void", "CAPNP_VOID", 0 },
	[TYPE_BOOL] = { "bool", "CAPNP_BOOL", 1 },
	[TYPE_INT8] = { "int8_t", "CAPNP_8", 8 },
	[TYPE_INT16] = { "int16_t", "CAPNP_16", 16 },
	[TYPE_INT32] = { "int32_t", "CAPNP_32", 32 },
	[TYPE_INT64] = { "int64_t", "CAPNP_64", 64 },
	[TYPE_UINT8] = { "uint8_t", "CAPNP_8", 8 },
	[TYPE_UINT16] = { "uint16_t", "CAPNP_16", 16 },
	[TYPE_UINT32] = { "uint32_t", "CAPNP_32", 32 },
	[TYPE_UINT64] = { "uint64_t", "CAPNP_64", 64 },
	[TYPE_FLOAT32] = { "float", "CAPNP_32", 32 },
	[TYPE_FLOAT64] = { "double", "CAPNP_64", 64 },
	[TYPE_TEXT] = { "struct capnp_text", "CAPNP_TEXT", 0 },
	[TYPE_DATA] = { "struct capnp_data", "CAPNP_DATA", 0 },
	[TYPE_LIST] = { "struct capnp_list", NULL, 0 },
	[TYPE_ENUM] = { NULL, "CAPNP_16", 16 },
	[TYPE_STRUCT] = { NULL, "CAPNP_STRUCT", 0 },
	[TYPE_INTERFACE] = { NULL, NULL, 0 },
	[TYPE_ANY] = { "void", NULL, 0 },
	[TYPE_CAPABILITY] = { "fief_cap", NULL, 0 },
};

bool type_scalar(const struct type *t)
{
	return types[t->kind].bits > 0;
}

unsigned type_bits(const struct type *t)
{
	return types[t->kind].bits;
}

const char *type_list_kind(const struct type *element)
{
	return types[element->kind].list;
}

bool type_struct_list(const struct type *t)
{
	return t->kind == TYPE_LIST && t->element->kind == TYPE_STRUCT;
}

const char *type_c(const struct type *t)
{
	if (type_struct_list(t))
		return fmt("struct %s_list", t->element->node->c_name);
	if (t->kind == TYPE_ENUM)
		return fmt("enum %s", t->node->c_name);
	if (t->kind == TYPE_STRUCT)
		return fmt("struct %s", t->node->c_name);
	if (t->kind == TYPE_INTERFACE)
		return fmt("struct %s_cap", t->node->c_name);
	return types[t->kind].c;
}

bool field_member(const struct field *f)
{
	return f->group ? node_members(f->group) : f->type.kind != TYPE_VOID;
}

const char *field_type(const struct field *f)
{
	return f->group ? fmt("struct %s", f->group->c_name) : type_c(&f->type);
}

/* Groups nest as deep as the schema writes them. */
bool node_members(const struct node *n)
{
	if (n->ntags)
		return true;
	for (size_t i = 0; i < n->nfields; i++)
		if (field_member(&n->fields[i]))
			return true;
	return false;
}

bool node_data(const struct node *n)
{
	if (n->ntags)
		return true;
	for (size_t i = 0; i < n->nfields; i++) {
		const struct field *f = &n->fields[i];

		if (f->group ? node_data(f->group) : type_scalar(&f->type))
			return true;
	}
	return false;
}

bool node_pointers(const struct node *n)
{
	for (size_t i = 0; i < n->nfields; i++) {
		const struct field *f = &n->fields[i];

		if (f->group ?
		            node_pointers(f->group) :
		            !type_scalar(&f->type) && f->type.kind != TYPE_VOID)
			return true;
	}
	return false;
}

bool node_plain(const struct node *n)
{
	return n->nptrs == 0 && node_data(n) &&
	       8u + n->dwords * 8u <= MESSAGE_BYTES;
}

bool node_views(const struct node *n)
{
	for (size_t i = 0; i < n->nfields; i++) {
		const struct field *f = &n->fields[i];
		enum type_kind k = f->type.kind;

		if (f->group ? node_views(f->group) :
		               k == TYPE_TEXT || k == TYPE_DATA ||
		                       k == TYPE_LIST ||
		                       (k == TYPE_STRUCT &&
		                        node_views(f->type.node)))
			return true;
	}
	return false;
}

/* Members of a union exclude each other; the largest counts. */
unsigned node_caps(const struct node *n)
{
	unsigned sum = 0, most = 0;

	for (size_t i = 0; i < n->nfields; i++) {
		const struct field *f = &n->fields[i];
		enum type_kind k = f->type.kind;
		unsigned caps = 0;

		if (f->group)
			caps = node_caps(f->group);
		else if (k == TYPE_INTERFACE || k == TYPE_CAPABILITY)
			caps = 1;
		else if (k == TYPE_STRUCT)
			caps = node_caps(f->type.node);
		if (f->tag == FIELD_PLAIN)
			sum += caps;
		else if (caps > most)
			most = caps;
	}
	return sum + most;
}

const char *declare(const char *type, const char *name)
{
	size_t n = strlen(type);

	return fmt("%s%s%s", type, n && type[n - 1] == '*' ? "" : " ", name);
}

const char *enumerator(const struct node *n, const char *name)
{
	/* upper_snake leaves what is in that form already */
	return upper_snake(fmt("%s_%s", n->c_name, lower_snake(name)));
}

const char *origin(const struct file *f, unsigned line)
{
	return line ? fmt("%s.capnp:%u", f->stem, line) :
	              fmt("%s.capnp", f->stem);
}

static size_t members(const struct node *n)
{
	size_t count = 0;

	for (size_t i = 0; i < n->nfields; i++)
		count += field_member(&n->fields[i]);
	return count;
}

struct shape shape_of(const struct node *interface, const struct method *m)
{
	struct shape sh = {
		.name = fmt("%s_%s", interface->c_name, lower_snake(m->name)),
		.params = fmt("struct %s", m->params->c_name),
		.results = fmt("struct %s", m->results->c_name),
		.nin = members(m->params),
		.nout = members(m->results),
		.reply = node_views(m->results),
	};
	bool many;

	sh.label = enumerator(interface, fmt("method_%s", m->name));
	/* A struct the schema names stays one. */
	many = sh.nin + sh.nout + 1 > PARAMETERS_MAX;
	sh.packed_in = sh.nin && (many || !m->params->parameters);
	sh.packed_out = sh.nout && (many || !m->results->parameters);
	return sh;
}

void args_add(struct args *a, const char *arg)
{
	if (a->n < sizeof(a->v) / sizeof(a->v[0]))
		a->v[a->n++] = arg;
}

/* Small values by value, structs and lists by pointer. */
static bool by_pointer(const struct field *f)
{
	return f->group || f->type.kind == TYPE_STRUCT ||
	       f->type.kind == TYPE_LIST;
}

const char *input_name(const struct field *f)
{
	/* What generated functions call their own things. */
	static const char *const taken[] = {
		"e",      "m",     "p",     "r",      "s",
		"obj",    "in",    "out",   "ops",    "self",
		"params", "reply", "token", "status", "results",
	};
	const char *name = c_member(f->name);

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (strcmp(name, taken[i]) == 0)
			return fmt("%s_", name);
	return name;
}

const char *output_name(const struct method *m, const struct field *f)
{
	for (size_t i = 0; i < m->params->nfields; i++)
		if (strcmp(m->params->fields[i].name, f->name) == 0)
			return fmt("%s_out", lower_snake(f->name));
	return input_name(f);
}

static void add_input(struct args *a, const struct field *f)
{
	const char *type = field_type(f);

	if (by_pointer(f))
		type = fmt("const %s *", type);
	args_add(a, declare(type, input_name(f)));
}

static void add_inputs(struct args *a, const struct node *n)
{
	for (size_t i = 0; i < n->nfields; i++)
		if (field_member(&n->fields[i]))
			add_input(a, &n->fields[i]);
}

void args_in(struct args *a, const struct method *m, const struct shape *sh)
{
	if (sh->packed_in)
		args_add(a, fmt("const %s *params", sh->params));
	else
		add_inputs(a, m->params);
}

void args_out(struct args *a, const struct method *m, const struct shape *sh)
{
	if (sh->packed_out) {
		args_add(a, fmt("%s *results", sh->results));
		return;
	}
	for (size_t i = 0; i < m->results->nfields; i++) {
		const struct field *f = &m->results->fields[i];

		if (field_member(f))
			args_add(a, fmt("%s *%s", field_type(f),
			                output_name(m, f)));
	}
}

bool late_packed(const struct shape *sh)
{
	return sh->packed_out || sh->nout + 2 > PARAMETERS_MAX;
}

void args_late(struct args *a, const struct method *m, const struct shape *sh)
{
	if (late_packed(sh))
		args_add(a, fmt("const %s *results", sh->results));
	else
		add_inputs(a, m->results);
}

bool params_in_header(const struct method *m, const struct shape *sh)
{
	return sh->packed_in && m->params->parameters;
}

bool results_in_header(const struct method *m, const struct shape *sh)
{
	return sh->nout && late_packed(sh) && m->results->parameters;
}

bool has_ops(const struct node *interface)
{
	for (const struct node *n = interface; n; n = n->super)
		if (n->nmethods)
			return true;
	return false;
}
