/* SPDX-License-Identifier: MIT */
/* What comes out of which configuration and inputs, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lib/node/test/parse.h>

#include <os/rom_filter/filter.h>
#include <os/rom_filter/path.h>

/* The only module is called "a". */
static const struct node *look(void *ctx, const char *rom)
{
	return strcmp(rom, "a") ? NULL : ctx;
}

#define INPUT "<input name='i' rom='a' path='s/c[n=2]' attribute='x'/>"
#define DEFAULT "<input name='i' rom='a' attribute='x' default='d'/>"

static const struct {
	const char *config, *input, *expected; /* no input: NULL */
} cases[] = {
	{ "<output node='o'/>", NULL, "<o/>" },
	/* values: of an attribute, the default, none, of text */
	{ INPUT "<output node='o'><attribute name='y' input='i'/></output>",
	  "<s><c n='1' x='no'/><c n='2' x='yes'/></s>", "<o y='yes'/>" },
	{ INPUT "<output node='o'><attribute name='y' input='i'/></output>",
	  "<s><c n='1' x='no'/></s>", "<o/>" },
	{ DEFAULT "<output node='o'><attribute name='y' input='i'/></output>",
	  NULL, "<o y='d'/>" },
	{ "<input name='a' path='s/t'/>"
	  "<output node='o'><text input='a'/></output>",
	  "<s><t>some &lt; text</t></s>", "<o>some &lt; text</o>" },
	/* an attribute may stand behind content, the first one counts */
	{ "<output node='o'><inline><b/></inline><attribute name='y' "
	  "value='1'/>"
	  "<attribute name='y' value='2'/></output>",
	  NULL, "<o y='1'><b/></o>" },
	/* copies: the node, what is in it */
	{ "<input name='a' path='s/t'/><output node='o'>"
	  "<node type='n'><input name='a'/></node>"
	  "<node type='c'><input name='a' content='yes'/></node></output>",
	  "<s><t v='1'><u/>w</t></s>",
	  "<o><n><t v='1'><u/>w</t></n><c><u/>w</c></o>" },
	/* conditions */
	{ DEFAULT "<output node='o'><if><has_value input='i' value='d'/>"
	          "<then><attribute name='t' value='1'/></then>"
	          "<else><inline><e/></inline></else></if></output>",
	  NULL, "<o t='1'/>" },
	{ DEFAULT "<output node='o'><if><has_value input='i' value='d'/>"
	          "<then><attribute name='t' value='1'/></then>"
	          "<else><inline><e/></inline></else></if></output>",
	  "<s x='other'/>", "<o><e/></o>" },
	{ INPUT "<output node='o'><if><has_value input='i'/>"
	        "<then><inline><t/></inline></then></if></output>",
	  "<s/>", "<o/>" },
	{ INPUT "<input name='j' default='d'/><output node='o'><if><has_value "
	        "input='i'/>"
	        "<has_value input='j' value='d'/>"
	        "<then><inline><t/></inline></then></if></output>",
	  "<s><c n='2' x=''/></s>", "<o><t/></o>" },
};

static void generate(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char config[2048], out[4096];
		struct node_error err;
		struct node_gen g;
		size_t len;
		const char *input = cases[i].input;
		struct filter f = { .look = look };

		parse_setup(NULL);
		snprintf(config, sizeof(config), "<config>%s</config>",
		         cases[i].config);
		f.config = parse(config);
		f.ctx = (void *)(uintptr_t)(input ? parse(input) : NULL);
		if (filter_check(f.config, &err))
			fail_msg("%s: %s", config, err.text);
		node_gen_init(&g, out, sizeof(out));
		filter_generate(&f, &g);
		assert_int_equal(node_gen_finish(&g, &len), FIEF_OK);
		if (!node_equal(parse(out), parse(cases[i].expected)))
			fail_msg("%s: %s", config, out);
	}
}

static const struct {
	const char *config, *error; /* a part of it */
} refused[] = {
	{ "", "one <output>" },
	{ "<output node='a'/><output node='b'/>", "one <output>" },
	{ "<output/>", "node" },
	{ "<output node='o'><rule/></output>", "unknown element <rule>" },
	{ "<inputs/><output node='o'/>", "unknown element <inputs>" },
	{ "<output node='o'><input name='x'/></output>", "no <input name=\"x" },
	{ "<output node='o'><text/></output>", "input" },
	{ "<output node='o'><node/></output>", "type" },
	{ "<output node='o'><attribute/></output>", "name" },
	{ "<output node='o'><if><then/></if></output>", "without <has_value>" },
	{ "<input name='i'/><output node='o'><if><has_value input='i'/>"
	  "<then><x/></then></if></output>",
	  "unknown element <x> in <then>" },
	{ "<input name='i'/><input name='i'/><output node='o'/>", "second" },
	{ "<input/><output node='o'/>", "name" },
	{ "<input name='i' path='a//b'/><output node='o'/>", "path" },
	{ "<input name='i'/><output node='o'>"
	  "<input name='i' content='maybe'/></output>",
	  "content" },
	{ "<output node='a b'/>", "expected a name" },
	{ "<output node='a/>&lt;b'/>", "expected a name" },
	{ "<output node='o'><node type='1x'/></output>", "expected a name" },
	/* A letter, but not one of XML 1.0. */
	{ "<output node='o'><attribute name='\xe1\x9b\xa0x'/></output>",
	  "expected a name" },
};

