/* SPDX-License-Identifier: MIT */
/* The reader on hostile messages, the builder at its limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lib/capnp_build.h>

/* Pointers, as the encoding defines them. */
#define STRUCT(offset, data, ptrs)                                             \
	((uint64_t)(uint32_t)((uint32_t)(offset) << 2) |                       \
	 (uint64_t)(data) << 32 | (uint64_t)(ptrs) << 48)
#define LIST(offset, size, count)                                              \
	((uint64_t)(uint32_t)((uint32_t)(offset) << 2) | 1 |                   \
	 (uint64_t)(size) << 32 | (uint64_t)(count) << 35)
#define CAP(i) (3 | (uint64_t)(i) << 32)

static struct capnp_reader reader;
static const uint32_t caps[] = { 11, 12 };

static enum fief_err open_root(const uint64_t *w, size_t bytes,
                               struct capnp_struct *root)
{
	enum fief_err e = capnp_reader_init(&reader, w, bytes, caps, 2);

	return e ? e : capnp_root(&reader, root);
}

/* Each is a message whose root is refused. */
static void test_bad_roots(void **state)
{
	static const struct {
		const char *what;
		uint64_t word[3];
		size_t bytes;
	} cases[] = {
		{ "size not in words", { 0 }, 4 },
		{ "data beyond the end", { STRUCT(0, 3, 0) }, 24 },
		{ "pointers beyond the end", { STRUCT(0, 1, 2) }, 24 },
		{ "largest sizes", { STRUCT(0, 65535, 65535) }, 24 },
		{ "offset beyond the end", { STRUCT(3, 0, 0) }, 24 },
		{ "largest offset", { STRUCT(0x1fffffff, 1, 0) }, 24 },
		{ "before the start", { STRUCT(-2, 1, 0) }, 24 },
		{ "smallest offset", { STRUCT(-0x20000000, 1, 0) }, 24 },
		{ "a list", { LIST(0, 2, 1) }, 24 },
		{ "far", { 2 | 8 }, 24 },
		{ "double far", { 2 | 4 | 8 }, 24 },
		{ "a capability", { CAP(0) }, 24 },
		{ "a reserved kind", { 7 }, 24 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct capnp_struct s = { 0 };

		if (open_root(cases[i].word, cases[i].bytes, &s) !=
		    FIEF_INVALID)
			fail_msg("accepted: %s", cases[i].what);
	}
}

static void test_good_roots(void **state)
{
	static const uint64_t null[] = { 0 };
	static const uint64_t empty[] = { STRUCT(-1, 0, 0) };
	static const uint64_t two[] = { STRUCT(0, 1, 1), 0x1122334455667788,
		                        0 };
	struct capnp_struct s = { 0 };

	(void)state;
	assert_int_equal(open_root(NULL, 0, &s), FIEF_OK);
	assert_int_equal(capnp_get(&s, 64, 0, 7), 7);
	assert_int_equal(open_root(null, 8, &s), FIEF_OK);
	assert_int_equal(capnp_get(&s, 64, 0, 7), 7);
	assert_int_equal(open_root(empty, 8, &s), FIEF_OK);
	assert_int_equal(open_root(two, 24, &s), FIEF_OK);
	assert_true(capnp_get(&s, 64, 0, 0) == two[1]);
	assert_int_equal(capnp_get(&s, 8, 1, 0), 0x77);
	assert_int_equal(capnp_get(&s, 16, 3, 0xffff), 0x1122 ^ 0xffff);
	assert_int_equal(capnp_get(&s, 32, 2, 5), 5);
	assert_int_equal(capnp_get(&s, 32, UINT32_MAX, 5), 5);
	assert_true(capnp_get_bool(&s, 3, false));
	assert_false(capnp_get_bool(&s, 3, true));
}

/* One pointer at the root: what each accessor makes of it. */
enum { T = 1, D = 2, S = 4, B = 8, BITS = 16, P = 32, L = 64, C = 128 };
static const struct {
	const char *what;
	uint64_t word[4]; /* from the pointer on */
	unsigned good;    /* accessors that accept it */
} pointer_cases[] = {
	{ "null", { 0 }, 255 },
	{ "text", { LIST(0, 2, 3), 0x006968 }, T | D | B | L },
	{ "text without end", { LIST(0, 2, 2), 0x6968 }, D | B | L },
	{ "text with zero inside", { LIST(0, 2, 4), 0x690068 }, D | B | L },
	{ "no bytes", { LIST(0, 2, 0) }, D | B | L },
	{ "bytes to the end", { LIST(0, 2, 24) }, D | B | L },
	{ "bytes beyond", { LIST(0, 2, 25) }, 0 },
	{ "most bytes", { LIST(0, 2, 0x1fffffff) }, 0 },
	{ "most words", { LIST(0, 5, 0x1fffffff) }, 0 },
	{ "bits", { LIST(0, 1, 192) }, BITS },
	{ "bits beyond", { LIST(0, 1, 193) }, 0 },
	{ "voids", { LIST(0, 0, 10) }, L },
	{ "too many voids", { LIST(0, 0, 0x1fffffff) }, 0 },
	{ "words", { LIST(0, 5, 3) }, B | L },
	{ "pointers", { LIST(0, 6, 3) }, P | L },
	{ "structs", { LIST(0, 7, 2), STRUCT(2, 1, 0) }, B | L },
	{ "structs with a pointer",
	  { LIST(0, 7, 2), STRUCT(1, 1, 1) },
	  B | P | L },
	{ "structs without a size", { LIST(0, 7, 0), STRUCT(9, 0, 0) }, L },
	{ "too many of those", { LIST(0, 7, 0), STRUCT(0x3fffffff, 0, 0) }, 0 },
	{ "more than its words", { LIST(0, 7, 1), STRUCT(2, 1, 0) }, 0 },
	{ "structs beyond", { LIST(0, 7, 3), STRUCT(1, 1, 0) }, 0 },
	{ "tag is a list", { LIST(0, 7, 1), LIST(1, 1, 0) }, 0 },
	{ "tag beyond", { LIST(3, 7, 0) }, 0 },
	{ "struct", { STRUCT(0, 2, 1) }, S },
	{ "struct beyond", { STRUCT(0, 2, 2) }, 0 },
	{ "capability", { CAP(1) }, C },
	{ "capability beyond", { CAP(2) }, 0 },
	{ "no capability", { 3 | 4 | (uint64_t)1 << 32 }, 0 },
	{ "far", { 2 | 8 }, 0 },
};

static void test_pointers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pointer_cases) / sizeof(pointer_cases[0]);
	     i++) {
		uint64_t w[5] = { STRUCT(0, 0, 1) };
		struct capnp_struct s, sub;
		struct capnp_text t;
		struct capnp_data d;
		struct capnp_list l;
		unsigned good = 0;
		uint32_t cap;

		memcpy(w + 1, pointer_cases[i].word,
		       sizeof(pointer_cases[i].word));
		assert_int_equal(open_root(w, sizeof(w), &s), FIEF_OK);
		good |= capnp_get_text(&s, 0, &t) ? 0 : T;
		good |= capnp_get_data(&s, 0, &d) ? 0 : D;
		good |= capnp_get_struct(&s, 0, &sub) ? 0 : S;
		good |= capnp_get_list(&s, 0, CAPNP_8, &l) ? 0 : B;
		good |= capnp_get_list(&s, 0, CAPNP_BOOL, &l) ? 0 : BITS;
		good |= capnp_get_list(&s, 0, CAPNP_TEXT, &l) ? 0 : P;
		good |= capnp_get_list(&s, 0, CAPNP_STRUCT, &l) ? 0 : L;
		good |= capnp_get_cap(&s, 0, &cap) ? 0 : C;
		if (good != pointer_cases[i].good)
			fail_msg("%s: accepted by %#x, not by %#x",
			         pointer_cases[i].what, good,
			         pointer_cases[i].good);
	}
}

