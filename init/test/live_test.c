/* SPDX-License-Identifier: MIT */
/* The config in force: whatever is changed, and however little of it was
 * parsed, it is what parsing all of the text yields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <init/config_live.h>

enum { TEXT_MAX = 8192, PIECES_MAX = 24 };

struct source {
	struct arena_source source;
	unsigned calls, fail_at;
	size_t live; /* bytes */
};

static enum fief_err get(struct arena_source *self, size_t size, void **out)
{
	struct source *const s = FIEF_CONTAINER_OF(self, struct source, source);

	if (++s->calls == s->fail_at)
		return FIEF_OUT_OF_RAM;
	*out = malloc(size);
	s->live += size;
	return FIEF_OK;
}

static void put(struct arena_source *self, void *chunk, size_t size)
{
	struct source *const s = FIEF_CONTAINER_OF(self, struct source, source);

	s->live -= size;
	free(chunk);
}

struct test {
	struct source source;
	struct config_live live;
	unsigned parts; /* changes of which only a part was parsed */
};

static void begin(struct test *t)
{
	*t = (struct test){ .source = { .source = { get, put } } };
	config_live_init(&t->live, &t->source.source);
}

static void done(struct test *t)
{
	config_live_fini(&t->live);
	assert_int_equal(t->source.live, 0);
}

/* ---- comparison ---- */

static void expect_same(const struct config_live *l, const struct config *c,
                        const char *text)
{
	const struct config_start *a = l->config.starts, *b = c->starts;

	assert_true(config_head_same(&l->config, c));
	assert_int_equal(l->config.nstarts, c->nstarts);
	assert_int_equal(l->now.nparts, c->nstarts);
	for (size_t i = 0; b; a = a->next, b = b->next, i++) {
		assert_non_null(a);
		if (!config_start_same(a, b))
			fail_msg("\"%s\" differs in %s", b->name, text);
		assert_ptr_equal(config_start_find(&l->config, b->name), a);
		assert_ptr_equal(l->now.part[i].start, a);
		assert_int_equal(l->now.part[i].from, b->from);
		assert_int_equal(l->now.part[i].to, b->to);
		assert_false(a->leaving);
	}
	assert_null(a);
}

static enum fief_err step(struct test *t, const char *text)
{
	const struct node_xml_input in = { .text = text, .len = strlen(text) };
	struct node_error err = { 0 }, all_err = { 0 };
	struct config_change change;
	const struct config *all;
	struct arena arena;
	enum fief_err e, all_e;

	arena_init(&arena, &t->source.source);
	all_e = config_parse(&in, &arena, &all_err, &all);
	e = config_live_read(&t->live, text, in.len, false, &err, &change);
	if (e != all_e)
		fail_msg("%s instead of %s (%s) for %s", fief_err_text(e),
		         fief_err_text(all_e), all_err.text, text);
	if (e) {
		assert_string_equal(err.text, all_err.text);
		assert_memory_equal(&err.at, &all_err.at, sizeof(err.at));
	} else {
		t->parts += !change.whole;
		config_live_accept(&t->live, &change);
		expect_same(&t->live, all, text);
	}
	arena_fini(&arena);
	return e;
}

/* ---- texts at random ---- */

static const char *const pieces[] = {
	"<start name='a'/>",
	"<start name='b'> <binary name='x'/> </start>",
	"<start name='b'><binary name='y'/></start>",
	"<start name='c'><route><any-service><child name='a'/></any-service>"
	"</route></start>",
	"<start name='d'><config><x/>text<!-- </start> --></config></start>",
	"<start name='e'><config><![CDATA[<start name='a'/>]]></config>"
	"</start>",
	"<start name='f' ram='2M'/>",
	"<start name='g'><config>]]&gt;<y z='&quot;&gt;'/></config></start>",
	"<start name='h'><exit propagate='yes'/><!-- --></start>",
	"<start name='i'><provides><service name='S'/></provides></start>",
	"<default ram='3M'/>",
	"<alias name='z' child='b'/>",
	"<service name='X'><default-policy><child name='a'/></default-policy>"
	"</service>",
	"<start name='n'><route><any-service><child name='z'/></any-service>"
	"</route></start>",
	"<default-route><any-service><parent/></any-service></default-route>",
	"<default-route><any-service><child name='i'/></any-service>"
	"</default-route>",
	"<parent-provides><service name='LOG'/></parent-provides>",
	"<report ids='yes'/>",
	"<heartbeat rate_ms='5'/>",
	"<affinity-space width='2'/>",
	"<resource name='RAM' preserve='1M'/>",
	"<start name='n'><heartbeat restart_after_skipped='2'/></start>",
	"<start name='o'><affinity xpos='1'/></start>",
	"<start name='p' managed='yes' max_ram='5M'/>",
	"\n",
	" \t",
	"<!-- remark -->",
	"<!-- <start name='a'/> -->",
	"<?pi <start name='a'/>?>",
	"<?pi ]]></config></start><?x ?>",
	/* not well-formed, or only with what follows */
	"<!-- ",
	" -->",
	"<?open ",
	"?>",
	"<start name='j'><config><![CDATA[",
	"]]></config></start>",
	"<start name='k'>",
	"</start>",
	"<start name='l'><config>",
	"</config></start>",
	"</config><config>",
	"text",
	"<start name='m",
	"'/>",
};

