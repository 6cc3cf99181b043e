/* SPDX-License-Identifier: MIT */
/* Old and new programs read each other: `old.capnp` against `new.capnp`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <lib/capnp_build.h>
#include <tools/capnpc-fief/test/new.h>
#include <tools/capnpc-fief/test/old.h>

static uint64_t words[128];
static struct capnp_reader reader;

static struct capnp_struct reread(const struct capnp_builder *b)
{
	struct capnp_struct s;

	assert_int_equal(capnp_reader_init(&reader, words,
	                                   capnp_builder_bytes(b), NULL, 0),
	                 FIEF_OK);
	assert_int_equal(capnp_root(&reader, &s), FIEF_OK);
	return s;
}

static void test_new_reads_old(void **state)
{
	static const uint32_t numbers[] = { 4, 5, 6 };
	static const struct old_item items[] = { { 7 }, { 8 } };
	static const struct capnp_text texts[] = { { "x", 1 }, { "yz", 2 } };
	struct old_doc old = {
		.id = 3,
		.name = capnp_text_of("doc"),
		.numbers = capnp_list_of(CAPNP_32, numbers, 3, 4),
		.items = old_item_list_of(items, 2),
		.texts = capnp_list_of(CAPNP_TEXT, texts, 2, sizeof(texts[0])),
	};
	struct new_doc doc;
	struct new_item item;
	struct new_text text;
	struct capnp_builder b;
	struct capnp_struct s;

	(void)state;
	assert_int_equal(capnp_builder_init(&b, words, sizeof(words), NULL, 0),
	                 0);
	assert_int_equal(old_doc_encode(&b, capnp_where_root(&b), &old), 0);
	s = reread(&b);
	assert_int_equal(new_doc_decode(&s, &doc), FIEF_OK);
	assert_int_equal(doc.id, 3);
	assert_string_equal(doc.name.s, "doc");
	assert_int_equal(doc.extra, -5);
	assert_int_equal(doc.sub.b, 9);
	assert_string_equal(doc.sub.c.s, "new");
	assert_string_equal(doc.note.s, "none");
	assert_int_equal(doc.numbers.list.count, 3);
	for (size_t i = 0; i < 3; i++) { /* numbers became structs */
		assert_int_equal(new_item_list_at(&doc.numbers, i, &item), 0);
		assert_int_equal(item.a, 4 + i);
		assert_int_equal(item.b, 9);
		assert_string_equal(item.c.s, "new");
	}
	assert_int_equal(new_item_list_at(&doc.items, 1, &item), 0);
	assert_int_equal(item.a, 8);
	assert_int_equal(item.b, 9);
	assert_int_equal(new_item_list_at(&doc.items, 2, &item), FIEF_INVALID);
	assert_int_equal(new_text_list_at(&doc.texts, 1, &text), 0);
	assert_string_equal(text.text.s, "yz");
	assert_int_equal(text.lang, 3);
}

static void test_old_reads_new(void **state)
{
	static const struct new_item items[] = {
		{ .a = 1, .b = 2, .c = { "three", 5 } }, { .a = 4, .b = 9 }
	};
	static const struct new_text texts[] = {
		{ .text = { "t", 1 }, .lang = 3 }, { .lang = 9 }
	};
	struct new_doc doc = {
		.id = 9,
		.numbers = new_item_list_of(items, 2),
		.items = new_item_list_of(items, 2),
		.texts = new_text_list_of(texts, 2),
		.extra = 77,
		.note = capnp_text_of("note"),
	};
	struct old_doc old;
	struct old_item item;
	struct capnp_text t;
	struct capnp_builder b;
	struct capnp_struct s;

	(void)state;
	assert_int_equal(capnp_builder_init(&b, words, sizeof(words), NULL, 0),
	                 0);
	assert_int_equal(new_doc_encode(&b, capnp_where_root(&b), &doc), 0);
	s = reread(&b);
	assert_int_equal(old_doc_decode(&s, &old), FIEF_OK);
	assert_int_equal(old.id, 9);
	assert_null(old.name.s);
	assert_int_equal(old.numbers.count, 2);
	assert_int_equal(capnp_list_uint(&old.numbers, 0), 1);
	assert_int_equal(capnp_list_uint(&old.numbers, 1), 4);
	assert_int_equal(old_item_list_at(&old.items, 1, &item), FIEF_OK);
	assert_int_equal(item.a, 4);
	assert_int_equal(capnp_list_text(&old.texts, 0, &t), FIEF_OK);
	assert_string_equal(t.s, "t");
	assert_int_equal(capnp_list_text(&old.texts, 1, &t), FIEF_OK);
	assert_null(t.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_reads_old),
		cmocka_unit_test(test_old_reads_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
