/* SPDX-License-Identifier: MIT */
/* Node model: look-up, typed attributes, comparison, copy, generator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lib/node/test/parse.h>
#include <lib/node_gen.h>

static void lookup(void **state)
{
	const struct node *const n =
		parse("<a x='1'><b/>text<c k='1'/><c k='2'/><b>only</b></a>");
	size_t len;

	(void)state;
	assert_int_equal(node_count(n, NULL), 4);
	assert_int_equal(node_count(n, "c"), 2);
	assert_int_equal(node_count(n, "d"), 0);
	assert_true(node_has_type(node_first(n, NULL), "b"));
	assert_true(node_has_type(node_next(node_first(n, "b"), NULL), "c"));
	assert_string_equal(node_text(node_next(node_first(n, "b"), "b"), &len),
	                    "only");
	assert_int_equal(len, 4);
	assert_string_equal(node_text(n, &len), "");
	assert_int_equal(len, 0);
	assert_string_equal(node_attr(node_find(n, "c", "k", "2"), "k", ""),
	                    "2");
	assert_null(node_find(n, "c", "k", "3"));
	assert_null(node_find(n, "b", "k", "1"));
	assert_string_equal(node_attr(n, "x", "?"), "1");
	assert_string_equal(node_attr(n, "y", "?"), "?");
}

static void nothing_is_empty(void **state)
{
	const char *text;
	uint64_t number;
	bool flag;

	(void)state;
	assert_null(node_first(NULL, "a"));
	assert_null(node_next(NULL, NULL));
	assert_int_equal(node_count(NULL, NULL), 0);
	assert_false(node_has_type(NULL, "a"));
	assert_string_equal(node_attr(NULL, "a", "x"), "x");
	assert_string_equal(node_text(NULL, NULL), "");
	assert_int_equal(node_attr_bool(NULL, "a", true, NULL, &flag), FIEF_OK);
	assert_true(flag);
	assert_int_equal(node_attr_u64(NULL, "a", 7, NULL, &number), FIEF_OK);
	assert_int_equal(number, 7);
	assert_int_equal(node_attr_required(NULL, "a", NULL, &text),
	                 FIEF_NOT_FOUND);
	assert_true(node_equal(NULL, NULL));
}

static void bools(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{ "<a v='yes'/>", true },  { "<a v='no'/>", false },
		{ "<a v='true'/>", true }, { "<a v='false'/>", false },
		{ "<a v='on'/>", true },   { "<a v='off'/>", false },
		{ "<a v='1'/>", true },    { "<a v='0'/>", false },
	};
	struct node_error err;
	bool got;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		got = !cases[i].want;
		assert_int_equal(node_attr_bool(parse(cases[i].text), "v", got,
		                                &err, &got),
		                 FIEF_OK);
		assert_int_equal(got, cases[i].want);
	}
	assert_int_equal(
		node_attr_bool(parse("<a\n v='Yes'/>"), "v", true, &err, &got),
		FIEF_INVALID);
	assert_string_equal(err.text,
	                    "attribute 'v' is \"Yes\", expected yes or no");
	assert_int_equal(err.at.line, 2);
	assert_int_equal(err.at.column, 2);
}

static void numbers(void **state)
{
	const struct node *const n = parse(
		"<a ram='64K' bad='1 M' big='99999999999999999999' neg='-2'/>");
	struct node_error err;
	uint64_t u = 1;
	int64_t i = 1;

	(void)state;
	assert_int_equal(node_attr_u64(n, "ram", 0, &err, &u), FIEF_OK);
	assert_int_equal(u, 65536);
	assert_int_equal(node_attr_u64(n, "bad", 0, &err, &u), FIEF_INVALID);
	assert_string_equal(err.text, "attribute 'bad' is \"1 M\", expected a "
	                              "number such as 4096, 64K, 1M or 0x1000");
	assert_int_equal(node_attr_u64(n, "big", 0, &err, &u), FIEF_LIMIT);
	assert_string_equal(err.text,
	                    "attribute 'big' is \"99999999999999999999\", "
	                    "expected a number that fits 64 bits");
	assert_int_equal(u, 65536);
	assert_int_equal(node_attr_i64(n, "neg", 0, &err, &i), FIEF_OK);
	assert_int_equal(i, -2);
	assert_int_equal(node_attr_i64(n, "none", -7, &err, &i), FIEF_OK);
	assert_int_equal(i, -7);
	assert_int_equal(node_attr_i64(n, "bad", 0, &err, &i), FIEF_INVALID);
}

static void required(void **state)
{
	const struct node *const n = parse("<start name='x' empty=''/>");
	const char *text = NULL;
	struct node_error err;

	(void)state;
	assert_int_equal(node_attr_required(n, "name", &err, &text), FIEF_OK);
	assert_string_equal(text, "x");
	assert_int_equal(node_attr_required(n, "caps", &err, &text),
	                 FIEF_NOT_FOUND);
	assert_string_equal(err.text, "<start> lacks the attribute 'caps'");
	assert_int_equal(node_attr_required(n, "empty", &err, &text),
	                 FIEF_INVALID);
	assert_string_equal(text, "x");
}

static void long_error(void **state)
{
	const struct node_place at = { 1, 2 };
	struct node_error err;
	char text[400];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	assert_int_equal(node_error_set(&err, FIEF_DENIED, at,
	                                "found %s, expected y", text),
	                 FIEF_DENIED);
	assert_non_null(strstr(err.text, "xxx..., expected y"));
	text[NODE_ERROR_MAX / 3] = '\xa9'; /* not between the two of it */
	text[NODE_ERROR_MAX / 3 - 1] = '\xc3';
	assert_int_equal(node_error_set(&err, FIEF_DENIED, at, "%s", text),
	                 FIEF_DENIED);
	assert_int_equal(strlen(err.text), NODE_ERROR_MAX / 3 - 1 + 3);
	text[NODE_ERROR_MAX / 3 - 1] = 'x';
	text[NODE_ERROR_MAX / 3] = 'x';
	assert_int_equal(node_error_set(&err, FIEF_DENIED, at, "%.300s", text),
	                 FIEF_DENIED);
	assert_int_equal(strlen(err.text), NODE_ERROR_MAX - 1);
	assert_string_equal(err.text + NODE_ERROR_MAX - 5, "x...");
	assert_int_equal(node_error_set(NULL, FIEF_GONE, at, "%s", text),
	                 FIEF_GONE);
}

