/* SPDX-License-Identifier: MIT */
/* Allocators: content survives, quota is exact, every failure is clean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fief/budget.h>
#include <fief/heap.h>
#include <fief/locked_alloc.h>
#include <fief/slab.h>
#include <fief/sliced_heap.h>

#include "fake_kif.h"
#include "fake_ram.h"

struct object {
	unsigned char *mem;
	size_t size;
	unsigned char mark;
};

enum { OBJECTS = 512, STEPS = 60000 };

static uint32_t random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Mostly small sizes, some of any size up to 96 KiB. */
static size_t random_size(uint32_t *state)
{
	const uint32_t r = random_next(state);

	if (r % 64 == 0)
		return random_next(state) % 98304;
	return r % 8 == 0 ? random_next(state) % 4096 :
	                    random_next(state) % 200;
}

static void object_check(const struct object *o)
{
	for (size_t i = 0; i < o->size; i++)
		assert_int_equal(o->mem[i], o->mark);
}

static void object_toggle(struct fief_alloc *a, struct object *o, size_t size)
{
	static unsigned char mark;
	void *mem;

	if (o->mem) {
		object_check(o);
		fief_free(a, o->mem, o->size);
		o->mem = NULL;
		return;
	}
	assert_int_equal(fief_alloc(a, size, &mem), FIEF_OK);
	assert_int_equal((uintptr_t)mem % FIEF_ALLOC_ALIGN, 0);
	*o = (struct object){ mem, size, ++mark };
	memset(mem, o->mark, size);
}

static void heap_random(void **state)
{
	static struct object object[OBJECTS];
	struct fake_ram ram;
	struct fief_heap h;
	uint32_t seed = 1;

	(void)state;
	fake_ram_init(&ram);
	fief_heap_init(&h, &ram.ram);
	for (unsigned i = 0; i < STEPS; i++) {
		const size_t size = random_size(&seed);

		object_toggle(&h.alloc, &object[random_next(&seed) % OBJECTS],
		              size);
		assert_int_equal(fief_heap_ram(&h), ram.bytes);
	}
	for (unsigned i = 0; i < OBJECTS; i++)
		if (object[i].mem)
			object_toggle(&h.alloc, &object[i], 0);
	assert_int_equal(h.used, 0);
	assert_true(ram.live <= 1); /* the one empty chunk that is kept */
	fief_heap_trim(&h);
	assert_int_equal(ram.live, 0);
	assert_int_equal(fief_heap_ram(&h), 0);
	fief_heap_fini(&h);
}

/* Every size next to a class boundary, and the smallest chunk. */
static void heap_sizes(void **state)
{
	struct fake_ram ram;
	struct fief_heap h;
	void *mem;

	(void)state;
	fake_ram_init(&ram);
	fief_heap_init(&h, &ram.ram);
	for (size_t size = 0; size < 140000; size += size < 600 ? 1 : 61) {
		assert_int_equal(fief_alloc(&h.alloc, size, &mem), FIEF_OK);
		memset(mem, 0xaa, size);
		fief_free(&h.alloc, mem, size);
		assert_int_equal(h.used, 0);
		fief_heap_trim(&h);
		assert_int_equal(ram.live, 0);
	}
	assert_int_equal(fief_alloc(&h.alloc, SIZE_MAX - 8, &mem),
	                 FIEF_OUT_OF_RAM);
	fief_heap_fini(&h);
}

static void heap_fini_frees(void **state)
{
	struct fake_ram ram;
	struct fief_heap h;
	void *mem;

	(void)state;
	fake_ram_init(&ram);
	fief_heap_init(&h, &ram.ram);
	for (size_t size = 1; size < 200000; size = size * 3 / 2 + 1)
		assert_int_equal(fief_alloc(&h.alloc, size, &mem), FIEF_OK);
	assert_true(ram.live > 1);
	fief_heap_fini(&h);
	assert_int_equal(ram.live, 0);
	assert_int_equal(ram.bytes, 0);
	fief_heap_fini(&(struct fief_heap){ 0 });
}

