/* SPDX-License-Identifier: MIT */
/*
 * XML front end: libexpat tokenises and checks, the handlers below build the
 * tree. The first refusal wins: it is noted with its place and stops the
 * parser, which may still report a few events that are ignored then.
 */
#include <lib/mem.h>
#include <lib/node_xml.h>

#include "expat_memory.h"
#include "xml_error.h"
#include "xml_place.h"

enum { TEXT_MIN = 256 };

struct xml {
	XML_Parser parser; /* owned */
	struct xml_cursor cursor;
	struct arena *arena;  /* borrowed: the tree goes there */
	struct arena scratch; /* owned: memory of the parser */
	struct node *root;    /* in the arena */
	struct node *open;    /* innermost open node; NULL outside */
	unsigned depth, nodes;
	char *text; /* in `scratch`: text not yet in the tree */
	size_t text_len, text_size;
	size_t text_at;         /* offset of its start in the document */
	enum fief_err error;    /* first refusal */
	struct node_error *err; /* borrowed: the caller's */
};

static size_t event_at(struct xml *x)
{
	const XML_Index i = XML_GetCurrentByteIndex(x->parser);

	return i < 0 ? 0 : (size_t)i;
}

/* Note that `cause` and text are set, and stop. */
static void stop(struct xml *x, enum fief_err cause)
{
	x->error = cause;
	XML_StopParser(x->parser, XML_FALSE);
}

static void refuse_at(struct xml *x, size_t offset, enum fief_err cause,
                      const char *text)
{
	const struct node_place at = xml_place(&x->cursor, offset);

	if (!x->error)
		stop(x, node_error_set(x->err, cause, at, "%s", text));
}

static void refuse(struct xml *x, enum fief_err cause, const char *text)
{
	refuse_at(x, event_at(x), cause, text);
}

static void refuse_memory(struct xml *x, enum fief_err cause)
{
	refuse(x, cause, "not enough memory for the document");
}

/* Count one node, text or attribute against the limit. */
static bool count(struct xml *x)
{
	if (x->nodes++ < NODE_XML_NODES_MAX)
		return true;
	refuse(x, FIEF_LIMIT, "more than 65536 nodes, texts and attributes");
	return false;
}

/* New node as last child of the open one. Sets x->error on failure. */
static struct node *node_add(struct xml *x, size_t at)
{
	struct node *n;
	enum fief_err e;
	void *mem;

	if (!count(x))
		return NULL;
	e = arena_alloc(x->arena, sizeof(*n), &mem);
	if (e) {
		refuse_memory(x, e);
		return NULL;
	}
	n = mem;
	n->parent = x->open;
	n->at = xml_place(&x->cursor, at);
	if (!x->open)
		return x->root = n;
	*(x->open->last ? &x->open->last->next : &x->open->first) = n;
	return x->open->last = n;
}

static bool is_space(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r\n", text[i]))
			return false;
	return true;
}

/* Move the collected text into the tree; `whole` if it may be all content. */
static void text_flush(struct xml *x, bool whole)
{
	const size_t len = x->text_len;
	struct node *n;
	enum fief_err e;

	x->text_len = 0;
	if (!len || !x->open)
		return;
	if (is_space(x->text, len) && !(whole && !x->open->first))
		return;
	n = node_add(x, x->text_at);
	if (!n)
		return;
	n->text_len = len;
	e = arena_text(x->arena, x->text, len, &n->text);
	if (e)
		refuse_memory(x, e);
}

static enum fief_err text_grow(struct xml *x, size_t needed)
{
	size_t size = x->text_size ? x->text_size : TEXT_MIN;
	enum fief_err e;
	void *mem;

	while (size < needed)
		size *= 2;
	if (size == x->text_size)
		return FIEF_OK;
	e = arena_alloc(&x->scratch, size, &mem);
	if (e)
		return e;
	if (x->text_len)
		memcpy(mem, x->text, x->text_len);
	x->text = mem;
	x->text_size = size;
	return FIEF_OK;
}

static void XMLCALL on_text(void *arg, const XML_Char *text, int len)
{
	struct xml *const x = arg;
	const size_t n = (size_t)len;
	enum fief_err e;

	if (x->error)
		return;
	e = text_grow(x, x->text_len + n);
	if (e) {
		refuse_memory(x, e);
		return;
	}
	if (!x->text_len)
		x->text_at = event_at(x);
	memcpy(x->text + x->text_len, text, n);
	x->text_len += n;
}

static enum fief_err attr_add(struct xml *x, const char *const *pair,
                              struct node_attr **out)
{
	struct node_attr *a;
	enum fief_err e;
	void *mem;

	e = arena_alloc(x->arena, sizeof(*a), &mem);
	if (e)
		return e;
	a = mem;
	e = arena_text(x->arena, pair[0], strlen(pair[0]), &a->name);
	if (e)
		return e;
	*out = a;
	return arena_text(x->arena, pair[1], strlen(pair[1]), &a->value);
}

/* libexpat reports attributes in the order of the source, without places. */
static void attrs_add(struct xml *x, struct node *n, const char *const *pair)
{
	struct node_attr **link = &n->attrs;
	size_t at, next = event_at(x);
	enum fief_err e;

	for (; *pair && !x->error && count(x); pair += 2) {
		at = xml_attr_at(&x->cursor, next, &next);
		e = attr_add(x, pair, link);
		if (e) {
			refuse_memory(x, e);
			return;
		}
		(*link)->at = xml_place(&x->cursor, at);
		link = &(*link)->next;
	}
}

