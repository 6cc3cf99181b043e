/* SPDX-License-Identifier: MIT */
/* Config and routes of the sandbox: model, refusals, resolution, faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <lib/guess.h>

#include <init/route.h>
#include <init/sandbox.h>

#include "message.h"

/* Chunks from malloc, so that each is bounds-checked. */
struct source {
	struct arena_source source;
	unsigned calls, fail_at, live;
};

static enum fief_err get(struct arena_source *self, size_t size, void **out)
{
	struct source *const s = FIEF_CONTAINER_OF(self, struct source, source);

	if (++s->calls == s->fail_at)
		return FIEF_OUT_OF_RAM;
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
	struct node_error err;
	const struct config *config;
};

static enum fief_err parse_failing(struct parsed *p, const char *text,
                                   unsigned fail_at)
{
	const struct node_xml_input in = { .text = text, .len = strlen(text) };

	*p = (struct parsed){ .source = { .source = { get, put },
		                          .fail_at = fail_at } };
	arena_init(&p->arena, &p->source.source);
	return config_parse(&in, &p->arena, &p->err, &p->config);
}

static enum fief_err parse(struct parsed *p, const char *text)
{
	return parse_failing(p, text, 0);
}

static void done(struct parsed *p)
{
	arena_fini(&p->arena);
	assert_int_equal(p->source.live, 0);
}

/* ---- model ---- */

static const char founding[] =
	"<config>\n"
	"  <parent-provides>\n"
	"    <service name=\"LOG\"/>\n"
	"    <service name=\"ROM\"/>\n"
	"    <service name=\"CPU\"/>\n"
	"    <service name=\"RAM\"/>\n"
	"    <service name=\"PD\"/>\n"
	"  </parent-provides>\n"
	"  <start name=\"timer\">\n"
	"    <resource name=\"RAM\" quantum=\"1M\"/>\n"
	"    <provides> <service name=\"Timer\"/> </provides>\n"
	"    <route>\n"
	"      <service name=\"ROM\"> <parent/> </service>\n"
	"      <service name=\"LOG\"> <parent/> </service>\n"
	"      <service name=\"CPU\"> <parent/> </service>\n"
	"      <service name=\"RAM\"> <parent/> </service>\n"
	"      <service name=\"PD\">  <parent/> </service>\n"
	"    </route>\n"
	"  </start>\n"
	"  <start name=\"test-log\">\n"
	"    <resource name=\"RAM\" quantum=\"1M\"/>\n"
	"    <route>\n"
	"      <service name=\"Timer\"> <child name=\"timer\"/> </service>\n"
	"      <service name=\"LOG\">   <parent/> </service>\n"
	"      <!-- remaining services routed to parent by default -->\n"
	"      <any-service> <parent/> </any-service>\n"
	"    </route>\n"
	"  </start>\n"
	"</config>\n";

static void model(void **state)
{
	const struct config_start *s;
	struct parsed p;

	(void)state;
	assert_int_equal(parse(&p, founding), FIEF_OK);
	assert_true(config_lists(p.config->parent_provides, "PD"));
	assert_false(config_lists(p.config->parent_provides, "Timer"));
	s = p.config->starts;
	assert_string_equal(s->name, "timer");
	assert_string_equal(s->binary, "timer");
	assert_int_equal(s->ram, 1 << 20);
	assert_int_equal(s->caps, SANDBOX_CAPS_DEFAULT);
	assert_true(config_lists(s->provides, "Timer"));
	assert_null(s->config);
	assert_string_equal(s->next->name, "test-log");
	assert_null(s->next->next);
	assert_ptr_equal(config_start_find(p.config, "timer"), s);
	assert_null(config_start_find(p.config, "x"));
	done(&p);
}

