/* SPDX-License-Identifier: MIT */
/* Bounds-checked reading of Cap'n Proto messages of one segment. */
#include <lib/capnp.h>
#include <lib/mem.h>

/* Kinds of pointers: the low two bits. */
enum { PTR_STRUCT, PTR_LIST, PTR_FAR, PTR_OTHER };

/* Element sizes of list pointers. */
enum {
	SIZE_VOID,
	SIZE_BIT,
	SIZE_1,
	SIZE_2,
	SIZE_4,
	SIZE_8,
	SIZE_PTR,
	SIZE_COMPOSITE
};

static const uint8_t size_bits[] = {
	[SIZE_BIT] = 1, [SIZE_1] = 8,  [SIZE_2] = 16,
	[SIZE_4] = 32,  [SIZE_8] = 64, [SIZE_PTR] = 64,
};

static const uint8_t kind_bits[] = {
	[CAPNP_BOOL] = 1, [CAPNP_8] = 8,   [CAPNP_16] = 16,
	[CAPNP_32] = 32,  [CAPNP_64] = 64, [CAPNP_STRUCT] = 0,
};

/* A list pointer that was checked. */
struct span {
	const uint64_t *at;
	uint32_t count;
	uint32_t step; /* bits */
	uint32_t bits; /* data bits of an element */
	uint16_t nptrs;
	uint8_t size;
};

struct capnp_text capnp_text_of(const char *s)
{
	struct capnp_text t = { .s = s };

	while (s && s[t.len])
		t.len++;
	return t;
}

bool capnp_text_equal(struct capnp_text a, struct capnp_text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.s, b.s, a.len) == 0);
}

static bool charge(struct capnp_reader *r, uint64_t words)
{
	if (words > r->budget)
		return false;
	r->budget -= (uint32_t)words;
	return true;
}

/* Index of the word that the pointer at `p` names; may be out of bounds. */
static int64_t target_of(const struct capnp_reader *r, const uint64_t *p)
{
	uint32_t low = (uint32_t)*p;
	int64_t offset = (int64_t)(low >> 2);

	if (low & UINT32_C(0x80000000))
		offset -= INT64_C(1) << 30;
	return (p - r->base) + 1 + offset;
}

/* Whether `words` words at index `target` lie in the message. */
static bool inside(const struct capnp_reader *r, int64_t target, uint64_t words)
{
	return target >= 0 && target <= (int64_t)r->words &&
	       words <= (uint64_t)r->words - (uint64_t)target;
}

static enum fief_err follow_struct(struct capnp_reader *r, const uint64_t *p,
                                   unsigned depth, struct capnp_struct *out)
{
	struct capnp_struct s = { .r = r, .depth = (uint16_t)depth };
	uint16_t dwords;
	int64_t target;

	if (!p || *p == 0) {
		*out = s;
		return FIEF_OK;
	}
	if ((*p & 3) != PTR_STRUCT || depth > CAPNP_DEPTH_MAX)
		return FIEF_INVALID;
	target = target_of(r, p);
	dwords = (uint16_t)(*p >> 32);
	s.nptrs = (uint16_t)(*p >> 48);
	if (!inside(r, target, (uint64_t)dwords + s.nptrs))
		return FIEF_INVALID;
	if (!charge(r, (uint64_t)dwords + s.nptrs))
		return FIEF_INVALID;
	s.data = r->base + target;
	s.ptrs = s.data + dwords;
	s.bits = (uint32_t)dwords * 64;
	*out = s;
	return FIEF_OK;
}

/* The elements behind a tag word: `words` of them at index `target`. */
static bool span_composite(const struct capnp_reader *r, int64_t target,
                           uint64_t words, struct span *s)
{
	uint64_t tag, each;
	uint16_t dwords;

	if (!inside(r, target, words + 1))
		return false;
	tag = r->base[target];
	if ((tag & 3) != PTR_STRUCT)
		return false;
	dwords = (uint16_t)(tag >> 32);
	s->nptrs = (uint16_t)(tag >> 48);
	s->count = (uint32_t)tag >> 2;
	each = (uint64_t)dwords + s->nptrs;
	if (each * s->count > words)
		return false;
	s->at = r->base + target + 1;
	s->step = (uint32_t)each * 64;
	s->bits = (uint32_t)dwords * 64;
	return true;
}

static bool span_of(const struct capnp_reader *r, const uint64_t *p,
                    struct span *s, uint64_t *words)
{
	int64_t target = target_of(r, p);
	uint32_t count = (uint32_t)(*p >> 35);

