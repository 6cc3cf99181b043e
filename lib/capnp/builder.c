/* SPDX-License-Identifier: MIT */
/* Canonical Cap'n Proto messages, written in one pass. */
#include <lib/capnp_build.h>
#include <lib/mem.h>

enum { SIZE_VOID, SIZE_BIT, SIZE_1, SIZE_PTR = 6, SIZE_COMPOSITE = 7 };

static const struct {
	uint8_t size; /* element size of the list pointer */
	uint8_t bits;
	uint8_t native; /* bytes of an element in a native array */
} wire[] = {
	[CAPNP_VOID] = { SIZE_VOID, 0, 0 },
	[CAPNP_BOOL] = { SIZE_BIT, 1, sizeof(bool) },
	[CAPNP_8] = { SIZE_1, 8, 1 },
	[CAPNP_16] = { 3, 16, 2 },
	[CAPNP_32] = { 4, 32, 4 },
	[CAPNP_64] = { 5, 64, 8 },
	[CAPNP_TEXT] = { SIZE_PTR, 64, sizeof(struct capnp_text) },
	[CAPNP_DATA] = { SIZE_PTR, 64, sizeof(struct capnp_data) },
};

enum fief_err capnp_builder_init(struct capnp_builder *b, uint64_t *words,
                                 size_t bytes, uint32_t *cap, unsigned max_caps)
{
	size_t max = bytes / 8;

	if (max == 0)
		return FIEF_TOO_LONG;
	if (max > CAPNP_WORDS_MAX)
		max = CAPNP_WORDS_MAX;
	*b = (struct capnp_builder){
		.base = words,
		.cap = cap,
		.used = 1,
		.max = (uint32_t)max,
		.max_caps = max_caps,
	};
	words[0] = 0;
	return FIEF_OK;
}

/* `words` words of zeros at the end of the message. */
static enum fief_err take(struct capnp_builder *b, uint64_t words,
                          uint64_t **out)
{
	if (words > b->max - b->used)
		return FIEF_TOO_LONG;
	*out = b->base + b->used;
	memset(*out, 0, (size_t)words * 8);
	b->used += (uint32_t)words;
	return FIEF_OK;
}

/* Low half of a pointer at `where` to `to`. */
static uint64_t offset(const uint64_t *where, const uint64_t *to)
{
	return (uint32_t)((uint64_t)(to - where - 1) << 2);
}

static void point_to_struct(const struct capnp_slot *s)
{
	const uint64_t *to = s->data;

	if (s->dwords == 0 && s->nptrs == 0)
		to = s->where; /* offset -1: a struct without a size */
	*s->where = offset(s->where, to) | (uint64_t)s->dwords << 32 |
	            (uint64_t)s->nptrs << 48;
}

static void point_to_list(uint64_t *where, const uint64_t *to, unsigned size,
                          uint64_t count)
{
	*where = offset(where, to) | 1 | (uint64_t)size << 32 | count << 35;
}

enum fief_err capnp_build_struct(struct capnp_builder *b, uint64_t *where,
                                 uint16_t dwords, uint16_t nptrs,
                                 struct capnp_slot *out)
{
	struct capnp_slot s = {
		.b = b, .where = where, .dwords = dwords, .nptrs = nptrs
	};
	enum fief_err e = take(b, (uint64_t)dwords + nptrs, &s.data);

	if (e)
		return e;
	point_to_struct(&s);
	*out = s;
	return FIEF_OK;
}

/* Number of words up to the last that is not zero. */
static uint16_t used_words(const uint64_t *data, uint16_t n)
{
	while (n > 0 && data[n - 1] == 0)
		n--;
	return n;
}

void capnp_slot_trim(struct capnp_slot *s, unsigned nptrs)
{
	uint32_t before = (uint32_t)s->dwords + s->nptrs;

	s->dwords = used_words(s->data, s->dwords);
	if (nptrs < s->nptrs)
		s->nptrs = (uint16_t)nptrs;
	s->b->used -= before - s->dwords - s->nptrs;
	memset(s->data + s->dwords, 0, (size_t)s->nptrs * 8);
	point_to_struct(s);
}

static enum fief_err put_bytes(struct capnp_builder *b, uint64_t *where,
                               const void *bytes, size_t len, size_t pad)
{
	uint64_t *to;
	enum fief_err e;

	if (len > (size_t)CAPNP_WORDS_MAX)
		return FIEF_TOO_LONG;
	e = take(b, ((uint64_t)len + pad + 7) / 8, &to);
	if (e)
		return e;
	if (len)
		memcpy(to, bytes, len);
	point_to_list(where, to, SIZE_1, len + pad);
	return FIEF_OK;
}

enum fief_err capnp_build_text(struct capnp_builder *b, uint64_t *where,
                               struct capnp_text t)
{
	if (!t.s)
		return FIEF_OK;
	for (size_t i = 0; i < t.len; i++)
		if (t.s[i] == '\0')
			return FIEF_INVALID;
	return put_bytes(b, where, t.s, t.len, 1);
}

