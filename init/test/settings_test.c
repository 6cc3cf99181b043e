/* SPDX-License-Identifier: MIT */
/* What a config says of the whole and of supervision: model, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <init/config.h>
#include <init/sandbox.h>

#include "message.h"

static enum fief_err get(struct arena_source *self, size_t size, void **out)
{
	(void)self;
	*out = malloc(size);
	return *out ? FIEF_OK : FIEF_OUT_OF_RAM;
}

static void put(struct arena_source *self, void *chunk, size_t size)
{
	(void)self, (void)size;
	free(chunk);
}

struct parsed {
	struct arena_source source;
	struct arena arena;
	struct node_error err;
	const struct config *config;
};

static enum fief_err parse(struct parsed *p, const char *text)
{
	const struct node_xml_input in = { .text = text, .len = strlen(text) };

	*p = (struct parsed){ .source = { get, put } };
	arena_init(&p->arena, &p->source);
	return config_parse(&in, &p->arena, &p->err, &p->config);
}

static void done(struct parsed *p)
{
	arena_fini(&p->arena);
}

/* ---- model ---- */

static void usual(void **state)
{
	struct parsed p;

	(void)state;
	assert_int_equal(parse(&p, "<config/>"), FIEF_OK);
	assert_string_equal(p.config->version, "");
	assert_false(p.config->report.wanted);
	assert_int_equal(p.config->kept.ram, SANDBOX_RAM_KEPT);
	assert_int_equal(p.config->kept.caps, SANDBOX_CAPS_KEPT);
	assert_int_equal(p.config->space.prio_levels, 0);
	assert_int_equal(p.config->space.width, 0);
	done(&p);
}

static void report(void **state)
{
	const struct config_report *r;
	struct parsed p;

	(void)state;
	assert_int_equal(parse(&p, "<config version='v'><report ids='yes' "
	                           "child_ram='on' delay_ms='7'/></config>"),
	                 FIEF_OK);
	r = &p.config->report;
	assert_string_equal(p.config->version, "v");
	assert_true(r->wanted && r->ids && r->child_ram);
	assert_false(r->requested || r->child_caps);
	assert_int_equal(r->delay_ms, 7);
	assert_int_equal(r->buffer, 4096);
	done(&p);
}

static void preserve(void **state)
{
	struct parsed p;

	(void)state;
	assert_int_equal(parse(&p, "<config><resource name='CAP' preserve='9'/>"
	                           "<resource name='RAM' preserve='1M'/>"
	                           "</config>"),
	                 FIEF_OK);
	assert_int_equal(p.config->kept.ram, 1 << 20);
	assert_int_equal(p.config->kept.caps, 9);
	done(&p);
}

static void heartbeat(void **state)
{
	const struct config_start *s;
	struct parsed p;

	(void)state;
	assert_int_equal(
		parse(&p, "<config><heartbeat/><start name='a'><heartbeat/>"
	                  "</start><start name='b'>"
	                  "<heartbeat restart_after_skipped='3'/></start>"
	                  "<start name='c'/></config>"),
		FIEF_OK);
	assert_null(p.config->warnings);
	assert_int_equal(p.config->heartbeat_ms, 1000);
	s = p.config->starts;
	assert_true(s->heartbeat.wanted);
	assert_int_equal(s->heartbeat.restart_after_skipped, 0);
	assert_int_equal(s->next->heartbeat.restart_after_skipped, 3);
	assert_false(s->next->next->heartbeat.wanted);
	assert_false(config_start_same(s, s->next));
	done(&p);
}

static void growth(void **state)
{
	const struct config_start *s;
	struct parsed p;

	(void)state;
	assert_int_equal(
		parse(&p, "<config><start name='a' managed='yes' ram='1M'/>"
	                  "<start name='b' managed='yes' max_ram='2M'"
	                  " max_caps='300'/><start name='c'/></config>"),
		FIEF_OK);
	s = p.config->starts;
	assert_true(s->growth.managed);
	assert_true(s->growth.max_ram == UINT64_MAX);
	assert_true(s->growth.max_caps == UINT64_MAX);
	assert_int_equal(s->next->growth.max_ram, 2 << 20);
	assert_int_equal(s->next->growth.max_caps, 300);
	assert_false(s->next->next->growth.managed);
	done(&p);
}

static void places(void **state)
{
	const struct config_start *s;
	struct parsed p;

	(void)state;
	assert_int_equal(
		parse(&p, "<config prio_levels='4'>"
	                  "<affinity-space width='2' height='3'/>"
	                  "<start name='a' priority='-3' ld='no'>"
	                  "<affinity xpos='1' ypos='1' height='2'/></start>"
	                  "<start name='b'/></config>"),
		FIEF_OK);
	assert_null(p.config->warnings);
	assert_int_equal(p.config->space.prio_levels, 4);
	assert_int_equal(p.config->space.width, 2);
	assert_int_equal(p.config->space.height, 3);
	s = p.config->starts;
	assert_int_equal(s->schedule.below, 3);
	assert_int_equal(s->schedule.xpos, 1);
	assert_int_equal(s->schedule.width, 1);
	assert_int_equal(s->schedule.height, 2);
	assert_int_equal(s->next->schedule.below, 0);
	assert_int_equal(s->next->schedule.width, 0);
	done(&p);
}

