/* SPDX-License-Identifier: MIT */
/* XML front end: structure, places, refusals, limits, faults. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lib/node_gen.h>
#include <lib/node_xml.h>

#include "lib/node/expat_memory.h"

/* Chunks from malloc, so that each is bounds-checked. */
struct source {
	struct arena_source source;
	unsigned calls, fail_at, live;
};

static enum fief_err get(struct arena_source *self, size_t size, void **out)
{
	struct source *const s = FIEF_CONTAINER_OF(self, struct source, source);

	if (++s->calls == s->fail_at)
		return FIEF_OUT_OF_CAPS;
	*out = malloc(size);
	s->live++;
	return FIEF_OK;
}

static void put(struct arena_source *self, void *chunk, size_t size)
{
	struct source *const s = FIEF_CONTAINER_OF(self, struct source, source);

	(void)size;
	s->live--;
	free(chunk);
}

struct parsed {
	struct source source;
	struct arena arena;
	struct node *root;
	struct node_error err;
};

static enum fief_err parse_bytes(struct parsed *p, const char *text, size_t len)
{
	const struct node_xml_input in = { text, len, 0x1234 };

	*p = (struct parsed){ .source = { .source = { get, put } } };
	arena_init(&p->arena, &p->source.source);
	return node_xml_parse(&in, &p->arena, &p->err, &p->root);
}

static enum fief_err parse(struct parsed *p, const char *text)
{
	return parse_bytes(p, text, strlen(text));
}

static void done(struct parsed *p)
{
	arena_fini(&p->arena);
	assert_int_equal(p->source.live, 0);
}

static const char config[] =
	"<config>\n"
	"  <parent-provides>\n"
	"    <service name=\"LOG\"/>\n"
	"  </parent-provides>\n"
	"  <!-- the timer -->\n"
	"  <start name=\"timer\"\n"
	"         caps='100'>\n"
	"    <resource name=\"RAM\" quantum=\"1M\"/>\n"
	"    <provides> <service name=\"Timer\"/> </provides>\n"
	"    <route><any-service> <parent/> </any-service></route>\n"
	"  </start>\n"
	"</config>\n";

static void expect_place(struct node_place at, uint32_t line, uint32_t column)
{
	assert_int_equal(at.line, line);
	assert_int_equal(at.column, column);
}

static void structure_and_places(void **state)
{
	const struct node *start, *resource;
	const struct node_attr *caps;
	struct parsed p;
	uint64_t bytes;

	(void)state;
	assert_int_equal(parse(&p, config), FIEF_OK);
	assert_string_equal(p.root->name, "config");
	assert_int_equal(node_count(p.root, NULL), 2);
	start = node_find(p.root, "start", "name", "timer");
	assert_non_null(start);
	expect_place(p.root->at, 1, 1);
	expect_place(start->at, 6, 3);
	caps = node_attr_find(start, "caps");
	expect_place(caps->at, 7, 10);
	assert_string_equal(caps->value, "100");
	resource = node_first(start, "resource");
	expect_place(node_attr_find(resource, "quantum")->at, 8, 26);
	assert_int_equal(node_attr_u64(resource, "quantum", 0, NULL, &bytes),
	                 FIEF_OK);
	assert_int_equal(bytes, 1 << 20);
	assert_ptr_equal(resource->parent, start);
	assert_true(node_has_type(
		node_first(node_first(node_first(start, "route"), NULL),
	                   "parent"),
		"parent"));
	done(&p);
}

static void ranges(void **state)
{
	static const char text[] = "<?xml version=\"1.0\"?>\n"
				   "<a><b/> <c x='>'></c>t<d >&amp;</d\n></a> ";
	static const char *const part[] = { "<b/>", "<c x='>'></c>",
		                            "<d >&amp;</d\n>" };
	unsigned i = 0;
	struct parsed p;

	(void)state;
	assert_int_equal(parse(&p, text), FIEF_OK);
	assert_int_equal(p.root->from, strchr(text, '\n') + 1 - text);
	assert_int_equal(p.root->to, strlen(text) - 1);
	NODE_FOR_EACH(n, p.root, NULL) {
		assert_int_equal(n->to - n->from, strlen(part[i]));
		assert_memory_equal(text + n->from, part[i], strlen(part[i]));
		i++;
	}
	assert_int_equal(i, 3);
	done(&p);
}