static void test_cap_once(void **state)
{
	static const uint64_t w[] = { STRUCT(0, 0, 2), CAP(1), CAP(1) };
	struct capnp_struct s = { 0 };
	uint32_t cap = 99;

	(void)state;
	assert_int_equal(open_root(w, sizeof(w), &s), FIEF_OK);
	assert_int_equal(capnp_get_cap(&s, 0, &cap), FIEF_OK);
	assert_int_equal(cap, 12);
	cap = 99;
	assert_int_equal(capnp_get_cap(&s, 1, &cap), FIEF_INVALID);
	assert_int_equal(cap, 99);
	assert_int_equal(capnp_get_cap(&s, 2, &cap), FIEF_OK);
	assert_int_equal(cap, 0);
}

/* Structs that point to themselves and each other end, and soon. */
static uint64_t visits;

static void visit_all(const struct capnp_struct *s, unsigned depth)
{
	struct capnp_struct sub;

	visits++;
	assert_true(depth <= CAPNP_DEPTH_MAX);
	for (unsigned i = 0; i < s->nptrs; i++)
		if (!capnp_get_struct(s, i, &sub))
			visit_all(&sub, depth + 1);
}

static void test_amplification(void **state)
{
	uint64_t w[64];
	struct capnp_struct s = { 0 };

	(void)state;
	w[0] = STRUCT(0, 0, 63); /* each of the 63 pointers names them all */
	for (int i = 1; i < 64; i++)
		w[i] = STRUCT(-i, 0, 63);
	assert_int_equal(open_root(w, sizeof(w), &s), FIEF_OK);
	visits = 0;
	visit_all(&s, 1);
	assert_true(visits <= UINT64_C(64) * CAPNP_VISIT_FACTOR);

	w[0] = STRUCT(0, 0, 1); /* a chain that never ends */
	w[1] = STRUCT(-1, 0, 1);
	assert_int_equal(open_root(w, sizeof(w), &s), FIEF_OK);
	visits = 0;
	visit_all(&s, 1);
	assert_int_equal(visits, CAPNP_DEPTH_MAX);
}