enum fief_err capnp_build_data(struct capnp_builder *b, uint64_t *where,
                               struct capnp_data d)
{
	return d.p ? put_bytes(b, where, d.p, d.len, 0) : FIEF_OK;
}

enum fief_err capnp_build_cap(struct capnp_builder *b, uint64_t *where,
                              uint32_t cap)
{
	if (cap == 0)
		return FIEF_OK;
	if (b->ncaps >= b->max_caps)
		return FIEF_TOO_LONG;
	*where = 3 | (uint64_t)b->ncaps << 32;
	b->cap[b->ncaps++] = cap;
	return FIEF_OK;
}

static void put_numbers(uint64_t *to, unsigned bits, const struct capnp_list *l)
{
	struct capnp_slot s = { .data = to };

	for (uint32_t i = 0; bits && i < l->count; i++)
		capnp_set(&s, bits, i, capnp_list_uint(l, i), 0);
}

static enum fief_err put_element(struct capnp_builder *b, uint64_t *where,
                                 const struct capnp_list *l, uint32_t i)
{
	struct capnp_text t;
	struct capnp_data d;
	enum fief_err e;

	if (l->kind == CAPNP_TEXT) {
		e = capnp_list_text(l, i, &t);
		return e ? e : capnp_build_text(b, where, t);
	}
	e = capnp_list_data(l, i, &d);
	return e ? e : capnp_build_data(b, where, d);
}

enum fief_err capnp_build_list(struct capnp_builder *b, uint64_t *where,
                               enum capnp_kind kind, const struct capnp_list *l)
{
	uint64_t *to;
	enum fief_err e;

	if (!l->at)
		return FIEF_OK;
	if (l->kind != kind || kind > CAPNP_DATA)
		return FIEF_INVALID;
	if (!l->r && l->step != wire[kind].native)
		return FIEF_INVALID;
	if (l->count > CAPNP_WORDS_MAX)
		return FIEF_TOO_LONG;
	e = take(b, ((uint64_t)l->count * wire[kind].bits + 63) / 64, &to);
	if (e)
		return e;
	point_to_list(where, to, wire[kind].size, l->count);
	if (kind < CAPNP_TEXT) {
		put_numbers(to, wire[kind].bits, l);
		return FIEF_OK;
	}
	for (uint32_t i = 0; !e && i < l->count; i++)
		e = put_element(b, to + i, l, i);
	return e;
}

static void point_to_structs(const struct capnp_slots *l)
{
	uint32_t each = (uint32_t)l->dwords + l->nptrs;

	point_to_list(l->where, l->tag, SIZE_COMPOSITE,
	              (uint64_t)each * l->count);
	*l->tag = (uint64_t)l->count << 2 | (uint64_t)l->dwords << 32 |
	          (uint64_t)l->nptrs << 48;
}

enum fief_err capnp_build_structs(struct capnp_builder *b, uint64_t *where,
                                  size_t count, uint16_t dwords, uint16_t nptrs,
                                  struct capnp_slots *out)
{
	struct capnp_slots l = {
		.b = b, .where = where, .dwords = dwords, .nptrs = nptrs
	};
	enum fief_err e;

	if (count > CAPNP_WORDS_MAX)
		return FIEF_TOO_LONG;
	l.count = (uint32_t)count;
	e = take(b, 1 + ((uint64_t)dwords + nptrs) * count, &l.tag);
	if (e)
		return e;
	point_to_structs(&l);
	*out = l;
	return FIEF_OK;
}

struct capnp_slot capnp_slots_at(const struct capnp_slots *l, size_t i)
{
	size_t each = (size_t)l->dwords + l->nptrs;

	return (struct capnp_slot){
		.b = l->b,
		.data = l->tag + 1 + i * each,
		.dwords = l->dwords,
		.nptrs = l->nptrs,
	};
}

void capnp_slots_trim(struct capnp_slots *l, unsigned nptrs)
{
	size_t each = (size_t)l->dwords + l->nptrs;
	uint16_t dwords = 0;
	uint64_t *to = l->tag + 1;
	uint16_t n;

	for (size_t i = 0; i < l->count; i++) {
		n = used_words(l->tag + 1 + i * each, l->dwords);
		dwords = n > dwords ? n : dwords;
	}
	if (nptrs < l->nptrs)
		l->nptrs = (uint16_t)nptrs;
	for (size_t i = 0; i < l->count; i++) {
		memmove(to, l->tag + 1 + i * each, (size_t)dwords * 8);
		memset(to + dwords, 0, (size_t)l->nptrs * 8);
		to += dwords + l->nptrs;
	}
	l->dwords = dwords;
	l->b->used = (uint32_t)(to - l->b->base);
	point_to_structs(l);
}