/* Text as it arrives in the model, texts marked by [ ]. */
static void flatten(struct fmt *f, const struct node *n)
{
	if (!n->name) {
		fmt_add(f, "[%s]", n->text);
		return;
	}
	fmt_add(f, "<%s", n->name);
	NODE_FOR_EACH_ATTR(a, n)
		fmt_add(f, " %s=%s", a->name, a->value);
	fmt_string(f, ">");
	for (const struct node *c = n->first; c; c = c->next)
		flatten(f, c);
	fmt_string(f, "</>");
}

static void content(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "<a/>", "<a></>" },
		{ "\xef\xbb\xbf<a/>", "<a></>" },
		{ "<?xml version='1.0' encoding='utf-8'?><a/>", "<a></>" },
		{ "<a>\n <b/>\n <c/>\n</a>", "<a><b></><c></></>" },
		{ "<a>text</a>", "<a>[text]</>" },
		{ "<a> </a>", "<a>[ ]</>" },
		{ "<a> one <b/> two\r\nthree </a>",
		  "<a>[ one ]<b></>[ two\nthree ]</>" },
		{ "<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;</a>",
		  "<a>[<&>\"'AB]</>" },
		{ "<a>x<!-- y -->z<?pi w?>!</a>", "<a>[xz!]</>" },
		{ "<a>1<![CDATA[<2>&]]>3</a>", "<a>[1<2>&3]</>" },
		{ "<a b='1' c=\"2\" d = '&lt;&#10;'/>",
		  "<a b=1 c=2 d=<\n></>" },
		{ "<a b='x\ny'/>", "<a b=x y></>" },
		{ "<gr\xc3\xbcn>\xe2\x82\xac</gr\xc3\xbcn>",
		  "<gr\xc3\xbcn>[\xe2\x82\xac]</>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char got[256];
		struct parsed p;
		struct fmt f;

		if (parse(&p, cases[i].text))
			fail_msg("%s: %s", cases[i].text, p.err.text);
		fmt_init(&f, got, sizeof(got));
		flatten(&f, p.root);
		assert_string_equal(got, cases[i].want);
		done(&p);
	}
}

/* "line:column: text" of each. */
static const struct {
	const char *text, *want;
} refusal[] = {
	{ "", "1:1: found the end of the document, expected a node" },
	{ " \n ", "2:2: found the end of the document, expected a "
	          "node" },
	{ "<a>\n<b>\n</c>\n</a>", "3:3: found </c>, expected </b> for line 2" },
	{ "<a>\n <b/>\n",
	  "3:1: found the end of the document, expected </a> for "
	  "line 1" },
	{ "<a b='1' b='2'/>",
	  "1:10: duplicate attribute: found 'b='2'/>', expected an "
	  "attribute that the node does not have yet" },
	{ "<a>\n &none; </a>",
	  "2:2: undefined entity: found '&none;', expected &lt; &gt; "
	  "&amp; &quot; &apos; or a number" },
	{ "<a>&#0;</a>",
	  "1:4: reference to invalid character number: found '&#0;', "
	  "expected the number of a character" },
	{ "<a/><b/>",
	  "1:5: junk after document element: found '<b/>', expected "
	  "the end of the document after its root" },
	{ "<a>\xff</a>",
	  "1:4: not well-formed (invalid token): found the byte 0xff, "
	  "expected well-formed content or end of the node" },
	{ "<a b=1/>", "1:6: not well-formed (invalid token): found '1/>', "
	              "expected a well-formed node" },
	{ "text", "1:1: syntax error: found 'text', expected a "
	          "well-formed node" },
	{ "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
	  "1:1: found a DOCTYPE, expected a node; entities cannot be "
	  "defined" },
	{ "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>\n<a/>",
	  "1:1: found a DOCTYPE, expected a node; entities cannot be "
	  "defined" },
	{ "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
	  "1:1: found another encoding, expected UTF-8" },
	{ "<?xml version='1.1'?><a/>",
	  "1:1: found another XML version, expected 1.0" },
	{ "\n<?xml version='1.0'?><a/>",
	  "2:1: XML or text declaration not at start of entity: found "
	  "'<?xml', expected an XML declaration only at the very "
	  "start" },
	{ "<a><b", "1:4: unclosed token: found '<b', expected well-formed "
	           "content or end of the node" },
	{ "<a>\n<![CDATA[x",
	  "2:11: unclosed CDATA section: found the end of the document, "
	  "expected ]]> at the end of the CDATA section" },
	{ "<a>b\x01</a>",
	  "1:5: not well-formed (invalid token): found the byte 0x01, "
	  "expected well-formed content or end of the node" },
	{ "\xc2\x9b"
	  "31m",
	  "1:1: not well-formed (invalid token): found '\\x9b31m', expected "
	  "a well-formed node" },
	{ "<a \xc3\xbc='1'>\n\xe2\x82\xac&x;</a>",
	  "2:2: undefined entity: found '&x;', expected &lt; &gt; "
	  "&amp; &quot; &apos; or a number" },
};