/* A chunk as large as wished is refused, the smallest possible is not. */
static void heap_smaller_chunk(void **state)
{
	struct fief_budget b = { .ram_limit = 2 * 20480 + 8192,
		                 .caps_limit = 9 };
	struct fief_guarded_ram g;
	struct fake_ram ram;
	struct fief_heap h;
	void *mem;

	(void)state;
	fake_ram_init(&ram);
	fief_guarded_ram_init(&g, &ram.ram, &b);
	fief_heap_init(&h, &g.ram);
	assert_int_equal(fief_alloc(&h.alloc, 16000, &mem), FIEF_OK);
	assert_int_equal(fief_alloc(&h.alloc, 16000, &mem), FIEF_OK);
	assert_int_equal(fief_alloc(&h.alloc, 5000, &mem), FIEF_OK);
	assert_int_equal(b.ram_used, b.ram_limit);
	assert_int_equal(fief_alloc(&h.alloc, 16000, &mem), FIEF_OUT_OF_RAM);
	fief_heap_fini(&h);
	assert_int_equal(b.ram_used, 0);
	assert_int_equal(b.caps_used, 0);
}

struct misuse {
	struct fief_alloc *alloc;
	void *mem;
	size_t size;
};

static void misuse_free(void *arg)
{
	struct misuse *const m = arg;

	fief_free(m->alloc, m->mem, m->size);
}

static void heap_misuse_ends(void **state)
{
	static const struct {
		const char *name;
		size_t allocated, freed;
		bool twice;
	} cases[] = {
		{ "size too large", 100, 200, false },
		{ "size too small", 200, 100, false },
		{ "second release", 100, 100, true },
		{ "small as big", 100, 70000, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fake_ram ram;
		struct fief_heap h;
		struct misuse m = { &h.alloc, NULL, cases[i].freed };
		void *other;

		fake_ram_init(&ram);
		fief_heap_init(&h, &ram.ram);
		assert_int_equal(fief_alloc(&h.alloc, 64, &other), FIEF_OK);
		assert_int_equal(
			fief_alloc(&h.alloc, cases[i].allocated, &m.mem),
			FIEF_OK);
		assert_int_equal(fief_alloc(&h.alloc, 64, &other), FIEF_OK);
		if (cases[i].twice)
			misuse_free(&m);
		if (fake_kif_exit_of(misuse_free, &m) != 134)
			fail_msg("%s: not noticed", cases[i].name);
		fief_heap_fini(&h);
	}
}

static void other_misuse_ends(void **state)
{
	struct fief_sliced_heap h;
	struct fief_slab s;
	struct fake_ram ram;
	struct misuse m = { &h.alloc, NULL, 5000 };
	struct misuse n = { &s.alloc, NULL, 8 };
	void *other;

	(void)state;
	fake_ram_init(&ram);
	fief_sliced_heap_init(&h, &ram.ram);
	fief_slab_init(&s, &h.alloc, 8, 4);
	assert_int_equal(fief_alloc(&h.alloc, 100, &m.mem), FIEF_OK);
	assert_int_equal(fake_kif_exit_of(misuse_free, &m), 134);
	assert_int_equal(fief_alloc(&s.alloc, 8, &other), FIEF_OK);
	assert_int_equal(fief_alloc(&s.alloc, 8, &n.mem), FIEF_OK);
	assert_int_equal(fake_kif_exit_of(misuse_free, &n), -1);
	assert_int_equal(fake_kif_exit_of(misuse_free, &n), 134);
	fief_slab_fini(&s);
	fief_sliced_heap_fini(&h);
	assert_int_equal(ram.live, 0);
}

static void sliced_heap(void **state)
{
	struct fief_sliced_heap h;
	struct fake_ram ram;
	void *a, *b;

	(void)state;
	fake_ram_init(&ram);
	fief_sliced_heap_init(&h, &ram.ram);
	assert_int_equal(fief_alloc(&h.alloc, 1, &a), FIEF_OK);
	assert_int_equal(fief_alloc(&h.alloc, 4096, &b), FIEF_OK);
	memset(b, 1, 4096);
	assert_int_equal(ram.live, 2);
	assert_int_equal(ram.bytes, fief_sliced_heap_cost(1) +
	                                    fief_sliced_heap_cost(4096));
	assert_int_equal(fief_sliced_heap_cost(1), 4096);
	assert_int_equal(fief_sliced_heap_cost(4096), 8192);
	fief_free(&h.alloc, a, 1);
	assert_int_equal(ram.bytes, 8192);
	assert_int_equal(fief_alloc(&h.alloc, SIZE_MAX, &a), FIEF_OUT_OF_RAM);
	fief_sliced_heap_fini(&h);
	assert_int_equal(ram.live, 0);
}

static void slab_groups(void **state)
{
	enum { COUNT = 35, SIZE = 24, PER_GROUP = 8 };
	struct fake_ram ram;
	struct fief_heap h;
	struct fief_slab s;
	void *mem[COUNT], *refused;

	(void)state;
	fake_ram_init(&ram);
	fief_heap_init(&h, &ram.ram);
	fief_slab_init(&s, &h.alloc, SIZE, PER_GROUP);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < COUNT; i++) {
			assert_int_equal(fief_alloc(&s.alloc, SIZE, &mem[i]),
			                 FIEF_OK);
			memset(mem[i], (int)i, SIZE);
		}
		assert_int_equal(s.full.count, COUNT / PER_GROUP);
		for (unsigned i = 0; i < COUNT; i++) {
			assert_int_equal(((char *)mem[i])[SIZE - 1], i);
			fief_free(&s.alloc, mem[i], SIZE);
		}
		assert_int_equal(s.partial.count, 1);
		assert_int_equal(s.empty, 1);
	}
	assert_int_equal(fief_alloc(&s.alloc, 99, &refused), FIEF_OUT_OF_RAM);
	for (unsigned i = 0; i < COUNT; i++)
		assert_int_equal(fief_alloc(&s.alloc, SIZE, &mem[i]), FIEF_OK);
	fief_slab_fini(&s); /* with full, partial and empty groups */
	assert_int_equal(h.used, 0);
	fief_heap_fini(&h);
	assert_int_equal(ram.live, 0);
}