static void XMLCALL on_start(void *arg, const XML_Char *name,
                             const XML_Char **attrs)
{
	struct xml *const x = arg;
	struct node *n;
	enum fief_err e;

	if (x->error)
		return;
	text_flush(x, false);
	if (x->depth == NODE_DEPTH_MAX)
		refuse(x, FIEF_LIMIT, "nodes are nested deeper than 64 levels");
	n = x->error ? NULL : node_add(x, event_at(x));
	if (!n)
		return;
	n->from = (uint32_t)event_at(x);
	x->depth++;
	x->open = n;
	e = arena_text(x->arena, name, strlen(name), &n->name);
	if (e)
		refuse_memory(x, e);
	attrs_add(x, n, attrs);
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
	struct xml *const x = arg;

	(void)name;
	if (x->error)
		return;
	text_flush(x, true);
	/* Of an empty-element tag, this event is at its end and has no bytes. */
	x->open->to = (uint32_t)event_at(x) +
	              (uint32_t)XML_GetCurrentByteCount(x->parser);
	x->open = x->open->parent;
	x->depth--;
}

static void XMLCALL on_doctype(void *arg, const XML_Char *name,
                               const XML_Char *system, const XML_Char *public,
                               int subset)
{
	struct xml *const x = arg;
	size_t at = event_at(x); /* at its '[' or '>' */

	(void)name;
	(void)system;
	(void)public;
	(void)subset;
	while (at && x->cursor.text[at] != '<')
		at--;
	refuse_at(x, at, FIEF_INVALID,
	          "found a DOCTYPE, expected a node; entities cannot be "
	          "defined");
}

static void XMLCALL on_declaration(void *arg, const XML_Char *version,
                                   const XML_Char *encoding, int standalone)
{
	static const char lower[] = "utf-8", upper[] = "UTF-8";
	const size_t len = sizeof(lower) - 1;

	(void)standalone;
	if (version && strcmp(version, "1.0") != 0)
		refuse(arg, FIEF_INVALID,
		       "found another XML version, expected 1.0");
	if (!encoding)
		return;
	for (size_t i = 0; i <= len; i++)
		if (encoding[i] != lower[i] && encoding[i] != upper[i]) {
			refuse(arg, FIEF_INVALID,
			       "found another encoding, expected UTF-8");
			return;
		}
}

static void handlers_set(struct xml *x, uint64_t salt)
{
	/* Not 0, with which libexpat would look for a random number. */
	XML_SetHashSalt(x->parser, (unsigned long)(salt ? salt : 1));
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	XML_SetXmlDeclHandler(x->parser, on_declaration);
}

/* The parser's own refusal, unless a handler refused first. */
static enum fief_err outcome(struct xml *x, enum XML_Status status)
{
	const struct xml_found found = {
		.code = XML_GetErrorCode(x->parser),
		.at = event_at(x),
		.open = x->open,
	};

	if (x->error || status == XML_STATUS_OK)
		return x->error;
	return xml_error(&found, &x->cursor, x->err);
}

static enum fief_err parse(struct xml *x, const XML_Memory_Handling_Suite *m,
                           uint64_t salt)
{
	const struct node_place start = { 1, 1 };
	enum XML_Status status;
	enum fief_err e;

	x->parser = XML_ParserCreate_MM("UTF-8", m, NULL);
	if (!x->parser)
		return node_error_set(x->err, FIEF_OUT_OF_RAM, start,
		                      "not enough memory for the parser");
	handlers_set(x, salt);
	status = XML_Parse(x->parser, x->cursor.text, (int)x->cursor.len,
	                   XML_TRUE);
	e = outcome(x, status);
	XML_ParserFree(x->parser);
	return e;
}

/* Scratch memory out of an arena that has no source. */
struct nested {
	struct arena_source source;
	struct arena *arena; /* borrowed */
};

static enum fief_err nested_get(struct arena_source *self, size_t size,
                                void **out)
{
	struct arena *const a =
		FIEF_CONTAINER_OF(self, struct nested, source)->arena;

	return arena_alloc(a, size, out);
}

static void nested_put(struct arena_source *self, void *chunk, size_t size)
{
	(void)self;
	(void)chunk;
	(void)size;
}

enum fief_err node_xml_parse(const struct node_xml_input *in, struct arena *a,
                             struct node_error *err, struct node **out)
{
	struct nested nested = { { nested_get, nested_put }, a };
	struct node_error ignored;
	struct xml x = { .arena = a, .err = err ? err : &ignored };
	const XML_Memory_Handling_Suite *memory;
	const struct node_place start = { 1, 1 };
	enum fief_err e;

	x.cursor = (struct xml_cursor){ .text = in->text,
		                        .len = strnlen(in->text, in->len) };
	if (x.cursor.len > NODE_XML_MAX)
		return node_error_set(x.err, FIEF_TOO_LONG, start,
		                      "the document has %zu bytes, the limit "
		                      "is %d",
		                      x.cursor.len, NODE_XML_MAX);
	arena_init(&x.scratch, a->source ? a->source : &nested.source);
	e = expat_memory_get(&x.scratch, &memory);
	if (e)
		return node_error_set(x.err, e, start,
		                      "more than %d parses at once",
		                      NODE_XML_AT_ONCE);
	e = parse(&x, memory, in->salt);
	expat_memory_put(memory);
	arena_fini(&x.scratch);
	if (!e)
		*out = x.root;
	return e;
}