static void refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusal) / sizeof(*refusal); i++) {
		char got[256];
		struct parsed p;
		struct fmt f;

		assert_int_equal(parse(&p, refusal[i].text), FIEF_INVALID);
		assert_null(p.root);
		fmt_init(&f, got, sizeof(got));
		node_error_print(&f, "f", &p.err);
		assert_true(fmt_fits(&f));
		assert_string_equal(got + 2, refusal[i].want);
		done(&p);
	}
}

/* `open` count times, then `close` count times. */
static char *repeat(const char *open, const char *close, size_t count)
{
	const size_t o = strlen(open), c = strlen(close);
	char *const text = malloc(count * (o + c) + 1), *at = text;

	for (size_t i = 0; i < count; i++, at += o)
		memcpy(at, open, o);
	for (size_t i = 0; i < count; i++, at += c)
		memcpy(at, close, c);
	*at = 0;
	return text;
}

static void expect_repeat(const char *open, const char *close, size_t count,
                          enum fief_err want)
{
	char *const text = repeat(open, close, count);
	struct parsed p;

	assert_int_equal(parse(&p, text), want);
	done(&p);
	free(text);
}

static void limits(void **state)
{
	struct parsed p;
	char *text;

	(void)state;
	expect_repeat("<a>", "</a>", NODE_DEPTH_MAX, FIEF_OK);
	expect_repeat("<a>", "</a>", NODE_DEPTH_MAX + 1, FIEF_LIMIT);
	text = repeat("<a/>", "", NODE_XML_NODES_MAX + 1);
	memmove(text, "<a> ", 4);
	assert_int_equal(parse(&p, text), FIEF_LIMIT);
	assert_string_equal(p.err.text,
	                    "more than 65536 nodes, texts and attributes");
	done(&p);
	free(text);
	text = repeat(" ", "", NODE_XML_MAX + 1);
	assert_int_equal(parse(&p, text), FIEF_TOO_LONG);
	assert_string_equal(p.err.text, "the document has 1048577 bytes, the "
	                                "limit is 1048576");
	done(&p);
	text[NODE_XML_MAX] = 0;
	memmove(text, "<a/>", 4);
	assert_int_equal(parse(&p, text), FIEF_OK);
	done(&p);
	free(text);
}

/* A ROM dataspace is padded with zeros, or holds no terminator at all. */
static void padded_input(void **state)
{
	char *const exact = malloc(4);
	char padded[4096] = "<a/>";
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		exact[i] = padded[i];
	assert_int_equal(parse_bytes(&p, exact, 4), FIEF_OK);
	done(&p);
	assert_int_equal(parse_bytes(&p, padded, sizeof(padded)), FIEF_OK);
	done(&p);
	free(exact);
}

static void long_text(void **state)
{
	char *const text = repeat("0123456789abcdef\n&amp;", "", 2000);
	struct parsed p;
	size_t len;

	(void)state;
	text[0] = '<', text[1] = 'a', text[2] = '>';
	memcpy(text + strlen(text) - 5, "</a>", 5);
	assert_int_equal(parse(&p, text), FIEF_OK);
	assert_int_equal(strlen(node_text(p.root, NULL)), 17 * 2000 + 1999 - 3);
	node_text(p.root, &len);
	assert_int_equal(len, 17 * 2000 + 1999 - 3);
	done(&p);
	free(text);
}