static void equality(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
		{ "<a/>", "<a></a>", true },
		{ "<a x='1' y='2'/>", "<a y='2' x='1'/>", true },
		{ "<a><b/> <c/></a>", "<a>\n<b/><!-- -->\n<c/></a>", true },
		{ "<a>&#65;</a>", "<a>A</a>", true },
		{ "<a/>", "<b/>", false },
		{ "<a x='1'/>", "<a x='2'/>", false },
		{ "<a x='1'/>", "<a y='1'/>", false },
		{ "<a x='1'/>", "<a/>", false },
		{ "<a/>", "<a x='1'/>", false },
		{ "<a><b/><c/></a>", "<a><c/><b/></a>", false },
		{ "<a><b/></a>", "<a><b/><b/></a>", false },
		{ "<a>t</a>", "<a>u</a>", false },
		{ "<a>t</a>", "<a>tt</a>", false },
		{ "<a>b</a>", "<a><b/></a>", false },
		{ "<a><b><c x='1'/></b></a>", "<a><b><c x='2'/></b></a>",
		  false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct node *const a = parse(cases[i].a);
		const struct node *const b = parse(cases[i].b);

		assert_int_equal(node_equal(a, b), cases[i].equal);
		assert_int_equal(node_equal(b, a), cases[i].equal);
		assert_true(node_equal(a, a));
		assert_false(node_equal(a, NULL));
	}
}

static void copies(void **state)
{
	const struct node *const n =
		parse("<a><b x='1' y='2'>text<c/>more</b><d/></a>");
	const struct node *const b = node_first(n, "b");
	char *buf = NULL;
	struct node *copy = NULL;
	struct arena other;
	enum fief_err e = FIEF_OUT_OF_RAM;

	(void)state;
	for (size_t size = 0; e; size += 16) { /* every fault on the way */
		buf = realloc(buf, size + 1);
		arena_init_fixed(&other, buf, size);
		e = node_copy(&other, b, &copy);
		assert_true(!e || (e == FIEF_OUT_OF_RAM && !copy));
	}
	assert_true(node_equal(copy, b));
	assert_null(copy->parent);
	assert_null(copy->next);
	assert_int_equal(copy->attrs->next->at.column,
	                 b->attrs->next->at.column);
	assert_ptr_equal(copy->first->next->parent, copy);
	assert_string_equal(copy->last->text, "more");
	free(buf);
}