static void budget_rules(void **state)
{
	struct fief_budget b = { .ram_limit = 100, .caps_limit = 2 };

	(void)state;
	assert_int_equal(fief_budget_take(&b, 101, 1), FIEF_OUT_OF_RAM);
	assert_int_equal(fief_budget_take(&b, 100, 3), FIEF_OUT_OF_CAPS);
	assert_int_equal(b.ram_used, 0);
	assert_int_equal(fief_budget_take(&b, 60, 2), FIEF_OK);
	assert_int_equal(fief_budget_take(&b, 0, 1), FIEF_OUT_OF_CAPS);
	assert_int_equal(fief_budget_withdraw(&b, 41, 0), FIEF_OUT_OF_RAM);
	assert_int_equal(fief_budget_withdraw(&b, 40, 1), FIEF_OUT_OF_CAPS);
	assert_int_equal(fief_budget_withdraw(&b, 40, 0), FIEF_OK);
	assert_int_equal(fief_budget_ram_avail(&b), 0);
	assert_int_equal(fief_budget_upgrade(&b, SIZE_MAX, 0), FIEF_LIMIT);
	assert_int_equal(fief_budget_upgrade(&b, 5, 7), FIEF_OK);
	assert_int_equal(fief_budget_ram_avail(&b), 5);
	assert_int_equal(fief_budget_caps_avail(&b), 7);
	b.ram_limit = 50; /* less than is in use */
	assert_int_equal(fief_budget_ram_avail(&b), 0);
	assert_int_equal(fief_budget_take(&b, 1, 0), FIEF_OUT_OF_RAM);
	b.ram_limit = 65;
	fief_budget_give(&b, 60, 2);
	assert_int_equal(b.ram_used + b.caps_used, 0);
}

static void guarded_alloc(void **state)
{
	struct fief_budget b = { .ram_limit = 100 };
	struct fief_guarded_alloc g;
	struct fake_ram ram;
	struct fief_heap h;
	void *mem;
	char *text;

	(void)state;
	fake_ram_init(&ram);
	fief_heap_init(&h, &ram.ram);
	fief_guarded_alloc_init(&g, &h.alloc, &b);
	assert_int_equal(fief_alloc(&g.alloc, 101, &mem), FIEF_OUT_OF_RAM);
	assert_int_equal(ram.calls, 0);
	assert_int_equal(fief_alloc_text(&g.alloc, "hello", &text), FIEF_OK);
	assert_string_equal(text, "hello");
	assert_int_equal(b.ram_used, 6);
	fief_free(&g.alloc, text, 6);
	assert_int_equal(b.ram_used, 0);
	assert_int_equal(fief_alloc_array(&g.alloc, SIZE_MAX, 2, &mem),
	                 FIEF_OUT_OF_RAM);
	assert_int_equal(fief_alloc_array(&g.alloc, 10, 11, &mem),
	                 FIEF_OUT_OF_RAM);
	assert_int_equal(fief_alloc_array(&g.alloc, 5, 10, &mem), FIEF_OK);
	for (unsigned i = 0; i < 50; i++)
		assert_int_equal(((char *)mem)[i], 0);
	fief_free(&g.alloc, mem, 50);
	fake_ram_fail(&ram, 1, FIEF_DENIED);
	b.ram_limit = 1 << 20;
	assert_int_equal(fief_alloc(&g.alloc, 70000, &mem), FIEF_DENIED);
	assert_int_equal(b.ram_used, 0);
	fief_heap_fini(&h);
}

