/* SPDX-License-Identifier: MIT */
/*
 * Messages of generated code against those of the `capnp` tool, both ways.
 * argv[1] is the source root.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <lib/capnp_build.h>
#include <tools/capnpc-fief/test/zoo.h>

enum { WORDS = 1024, TEXT = 8192 };

static const char *root;

/* Run `capnp convert FORMATS zoo.capnp TYPE` on the bytes `in`. */
static size_t convert(const char *formats, const char *type, const void *in,
                      size_t n, void *out, size_t room)
{
	char file[] = "/tmp/fief-capnp-XXXXXX";
	char command[1024];
	int fd = mkstemp(file);
	size_t got;
	FILE *f;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, in, n), (ssize_t)n);
	close(fd);
	snprintf(command, sizeof(command),
	         "capnp convert --quiet -I%s --short %s "
	         "%s/tools/capnpc-fief/test/zoo.capnp %s < %s",
	         root, formats, root, type, file);
	f = popen(command, "r");
	assert_non_null(f);
	got = fread(out, 1, room, f);
	assert_int_equal(pclose(f), 0);
	unlink(file);
	return got;
}

#define CODEC(type)                                                            \
	static enum fief_err recode_##type(const struct capnp_struct *in,      \
	                                   struct capnp_builder *b)            \
	{                                                                      \
		struct type v;                                                 \
		enum fief_err e = type##_decode(in, &v);                       \
                                                                               \
		return e ? e : type##_encode(b, capnp_where_root(b), &v);      \
	}

CODEC(numbers)
CODEC(lists)
CODEC(named)
CODEC(shape)
CODEC(everything)
CODEC(empty)

/* What capnp makes of the text is what we make of capnp's message. */
static const struct {
	const char *type;
	enum fief_err (*recode)(const struct capnp_struct *in,
	                        struct capnp_builder *b);
	const char *text;
} cases[] = {
	{ "Numbers", recode_numbers, "()" },
	{ "Numbers", recode_numbers,
	  "(flag = false, a = -128, b = 32767, c = 100000, d = -1, e = 255)" },
	{ "Numbers", recode_numbers,
	  "(f = 0, g = 4294967295, h = 18446744073709551615, i = -0.25, "
	  "j = 1e300, color = blue, more = true)" },
	{ "Numbers", recode_numbers, "(color = red)" },
	{ "Lists", recode_lists, "()" },
	{ "Lists", recode_lists,
	  "(bools = [true, false, true, true, false, true, false, true, "
	  "true], bytes = [1, 2, 255], shorts = [-1, 7], ints = [], "
	  "longs = [-9223372036854775808, 5], doubles = [0.5, -2])" },
	{ "Lists", recode_lists,
	  "(texts = [\"\", \"one\", \"seven ch\"], blobs = [\"ab\", \"\"], "
	  "colors = [red, blue, green], voids = [void, void, void])" },
	{ "Lists", recode_lists,
	  "(points = [(x = 1, y = -7), (x = 0, y = -7), (x = -3, y = 9)])" },
	{ "Lists", recode_lists, "(points = [(y = -7), (y = -7)])" },
	{ "Lists", recode_lists, "(points = [], named = [])" },
	{ "Lists", recode_lists,
	  "(named = [(name = \"a\"), (where = (x = 5), weight = 9), "
	  "(tags = [\"x\", \"y\"])])" },
	{ "Named", recode_named, "()" },
	{ "Named", recode_named,
	  "(name = \"dodo\", where = (x = 5, y = 6), weight = 65535)" },
	{ "Shape", recode_shape, "()" },
	{ "Shape", recode_shape,
	  "(label = \"l\", circle = 77, edge = (width = 3, style = \"dots\"), "
	  "fill = (solid = blue))" },
	{ "Shape", recode_shape,
	  "(polygon = [(x = 1), (x = 2)], fill = (image = \"png\"), "
	  "default = true)" },
	{ "Shape", recode_shape, "(title = \"t\", fill = (none = void))" },
	{ "Shape", recode_shape, "(nothing = void, edge = (style = \"s\"))" },
	{ "Everything", recode_everything,
	  "(numbers = (d = 9), lists = (ints = [1, 2, 3]), named = "
	  "(name = \"n\"), shape = (circle = 1), raw = \"\\x00\\xff\", "
	  "note = \"forty\")" },
	{ "Empty", recode_empty, "()" },
};

/* Null structs are read as structs of defaults, so what is compared has all
 * nested structs present: let capnp read back what we wrote. */