/* Generated text, then what it is when it was read and generated again. */
static void round_trips(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "<a/>", "<a/>\n" },
		{ "<a x='1'  y=\"2\"/>", "<a x=\"1\" y=\"2\"/>\n" },
		{ "<a><b/><c><d/></c></a>",
		  "<a>\n\t<b/>\n\t<c>\n\t\t<d/>\n\t</c>\n</a>\n" },
		{ "<a>text</a>", "<a>text</a>\n" },
		{ "<a> <b>x</b> </a>", "<a>\n\t<b>x</b>\n</a>\n" },
		{ "<a>x<b/>y<c><d/></c></a>",
		  "<a>x<b/>y<c>\n\t\t<d/>\n\t</c></a>\n" },
		{ "<a><b/>y</a>", "<a>\n\t<b/>y</a>\n" },
		{ "<a> </a>", "<a> </a>\n" },
		{ "<a x='&lt;&amp;\"&#10;&#9;&#13;>'>&lt;&amp;\"&gt;]]&gt;</a>",
		  "<a x=\"&lt;&amp;&quot;&#10;&#9;&#13;&gt;\">"
		  "&lt;&amp;\"&gt;]]&gt;</a>\n" },
		{ "<a>x&#13;\ny\tz</a>", "<a>x&#13;\ny\tz</a>\n" },
		{ "<gr\xc3\xbcn>\xe2\x82\xac</gr\xc3\xbcn>",
		  "<gr\xc3\xbcn>\xe2\x82\xac</gr\xc3\xbcn>\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct node *const n = parse(cases[i].text);
		char buf[256];
		size_t len;

		assert_int_equal(node_gen_document(n, buf, sizeof(buf), &len),
		                 FIEF_OK);
		assert_string_equal(buf, cases[i].want);
		assert_int_equal(len, strlen(buf));
		assert_true(node_equal(parse(buf), n));
	}
}

static void subtree(void **state)
{
	const struct node *const n =
		parse("<start><config "
	              "a='1'><b><c/></b><d/></config><route/></start>");
	char buf[128];
	size_t len;

	(void)state;
	assert_int_equal(node_gen_document(node_first(n, "config"), buf,
	                                   sizeof(buf), &len),
	                 FIEF_OK);
	assert_string_equal(buf, "<config a=\"1\">\n\t<b>\n\t\t<c/>\n\t</b>\n"
	                         "\t<d/>\n</config>\n");
}

static void state_report(struct node_gen *g, char *buf, size_t size,
                         const struct node *sub)
{
	node_gen_init(g, buf, size);
	node_gen_open(g, "state");
	node_gen_attr_bool(g, "ok", true);
	node_gen_open(g, "child");
	node_gen_attr(g, "name", "timer");
	node_gen_attr_size(g, "ram", 1 << 20);
	node_gen_attr_u64(g, "caps", UINT64_MAX);
	node_gen_attr_i64(g, "exit", INT64_MIN);
	node_gen_node(g, sub);
	node_gen_close(g);
	node_gen_open(g, "note");
	node_gen_text(g, "a<b", 3);
	node_gen_close(g);
	node_gen_close(g);
}

static void generator(void **state)
{
	static const char want[] = "<state ok=\"yes\">\n"
				   "\t<child name=\"timer\" ram=\"1M\" "
				   "caps=\"18446744073709551615\" "
				   "exit=\"-9223372036854775808\">\n"
				   "\t\t<x>\n\t\t\t<y/>\n\t\t</x>\n"
				   "\t</child>\n"
				   "\t<note>a&lt;b</note>\n"
				   "</state>\n";
	const struct node *const sub = parse("<x><y/></x>");
	char buf[sizeof(want) + 1];
	struct node_gen g;
	size_t len;

	(void)state;
	for (size_t size = 0; size <= sizeof(buf); size++) {
		memset(buf, '#', sizeof(buf));
		state_report(&g, buf, size, sub);
		len = 0;
		assert_int_equal(node_gen_finish(&g, &len),
		                 size < sizeof(want) ? FIEF_TOO_LONG : FIEF_OK);
		assert_int_equal(len, sizeof(want) - 1);
		if (size < sizeof(buf))
			assert_int_equal(buf[size], '#');
	}
	assert_string_equal(buf, want);
}

