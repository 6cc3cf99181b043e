/* SPDX-License-Identifier: MIT */
/*
 * Parse CodeGeneratorRequest. Offsets are those of /capnp/schema.capnp, as
 * `capnp compile -ocapnp` prints them; they can never change.
 */
#include "schema.h"

#include <string.h>

#include "util.h"

enum { ANN_SERVICE = 1, ANN_RAM, ANN_CAPS, ANN_ERRORS, ANN_MAX_BYTES };

const uint64_t fief_capnp_id = UINT64_C(0xf1efca90e1a2b300);

static const char *const err_names[] = {
	"OK",
	"OUT_OF_RAM",
	"OUT_OF_CAPS",
	"INSUFFICIENT_RAM",
	"INSUFFICIENT_CAPS",
	"DENIED",
	"GONE",
	"CANCELED",
	"INVALID",
	"LIMIT",
	"UNSUPPORTED",
	"NOT_FOUND",
	"CONFLICT",
	"AGAIN",
	"PENDING",
	"TOO_LONG",
	"DEADLOCK",
	"LATE",
};

static void must(enum fief_err e)
{
	if (e)
		fatal("the request is malformed");
}

static const char *text(const struct capnp_struct *s, unsigned i)
{
	struct capnp_text t;

	must(capnp_get_text(s, i, &t));
	return t.s ? t.s : "";
}

static struct capnp_struct sub(const struct capnp_struct *s, unsigned i)
{
	struct capnp_struct out;

	must(capnp_get_struct(s, i, &out));
	return out;
}

static struct capnp_list list(const struct capnp_struct *s, unsigned i)
{
	struct capnp_list out;

	must(capnp_get_list(s, i, CAPNP_STRUCT, &out));
	return out;
}

static struct capnp_struct at(const struct capnp_list *l, size_t i)
{
	struct capnp_struct out;

	must(capnp_list_struct(l, i, &out));
	return out;
}

static uint16_t u16(const struct capnp_struct *s, uint32_t i)
{
	return (uint16_t)capnp_get(s, 16, i, 0);
}

static struct node *find(const struct schema *s, uint64_t id)
{
	for (size_t i = 0; i < s->nnodes; i++)
		if (s->nodes[i].id == id)
			return &s->nodes[i];
	return NULL;
}

static bool branded(const struct capnp_struct *s, unsigned i)
{
	struct capnp_struct brand = sub(s, i);

	return list(&brand, 0).count > 0;
}

/* Recursion is as deep as the schema's type, which capnp bounds. */
static struct type load_type(const struct schema *s, struct capnp_struct t)
{
	struct type out = { .kind = (enum type_kind)u16(&t, 0) };
	struct type *element;

	switch ((int)out.kind) {
	case TYPE_LIST:
		element = arena_alloc(1, sizeof(*element));
		*element = load_type(s, sub(&t, 0));
		out.element = element;
		break;
	case TYPE_ENUM:
	case TYPE_STRUCT:
	case TYPE_INTERFACE:
		out.node = find(s, capnp_get(&t, 64, 1, 0));
		out.generic = branded(&t, 0);
		if (!out.node)
			fatal("the request is malformed: type id");
		break;
	case TYPE_ANY:
		if (u16(&t, 4) == 0 && u16(&t, 5) == 3)
			out.kind = TYPE_CAPABILITY;
		break;
	default:
		if (out.kind > TYPE_ANY)
			fatal("the request has a type of a newer version");
		break;
	}
	return out;
}

static struct value load_value(struct capnp_struct v)
{
	static const struct {
		uint8_t width, index;
	} place[] = {
		[TYPE_BOOL] = { 1, 16 },    [TYPE_INT8] = { 8, 2 },
		[TYPE_INT16] = { 16, 1 },   [TYPE_INT32] = { 32, 1 },
		[TYPE_INT64] = { 64, 1 },   [TYPE_UINT8] = { 8, 2 },
		[TYPE_UINT16] = { 16, 1 },  [TYPE_UINT32] = { 32, 1 },
		[TYPE_UINT64] = { 64, 1 },  [TYPE_FLOAT32] = { 32, 1 },
		[TYPE_FLOAT64] = { 64, 1 }, [TYPE_ENUM] = { 16, 1 },
		[TYPE_ANY] = { 0, 0 },
	};
	struct value out = { 0 };
	uint16_t kind = u16(&v, 0);

	if (kind == TYPE_TEXT && capnp_has(&v, 0))
		out.text = text(&v, 0);
	else if (kind < sizeof(place) / sizeof(place[0]) && place[kind].width)
		out.bits =
			capnp_get(&v, place[kind].width, place[kind].index, 0);
	else
		out.pointer = capnp_has(&v, 0);
	return out;
}

/* Number of our annotation, or 0. */
static unsigned annotation(const struct capnp_struct *a, struct value *v,
                           struct capnp_struct *raw)
{
	uint64_t id = capnp_get(a, 64, 0, 0);