static void test_from_capnp(void **state)
{
	static uint64_t in[WORDS], mine[WORDS];
	static char a[TEXT], b[TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *type = cases[i].type;
		const char *text = cases[i].text;
		struct capnp_reader r;
		struct capnp_struct s;
		struct capnp_builder w;
		size_t n, na, nb;

		n = convert("text:canonical", type, text, strlen(text), in,
		            sizeof(in));
		assert_int_equal(capnp_reader_init(&r, in, n, NULL, 0), 0);
		assert_int_equal(capnp_root(&r, &s), 0);
		assert_int_equal(
			capnp_builder_init(&w, mine, sizeof(mine), NULL, 0), 0);
		assert_int_equal(cases[i].recode(&s, &w), 0);
		na = capnp_builder_bytes(&w);
		nb = convert("flat:canonical", type, mine, na, in, sizeof(in));
		assert_int_equal(na, nb);
		assert_memory_equal(mine, in, na);
		na = convert("flat:text", type, mine, na, a, sizeof(a));
		nb = convert("text:text", type, text, strlen(text), b,
		             sizeof(b));
		if (strcmp(type, "Named") == 0 || strstr(text, "named"))
			continue; /* `where` is written even if it was null */
		if (strcmp(type, "Everything") == 0)
			continue;
		assert_int_equal(na, nb);
		assert_memory_equal(a, b, na);
	}
}

/* What we write from C is what capnp reads. */
static void test_to_capnp(void **state)
{
	static const struct point path[] = { { 1, 2 }, { -3, -7 } };
	static const bool bools[] = { true, false, true };
	static const float unused = 0;
	static const double doubles[] = { 1.5, -0.25 };
	static const struct capnp_text texts[] = { { "a", 1 }, { "bc", 2 } };
	static const char expected[] =
		"(bools = [true, false, true], doubles = [1.5, -0.25], "
		"texts = [\"a\", \"bc\"], points = [(x = 1, y = 2), "
		"(x = -3, y = -7)])\n";
	struct lists v = {
		.bools = capnp_list_of(CAPNP_BOOL, bools, 3, sizeof(bools[0])),
		.doubles =
			capnp_list_of(CAPNP_64, doubles, 2, sizeof(doubles[0])),
		.texts = capnp_list_of(CAPNP_TEXT, texts, 2, sizeof(texts[0])),
		.points = point_list_of(path, 2),
	};
	static uint64_t mine[WORDS];
	static char text[TEXT];
	struct capnp_builder w;
	size_t n;

	(void)state;
	(void)unused;
	assert_int_equal(capnp_builder_init(&w, mine, sizeof(mine), NULL, 0),
	                 0);
	assert_int_equal(lists_encode(&w, capnp_where_root(&w), &v), 0);
	n = convert("flat:text", "Lists", mine, capnp_builder_bytes(&w), text,
	            sizeof(text));
	assert_int_equal(n, strlen(expected));
	assert_memory_equal(text, expected, n);
}

/* Each size that is too small fails, and fails by TOO_LONG. */
static void test_no_room(void **state)
{
	static const struct point path[] = { { 1, 2 }, { -3, -7 } };
	struct shape v = {
		.label = capnp_text_of("a label"),
		.which = SHAPE_POLYGON,
		.polygon = point_list_of(path, 2),
		.fill = { .which = SHAPE_FILL_IMAGE,
		          .image = { (const uint8_t *)"xyz", 3 } },
		.edge = { .width = 4, .style = capnp_text_of("dashed") },
	};
	uint64_t mine[64];
	struct capnp_builder w;
	size_t fits = 0;

	(void)state;
	for (size_t room = 64; room > 0; room--) {
		enum fief_err e =
			capnp_builder_init(&w, mine, room * 8, NULL, 0);

		assert_int_equal(e, 0);
		e = shape_encode(&w, capnp_where_root(&w), &v);
		if (fits == 0)
			fits = w.used;
		assert_int_equal(e, room >= fits ? FIEF_OK : FIEF_TOO_LONG);
	}
	assert_int_equal(capnp_builder_init(&w, mine, 7, NULL, 0),
	                 FIEF_TOO_LONG);
}

static void test_constants(void **state)
{
	(void)state;
	assert_int_equal(ANSWER, 42);
	assert_int_equal(COLDEST, INT32_MIN);
	assert_true(huge == UINT64_C(0xfedcba9876543210));
	assert_true(half == 0.5);
	assert_string_equal(greeting.s, "say \"hi\"?\?/\n");
	assert_int_equal(greeting.len, strlen(greeting.s));
	assert_int_equal(FAVOURITE, COLOR_BLUE);
	assert_string_equal(ANIMAL_SERVICE, "Animal");
	assert_true(ANIMAL_RAM_QUOTA == UINT64_C(5000000000));
	assert_int_equal(ANIMAL_CAP_QUOTA, 7);
	assert_int_equal(EVERYTHING_NOTE_MAX, 40);
	assert_int_equal(DOG_METHOD_BARK, 256);
	assert_int_equal(PUPPY_METHOD_GROW, 512);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_from_capnp),
		cmocka_unit_test(test_to_capnp),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_constants),
	};

	root = argc > 1 ? argv[1] : ".";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