static void hostile_values(void **state)
{
	static const struct {
		const char *value, *want;
	} cases[] = {
		{ "a\x01z", "<a v=\"a\xef\xbf\xbdz\"/>\n" },
		{ "\xff\xc3", "<a v=\"\xef\xbf\xbd\xef\xbf\xbd\"/>\n" },
		{ "\xef\xbf\xbf", "<a v=\"\xef\xbf\xbd\"/>\n" },
		{ "\"/><evil", "<a v=\"&quot;/&gt;&lt;evil\"/>\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct node_gen g;
		char buf[128];
		size_t len;

		node_gen_init(&g, buf, sizeof(buf));
		node_gen_open(&g, "a");
		node_gen_attr(&g, "v", cases[i].value);
		node_gen_close(&g);
		assert_int_equal(node_gen_finish(&g, &len), FIEF_OK);
		assert_string_equal(buf, cases[i].want);
		parse(buf);
	}
}

/* Each letter is a call: open, close, attribute, text, bad names. */
static void call(struct node_gen *g, char c)
{
	if (c == 'o')
		node_gen_open(g, "n");
	else if (c == 'c')
		node_gen_close(g);
	else if (c == 'a')
		node_gen_attr(g, "k", "v");
	else if (c == 't')
		node_gen_text(g, "t", 1);
	else if (c == 'O')
		node_gen_open(g, "<");
	else if (c == 'A')
		node_gen_attr(g, "1", "v");
}

static void misuse(void **state)
{
	static const struct {
		const char *calls;
		enum fief_err want;
	} cases[] = {
		{ "oc", FIEF_OK },        { "oaatoacc", FIEF_OK },
		{ "", FIEF_INVALID },     { "o", FIEF_INVALID },
		{ "c", FIEF_INVALID },    { "occ", FIEF_INVALID },
		{ "ococ", FIEF_INVALID }, { "a", FIEF_INVALID },
		{ "otac", FIEF_INVALID }, { "oocac", FIEF_INVALID },
		{ "t", FIEF_INVALID },    { "oct", FIEF_INVALID },
		{ "Oc", FIEF_INVALID },   { "oAc", FIEF_INVALID },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct node_gen g;
		char buf[128];
		size_t len;

		node_gen_init(&g, buf, sizeof(buf));
		for (const char *c = cases[i].calls; *c; c++)
			call(&g, *c);
		if (node_gen_finish(&g, &len) != cases[i].want)
			fail_msg("'%s'", cases[i].calls);
	}
}

static void depth(void **state)
{
	struct node_gen g;
	char buf[8192];
	size_t len;

	(void)state;
	for (unsigned d = NODE_DEPTH_MAX; d <= NODE_DEPTH_MAX + 1; d++) {
		node_gen_init(&g, buf, sizeof(buf));
		for (unsigned i = 0; i < d; i++)
			node_gen_open(&g, "n");
		for (unsigned i = 0; i < d; i++)
			node_gen_close(&g);
		assert_int_equal(node_gen_finish(&g, &len),
		                 d > NODE_DEPTH_MAX ? FIEF_LIMIT : FIEF_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lookup, parse_setup),
		cmocka_unit_test_setup(nothing_is_empty, parse_setup),
		cmocka_unit_test_setup(bools, parse_setup),
		cmocka_unit_test_setup(numbers, parse_setup),
		cmocka_unit_test_setup(required, parse_setup),
		cmocka_unit_test_setup(long_error, parse_setup),
		cmocka_unit_test_setup(equality, parse_setup),
		cmocka_unit_test_setup(copies, parse_setup),
		cmocka_unit_test_setup(round_trips, parse_setup),
		cmocka_unit_test_setup(subtree, parse_setup),
		cmocka_unit_test_setup(generator, parse_setup),
		cmocka_unit_test_setup(hostile_values, parse_setup),
		cmocka_unit_test_setup(misuse, parse_setup),
		cmocka_unit_test_setup(depth, parse_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
