/* SPDX-License-Identifier: MIT */
/* Modules: when a file is read, and when what was read is used again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <core/core.h>
#include <fief/kif_table.h>

struct core core;
const struct kif *fief_kif; /* not called */

/* ---- the host ---- */

struct kcore_ds {
	size_t size;
	unsigned content;
};

static struct core_file_state file;
static unsigned content, reads, memories, news;
static bool exists, changes_while_read;

enum fief_err core_module_file(const char *name, struct kcore_ds **out)
{
	struct kcore_ds *ds;

	(void)name;
	if (!exists)
		return FIEF_NOT_FOUND;
	ds = malloc(sizeof(*ds));
	assert_non_null(ds);
	*ds = (struct kcore_ds){ file.bytes, content };
	reads++;
	memories++;
	if (changes_while_read)
		file.written++;
	*out = ds;
	return FIEF_OK;
}

void core_module_state(const char *name, struct core_file_state *out)
{
	(void)name;
	*out = exists ? file : (struct core_file_state){ 0 };
}

size_t kcore_ds_size(const struct kcore_ds *ds)
{
	return ds->size;
}

void kcore_ds_destroy(struct kcore_ds *ds)
{
	memories--;
	free(ds);
}

void core_log(const char *format, ...)
{
	(void)format;
}

unsigned core_rom_news(const char *name)
{
	(void)name;
	news++;
	return 1;
}

static enum fief_err host_alloc(struct fief_alloc *a, size_t n, void **out)
{
	(void)a;
	*out = malloc(n);
	assert_non_null(*out);
	return FIEF_OK;
}

static void host_free(struct fief_alloc *a, void *p, size_t n)
{
	(void)a, (void)n;
	free(p);
}

/* ---- tests ---- */

static unsigned used(const char *name)
{
	struct core_module *m;
	unsigned seen;

	assert_int_equal(core_module_get(name, &m), FIEF_OK);
	seen = core_module_memory(m)->content;
	core_module_put(m);
	return seen;
}

static void forget_all(void)
{
	struct core_module *m;
	char name[16];

	file.bytes = (16 << 20) + 1; /* too much to be kept beside another */
	file.changed++;
	for (unsigned i = 0; !list_empty(&core.roms); i++) {
		snprintf(name, sizeof(name), "big%u", i);
		assert_int_equal(core_module_get(name, &m), FIEF_OK);
		core_module_put(m);
	}
	assert_int_equal(memories, 0);
}

static int setup(void **state)
{
	static struct fief_alloc alloc = { .alloc = host_alloc,
		                           .free = host_free };

	(void)state;
	core = (struct core){ .alloc = &alloc };
	file = (struct core_file_state){
		.node = 1, .bytes = 4096, .changed = 5, .settled = 1
	};
	content = reads = memories = news = 0;
	exists = true;
	changes_while_read = false;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	exists = true;
	changes_while_read = false;
	forget_all();
	return 0;
}

static void test_same_file_is_read_once(void **state)
{
	(void)state;
	content = 7;
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(used("a"), 7);
	assert_int_equal(reads, 1);
}

static void test_changed_file_is_read_again(void **state)
{
	uint64_t *const parts[] = { &file.device, &file.node, &file.bytes,
		                    &file.changed, &file.written };

	(void)state;
	used("a");
	for (unsigned i = 0; i < 5; i++) {
		++*parts[i];
		assert_int_equal(used("a"), content);
		assert_int_equal(reads, i + 2);
		content++;
	}
	assert_int_equal(memories, 1);
}

static void test_gone_file_is_gone(void **state)
{
	struct core_module *m;

	(void)state;
	used("a");
	exists = false;
	assert_int_equal(core_module_get("a", &m), FIEF_NOT_FOUND);
	assert_int_equal(memories, 0);
}

/* A change that the time stamp cannot show. */
static void test_fresh_file_is_not_kept(void **state)
{
	(void)state;
	file.settled = 0;
	used("a");
	assert_int_equal(memories, 0);
	content = 1;
	assert_int_equal(used("a"), 1);
}

static void test_file_that_changes_is_not_kept(void **state)
{
	(void)state;
	changes_while_read = true;
	used("a");
	assert_int_equal(memories, 0);
}

static void test_in_use_it_stays_as_it_is(void **state)
{
	struct core_module *m, *n;

	(void)state;
	assert_int_equal(core_module_get("a", &m), FIEF_OK);
	file.changed++;
	content++;
	assert_int_equal(core_module_get("a", &n), FIEF_OK);
	assert_ptr_equal(m, n);
	core_module_put(m);
	core_module_put(n);
	assert_int_equal(used("a"), content);
}

static void test_reload(void **state)
{
	struct core_module *old, *fresh;

	(void)state;
	assert_int_equal(core_module_get("a", &old), FIEF_OK);
	content = 1;
	assert_int_equal(core_module_reload("a"), 1);
	content = 2;
	/* The first news was not taken. */
	assert_int_equal(core_module_reload("a"), 1);
	assert_int_equal(news, 2);
	assert_int_equal(memories, 2);
	assert_false(core_module_newest(old));
	assert_int_equal(core_module_get("a", &fresh), FIEF_OK);
	assert_int_equal(core_module_memory(fresh)->content, 2);
	core_module_put(old);
	assert_int_equal(memories, 1); /* what is replaced is not kept */
	core_module_put(fresh);
	content = 3;
	assert_int_equal(core_module_reload("a"), 0); /* nobody to tell */
	assert_int_equal(news, 2);
	assert_int_equal(used("a"), 3);
}

static void test_bounds(void **state)
{
	char name[16];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "m%u", i);
		used(name);
	}
	assert_int_equal(memories, 32);
	used("m99");
	assert_int_equal(reads, 100);
	used("m0"); /* the longest unused */
	assert_int_equal(reads, 101);
	file.bytes = 5 << 20;
	for (unsigned i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		used(name);
	}
	assert_int_equal(memories, 3);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_same_file_is_read_once),
		TEST(test_changed_file_is_read_again),
		TEST(test_gone_file_is_gone),
		TEST(test_fresh_file_is_not_kept),
		TEST(test_file_that_changes_is_not_kept),
		TEST(test_in_use_it_stays_as_it_is),
		TEST(test_reload),
		TEST(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