	*raw = sub(a, 0);
	*v = load_value(*raw);
	if (id <= fief_capnp_id || id > fief_capnp_id + FIEF_ANNOTATIONS)
		return 0;
	return (unsigned)(id - fief_capnp_id);
}

static void load_field(const struct schema *s, const struct capnp_struct *in,
                       struct field *f)
{
	struct capnp_list l = list(in, 1);
	struct capnp_struct raw;
	struct value v;

	f->name = text(in, 0);
	f->doc = "";
	f->tag = (uint16_t)capnp_get(in, 16, 1, FIELD_PLAIN);
	if (u16(in, 4) == 1) {
		f->group = find(s, capnp_get(in, 64, 2, 0));
		if (!f->group)
			fatal("the request is malformed: group id");
	} else {
		f->offset = (uint32_t)capnp_get(in, 32, 1, 0);
		f->type = load_type(s, sub(in, 2));
		f->defval = load_value(sub(in, 3));
	}
	for (size_t i = 0; i < l.count; i++) {
		struct capnp_struct a = at(&l, i);

		if (annotation(&a, &v, &raw) == ANN_MAX_BYTES)
			f->max_bytes = (uint32_t)v.bits;
	}
}

static void load_struct(const struct schema *s, const struct capnp_struct *in,
                        struct node *n)
{
	struct capnp_list l = list(in, 3);

	n->dwords = u16(in, 7);
	n->nptrs = u16(in, 12);
	n->group = capnp_get(in, 1, 224, 0) != 0;
	n->ntags = u16(in, 15);
	n->tag_offset = (uint32_t)capnp_get(in, 32, 8, 0);
	n->parameters = n->scope_id == 0 && !n->group;
	n->nfields = l.count;
	n->fields = arena_alloc(l.count, sizeof(*n->fields));
	for (size_t i = 0; i < l.count; i++) {
		struct capnp_struct f = at(&l, i);

		load_field(s, &f, &n->fields[i]);
	}
}

static void load_enum(const struct capnp_struct *in, struct node *n)
{
	struct capnp_list l = list(in, 3);

	n->nenumerants = l.count;
	n->enumerants = arena_alloc(l.count, sizeof(*n->enumerants));
	for (size_t i = 0; i < l.count; i++) {
		struct capnp_struct e = at(&l, i);

		n->enumerants[i].name = text(&e, 0);
		n->enumerants[i].doc = "";
	}
}

static void load_errors(const struct capnp_struct *value, struct method *m)
{
	struct capnp_list l;

	must(capnp_get_list(value, 0, CAPNP_16, &l));
	for (size_t i = 0; i < l.count && m->nerrors < ERRORS_MAX; i++) {
		uint64_t e = capnp_list_uint(&l, i);

		if (e < sizeof(err_names) / sizeof(err_names[0]))
			m->errors[m->nerrors++] = err_names[e];
	}
}

static void load_method(const struct schema *s, const struct capnp_struct *in,
                        struct method *m)
{
	struct capnp_list l = list(in, 1);
	struct capnp_struct raw;
	struct value v;

	m->name = text(in, 0);
	m->doc = "";
	m->params = find(s, capnp_get(in, 64, 1, 0));
	m->results = find(s, capnp_get(in, 64, 2, 0));
	m->generic = branded(in, 2) || branded(in, 3) || list(in, 4).count > 0;
	if (!m->params || !m->results)
		fatal("the request is malformed: method");
	for (size_t i = 0; i < l.count; i++) {
		struct capnp_struct a = at(&l, i);

		if (annotation(&a, &v, &raw) == ANN_ERRORS)
			load_errors(&raw, m);
	}
}

static void load_interface(const struct schema *s,
                           const struct capnp_struct *in, struct node *n)
{
	struct capnp_list l = list(in, 3);
	struct capnp_list supers = list(in, 4);

	n->nmethods = l.count;
	n->methods = arena_alloc(l.count, sizeof(*n->methods));
	for (size_t i = 0; i < l.count; i++) {
		struct capnp_struct m = at(&l, i);

		load_method(s, &m, &n->methods[i]);
	}
	n->nsupers = supers.count;
	if (supers.count > 0) {
		struct capnp_struct first = at(&supers, 0);

		n->super = find(s, capnp_get(&first, 64, 0, 0));
	}
}

static void load_node_annotations(const struct capnp_struct *in, struct node *n)
{
	struct capnp_list l = list(in, 2);
	struct capnp_struct raw;
	struct value v;

	for (size_t i = 0; i < l.count; i++) {
		struct capnp_struct a = at(&l, i);
		unsigned which = annotation(&a, &v, &raw);

		if (which == ANN_SERVICE)
			n->service = v.text ? v.text : "";
		else if (which == ANN_RAM)
			n->ram_quota = v.bits;
		else if (which == ANN_CAPS)
			n->cap_quota = v.bits;
	}
}