/* More attributes than the parser has room for at first. */
static void many_attributes(void **state)
{
	char text[8192];
	struct parsed p;
	struct fmt f;

	(void)state;
	fmt_init(&f, text, sizeof(text));
	fmt_string(&f, "<a");
	for (unsigned i = 0; i < 300; i++)
		fmt_add(&f, "\n a%u='%u'", i, i * i);
	fmt_string(&f, "/>");
	assert_true(fmt_fits(&f));
	assert_int_equal(parse(&p, text), FIEF_OK);
	for (unsigned i = 0; i < 300; i++) {
		const struct node_attr *a;
		char name[8], value[8];

		assert_true(fmt_text(name, 8, "a%u", i) < 8);
		assert_true(fmt_text(value, 8, "%u", i * i) < 8);
		a = node_attr_find(p.root, name);
		assert_string_equal(a->value, value);
		expect_place(a->at, i + 2, 2);
	}
	done(&p);
}

/* For all n: the n-th chunk is refused, nothing leaks. */
static void every_fault(void **state)
{
	char *const body = repeat("<node name='value'>text", "</node>", 60);
	const struct node_xml_input in = { body, strlen(body), 1 };

	(void)state;
	for (unsigned n = 1;; n++) {
		struct source s = { { get, put }, 0, n, 0 };
		struct node *root = NULL;
		struct node_error err;
		struct arena a;
		enum fief_err e;

		arena_init(&a, &s.source);
		e = node_xml_parse(&in, &a, &err, &root);
		arena_fini(&a);
		assert_int_equal(s.live, 0);
		if (!e)
			break;
		assert_true(e == FIEF_OUT_OF_RAM || e == FIEF_OUT_OF_CAPS);
		assert_null(root);
		assert_int_equal(strncmp(err.text, "not enough memory", 17), 0);
		assert_true(n < 100);
	}
	free(body);
}

/* The same with a fixed buffer of every size. */
static void every_fixed_size(void **state)
{
	const struct node_xml_input in = { config, sizeof(config), 1 };
	enum fief_err e = FIEF_OUT_OF_RAM;

	(void)state;
	for (size_t size = 16; e; size += 16) {
		void *const buf = malloc(size);
		struct node *root = NULL;
		struct arena a;

		arena_init_fixed(&a, buf, size);
		e = node_xml_parse(&in, &a, NULL, &root);
		assert_true(e == FIEF_OUT_OF_RAM || (!e && root));
		free(buf);
		assert_true(size < 65536);
	}
}

static void *parse_often(void *arg)
{
	for (unsigned i = 0; i < 300; i++) {
		struct parsed p;

		if (parse(&p, config) || node_count(p.root, NULL) != 2)
			abort();
		done(&p);
	}
	return arg;
}

static void threads(void **state)
{
	pthread_t t[NODE_XML_AT_ONCE];

	(void)state;
	for (unsigned i = 0; i < NODE_XML_AT_ONCE; i++)
		assert_int_equal(pthread_create(&t[i], NULL, parse_often, NULL),
		                 0);
	for (unsigned i = 0; i < NODE_XML_AT_ONCE; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
}

static void too_many_at_once(void **state)
{
	const XML_Memory_Handling_Suite *suite[NODE_XML_AT_ONCE], *more;
	struct arena a = { 0 };
	struct parsed p;

	(void)state;
	for (unsigned i = 0; i < NODE_XML_AT_ONCE; i++)
		assert_int_equal(expat_memory_get(&a, &suite[i]), FIEF_OK);
	assert_int_equal(expat_memory_get(&a, &more), FIEF_LIMIT);
	assert_int_equal(parse(&p, "<a/>"), FIEF_LIMIT);
	assert_string_equal(p.err.text, "more than 4 parses at once");
	done(&p);
	expat_memory_put(suite[2]);
	assert_int_equal(parse(&p, "<a/>"), FIEF_OK);
	done(&p);
	for (unsigned i = 0; i < NODE_XML_AT_ONCE; i++)
		if (i != 2)
			expat_memory_put(suite[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(structure_and_places),
		cmocka_unit_test(ranges),
		cmocka_unit_test(content),
		cmocka_unit_test(refusals),
		cmocka_unit_test(limits),
		cmocka_unit_test(padded_input),
		cmocka_unit_test(long_text),
		cmocka_unit_test(many_attributes),
		cmocka_unit_test(every_fault),
		cmocka_unit_test(every_fixed_size),
		cmocka_unit_test(threads),
		cmocka_unit_test(too_many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