	*s = (struct span){ .size = (uint8_t)((*p >> 32) & 7) };
	if (s->size == SIZE_COMPOSITE) {
		*words = count;
		return span_composite(r, target, count, s);
	}
	s->count = count;
	s->step = size_bits[s->size];
	s->nptrs = s->size == SIZE_PTR;
	s->bits = s->size == SIZE_PTR ? 0 : s->step;
	*words = ((uint64_t)count * s->step + 63) / 64;
	if (!inside(r, target, *words))
		return false;
	s->at = r->base + target;
	return true;
}

/* Follow the non-null list pointer at `p`. Elements without a size count as
 * visited words too, or a few bytes would buy 2^29 turns of a loop. */
static enum fief_err follow_list(struct capnp_reader *r, const uint64_t *p,
                                 unsigned depth, struct span *out)
{
	struct span s;
	uint64_t words;

	if ((*p & 3) != PTR_LIST || depth > CAPNP_DEPTH_MAX)
		return FIEF_INVALID;
	if (!span_of(r, p, &s, &words))
		return FIEF_INVALID;
	if (!charge(r, s.step == 0 ? s.count : words))
		return FIEF_INVALID;
	*out = s;
	return FIEF_OK;
}

static const uint64_t *pointer(const struct capnp_struct *s, unsigned i)
{
	return i < s->nptrs ? s->ptrs + i : NULL;
}

/* The bytes that the pointer at `p` names. No visit is charged: there is
 * nothing behind them. */
static enum fief_err follow_bytes(const struct capnp_reader *r,
                                  const uint64_t *p, struct span *out)
{
	struct span s;
	uint64_t words;

	if ((*p & 3) != PTR_LIST || !span_of(r, p, &s, &words))
		return FIEF_INVALID;
	if (s.size != SIZE_1)
		return FIEF_INVALID;
	*out = s;
	return FIEF_OK;
}

static enum fief_err follow_text(const struct capnp_reader *r,
                                 const uint64_t *p, struct capnp_text *out)
{
	struct span s;
	const char *text;

	if (!p || *p == 0) {
		*out = (struct capnp_text){ 0 };
		return FIEF_OK;
	}
	if (follow_bytes(r, p, &s) || s.count == 0)
		return FIEF_INVALID;
	text = (const char *)s.at;
	for (uint32_t i = 0; i < s.count - 1; i++)
		if (text[i] == '\0')
			return FIEF_INVALID;
	if (text[s.count - 1] != '\0')
		return FIEF_INVALID;
	*out = (struct capnp_text){ .s = text, .len = s.count - 1 };
	return FIEF_OK;
}

static enum fief_err follow_data(const struct capnp_reader *r,
                                 const uint64_t *p, struct capnp_data *out)
{
	struct span s;

	if (!p || *p == 0) {
		*out = (struct capnp_data){ 0 };
		return FIEF_OK;
	}
	if (follow_bytes(r, p, &s))
		return FIEF_INVALID;
	*out = (struct capnp_data){ .p = (const uint8_t *)s.at,
		                    .len = s.count };
	return FIEF_OK;
}

enum fief_err capnp_root_follow(struct capnp_reader *r,
                                struct capnp_struct *out)
{
	return follow_struct(r, r->words ? r->base : NULL, 1, out);
}

bool capnp_has(const struct capnp_struct *s, unsigned i)
{
	const uint64_t *p = pointer(s, i);

	return p && *p != 0;
}

enum fief_err capnp_get_struct(const struct capnp_struct *s, unsigned i,
                               struct capnp_struct *out)
{
	return follow_struct(s->r, pointer(s, i), s->depth + 1u, out);
}

enum fief_err capnp_get_text(const struct capnp_struct *s, unsigned i,
                             struct capnp_text *out)
{
	return follow_text(s->r, pointer(s, i), out);
}

enum fief_err capnp_get_data(const struct capnp_struct *s, unsigned i,
                             struct capnp_data *out)
{
	return follow_data(s->r, pointer(s, i), out);
}

/* Whether elements as found can be read as `kind`: lists of structs stand in
 * for lists of what their first field is, and the other way round; bits are
 * never anything but bits. */
static bool span_fits(const struct span *s, enum capnp_kind kind)
{
	if (kind == CAPNP_VOID)
		return true;
	if (kind == CAPNP_BOOL || s->size == SIZE_BIT)
		return kind == CAPNP_BOOL && s->size == SIZE_BIT;
	if (kind == CAPNP_STRUCT)
		return true;
	if (kind >= CAPNP_TEXT)
		return s->nptrs > 0;
	return s->bits >= kind_bits[kind];
}