static size_t build_sample(uint64_t *w, size_t bytes)
{
	static const uint16_t shorts[] = { 1, 2, 3 };
	static const struct capnp_text texts[] = { { "ab", 2 }, { "c", 1 } };
	struct capnp_list l = capnp_list_of(CAPNP_16, shorts, 3, 2);
	struct capnp_list t =
		capnp_list_of(CAPNP_TEXT, texts, 2, sizeof(texts[0]));
	struct capnp_builder b;
	struct capnp_slot s, sub;
	struct capnp_slots all;

	assert_int_equal(capnp_builder_init(&b, w, bytes, NULL, 0), 0);
	assert_int_equal(capnp_build_struct(&b, capnp_where_root(&b), 2, 5, &s),
	                 0);
	capnp_set(&s, 32, 1, 0xdeadbeef, 0);
	capnp_slot_trim(&s, 4);
	assert_int_equal(capnp_build_list(&b, capnp_where(&s, 0), CAPNP_16, &l),
	                 0);
	assert_int_equal(
		capnp_build_list(&b, capnp_where(&s, 1), CAPNP_TEXT, &t), 0);
	assert_int_equal(
		capnp_build_structs(&b, capnp_where(&s, 2), 2, 2, 1, &all), 0);
	sub = capnp_slots_at(&all, 1);
	capnp_set(&sub, 8, 0, 9, 0);
	capnp_slots_trim(&all, 1);
	sub = capnp_slots_at(&all, 0);
	assert_int_equal(
		capnp_build_text(&b, capnp_where(&sub, 0), capnp_text_of("in")),
		0);
	assert_int_equal(capnp_build_data(&b, capnp_where(&s, 3),
	                                  (struct capnp_data){
						  (const uint8_t *)"x", 1 }),
	                 0);
	return capnp_builder_bytes(&b);
}

/* Read all of the sample that can be read. */
static void read_sample(const struct capnp_struct *s)
{
	struct capnp_struct sub;
	struct capnp_list l;
	struct capnp_text t;
	struct capnp_data d;

	if (!capnp_get_list(s, 0, CAPNP_16, &l))
		for (size_t i = 0; i <= l.count && i < 1000; i++)
			(void)capnp_list_uint(&l, i);
	if (!capnp_get_list(s, 1, CAPNP_TEXT, &l))
		for (size_t i = 0; i <= l.count && i < 1000; i++)
			if (!capnp_list_text(&l, i, &t) && t.s)
				assert_int_equal(strlen(t.s), t.len);
	if (!capnp_get_list(s, 2, CAPNP_STRUCT, &l))
		for (size_t i = 0; i <= l.count && i < 1000; i++)
			if (!capnp_list_struct(&l, i, &sub) &&
			    !capnp_get_text(&sub, 0, &t) && t.s)
				assert_int_equal(strlen(t.s), t.len);
	if (!capnp_get_data(s, 3, &d) && d.p)
		assert_true(d.len < 100000);
}

