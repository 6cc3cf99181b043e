/* SPDX-License-Identifier: MIT */
/* From one config in force to the next, by what differs. */

#include "config_live.h"

#include <lib/mem.h>

#include "config_cut.h"
#include "config_part.h"

enum { TEXT_MIN = 1024, PARTS_MIN = 16, DEAD_MAX = 4096 };

void config_live_init(struct config_live *l, struct arena_source *source)
{
	*l = (struct config_live){ .source = source };
}

/* ---- texts ---- */

/* As strnlen, by words: all `max` bytes are there. */
static size_t text_len(const char *text, size_t max)
{
	const uint64_t ones = UINT64_MAX / 255, high = ones << 7;
	size_t n = 0;
	uint64_t w;

	for (; n + sizeof(w) <= max; n += sizeof(w)) {
		w = config_word(text + n);
		if ((w - ones) & ~w & high)
			break;
	}
	while (n < max && text[n])
		n++;
	return n;
}

static void text_free(struct config_live *l, struct config_text *t)
{
	if (t->bytes)
		l->source->put(l->source, t->bytes, t->size);
	if (t->part)
		l->source->put(l->source, t->part,
		               t->max_parts * sizeof(*t->part));
	*t = (struct config_text){ 0 };
}

static enum fief_err text_set(struct config_live *l, struct config_text *t,
                              const char *text, size_t len)
{
	size_t size = TEXT_MIN;
	enum fief_err e;
	void *mem;

	while (size < len)
		size *= 2;
	if (size > t->size) {
		e = l->source->get(l->source, size, &mem);
		if (e)
			return e;
		if (t->bytes)
			l->source->put(l->source, t->bytes, t->size);
		t->bytes = mem;
		t->size = size;
	}
	memcpy(t->bytes, text, len);
	t->len = text_len(t->bytes, len); /* it may be written to meanwhile */
	return FIEF_OK;
}

static enum fief_err parts_reserve(struct config_live *l, struct config_text *t,
                                   size_t n)
{
	size_t max = PARTS_MIN;
	enum fief_err e;
	void *mem;

	while (max < n)
		max *= 2;
	if (max <= t->max_parts)
		return FIEF_OK;
	e = l->source->get(l->source, max * sizeof(*t->part), &mem);
	if (e)
		return e;
	if (t->part)
		l->source->put(l->source, t->part,
		               t->max_parts * sizeof(*t->part));
	t->part = mem;
	t->max_parts = max;
	return FIEF_OK;
}

static enum fief_err no_memory(enum fief_err e, struct node_error *err)
{
	return node_error_set(err, e, (struct node_place){ 0 },
	                      "no memory for the config: %s", fief_err_text(e));
}

/* ---- batches ---- */

static enum fief_err batch_make(struct config_live *l,
                                struct config_batch **out)
{
	struct arena arena;
	enum fief_err e;
	void *mem;

	arena_init(&arena, l->source);
	e = arena_alloc(&arena, sizeof(**out), &mem);
	if (e)
		return e;
	*out = mem;
	(*out)->arena = arena;
	return FIEF_OK;
}

static void batch_free(struct config_batch *b)
{
	struct arena arena = b->arena;

	arena_fini(&arena);
}

static void batch_leave(struct config_live *l, struct config_batch *b)
{
	if (--b->users)
		return;
	l->dead -= b->dead;
	batch_free(b);
}

static void start_leave(struct config_live *l, struct config_start *s)
{
	const size_t bytes = s->to - s->from;

	l->dead += bytes;
	s->batch->dead += bytes;
	batch_leave(l, s->batch);
}

void config_live_fini(struct config_live *l)
{
	for (size_t i = 0; i < l->now.nparts; i++)
		start_leave(l, l->now.part[i].start);
	if (l->head)
		batch_leave(l, l->head);
	text_free(l, &l->now);
	text_free(l, &l->spare);
	config_live_init(l, l->source);
}

/* ---- reading ---- */

static void mark(const struct config_live *l, const struct config_change *c,
                 bool leaving)
{
	for (size_t i = c->first; i < c->end; i++)
		l->now.part[i].start->leaving = leaving;
}

void config_live_discard(struct config_live *l, struct config_change *c)
{
	mark(l, c, false);
	batch_free(c->batch);
}

static enum fief_err parse(struct config_live *l, struct config_change *c,
                           const struct node_xml_input *in,
                           struct node_error *err)
{
	enum fief_err e = batch_make(l, &c->batch);

	if (e)
		return no_memory(e, err);
	mark(l, c, true);
	e = config_parse_beside(in, c->whole ? NULL : &l->config,
	                        &c->batch->arena, err, &c->next);
	if (e)
		config_live_discard(l, c);
	else
		c->count = c->next->nstarts;
	return e;
}

/* The starts that stay, and in between those that come, which begin at
 * `middle` of what was parsed. */
static enum fief_err parts_set(struct config_live *l,
                               const struct config_change *c,
                               const struct config_cut *cut,
                               struct node_error *err)
{
	const struct config_text *old = &l->now;
	struct config_text *t = &l->spare;
	const size_t shift = cut->middle - cut->middle_doc;
	enum fief_err e;

	e = parts_reserve(l, t, old->nparts - (c->end - c->first) + c->count);
	if (e)
		return no_memory(e, err);
	if (c->first)
		memcpy(t->part, old->part, c->first * sizeof(*t->part));
	t->nparts = c->first;
	for (struct config_start *s = c->next->starts; s; s = s->next)
		t->part[t->nparts++] =
			(struct config_part){ s, s->from + (uint32_t)shift,
			                      s->to + (uint32_t)shift };
	for (size_t i = c->end; i < old->nparts; i++)
		t->part[t->nparts++] = (struct config_part){
			old->part[i].start,
			old->part[i].from + (uint32_t)cut->shift,
			old->part[i].to + (uint32_t)cut->shift,
		};
	return FIEF_OK;
}