static void defaults(void **state)
{
	const struct config_start *s;
	struct parsed p;

	(void)state;
	assert_int_equal(
		parse(&p, "<config verbose='yes'>"
	                  "<default ram='2M' caps='50'/>"
	                  "<default-route><any-service><parent/></any-service>"
	                  "</default-route>"
	                  "<start name='a'><binary name='b'/>"
	                  "<exit propagate='yes'/>"
	                  "<resource name='CAP' quantum='7'/>"
	                  "<config x='1'><anything/>text</config></start>"
	                  "<start name='c' ram='64K' caps='9'><route/></start>"
	                  "</config>"),
		FIEF_OK);
	s = p.config->starts;
	assert_true(p.config->verbose);
	assert_int_equal(s->ram, 2 << 20);
	assert_int_equal(s->caps, 7);
	assert_string_equal(s->binary, "b");
	assert_true(s->exit_propagate);
	assert_non_null(s->config);
	assert_ptr_equal(s->route, p.config->default_route);
	s = s->next;
	assert_int_equal(s->ram, 64 << 10);
	assert_int_equal(s->caps, 9);
	assert_null(s->route);
	assert_false(s->exit_propagate);
	done(&p);
}

static void report(void **state)
{
	const struct config_report *r;
	struct parsed p, q;

	(void)state;
	assert_int_equal(parse(&p, "<config/>"), FIEF_OK);
	assert_false(p.config->report.wanted);
	assert_string_equal(p.config->version, "");
	done(&p);
	assert_int_equal(parse(&p, "<config version='7'><report/></config>"),
	                 FIEF_OK);
	r = &p.config->report;
	assert_string_equal(p.config->version, "7");
	assert_true(r->wanted);
	assert_false(r->ids || r->requested || r->provided || r->session_args ||
	             r->child_ram || r->child_caps || r->init_ram ||
	             r->init_caps);
	assert_int_equal(r->delay_ms, 100);
	assert_int_equal(r->buffer, 4096);
	assert_int_equal(parse(&q,
	                       "<config version='7'><report child_caps='yes' "
	                       "delay_ms='5' buffer='64K'/></config>"),
	                 FIEF_OK);
	assert_true(q.config->report.child_caps);
	assert_int_equal(q.config->report.delay_ms, 5);
	assert_int_equal(q.config->report.buffer, 65536);
	assert_false(config_head_same(p.config, q.config));
	assert_true(config_head_same(q.config, q.config));
	done(&q);
	assert_int_equal(parse(&q, "<config version='8'><report/></config>"),
	                 FIEF_OK);
	assert_false(config_head_same(p.config, q.config));
	done(&q);
	done(&p);
}

static void heartbeat(void **state)
{
	const struct config_start *s;
	struct parsed p, q;

	(void)state;
	assert_int_equal(parse(&p, "<config><start name='a'/><start name='b'>"
	                           "<heartbeat/></start></config>"),
	                 FIEF_OK);
	assert_int_equal(p.config->heartbeat_ms, 1000);
	s = p.config->starts;
	assert_false(s->heartbeat.wanted);
	assert_true(s->next->heartbeat.wanted);
	assert_int_equal(s->next->heartbeat.restart_after_skipped, 0);
	assert_int_equal(
		parse(&q, "<config><heartbeat rate_ms='20'/><start name='a'>"
	                  "<heartbeat restart_after_skipped='3'/></start>"
	                  "</config>"),
		FIEF_OK);
	assert_int_equal(q.config->heartbeat_ms, 20);
	s = q.config->starts;
	assert_int_equal(s->heartbeat.restart_after_skipped, 3);
	assert_false(config_head_same(p.config, q.config));
	assert_false(config_start_same(p.config->starts, s));
	done(&q);
	done(&p);
}

/* ---- refusals ---- */