/* Each attribute of a child makes another one of it. */
static void children(void **state)
{
	static const char *const starts[] = {
		"<start name='a'/>",
		"<start name='a'><heartbeat/></start>",
		"<start name='a'><heartbeat restart_after_skipped='1'/>"
		"</start>",
		"<start name='a' managed='yes'/>",
		"<start name='a' managed='yes' max_ram='2M'/>",
		"<start name='a' managed='yes' max_caps='300'/>",
		"<start name='a' priority='-1'/>",
		"<start name='a'><affinity/></start>",
		"<start name='a'><affinity xpos='1'/></start>",
		"<start name='a'><affinity ypos='1'/></start>",
		"<start name='a'><affinity width='2'/></start>",
		"<start name='a'><affinity height='2'/></start>",
	};
#define HEAD "<config prio_levels='2'><affinity-space width='2' height='2'/>"
	enum { STARTS = sizeof(starts) / sizeof(starts[0]) };
	struct parsed a, b;
	char text[2][200];

	(void)state;
	for (unsigned i = 0; i < STARTS * STARTS; i++) {
		snprintf(text[0], sizeof(text[0]), HEAD "%s</config>",
		         starts[i / STARTS]);
		snprintf(text[1], sizeof(text[1]), HEAD "%s</config>",
		         starts[i % STARTS]);
		assert_int_equal(parse(&a, text[0]), FIEF_OK);
		assert_int_equal(parse(&b, text[1]), FIEF_OK);
		assert_int_equal(
			config_start_same(a.config->starts, b.config->starts),
			i / STARTS == i % STARTS);
		done(&a);
		done(&b);
	}
}

/* What is hardly meant. */
static void warned(void **state)
{
	static const struct {
		const char *text, *warning;
	} table[] = {
		{ "<config prio_levels='6'/>",
		  "1:9: \"prio_levels\" is 6, expected a power of two: there "
		  "are no priorities" },
		{ "<config><start name='a' priority='-1'/></config>",
		  "1:25: \"priority\" has no effect: <config> has no "
		  "\"prio_levels\"" },
		{ "<config prio_levels='2'><start name='a' priority='1'/>"
		  "</config>",
		  "1:41: \"priority\" is 1, expected 0 to -1: it becomes the "
		  "nearest" },
		{ "<config><start name='a'><affinity/></start></config>",
		  "1:25: <affinity> has no effect: <config> has no "
		  "<affinity-space>" },
		{ "<config><affinity-space width='2'/><start name='a'>"
		  "<affinity xpos='1' width='2'/></start></config>",
		  "1:52: <affinity> is not within the space of 2 x 1: the "
		  "child may use all of it" },
		{ "<config ld_verbose='yes'/>",
		  "1:9: \"ld_verbose\" has no effect: binaries" },
		{ "<config generate_xml='no'/>",
		  "1:9: \"generate_xml\" has no effect: all that is" },
		{ "<config><start name='a' ld='yes'/></config>",
		  "1:25: \"ld\" has no effect" },
		{ "<config><start name='a' managing_system='yes'/></config>",
		  "1:25: \"managing_system\" has no effect" },
		{ "<config><start name='a' max_ram='2M'/></config>",
		  "1:25: \"max_ram\" has no effect without managed=\"yes\"" },
		{ "<config><start name='a' max_caps='900' managed='no'/>"
		  "</config>",
		  "1:25: \"max_caps\" has no effect without" },
	};
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_int_equal(parse(&p, table[i].text), FIEF_OK);
		assert_non_null(p.config->warnings);
		message_expect(&p.config->warnings->what, table[i].warning);
		done(&p);
	}
}

/* The last one says that there are more. */
static void many_warnings(void **state)
{
	const struct config_warning *w;
	char text[40 * 40] = "<config>";
	struct parsed p;
	unsigned n = 1;

	(void)state;
	for (unsigned i = 0; i < 40; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		         "<start name='c%u' ld='yes'/>", i);
	strcat(text, "</config>");
	assert_int_equal(parse(&p, text), FIEF_OK);
	for (w = p.config->warnings; w->next; w = w->next)
		n++;
	assert_int_equal(n, 33);
	message_expect(&w->what, "there are more warnings than 32");
	done(&p);
}