enum { KINDS = sizeof(pieces) / sizeof(pieces[0]), BROKEN = 14 };

struct doc {
	unsigned piece[PIECES_MAX], n;
	char text[TEXT_MAX];
};

static unsigned draw(uint64_t *seed, unsigned n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*seed >> 33) % n;
}

/* Those that are not well-formed come seldom. */
static unsigned any_piece(uint64_t *seed)
{
	return draw(seed, draw(seed, 4) ? KINDS - BROKEN : KINDS);
}

static void edit(struct doc *d, uint64_t *seed)
{
	const unsigned at = draw(seed, d->n + 1);

	if (draw(seed, 3) && d->n < PIECES_MAX) {
		memmove(d->piece + at + 1, d->piece + at,
		        (d->n++ - at) * sizeof(*d->piece));
		d->piece[at] = any_piece(seed);
	} else if (at < d->n) {
		memmove(d->piece + at, d->piece + at + 1,
		        (--d->n - at) * sizeof(*d->piece));
	}
}

static void print(struct doc *d)
{
	strcpy(d->text, "<config>");
	for (unsigned i = 0; i < d->n; i++)
		strcat(d->text, pieces[d->piece[i]]);
	strcat(d->text, "</config>");
}

static void random_changes(void **state)
{
	enum { ROUNDS = 60000 };
	struct doc good = { .n = 0 }, d;
	unsigned accepted = 0;
	uint64_t seed = 1;
	struct test t;

	(void)state;
	begin(&t);
	for (unsigned i = 0; i < ROUNDS; i++) {
		d = good;
		for (unsigned edits = draw(&seed, 3) + 1; edits; edits--)
			edit(&d, &seed);
		print(&d);
		if (step(&t, d.text))
			continue;
		accepted++;
		good = d;
	}
	assert_true(accepted > ROUNDS / 10);
	assert_true(t.parts > accepted / 4);
	done(&t);
}

/* ---- certain changes ---- */

#define START(name, inner) "<start name='" name "'>" inner "</start>"
#define TO(name)                                                               \
	"<route><any-service><child name='" name "'/></any-service></route>"

#define ALIAS "<alias name='z' child='b'/>"

#define OFFER                                                                  \
	"<service name='X'><policy label='l'><child name='b'/></policy>"       \
	"</service>"

#define SWALLOWED "<?pi ]]></config></start><?x ?>"

static const struct {
	const char *text;
	bool part;
} certain[] = {
	{ "<config>" START("a", "") START("b", "") "</config>", false },
	{ "<config>" START("a", "") START("b", "")
	          START("c", TO("a")) "</config>",
	  true },
	{ "<config>" START("b", "") START("a", "")
	          START("c", TO("a")) "</config>",
	  false },
	/* "c" is as before, but what it leads to is gone */
	{ "<config>" START("b", "") START("c", TO("a")) "</config>", false },
	{ "<config>" START("b", "") START("a", "") "</config>", true },
	{ "<config>" START("b", "") START("a", "") START("c", "")
	          START("e", "") "</config>",
	  true },
	{ "<config>" START("d", "") START("b", "") START("a", "") START("c", "")
	          START("e", "") "</config>",
	  true },
	{ "<config verbose='yes'>" START("a", "")
	          START("c", TO("a")) "</config>",
	  false },
	{ "<config verbose='yes'>" START("a", "") START("c", TO("a"))
	          START("a", "") "</config>",
	  false },
	{ "<config verbose='yes'>" START("a", "") "</config>", true },
	{ "<config verbose='yes'></config>", false },
	{ "<config>" START("a", "") START("b", "") ALIAS "</config>", false },
	{ "<config>" START("a", "") START("c", TO("z")) START("b", "") ALIAS
	  "</config>",
	  true },
	/* what the alias stands for is gone */
	{ "<config>" START("a", "") START("c", TO("z")) ALIAS "</config>",
	  false },
	{ "<config verbose='yes'></config>", false },
	{ "<config>" START("a", "") START("b", "") OFFER "</config>", false },
	{ "<config>" START("a", "") START("c", "") START("b", "") OFFER
	  "</config>",
	  true },
	/* what the policy leads to is gone */
	{ "<config>" START("a", "") START("c", "") OFFER "</config>", false },
	{ "<config verbose='yes'></config>", false },
	/* "b" and "c" are as before, but in something else */
	{ "<config>" START("a", "") START("b", "") START("c", "") SWALLOWED
	  "</config>",
	  false },
	{ "<config><start name='d'><config><![CDATA[" START("a", "")
	          START("b", "") START("c", "") SWALLOWED "</config>",
	  false },
	{ "<config>" START("a", "") START("b", "") START("c", "") SWALLOWED
	  "</config>",
	  false },
	{ "<config><?x " START("a", "") START("b", "") START("c", "") SWALLOWED
	  "</config>",
	  false },
};