static void refused(void **state)
{
	static const struct {
		const char *text, *error;
	} table[] = {
		{ "<x/>", "1:1: found <x>, expected <config>" },
		{ "<config>\n <strat name='a'/></config>",
		  "2:2: unknown element <strat> in <config>, did you mean "
		  "<start>?" },
		{ "<config><start name='a'>\n  <rout/></start></config>",
		  "2:3: unknown element <rout> in <start>, did you mean "
		  "<route>?" },
		{ "<config><frobnicate/></config>",
		  "1:9: unknown element <frobnicate> in <config>" },
		{ "<config><start nam='a'/></config>",
		  "1:16: unknown attribute \"nam\" of <start>, did you mean "
		  "\"name\"?" },
		{ "<config><start name='a' colour='b'/></config>",
		  "1:25: unknown attribute \"colour\" of <start>" },
		{ "<config><start name='a'><route/><route/></start></config>",
		  "1:33: second <route> in <start>, only one is possible" },
		{ "<config>hello</config>",
		  "1:9: unexpected text in <config>" },
		{ "<config><start name='a'/>\n<start name='a'/></config>",
		  "2:8: second child with the name \"a\"" },
		{ "<config><start name='a -> b'/></config>",
		  "1:16: \"a -> b\" cannot be a name" },
		{ "<config><start name='a' ram='0'/></config>",
		  "1:25: \"ram\" of <start> is 0" },
		{ "<config><start name='a' ram='1000T'/></config>",
		  "1:25: \"ram\" of <start> is too large" },
		{ "<config><start name='a' ram='much'/></config>", "1:25: " },
		{ "<config><start name='a'>"
		  "<resource name='ROM' quantum='1'/></start></config>",
		  "1:35: \"name\" of <resource> is \"ROM\", expected \"RAM\", "
		  "\"CAP\" or \"CAPS\"" },
		{ "<config><start name='a' ram='1M'>"
		  "<resource name='RAM' quantum='1M'/></start></config>",
		  "ram of \"a\" is given twice" },
		{ "<config><start name='a'><restart policy='often'/></start>"
		  "</config>",
		  "1:34: \"policy\" of <restart> is \"often\", expected "
		  "\"never\", "
		  "\"on-failure\" or \"always\"" },
		{ "<config><start name='a'><restart limit='0'/></start>"
		  "</config>",
		  "1:34: \"limit\" of <restart> is 0" },
		{ "<config><start name='a'><route><service><parent/>"
		  "</service></route></start></config>",
		  "1:32: " },
		{ "<config><default-route>\n<any-service><parent label='a' "
		  "identity='b'/></any-service></default-route></config>",
		  "2:32: \"identity\" of <parent> has no effect beside "
		  "\"label\"" },
		{ "<config><default-route>\n<any-service><any-child "
		  "resource='a' "
		  "prepend_resource='b'/></any-service></default-route></"
		  "config>",
		  "\"prepend_resource\" of <any-child> has no effect beside "
		  "\"resource\"" },
		{ "<config><default-route>\n<any-service unscoped_label='a' "
		  "label_last='b'/></default-route></config>",
		  "2:33: \"label_last\" of <any-service> has no effect beside "
		  "\"unscoped_label\"" },
		{ "<config><alias name='a' child='b'/><start name='a'/><start "
		  "name='b'/></config>",
		  "1:16: alias \"a\", but a child or another alias has this "
		  "name" },
		{ "<config><start name='b'/><alias name='a' child='b'/>\n"
		  "<alias name='a' child='b'/></config>",
		  "2:8: alias \"a\", but a child or another alias" },
		{ "<config><alias name='a'/></config>", "1:9: " },
		{ "<config><start name='a'><provides><service name='X' "
		  "handover='maybe'/></provides></start></config>",
		  "1:53: attribute 'handover' is \"maybe\", expected yes or "
		  "no" },
		{ "<config><parent-provides><service name='X' handover='yes'/>"
		  "</parent-provides></config>",
		  "1:44: unknown attribute \"handover\" of <service>" },
		{ "<config><alias name='a' chidl='b'/></config>",
		  "1:25: unknown attribute \"chidl\" of <alias>, did you mean "
		  "\"child\"?" },
		{ "<config><default-route><any-service><parent resorce='x'/>"
		  "</any-service></default-route></config>",
		  "did you mean \"resource\"?" },
		{ "<config>\n<service name='X'><policy><child "
		  "name='a'/></policy>"
		  "</service></config>",
		  "2:19: <policy> without a label, expected one, or "
		  "<default-policy>" },
		{ "<config><start name='a'/><service name='X'>"
		  "<policy label='l'><child name='a'/></policy>\n"
		  "<policy label='l'/></service></config>",
		  "2:1: second <policy> for the same labels of service \"X\"" },
		{ "<config><service name='X'><default-policy/><default-policy/>"
		  "</service></config>",
		  "second <default-policy> in <service>, only one" },
		{ "<config><service name='PD'/>\n<service "
		  "name='RAM'/></config>",
		  "2:10: service \"RAM\" is offered twice" },
		{ "<config><service name='X'><policy "
		  "label='l'><child/></policy>"
		  "</service></config>",
		  "1:45: " },
		{ "<config><service name='X'><policy label='l'><child "
		  "name='a'/>"
		  "<child name='b'/></policy></service></config>",
		  "second <child> in <policy>, only one is possible" },
		{ "<config><service name='X'><policy unscoped_label='l'/>"
		  "</service></config>",
		  "unknown attribute \"unscoped_label\" of <policy>" },
		{ "<config><service name='X'><polcy/></service></config>",
		  "unknown element <polcy> in <service>, did you mean "
		  "<policy>?" },
		{ "<config><report request='yes'/></config>",
		  "1:17: unknown attribute \"request\" of <report>, did you "
		  "mean \"requested\"?" },
		{ "<config><report ids='perhaps'/></config>", "1:17: " },
		{ "<config><report delay_ms='0'/></config>",
		  "1:17: \"delay_ms\" of <report> is 0" },
		{ "<config><report buffer='2M'/></config>",
		  "1:17: \"buffer\" of <report> is too large" },
		{ "<config><heartbeat rate_ms='0'/></config>",
		  "1:20: \"rate_ms\" of <heartbeat> is 0" },
		{ "<config><heartbeat restart_after_skipped='3'/></config>",
		  "1:20: unknown attribute \"restart_after_skipped\" of "
		  "<heartbeat>" },
		{ "<config><start name='a'><heartbeat "
		  "restart_after_skipped='-1'/></start></config>",
		  "1:36: " },
		{ "<config><start name='a'><heartbeat "
		  "restart_after_skipped='2M'/></start></config>",
		  "1:36: \"restart_after_skipped\" of <heartbeat> is too "
		  "large" },
		{ "<config><start name='a'><heartbeat/><heartbeat/></start>"
		  "</config>",
		  "second <heartbeat> in <start>" },
		{ "<config><report/><report/></config>",
		  "1:18: second <report> in <config>" },
		{ "<config><report><x/></report></config>",
		  "1:17: unknown element <x> in <report>" },
		{ "<config>", "1:9: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct parsed p;

		assert_int_not_equal(parse(&p, table[i].text), FIEF_OK);
		message_expect(&p.err, table[i].error);
		done(&p);
	}
}

/* What may be meant: the child may come later. */
static void warned(void **state)
{
	static const struct {
		const char *text, *warning;
	} table[] = {
		{ "<config><start name='a'><route><service name='X'>"
		  "<child name='b'/></service></route></start></config>",
		  "1:57: route to \"b\", but there is no such child" },
		{ "<config><default-route><any-service><child name='timr'/>"
		  "</any-service></default-route><start "
		  "name='timer'/></config>",
		  "no such child, did you mean \"timer\"?" },
		{ "<config><alias name='t' child='timr'/><start name='timer'/>"
		  "</config>",
		  "1:25: alias for \"timr\", but there is no such child, did "
		  "you mean \"timer\"?" },
		{ "<config><service name='X'><default-policy><child "
		  "name='tmer'/>"
		  "</default-policy></service><start name='timer'/></config>",
		  "1:50: policy for \"tmer\", but there is no such child, did "
		  "you mean \"timer\"?" },
		{ "<config><alias name='clock' child='timer'/><default-route>"
		  "<any-service><child name='clok'/></any-service>"
		  "</default-route><start name='timer'/></config>",
		  "no such child, did you mean \"clock\"?" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct parsed p;

		assert_int_equal(parse(&p, table[i].text), FIEF_OK);
		assert_non_null(p.config->warnings);
		assert_null(p.config->warnings->next);
		message_expect(&p.config->warnings->what, table[i].warning);
		done(&p);
	}
}

static void distance(void **state)
{
	(void)state;
	assert_int_equal(guess_distance("", ""), 0);
	assert_int_equal(guess_distance("route", "rout"), 1);
	assert_int_equal(guess_distance("", "abc"), 3);
	assert_int_equal(guess_distance("kitten", "sitting"), 3);
	assert_true(guess_distance("a", "0123456789012345678901234567890123") >
	            3);
}

/* ---- routes ---- */

static const char routes[] =
	"<config>"
	"<parent-provides><service name='LOG'/><service name='PD'/>"
	"</parent-provides>"
	"<default-route><service name='Default'><child name='s1'/></service>"
	"</default-route>"
	"<start name='s1'><provides><service name='Nic'/><service name='Gpu'/>"
	"<service name='Default'/></provides></start>"
	"<start name='s2'><provides><service name='Nic'/></provides></start>"
	"<start name='a'><route>"
	"<service name='Nic' label='exact'><child name='s2'/></service>"
	"<service name='Nic' label_prefix='pre'><child name='s1' label='new'/>"
	"</service>"
	"<service name='Nic' label_suffix='post'><child name='s2'/></service>"
	"<service name='Nic' label_last='z'><child name='s1'/></service>"
	"<service name='Nic' label='any'><any-child/></service>"
	"<service name='Nic' unscoped_label='a -> whole'><child "
	"name='also-s2'/></service>"
	"<service name='Nic' unscoped_label='b -> other'/>"
	"<service name='Gpu'><parent/><any-child/></service>"
	"<service name='Audio'><parent/></service>"
	"<service name='Empty'/>"
	"<service name='Own'><local/></service>"
	"<service name='Other'><local/><child name='s2'/></service>"
	"<any-service label='never'><child name='s2'/></any-service>"
	"<any-service><child name='s2'/></any-service>"
	"<any-service><parent/></any-service>"
	"</route></start>"
	"<start name='b'/>"
	"<alias name='also-s2' child='s2'/>"
	"</config>";

static void route_table(void **state)
{
	static const struct {
		const char *client, *service, *label;
		enum route_result result;
		const char *server, *rewritten;
	} table[] = {
		{ "a", "Nic", "exact", ROUTE_FOUND, "s2", NULL },
		{ "a", "Nic", "pre-x", ROUTE_FOUND, "s1", "new" },
		{ "a", "Nic", "x-post", ROUTE_FOUND, "s2", NULL },
		{ "a", "Nic", "x -> z", ROUTE_FOUND, "s1", NULL },
		{ "a", "Nic", "any", ROUTE_AMBIGUOUS, NULL, NULL },
		{ "a", "Nic", "", ROUTE_FOUND, "s2", NULL },
		{ "a", "Nic", "whole", ROUTE_FOUND, "s2", NULL },
		{ "a", "Nic", "a -> whole", ROUTE_FOUND, "s2", NULL },
		{ "a", "Nic", "other", ROUTE_FOUND, "s2", NULL },
		{ "a", "Gpu", "", ROUTE_FOUND, "s1", NULL },
		{ "a", "Audio", "", ROUTE_REFUSED, NULL, NULL },
		{ "a", "Empty", "", ROUTE_REFUSED, NULL, NULL },
		{ "a", "Own", "", ROUTE_FOUND, NULL, NULL },
		{ "a", "Other", "", ROUTE_REFUSED, NULL, NULL },
		{ "a", "LOG", "", ROUTE_FOUND, NULL, NULL },
		{ "a", "RAM", "", ROUTE_FOUND, NULL, NULL },
		{ "a", "Vanished", "", ROUTE_NONE, NULL, NULL },
		{ "b", "Default", "", ROUTE_FOUND, "s1", NULL },
		{ "b", "LOG", "", ROUTE_NONE, NULL, NULL },
	};
	static const struct config_service local = { .name = "Own" };
	struct parsed p;

	(void)state;
	assert_int_equal(parse(&p, routes), FIEF_OK);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct route_request q = {
			p.config,
			config_start_find(p.config, table[i].client),
			table[i].service,
			table[i].label,
			&local,
		};
		struct route r = { 0 };

		assert_int_equal(route_find(&q, &r), table[i].result);
		assert_int_equal(r.rule != NULL, table[i].result != ROUTE_NONE);
		assert_ptr_equal(
			r.server,
			table[i].server ?
				config_start_find(p.config, table[i].server) :
				NULL);
		if (r.target && r.target->relabel.label)
			assert_string_equal(r.target->relabel.label,
			                    table[i].rewritten);
		else
			assert_null(table[i].rewritten);
	}
	done(&p);
}

static void relabelled(void **state)
{
	static const struct {
		struct config_relabel relabel;
		const char *child, *sent, *made; /* NULL: too long */
	} table[] = {
		{ { 0 }, "c", "", "c" },
		{ { 0 }, "c", "a -> r", "c -> a -> r" },
		{ { 0 }, "", "c -> a", "c -> a" },
		{ { .label = "x" }, "c", "a -> r", "x" },
		{ { .label = "" }, "c", "r", "" },
		{ { .identity = "x" }, "c", "r", "x -> r" },
		{ { .identity = "x" }, "c", "a -> r", "x -> r" },
		{ { .identity = "x" }, "c", "", "x" },
		{ { .identity = "" }, "c", "a -> r", "r" },
		{ { .resource = "x" }, "c", "", "c -> x" },
		{ { .resource = "x" }, "c", "a -> r", "c -> a -> x" },
		{ { .resource = "" }, "c", "a -> r", "c -> a" },
		{ { .resource = "x" }, "", "c -> r", "c -> x" },
		{ { .identity = "y", .resource = "x" }, "c", "r", "y -> x" },
		{ { .prepend_resource = "/d" }, "c", "/f", "c -> /d/f" },
		{ { .prepend_resource = "/d" },
		  "c",
		  "a -> /f",
		  "c -> a -> /d/f" },
		{ { .prepend_resource = "/d" }, "c", "", "c -> /d" },
		{ { .identity = "y", .prepend_resource = "p" },
		  "c",
		  "a -> r",
		  "y -> pr" },
#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN
		{ { .prepend_resource = SIXTY },
		  "c",
		  SIXTY TEN TEN TEN "01234",
		  "c -> " SIXTY SIXTY TEN TEN TEN "01234" },
		{ { .prepend_resource = SIXTY },
		  "c",
		  SIXTY TEN TEN TEN "012345",
		  NULL },
		{ { .prepend_resource = SIXTY }, "c", SIXTY SIXTY, NULL },
		{ { .identity = SIXTY SIXTY }, "c", SIXTY, NULL },
		{ { .label = SIXTY SIXTY SIXTY }, "c", "", NULL },
		{ { .prepend_resource = SIXTY SIXTY SIXTY SIXTY },
		  "c",
		  SIXTY,
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct label made;
		enum fief_err e = route_label(&table[i].relabel, table[i].child,
		                              table[i].sent, &made);

		assert_int_equal(e, table[i].made ? FIEF_OK : FIEF_TOO_LONG);
		if (!e)
			assert_string_equal(made.text, table[i].made);
	}
}

/* ---- policies ---- */

static const char offers[] =
	"<config><start name='a'><provides><service name='X'/></provides>"
	"</start><start name='b'><provides><service name='X'/></provides>"
	"</start><start name='c'/><alias name='also-b' child='b'/>"
	"<service name='X'>"
	"<default-policy><child name='a'/></default-policy>"
	"<policy label_last='l'><child name='also-b'/></policy>"
	"<policy label_suffix='fix'><child name='a'/></policy>"
	"<policy label_prefix='pre'><child name='b'/></policy>"
	"<policy label_prefix='prefix'><child name='a'/></policy>"
	"<policy label='pref'><child name='c'/></policy>"
	"<policy label='none'/>"
	"</service>"
	"<service name='Y'><policy label='y'><child name='c'/></policy>"
	"</service>"
	"</config>";

static void policies(void **state)
{
	static const struct {
		const char *service, *label;
		enum route_result result;
		const char *server; /* NULL: none */
	} table[] = {
		{ "X", "", ROUTE_FOUND, "a" },
		{ "X", "x -> l", ROUTE_FOUND, "b" },
		{ "X", "l", ROUTE_FOUND, "b" },
		{ "X", "x -> fix", ROUTE_FOUND, "a" },
		{ "X", "pre -> x", ROUTE_FOUND, "b" },
		{ "X", "pre -> l", ROUTE_FOUND, "b" },
		{ "X", "prefix -> l", ROUTE_FOUND, "a" },
		{ "X", "prefi", ROUTE_FOUND, "b" },
		{ "X", "pref", ROUTE_REFUSED, "c" },
		{ "X", "none", ROUTE_NONE, NULL },
		{ "Y", "y", ROUTE_REFUSED, "c" },
		{ "Y", "z", ROUTE_NONE, NULL },
		{ "Z", "y", ROUTE_NONE, NULL },
	};
	struct parsed p;

	(void)state;
	assert_int_equal(parse(&p, offers), FIEF_OK);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct config_policy *policy;
		const struct config_start *server;

		assert_int_equal(route_offer(p.config, table[i].service,
		                             table[i].label, &policy, &server),
		                 table[i].result);
		assert_ptr_equal(
			server,
			table[i].server ?
				config_start_find(p.config, table[i].server) :
				NULL);
	}
	done(&p);
}

/* Is what is said apart from children the same? */
static void heads(void **state)
{
#define X(inner) "<config><service name='X'>" inner "</service></config>"
	static const struct {
		const char *a, *b;
		bool same;
	} table[] = {
		{ X(""), X(" "), true },
		{ X(""), "<config/>", false },
		{ X(""), "<config><service name='Y'/></config>", false },
		{ X("<policy label='l'/>"), X("<policy label='l'/>"), true },
		{ X("<policy label='l'/>"), X("<policy label='m'/>"), false },
		{ X("<policy label='l'/>"), X("<policy label_last='l'/>"),
		  false },
		{ X("<default-policy/>"),
		  X("<default-policy><child name='a'/></default-policy>"),
		  false },
		{ X("<default-policy><child name='b'/></default-policy>"),
		  X("<default-policy><child name='a'/></default-policy>"),
		  false },
		{ X("<default-policy><child name='a' label='x'/>"
		    "</default-policy>"),
		  X("<default-policy><child name='a'/></default-policy>"),
		  false },
		{ "<config><alias name='a' child='b'/></config>",
		  "<config><alias name='a' child='c'/></config>", false },
		{ "<config><alias name='a' child='b'/></config>",
		  "<config><alias name='c' child='b'/></config>", false },
	};
#undef X

	(void)state;
	for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct parsed a, b;

		assert_int_equal(parse(&a, table[i].a), FIEF_OK);
		assert_int_equal(parse(&b, table[i].b), FIEF_OK);
		assert_int_equal(config_head_same(a.config, b.config),
		                 table[i].same);
		done(&a);
		done(&b);
	}
}

