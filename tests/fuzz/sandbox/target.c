/* SPDX-License-Identifier: MIT */
/*
 * A sandbox under fire: configs come and go while children, servers, the own
 * parent and those who use what is offered do anything, in any order. The input
 * is a list of acts; world.h tells what must hold.
 */
#include <stdlib.h>
#include <string.h>

#include <init/internal.h>
#include <lib/node_gen.h>
#include <lib/node_xml.h>
#include <session/log.h>

#include "world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ACTS = 300, MS = 1000000, REPORT = 1 << 16, MEMORY = 1 << 20 };

/* ---- configs ---- */

#define HEAD                                                                   \
	"<config><parent-provides><service name='PD'/><service name='CPU'/>"   \
	"<service name='LOG'/><service name='ROM'/><service name='Up'/>"       \
	"</parent-provides><report ids='yes' requested='yes' provided='yes' "  \
	"session_args='yes' child_ram='yes' child_caps='yes' init_ram='yes' "  \
	"init_caps='yes' delay_ms='1'/>"
#define REST "<any-service><parent/></any-service>"
#define ROUTE(to)                                                              \
	"<default-route><service name='Test'>" to "</service>" REST            \
	"</default-route>"
#define A "<child name='a'/>"
#define B "<child name='b'/>"
#define SERVER(name, how)                                                      \
	"<start name='" name "'><binary name='x'/><provides><service "         \
	"name='Test'" how "/><service name='Offer'/></provides>"               \
	"<restart policy='always' delay_ms='1' limit='3'/></start>"
#define MOVE " handover='yes'"
#define CLIENT(more)                                                           \
	"<start name='client' ram='2M'><binary name='x'/>"                     \
	"<heartbeat restart_after_skipped='2'/>" more "</start>"
#define OFFER(to)                                                              \
	"<service name='Offer'><policy label='x'>" to "</policy>"              \
	"<default-policy>" A "</default-policy></service>"

static const char *const configs[] = {
	HEAD ROUTE(A) SERVER("a", MOVE) SERVER("b", MOVE)
		CLIENT("") "</config>",
	HEAD ROUTE(B) SERVER("a", MOVE) SERVER("b", MOVE)
		CLIENT("") "</config>",
	HEAD ROUTE(B) SERVER("b", MOVE) CLIENT("<config/>") "</config>",
	HEAD ROUTE("<child name='b' label='y'/>") SERVER("a", "")
		SERVER("b", MOVE) CLIENT("<config x='y'/>") "</config>",
	HEAD ROUTE(A) OFFER(A) SERVER("a", MOVE) SERVER("b", "") "</config>",
	HEAD ROUTE(A) OFFER(B) SERVER("a", "") SERVER("b", MOVE)
		CLIENT("") "</config>",
	HEAD ROUTE("<any-child/>") OFFER("") SERVER("a", MOVE) "</config>",
	HEAD ROUTE("<local/>") CLIENT("") "</config>",
	HEAD "<default-route><service name='LOG'>" A "</service>"
	     "<service name='CPU'>" A "</service><service name='Test'>" A
	     "</service>" REST "</default-route><start name='a'>"
	     "<binary name='x'/><provides><service name='LOG'/><service "
	     "name='CPU'/><service name='ROM'/><service name='Test'/>"
	     "</provides><route>" REST "</route></start>"
	     "<start name='late'><binary name='y'/><route><service "
	     "name='ROM'>" A "</service>" REST
	     "</route></start>" CLIENT("<exit propagate='yes'/>") "</config>",
	HEAD "</config>",
};

enum { CONFIGS = sizeof(configs) / sizeof(*configs) };

/* ---- binaries from children: the loader is a thread otherwise ---- */

static const struct child *loads;

enum fief_err loader_fetch(struct child *c, fief_cap rom)
{
	(void)rom;
	if (loads)
		return FIEF_AGAIN;
	loads = c;
	return FIEF_OK;
}

void loader_forget_child(const struct child *c)
{
	if (loads == c)
		loads = NULL;
}

void loader_forget_sandbox(const struct sandbox *b)
{
	(void)b;
}

/* ---- acts ---- */

static struct sandbox *sandbox;

/* No server has us keep more sessions that are closed than a few, and those of
 * the last while. */
static void closes_check(const struct child *server)
{
	enum { FEW = 64 };
	unsigned young = 0;

	LIST_FOR_EACH(s, &sandbox->closes, struct session, in_closes)
		young += s->server == server &&
		         s->close_until > fief_kif->time();
	if (server->closes > FEW + young)
		abort();
}