enum fief_err capnp_get_list(const struct capnp_struct *s, unsigned i,
                             enum capnp_kind kind, struct capnp_list *out)
{
	const uint64_t *p = pointer(s, i);
	struct span sp = { 0 };
	enum fief_err e;

	if (p && *p != 0) {
		e = follow_list(s->r, p, s->depth + 1u, &sp);
		if (e)
			return e;
		if (!span_fits(&sp, kind))
			return FIEF_INVALID;
	}
	*out = (struct capnp_list){
		.r = s->r,
		.at = sp.at,
		.count = sp.count,
		.step = sp.step,
		.bits = sp.bits,
		.nptrs = sp.nptrs,
		.kind = (uint8_t)kind,
		.depth = (uint8_t)(s->depth + 1u),
	};
	return FIEF_OK;
}

enum fief_err capnp_get_cap(const struct capnp_struct *s, unsigned i,
                            uint32_t *cap)
{
	const uint64_t *p = pointer(s, i);
	uint64_t index;

	if (!p || *p == 0) {
		*cap = 0;
		return FIEF_OK;
	}
	if ((*p & UINT32_MAX) != PTR_OTHER)
		return FIEF_INVALID;
	index = *p >> 32;
	if (index >= s->r->ncaps || (s->r->taken >> index & 1))
		return FIEF_INVALID;
	s->r->taken |= UINT32_C(1) << index;
	*cap = s->r->cap[index];
	return FIEF_OK;
}

/* Bit position of element `i` from the start of the list. */
static uint64_t element_bit(const struct capnp_list *l, size_t i)
{
	return (uint64_t)i * l->step;
}

enum fief_err capnp_list_struct(const struct capnp_list *l, size_t i,
                                struct capnp_struct *out)
{
	uint64_t bit = element_bit(l, i);
	const uint64_t *data = (const uint64_t *)l->at;

	if (!l->r || i >= l->count || l->kind != CAPNP_STRUCT)
		return FIEF_INVALID;
	data += bit / 64;
	*out = (struct capnp_struct){
		.r = l->r,
		.data = data,
		.ptrs = data + l->bits / 64,
		.bit = (uint32_t)(bit % 64),
		.bits = l->bits,
		.nptrs = l->nptrs,
		.depth = l->depth,
	};
	return FIEF_OK;
}

/* Pointer that is element `i`, or the first pointer of a struct there. */
static const uint64_t *element_pointer(const struct capnp_list *l, size_t i)
{
	const uint64_t *data = (const uint64_t *)l->at;

	return data + element_bit(l, i) / 64 + l->bits / 64;
}

enum fief_err capnp_list_text(const struct capnp_list *l, size_t i,
                              struct capnp_text *out)
{
	if (i >= l->count || l->kind != CAPNP_TEXT)
		return FIEF_INVALID;
	if (l->r)
		return follow_text(l->r, element_pointer(l, i), out);
	*out = ((const struct capnp_text *)l->at)[i];
	return FIEF_OK;
}

enum fief_err capnp_list_data(const struct capnp_list *l, size_t i,
                              struct capnp_data *out)
{
	if (i >= l->count || l->kind != CAPNP_DATA)
		return FIEF_INVALID;
	if (l->r)
		return follow_data(l->r, element_pointer(l, i), out);
	*out = ((const struct capnp_data *)l->at)[i];
	return FIEF_OK;
}

uint64_t capnp_list_uint(const struct capnp_list *l, size_t i)
{
	struct capnp_struct s = { .bits = UINT32_MAX };
	uint64_t bit = element_bit(l, i);
	uint64_t v = 0;

	if (i >= l->count || l->kind < CAPNP_BOOL || l->kind > CAPNP_64 ||
	    (!l->r && l->step > sizeof(v)))
		return 0;
	if (!l->r) {
		memcpy(&v, (const uint8_t *)l->at + i * l->step, l->step);
		return v;
	}
	s.data = (const uint64_t *)l->at + bit / 64;
	s.bit = (uint32_t)(bit % 64);
	return capnp_get(&s, kind_bits[l->kind], 0, 0);
}

struct capnp_list capnp_list_of(enum capnp_kind kind, const void *array,
                                size_t count, size_t element_size)
{
	return (struct capnp_list){
		.at = array,
		.count = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX,
		.step = (uint32_t)element_size,
		.kind = (uint8_t)kind,
	};
}