/* ---- changes ---- */

/* Is child "a" the same in configs with these parts? */
static void changes(void **state)
{
	static const struct {
		const char *old, *new; /* the whole config */
		bool same;
	} table[] = {
#define A(inner) "<config><start name='a'>" inner "</start></config>"
		{ A(""), A(" <!-- x -->\n"), true },
		{ A(""), "<config><start name='b'/><start name='a'/></config>",
		  true },
		{ A(""), A("<binary name='x'/>"), false },
		{ A("<binary name='a'/>"), A(""), true },
		{ A(""), A("<resource name='RAM' quantum='2M'/>"), false },
		{ A(""), A("<resource name='CAP' quantum='9'/>"), false },
		{ A(""),
		  "<config><default ram='9M'/><start name='a'/></config>",
		  false },
		{ A(""), A("<exit propagate='yes'/>"), false },
		{ A("<provides><service name='X'/></provides>"),
		  A("<provides><service name='Y'/></provides>"), false },
		{ A("<provides><service name='X'/></provides>"),
		  A("<provides><service name='X'/><service name='Y'/>"
		    "</provides>"),
		  false },
		{ A("<provides><service name='X'/></provides>"),
		  A("<provides><service name='X' handover='yes'/></provides>"),
		  false },
		{ A("<provides><service name='X' handover='no'/></provides>"),
		  A("<provides><service name='X'/></provides>"), true },
		{ A(""), A("<route/>"), true },
		{ A("<route><any-service><parent/></any-service></route>"),
		  A("<route><any-service><parent/></any-service></route>"),
		  true },
		{ A("<route><any-service><parent/></any-service></route>"),
		  "<config><default-route><any-service><parent/></any-service>"
		  "</default-route><start name='a'/></config>",
		  true },
		{ A("<route><any-service><parent/></any-service></route>"),
		  A("<route><any-service><any-child/></any-service></route>"),
		  false },
		{ A("<route><any-service label='x'><parent/></any-service>"
		    "</route>"),
		  A("<route><any-service label_last='x'><parent/>"
		    "</any-service></route>"),
		  false },
		{ A("<route><any-service><parent/></any-service></route>"),
		  A("<route><any-service><parent label='x'/></any-service>"
		    "</route>"),
		  false },
		{ A("<route><any-service><parent identity='x'/></any-service>"
		    "</route>"),
		  A("<route><any-service><parent resource='x'/></any-service>"
		    "</route>"),
		  false },
		{ A("<route><any-service><parent/></any-service></route>"),
		  A("<route><any-service><parent prepend_resource='x'/>"
		    "</any-service></route>"),
		  false },
		{ A("<route><any-service label='a -> x'><parent/></any-service>"
		    "</route>"),
		  A("<route><any-service unscoped_label='a -> x'><parent/>"
		    "</any-service></route>"),
		  false },
		{ A(""), A("<config/>"), false },
		{ A("<config><x a='1'/><y/></config>"),
		  A("<config><x a='1'/><y/></config>"), true },
		{ A("<config><x a='1'/><y/></config>"),
		  A("<config><x a='2'/><y/></config>"), false },
		{ A("<config><x a='1'/><y/></config>"),
		  A("<config><x a='1'><y/></x></config>"), false },
		{ A("<config><x/><y/></config>"), A("<config><x/></config>"),
		  false },
		{ A("<config><x><y/></x></config>"),
		  A("<config><x><y/><y/></x></config>"), false },
		{ A("<config>text</config>"), A("<config>test</config>"),
		  false },
#undef A
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct parsed old, new;

		assert_int_equal(parse(&old, table[i].old), FIEF_OK);
		assert_int_equal(parse(&new, table[i].new), FIEF_OK);
		assert_int_equal(
			config_start_same(config_start_find(old.config, "a"),
		                          config_start_find(new.config, "a")),
			table[i].same);
		assert_int_equal(
			config_start_same(config_start_find(new.config, "a"),
		                          config_start_find(old.config, "a")),
			table[i].same);
		done(&old);
		done(&new);
	}
}

/* ---- faults ---- */

static void faults(void **state)
{
	static const char *const texts[] = { founding, routes, offers };
	enum fief_err e;
	struct parsed p;

	(void)state;
	for (unsigned t = 0; t < sizeof(texts) / sizeof(texts[0]); t++) {
		unsigned n = 0;

		do {
			e = parse_failing(&p, texts[t], ++n);
			if (e)
				assert_true(p.err.text[0]);
			done(&p);
		} while (e);
		assert_true(n > 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(model),      cmocka_unit_test(defaults),
		cmocka_unit_test(refused),    cmocka_unit_test(warned),
		cmocka_unit_test(distance),   cmocka_unit_test(route_table),
		cmocka_unit_test(changes),    cmocka_unit_test(faults),
		cmocka_unit_test(relabelled), cmocka_unit_test(policies),
		cmocka_unit_test(heads),      cmocka_unit_test(report),
		cmocka_unit_test(heartbeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