/* What names a node; all nodes are known by id afterwards. */
static void load_head(const struct capnp_struct *in, struct node *n)
{
	const char *colon;

	n->id = capnp_get(in, 64, 0, 0);
	n->scope_id = capnp_get(in, 64, 2, 0);
	n->kind = (enum node_kind)u16(in, 6);
	n->display = text(in, 0);
	n->doc = "";
	n->generic = capnp_get(in, 1, 288, 0) != 0;
	colon = strchr(n->display, ':');
	n->path = colon ? colon + 1 : "";
	n->name = strrchr(n->path, '.');
	n->name = n->name ? n->name + 1 : n->path;
}

static void load_body(const struct schema *s, const struct capnp_struct *in,
                      struct node *n)
{
	size_t len = strcspn(n->display, ":");

	n->scope = find(s, n->scope_id);
	for (size_t i = 0; i < s->nnodes; i++) {
		struct node *f = &s->nodes[i];

		if (f->kind == NODE_FILE && strlen(f->display) == len &&
		    strncmp(f->display, n->display, len) == 0)
			n->file = f;
	}
	load_node_annotations(in, n);
	if (n->kind == NODE_STRUCT)
		load_struct(s, in, n);
	else if (n->kind == NODE_ENUM)
		load_enum(in, n);
	else if (n->kind == NODE_INTERFACE)
		load_interface(s, in, n);
	if (n->kind == NODE_CONST) {
		n->type = load_type(s, sub(in, 3));
		n->value = load_value(sub(in, 4));
	}
}

/* "Rom.dataspace$Params" becomes rom_dataspace_params. */
static const char *c_name(const char *path)
{
	char *s = fmt("%s", path);
	const char *out = "";

	for (char *part = strtok(s, ".$"); part; part = strtok(NULL, ".$"))
		out = fmt("%s%s%s", out, out[0] ? "_" : "", lower_snake(part));
	return out;
}

static void load_docs(const struct schema *s, const struct capnp_struct *root)
{
	struct capnp_list infos = list(root, 3);

	for (size_t i = 0; i < infos.count; i++) {
		struct capnp_struct info = at(&infos, i);
		struct capnp_list members = list(&info, 1);
		struct node *n = find(s, capnp_get(&info, 64, 0, 0));

		if (!n)
			continue;
		n->doc = text(&info, 0);
		for (size_t k = 0; k < members.count; k++) {
			struct capnp_struct m = at(&members, k);

			if (k < n->nfields)
				n->fields[k].doc = text(&m, 0);
			else if (k < n->nenumerants)
				n->enumerants[k].doc = text(&m, 0);
			else if (k < n->nmethods)
				n->methods[k].doc = text(&m, 0);
		}
	}
}

static void load_files(struct schema *s, const struct capnp_struct *root)
{
	struct capnp_list l = list(root, 1);

	s->nfiles = l.count;
	s->files = arena_alloc(l.count, sizeof(*s->files));
	for (size_t i = 0; i < l.count; i++) {
		struct capnp_struct in = at(&l, i);
		struct capnp_list imports = list(&in, 1);
		struct file *f = &s->files[i];

		f->node = find(s, capnp_get(&in, 64, 0, 0));
		f->name = text(&in, 0);
		if (!f->node)
			fatal("the request is malformed: file id");
		f->nimports = imports.count;
		f->imports = arena_alloc(imports.count, sizeof(*f->imports));
		for (size_t k = 0; k < imports.count; k++) {
			struct capnp_struct im = at(&imports, k);

			f->imports[k].file = find(s, capnp_get(&im, 64, 0, 0));
			f->imports[k].name = text(&im, 0);
		}
	}
}

static void set_level(struct node *n)
{
	for (struct node *a = n->super; a && n->level < 64; a = a->super)
		n->level++;
}

struct schema *schema_load(const uint64_t *words, size_t bytes)
{
	struct schema *s = arena_alloc(1, sizeof(*s));
	struct capnp_reader r;
	struct capnp_struct root;
	struct capnp_list nodes;

	must(capnp_reader_init(&r, words, bytes, NULL, 0));
	must(capnp_root(&r, &root));
	nodes = list(&root, 0);
	s->nnodes = nodes.count;
	s->nodes = arena_alloc(s->nnodes, sizeof(*s->nodes));
	for (size_t i = 0; i < s->nnodes; i++) {
		struct capnp_struct in = at(&nodes, i);

		load_head(&in, &s->nodes[i]);
		s->nodes[i].c_name = c_name(s->nodes[i].path);
	}
	for (size_t i = 0; i < s->nnodes; i++) {
		struct capnp_struct in = at(&nodes, i);

		load_body(s, &in, &s->nodes[i]);
	}
	for (size_t i = 0; i < s->nnodes; i++)
		set_level(&s->nodes[i]);
	load_docs(s, &root);
	load_files(s, &root);
	return s;
}