static void certain_changes(void **state)
{
	struct test t;

	(void)state;
	begin(&t);
	for (unsigned i = 0; i < sizeof(certain) / sizeof(certain[0]); i++) {
		const unsigned before = t.parts;

		(void)step(&t, certain[i].text);
		if (t.parts - before != certain[i].part)
			fail_msg("parsed %s, expected otherwise: %s",
			         certain[i].part ? "all" : "a part",
			         certain[i].text);
	}
	done(&t);
}

/* ---- limits ---- */

/* `n` nodes in one start, and a start after them. */
static char *large(unsigned n, const char *after)
{
	char *text = malloc(NODE_XML_MAX), *at = text;

	at = stpcpy(at, "<config><start name='a'><config>");
	while (n--)
		at = stpcpy(at, "<x/>");
	at = stpcpy(at, "</config></start><start name='z'/>");
	at = stpcpy(at, after);
	strcpy(at, "</config>");
	return text;
}

static void node_limit(void **state)
{
	/* config, start, name, config, start, name */
	enum { MOST = NODE_XML_NODES_MAX - 6 };
	static const struct {
		unsigned n;
		const char *after;
		enum fief_err e;
	} table[] = {
		{ MOST - 2, "", FIEF_OK },
		{ MOST - 2, "<start name='b'/>", FIEF_OK },
		{ MOST - 2, "<start name='b'/><start name='c'/>", FIEF_LIMIT },
		{ MOST - 2, "<start name='b' ram='1M'/>", FIEF_LIMIT },
		{ MOST, "", FIEF_OK },
		{ MOST, "<start name='b'/>", FIEF_LIMIT },
		{ 5, "<start name='b'/>", FIEF_OK },
	};
	struct test t;

	(void)state;
	begin(&t);
	for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char *text = large(table[i].n, table[i].after);

		assert_int_equal(step(&t, text), table[i].e);
		free(text);
	}
	done(&t);
}

/* What is kept for one start must not keep all that came with it. */
static void memory_is_bounded(void **state)
{
	enum { ROUNDS = 100, ROW = 32, LARGE = 2000 };
	char *text = malloc(ROUNDS * ROW + LARGE * 4 + 1000);
	size_t most = 0, first = 0;
	struct test t;

	(void)state;
	begin(&t);
	for (unsigned i = 1; i <= ROUNDS; i++) {
		char *at = stpcpy(text, "<config>");

		for (unsigned k = 0; k < i; k++)
			at += sprintf(at, "<start name='s%u'/>\n", k);
		at += sprintf(at, "<start name='large%u'><config>", i);
		for (unsigned k = 0; k < LARGE; k++)
			at = stpcpy(at, "<x/>");
		strcpy(at, "</config></start></config>");
		assert_int_equal(step(&t, text), FIEF_OK);
		if (t.source.live > most)
			most = t.source.live;
		if (i == 1)
			first = most;
	}
	assert_true(t.parts > ROUNDS / 3);
	assert_true(most < first * 4);
	done(&t);
	free(text);
}

/* ---- faults ---- */

static void faults(void **state)
{
	static const char *const text[] = {
		"<config>" START("a", "") START("b", TO("a")) "</config>",
		"<config>" START("a", "") START("c", TO("a"))
			START("b", TO("a")) "</config>",
	};
	struct config_change change;
	struct node_error err;
	unsigned n = 0;
	enum fief_err e;
	struct test t;

	(void)state;
	do {
		begin(&t);
		assert_int_equal(step(&t, text[0]), FIEF_OK);
		t.source.calls = 0;
		t.source.fail_at = ++n;
		err.text[0] = '\0';
		e = config_live_read(&t.live, text[1], strlen(text[1]), false,
		                     &err, &change);
		t.source.fail_at = 0;
		if (e) {
			assert_int_equal(e, FIEF_OUT_OF_RAM);
			assert_true(err.text[0]);
			assert_int_equal(step(&t, text[0]), FIEF_OK);
		} else {
			assert_false(change.whole);
			config_live_discard(&t.live, &change);
		}
		assert_int_equal(step(&t, text[1]), FIEF_OK);
		done(&t);
	} while (e);
	assert_true(n > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_changes),
		cmocka_unit_test(certain_changes),
		cmocka_unit_test(node_limit),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