static void apply(struct input *in)
{
	const char *text = configs[input_below(in, CONFIGS)];

	(void)!sandbox_apply(sandbox, "config", text, strlen(text));
}

/* All the rest of the input is a config. */
static void apply_input(struct input *in)
{
	(void)!sandbox_apply(sandbox, "config", (const char *)in->at,
	                     (size_t)(in->end - in->at));
	in->at = in->end;
}

static void child(struct input *in)
{
	struct world_pd *pd = world_running(input_below(in, 16));

	if (pd)
		world_child_acts(pd, in);
}

static void settle(struct input *in)
{
	(void)in;
	world_settle();
}

static void wait(struct input *in)
{
	world_wait((uint64_t)input_below(in, 256) * 8 * MS);
	LIST_FOR_EACH(c, &sandbox->children, struct child, in_sandbox)
		closes_check(c);
}

static void answer(struct input *in)
{
	world_answer(input_below(in, 2) ? FIEF_DENIED : FIEF_OK);
}

static void request(struct input *in)
{
	static const char *const label[] = { "x", "", "e -> f", "\xc2\x85" };
	const unsigned kind = input_below(in, REQUEST_KIND_CLOSE + 1);
	const char *text = label[input_below(in, 4)];

	world_request((enum request_kind)kind, input_below(in, 8), text,
	              (uint64_t)input_below(in, 8) << 13);
}

static void loaded(struct input *in)
{
	struct child *c = (struct child *)(uintptr_t)loads;
	const bool good = input_below(in, 2);

	loads = NULL;
	if (c)
		child_binary(c, FIEF_CAP_NULL, good ? FIEF_OK : FIEF_CANCELED);
}

static void fail(struct input *in)
{
	world_fail(input_below(in, 64));
}

/* What the report says can be read by whoever gets it. */
static void report(void *arg)
{
	static char text[REPORT], memory[MEMORY];
	const struct sandbox_quota none = { 0 };
	struct node *root;
	struct node_gen g;
	struct arena a;
	size_t len;

	(void)arg;
	node_gen_init(&g, text, sizeof(text));
	sandbox_state(sandbox, &none, &g);
	if (node_gen_finish(&g, &len))
		return; /* too long */
	arena_init_fixed(&a, memory, sizeof(memory));
	if (node_xml_parse(&(struct node_xml_input){ text, len, 1 }, &a, NULL,
	                   &root))
		abort();
}

static void act(struct input *in)
{
	static void (*const acts[])(struct input *) = {
		child,   child,   child,  child,  child,       child, child,
		child,   apply,   settle, settle, settle,      wait,  answer,
		request, request, loaded, fail,   apply_input,
	};

	acts[input_below(in, sizeof(acts) / sizeof(*acts))](in);
}

/* The service that <local/> leads to. */
static struct fief_service local;
static const struct log_ops local_ops = { 0 };

static enum fief_err begin(void)
{
	static const struct sandbox_hooks hooks = { .state = report };
	enum fief_err e = sandbox_create(&world_env, &hooks, &sandbox);

	local = (struct fief_service){
		.name = "Test",
		.type = &log_rpc_type,
		.ops = &local_ops,
		.size = sizeof(struct fief_service_session),
	};
	return e ? e : sandbox_serve(sandbox, &local);
}

/* Who has a session has it by the config in force: of that server, with that
 * label. One that moves, or whose client is about to start anew, is on its way
 * there. */
static void authority_check(const struct session *s)
{
	struct session_way way;

	if (s->state != SESSION_OPEN || s->replaced_by ||
	    list_linked(&s->client->restart.link))
		return;
	if (session_way_find(s->client, s->env, s->service, s->sent, &way,
	                     NULL) ||
	    way.server != s->server || way.own != s->own ||
	    strcmp(way.label.text, s->label) != 0)
		abort();
}

static void authority_check_all(void)
{
	LIST_FOR_EACH(c, &sandbox->children, struct child, in_sandbox)
		for (struct fief_id *i = fief_id_first(&c->sessions); i;
		     i = fief_id_next(i))
			authority_check(
				FIEF_ID_OBJECT(i, struct session, client_id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };

	world_kif_init();
	world_core_init(input_below(&in, 2));
	if (begin())
		abort();
	apply(&in);
	for (unsigned i = 0; i < ACTS && in.at < in.end; i++) {
		act(&in);
		world_books_check();
		authority_check_all();
	}
	world_fail(0);
	sandbox_destroy(sandbox);
	world_settle();
	world_core_end();
	world_kif_check();
	return 0;
}