static void refuse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		char config[1024];
		struct node_error err = { 0 };

		parse_setup(NULL);
		snprintf(config, sizeof(config), "<config>%s</config>",
		         refused[i].config);
		assert_int_equal(filter_check(parse(config), &err),
		                 FIEF_INVALID);
		if (!strstr(err.text, refused[i].error))
			fail_msg("%s: %s", config, err.text);
	}
	assert_int_equal(filter_check(NULL, NULL), FIEF_INVALID);
}

/* Does not fit, is too deep, is no name: told, never written beyond. */
static void bounds(void **state)
{
	static const char *const bad[] = {
		"<config><output node='1'/></config>",
		"<config><output node='o'><node type='a b'/></output></config>",
	};
	struct filter f = { .look = look };
	struct node_gen g;
	char out[64];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		f.config = parse(bad[i]);
		node_gen_init(&g, out, sizeof(out));
		filter_generate(&f, &g);
		assert_int_equal(node_gen_finish(&g, &len), FIEF_INVALID);
	}
	f.config = parse("<config><output node='o'><inline>"
	                 "<long text='0123456789012345678901234567890123456789"
	                 "0123456789'/></inline></output></config>");
	node_gen_init(&g, out, sizeof(out));
	filter_generate(&f, &g);
	assert_int_equal(node_gen_finish(&g, &len), FIEF_TOO_LONG);
}

static void attributes_bound(void **state)
{
	char config[4096] = "<config><output node='o'>";
	struct filter f = { .look = look };
	char out[4096];
	struct node_gen g;
	size_t len;

	(void)state;
	for (int i = 0; i <= FILTER_ATTRS_MAX; i++)
		sprintf(config + strlen(config),
		        "<attribute name='a%d' value=''/>", i);
	strcat(config, "</output></config>");
	f.config = parse(config);
	node_gen_init(&g, out, sizeof(out));
	filter_generate(&f, &g);
	assert_int_equal(node_gen_finish(&g, &len), FIEF_LIMIT);
}

static void paths(void **state)
{
	static const struct {
		const char *path, *found; /* value of `v`; NULL: nothing */
	} good[] = {
		{ "", "0" },           { "s", "0" },
		{ "t", NULL },         { "s[v=0]", "0" },
		{ "s[v=1]", NULL },    { "s/c", "1" },
		{ "s/c[n=b]", "2" },   { "s/c[n=]", NULL },
		{ "s/c[n=b]/d", "3" }, { "s/c/d", NULL },
		{ "s/c[n=a/b]", "4" }, { "s/cc", NULL },
	};
	static const char *const bad[] = { "/",      "s/",    "s//c",
		                           "[n=a]",  "s[n",   "s[n]",
		                           "s[=a]",  "s[n=a", "s[n=a]b",
		                           "s/[n=a]" };
	const struct node *root =
		parse("<s v='0'><c v='1' n='a'/><c v='2' n='b'><d v='3'/></c>"
	              "<c v='4' n='a/b'/></s>");
	char many[3 * PATH_STEPS_MAX] = "s";
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const char *v;

		assert_int_equal(path_check(good[i].path, &why), FIEF_OK);
		v = node_attr(path_find(root, good[i].path), "v", NULL);
		if (good[i].found)
			assert_string_equal(v, good[i].found);
		else
			assert_null(v);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (path_check(bad[i], &why) != FIEF_INVALID)
			fail_msg("%s is taken for a path", bad[i]);
	for (int i = 0; i < PATH_STEPS_MAX; i++)
		strcat(many, "/s");
	assert_int_equal(path_check(many, &why), FIEF_INVALID);
	assert_null(path_find(NULL, "s"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(generate, parse_setup),
		cmocka_unit_test_setup(refuse, parse_setup),
		cmocka_unit_test_setup(bounds, parse_setup),
		cmocka_unit_test_setup(attributes_bound, parse_setup),
		cmocka_unit_test_setup(paths, parse_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