/* Any other attribute is another head of the config. */
static void same(void **state)
{
	static const char *const texts[] = {
		"<config/>",
		"<config version='1'/>",
		"<config><report/></config>",
		"<config><report ids='yes'/></config>",
		"<config><report requested='yes'/></config>",
		"<config><report provided='yes'/></config>",
		"<config><report session_args='yes'/></config>",
		"<config><report child_ram='yes'/></config>",
		"<config><report child_caps='yes'/></config>",
		"<config><report init_ram='yes'/></config>",
		"<config><report init_caps='yes'/></config>",
		"<config><report delay_ms='1'/></config>",
		"<config><report buffer='1'/></config>",
		"<config prio_levels='2'/>",
		"<config><affinity-space/></config>",
		"<config><affinity-space width='2'/></config>",
		"<config><affinity-space height='2'/></config>",
		"<config><heartbeat rate_ms='9'/></config>",
		"<config><resource name='RAM' preserve='1'/></config>",
		"<config><resource name='CAP' preserve='1'/></config>",
	};
	enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };
	struct parsed a, b;

	(void)state;
	for (unsigned i = 0; i < TEXTS; i++)
		for (unsigned k = 0; k < TEXTS; k++) {
			assert_int_equal(parse(&a, texts[i]), FIEF_OK);
			assert_int_equal(parse(&b, texts[k]), FIEF_OK);
			assert_int_equal(config_head_same(a.config, b.config),
			                 i == k);
			done(&a);
			done(&b);
		}
}

/* ---- refusals ---- */

static const struct {
	const char *text, *error;
} refusals[] = {
	{ "<config><reprot/></config>",
	  "1:9: unknown element <reprot> in <config>, did you mean "
	  "<report>?" },
	{ "<config><report/>\n<report/></config>",
	  "2:1: second <report> in <config>, only one is possible" },
	{ "<config><report id='yes'/></config>",
	  "1:17: unknown attribute \"id\" of <report>, did you mean "
	  "\"ids\"?" },
	{ "<config><report ids='maybe'/></config>", "1:17: " },
	{ "<config><report delay_ms='0'/></config>",
	  "1:17: \"delay_ms\" of <report> is 0, expected more" },
	{ "<config><report buffer='2M'/></config>",
	  "1:17: \"buffer\" of <report> is too large" },
	{ "<config><heartbeat rate_ms='0'/></config>",
	  "1:20: \"rate_ms\" of <heartbeat> is 0" },
	{ "<config><start name='a'><heartbeat restart_after='1'/>"
	  "</start></config>",
	  "1:36: unknown attribute \"restart_after\" of <heartbeat>" },
	{ "<config><start name='a'>"
	  "<heartbeat restart_after_skipped='x'/></start></config>",
	  "1:36: " },
	{ "<config prio_levels='129'/>",
	  "1:9: \"prio_levels\" of <config> is too large" },
	{ "<config><affinity-space width='0'/></config>",
	  "1:25: \"width\" of <affinity-space> is 0" },
	{ "<config><start name='a' priority='high'/></config>", "1:25: " },
	{ "<config><start name='a'><affinity x='1'/></start></config>",
	  "1:35: unknown attribute \"x\" of <affinity>" },
	{ "<config><start name='a' managed='perhaps'/></config>", "1:25: " },
	{ "<config><start name='a' managed='yes' ram='2M' "
	  "max_ram='1M'/></config>",
	  "1:48: \"max_ram\" is less than what the child starts with" },
	{ "<config><start name='a' managed='yes' caps='9' "
	  "max_caps='8'/></config>",
	  "1:48: \"max_caps\" is less than" },
	{ "<config><start name='a' managed='yes' max_ram='0'/>"
	  "</config>",
	  "1:39: \"max_ram\" of <start> is 0" },
	{ "<config><resource name='ROM' preserve='1'/></config>",
	  "1:19: \"name\" of <resource> is \"ROM\", expected \"RAM\", \"CAP\" "
	  "or \"CAPS\"" },
	{ "<config><resource name='RAM'/></config>", "1:9: " },
	{ "<config><resource name='RAM' preserve='1'/>"
	  "<resource name='RAM' preserve='2'/></config>",
	  "1:44: what to preserve of RAM is given twice" },
	{ "<config><resource name='RAM' preserve='0'/></config>",
	  "\"preserve\" of <resource> is 0" },
};

static void refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct parsed p;

		assert_int_not_equal(parse(&p, refusals[i].text), FIEF_OK);
		message_expect(&p.err, refusals[i].error);
		done(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual),         cmocka_unit_test(report),
		cmocka_unit_test(preserve),      cmocka_unit_test(same),
		cmocka_unit_test(heartbeat),     cmocka_unit_test(warned),
		cmocka_unit_test(many_warnings), cmocka_unit_test(growth),
		cmocka_unit_test(children),      cmocka_unit_test(places),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