/* A workload over all allocators that stops at the first failure and then
 * frees what it has. */
static enum fief_err workload(struct fief_alloc *a)
{
	static const size_t size[] = { 10,   70000, 5000, 16,   60000,
		                       8000, 1,     300,  65536 };
	enum { COUNT = sizeof(size) / sizeof(*size) };
	struct fief_locked_alloc l;
	void *mem[COUNT];
	enum fief_err e = FIEF_OK;
	size_t n;

	fief_locked_alloc_init(&l, a);
	for (n = 0; n < COUNT && !e; n++)
		e = fief_alloc(&l.alloc, size[n], &mem[n]);
	for (size_t i = 0; i < n - (e != FIEF_OK); i++)
		fief_free(&l.alloc, mem[i], size[i]);
	return e;
}

typedef enum fief_err (*fault_run)(struct fief_ram *ram);

static enum fief_err run_heap(struct fief_ram *ram)
{
	struct fief_heap h;
	enum fief_err e;

	fief_heap_init(&h, ram);
	e = workload(&h.alloc);
	assert_int_equal(h.used, 0);
	fief_heap_fini(&h);
	return e;
}

static enum fief_err run_sliced(struct fief_ram *ram)
{
	struct fief_sliced_heap h;
	enum fief_err e;

	fief_sliced_heap_init(&h, ram);
	e = workload(&h.alloc);
	assert_true(list_empty(&h.slices));
	fief_sliced_heap_fini(&h);
	return e;
}

static enum fief_err run_slab(struct fief_ram *ram)
{
	struct fief_sliced_heap h;
	struct fief_slab s;
	enum fief_err e;

	fief_sliced_heap_init(&h, ram);
	fief_slab_init(&s, &h.alloc, 70000, 2);
	e = workload(&s.alloc);
	fief_slab_fini(&s);
	assert_true(list_empty(&h.slices));
	fief_sliced_heap_fini(&h);
	return e;
}

static enum fief_err run_guarded(struct fief_ram *ram)
{
	struct fief_budget b = { .ram_limit = 1 << 20, .caps_limit = 100 };
	struct fief_guarded_ram g;
	enum fief_err e;

	fief_guarded_ram_init(&g, ram, &b);
	e = run_heap(&g.ram);
	assert_int_equal(b.ram_used + b.caps_used, 0);
	return e;
}

/* For all n: the n-th allocation fails, nothing leaks, nothing is wrong. */
static void every_fault(void **state)
{
	static const fault_run run[] = { run_heap, run_sliced, run_slab,
		                         run_guarded };
	static const enum fief_err failure[] = { FIEF_OUT_OF_CAPS,
		                                 FIEF_DENIED };

	(void)state;
	for (unsigned r = 0; r < sizeof(run) / sizeof(*run); r++) {
		for (unsigned n = 1;; n++) {
			struct fake_ram ram;
			enum fief_err e;

			fake_ram_init(&ram);
			fake_ram_fail(&ram, n, failure[n % 2]);
			e = run[r](&ram.ram);
			assert_int_equal(ram.live, 0);
			assert_int_equal(ram.bytes, 0);
			if (!e)
				break;
			assert_int_equal(e, failure[n % 2]);
			assert_true(n < 100);
		}
	}
}

static void arena_on_heap(void **state)
{
	struct fief_arena_source source;
	struct fake_ram ram;
	struct fief_heap h;
	struct arena a;
	void *mem;

	(void)state;
	fake_ram_init(&ram);
	fief_heap_init(&h, &ram.ram);
	fief_arena_source_init(&source, &h.alloc);
	arena_init(&a, &source.source);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(arena_alloc(&a, i, &mem), FIEF_OK);
	arena_fini(&a);
	assert_int_equal(h.used, 0);
	fief_heap_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heap_random),
		cmocka_unit_test(heap_sizes),
		cmocka_unit_test(heap_fini_frees),
		cmocka_unit_test(heap_smaller_chunk),
		cmocka_unit_test(heap_misuse_ends),
		cmocka_unit_test(other_misuse_ends),
		cmocka_unit_test(sliced_heap),
		cmocka_unit_test(slab_groups),
		cmocka_unit_test(budget_rules),
		cmocka_unit_test(guarded_alloc),
		cmocka_unit_test(every_fault),
		cmocka_unit_test(arena_on_heap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