static void try_bytes(const uint64_t *w, size_t bytes)
{
	uint64_t *copy = malloc(bytes + !bytes); /* exact, for ASan */
	struct capnp_struct s = { 0 };

	assert_non_null(copy);
	memcpy(copy, w, bytes);
	if (!open_root(copy, bytes, &s))
		read_sample(&s);
	free(copy);
}

static void test_truncated(void **state)
{
	uint64_t w[64];
	size_t n = build_sample(w, sizeof(w));

	(void)state;
	for (size_t i = 0; i <= n; i++)
		try_bytes(w, i);
}

static void test_mutated(void **state)
{
	uint64_t w[64], bent[64];
	size_t n = build_sample(w, sizeof(w));
	uint64_t x = 88172645463325252;

	(void)state;
	for (size_t bit = 0; bit < n * 8; bit++) { /* each bit */
		memcpy(bent, w, n);
		bent[bit / 64] ^= UINT64_C(1) << bit % 64;
		try_bytes(bent, n);
	}
	for (unsigned i = 0; i < 100000; i++) { /* any bytes */
		if (i % 8 == 0)
			memcpy(bent, w, n);
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		((uint8_t *)bent)[x % n] = (uint8_t)(x >> 32);
		try_bytes(bent, n);
	}
}

/* Trimmed in each place; compared with what the encoding prescribes. */
static void test_canonical(void **state)
{
	static const uint64_t expected[] = {
		STRUCT(0, 1, 4),
		UINT64_C(0xdeadbeef) << 32,
		LIST(3, 3, 3),
		LIST(3, 6, 2),
		LIST(6, 7, 4),
		LIST(11, 2, 1),
		UINT64_C(0x000300020001),
		LIST(1, 2, 3),
		LIST(1, 2, 2),
		0x6261,
		0x63,
		STRUCT(2, 1, 1),
		0,
		LIST(2, 2, 3),
		9,
		0,
		0x6e69,
		0x78,
	};
	uint64_t w[64];
	size_t n = build_sample(w, sizeof(w));

	(void)state;
	assert_int_equal(n, sizeof(expected));
	for (size_t i = 0; i < n / 8; i++)
		if (w[i] != expected[i])
			fail_msg("word %zu is %#llx, not %#llx", i,
			         (unsigned long long)w[i],
			         (unsigned long long)expected[i]);
}

static void test_builder_refuses(void **state)
{
	static const uint16_t shorts[] = { 1 };
	struct capnp_list l = capnp_list_of(CAPNP_16, shorts, 1, 2);
	struct capnp_list wrong = capnp_list_of(CAPNP_16, shorts, 1, 4);
	uint32_t table[1];
	uint64_t w[4];
	struct capnp_builder b;
	struct capnp_slot s;

	(void)state;
	assert_int_equal(capnp_builder_init(&b, w, sizeof(w), table, 1), 0);
	assert_int_equal(capnp_build_struct(&b, w, 0, 2, &s), FIEF_OK);
	assert_int_equal(capnp_build_list(&b, capnp_where(&s, 0), CAPNP_32, &l),
	                 FIEF_INVALID);
	assert_int_equal(
		capnp_build_list(&b, capnp_where(&s, 0), CAPNP_16, &wrong),
		FIEF_INVALID);
	assert_int_equal(capnp_build_text(&b, capnp_where(&s, 0),
	                                  (struct capnp_text){ "a\0b", 3 }),
	                 FIEF_INVALID);
	assert_int_equal(capnp_build_text(&b, capnp_where(&s, 0),
	                                  capnp_text_of("12345678")),
	                 FIEF_TOO_LONG);
	assert_int_equal(
		capnp_build_data(
			&b, capnp_where(&s, 0),
			(struct capnp_data){ (const uint8_t *)w, SIZE_MAX }),
		FIEF_TOO_LONG);
	assert_int_equal(capnp_build_cap(&b, capnp_where(&s, 0), 4), FIEF_OK);
	assert_int_equal(table[0], 4);
	assert_int_equal(capnp_build_cap(&b, capnp_where(&s, 1), 5),
	                 FIEF_TOO_LONG);
	assert_int_equal(b.ncaps, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_roots),
		cmocka_unit_test(test_good_roots),
		cmocka_unit_test(test_pointers),
		cmocka_unit_test(test_cap_once),
		cmocka_unit_test(test_amplification),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_mutated),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_builder_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