static enum fief_err read_whole(struct config_live *l, struct config_change *c,
                                struct node_error *err)
{
	const struct node_xml_input in = { .text = l->spare.bytes,
		                           .len = l->spare.len };
	const struct config_cut all = { 0 };
	enum fief_err e;

	*c = (struct config_change){ .end = l->now.nparts, .whole = true };
	e = parse(l, c, &in, err);
	if (e)
		return e;
	e = parts_set(l, c, &all, err);
	if (e)
		config_live_discard(l, c);
	return e;
}

/* ---- reading a part ---- */

static bool of_memory(enum fief_err e)
{
	return e == FIEF_OUT_OF_RAM || e == FIEF_OUT_OF_CAPS;
}

/* UNSUPPORTED: it takes all. */
static enum fief_err parse_part(struct config_live *l, struct config_change *c,
                                struct config_cut *cut, char *doc,
                                struct node_error *err)
{
	const struct node_xml_input in = { .text = doc, .len = cut->doc_len };
	enum fief_err e;

	config_cut_write(cut, &l->now, &l->spare, doc);
	*c = (struct config_change){ .first = cut->first, .end = cut->end };
	e = parse(l, c, &in, err);
	if (e)
		return of_memory(e) ? e : FIEF_UNSUPPORTED;
	e = FIEF_UNSUPPORTED;
	if (config_part_valid(l, c, cut))
		e = parts_set(l, c, cut, err);
	if (e)
		config_live_discard(l, c);
	return e;
}

static enum fief_err read_part(struct config_live *l, struct config_change *c,
                               struct node_error *err)
{
	struct config_cut cut;
	enum fief_err e;
	void *doc;

	if (!l->head || l->dead > l->now.len + DEAD_MAX ||
	    !config_cut_find(&cut, &l->now, &l->spare))
		return FIEF_UNSUPPORTED;
	e = l->source->get(l->source, cut.doc_len, &doc);
	if (e)
		return no_memory(e, err);
	e = parse_part(l, c, &cut, doc, err);
	l->source->put(l->source, doc, cut.doc_len);
	return e;
}

enum fief_err config_live_read(struct config_live *l, const char *text,
                               size_t len, bool whole, struct node_error *err,
                               struct config_change *c)
{
	enum fief_err e;

	len = text_len(text, len);
	if (len > NODE_XML_MAX)
		return node_error_set(err, FIEF_TOO_LONG,
		                      (struct node_place){ 1, 1 },
		                      "the document has %zu bytes, the limit "
		                      "is %d",
		                      len, NODE_XML_MAX);
	e = text_set(l, &l->spare, text, len);
	if (e)
		return no_memory(e, err);
	e = whole ? FIEF_UNSUPPORTED : read_part(l, c, err);
	return e == FIEF_UNSUPPORTED ? read_whole(l, c, err) : e;
}

/* ---- accepting ---- */

static void head_set(struct config_live *l, const struct config_change *c)
{
	struct config *to = &l->config;
	const struct config *from = c->next;

	to->parent_provides = from->parent_provides;
	to->aliases = from->aliases;
	to->offers = from->offers;
	to->default_route = from->default_route;
	to->default_ram = from->default_ram;
	to->default_caps = from->default_caps;
	to->kept = from->kept;
	to->space = from->space;
	to->verbose = from->verbose;
	to->version = from->version;
	to->report = from->report;
	to->heartbeat_ms = from->heartbeat_ms;
	to->nodes = from->nodes;
	if (l->head)
		batch_leave(l, l->head);
	l->head = c->batch;
	c->batch->users++;
}

static void starts_remove(struct config_live *l, const struct config_change *c)
{
	for (size_t i = c->first; i < c->end; i++) {
		struct config_start *s = l->now.part[i].start;

		l->config.nodes -= s->nodes;
		dict_remove(&l->config.names, &s->by_name);
		start_leave(l, s);
	}
}

static void starts_add(struct config_live *l, const struct config_change *c)
{
	for (struct config_start *s = c->next->starts; s; s = s->next) {
		enum fief_err e;

		dict_remove(&c->next->names, &s->by_name);
		e = dict_insert(&l->config.names, &s->by_name, s->name);
		(void)e; /* that the name is free was found by parsing */
		l->config.nodes += s->nodes;
		s->batch = c->batch;
		c->batch->users++;
	}
}

/* One list again, of the parts that are there now. */
static void starts_link(struct config_live *l, size_t first, size_t n)
{
	const struct config_text *t = &l->now;

	for (size_t i = first ? first - 1 : 0; i < first + n && i < t->nparts;
	     i++)
		t->part[i].start->next =
			i + 1 < t->nparts ? t->part[i + 1].start : NULL;
	l->config.starts = t->nparts ? t->part[0].start : NULL;
	l->config.nstarts = t->nparts;
}

void config_live_accept(struct config_live *l, struct config_change *c)
{
	const struct config_text old = l->now;

	starts_remove(l, c);
	starts_add(l, c);
	if (c->whole)
		head_set(l, c);
	l->now = l->spare;
	l->spare = old;
	starts_link(l, c->first, c->count);
	if (!c->batch->users)
		batch_free(c->batch);
}
