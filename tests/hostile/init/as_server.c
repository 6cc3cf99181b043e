/* SPDX-License-Identifier: MIT */
/* Servers that answer twice, for others, never, or die over it. */

#include "child.h"

enum { FOREIGN = 400 };

static struct server {
	struct fief_rpc_obj obj; /* what all sessions get */
	unsigned created, closed;
} server;

static enum fief_err dispatch(struct fief_rpc_obj *obj, struct kif_msg *in,
                              struct kif_msg *out)
{
	(void)obj;
	fief_rpc_drop_caps(in);
	out->label = FIEF_OK;
	out->ncaps = 0;
	out->len = 0;
	return FIEF_OK;
}

static const struct fief_rpc_type type = { "Evil", 1, dispatch };

static void begin(void)
{
	server.obj.type = &type;
	if (fief_entrypoint_manage(bad.env->ep, &server.obj) ||
	    parent_announce(bad.parent, capnp_text_of("Evil")))
		fief_log("SETUP: server");
}

static enum fief_err deliver(uint32_t id)
{
	return parent_deliver(bad.parent, id, server.obj.cap);
}

static void not_again(uint32_t id, const char *what)
{
	if (!deliver(id))
		fief_log("BREACH: delivered after %s", what);
	for (unsigned r = RESPONSE_OK; r < RESPONSE_CLOSED; r++)
		if (!parent_respond(bad.parent, id, (enum response)r))
			fief_log("BREACH: response %u after %s", r, what);
}

/* The next request, answered as is due; 0: there is none. */
static uint32_t answer_one(enum request_kind *kind)
{
	static struct parent_next_request_reply q;
	enum fief_err e;

	if (parent_next_request(bad.parent, &q))
		return 0;
	*kind = q.kind;
	if (q.kind == REQUEST_KIND_CREATE)
		e = deliver(q.id);
	else
		e = parent_respond(bad.parent, q.id,
		                   q.kind == REQUEST_KIND_CLOSE ?
		                           RESPONSE_CLOSED :
		                           RESPONSE_OK);
	if (e && e != FIEF_NOT_FOUND)
		fief_log("SETUP: answer: %s", fief_err_name(e));
	server.created += q.kind == REQUEST_KIND_CREATE;
	server.closed += q.kind == REQUEST_KIND_CLOSE;
	return q.id;
}

static void told(void)
{
	fief_log("%s, %u created, %u closed",
	         server.created ? "served" : "nobody asked", server.created,
	         server.closed);
}

static void twice(void)
{
	enum request_kind kind;

	for (begin(); bad_time_left();) {
		const uint32_t id = answer_one(&kind);

		if (!id)
			bad_pause(1);
		else if (kind == REQUEST_KIND_CLOSE &&
		         !parent_respond(bad.parent, id, RESPONSE_CLOSED))
			fief_log("BREACH: closed twice");
		else if (kind != REQUEST_KIND_CLOSE)
			not_again(id, "an answer");
	}
	told();
}

/* Numbers of sessions that others serve, and that nobody has. */
static void foreign(void)
{
	static bool own[FOREIGN];
	enum request_kind kind;
	unsigned round = 0;

	for (begin(); bad_time_left(); round++) {
		uint32_t id;

		while ((id = answer_one(&kind)))
			own[id % FOREIGN] = true;
		id = round % 3 ? round % FOREIGN : 0x40000000 + round;
		if (!own[id % FOREIGN])
			not_again(id, "nothing");
		if (!own[id % FOREIGN] &&
		    !parent_respond(bad.parent, id, RESPONSE_CLOSED))
			fief_log("BREACH: closed a session of others");
	}
	told();
}

/* It takes the requests, and that is all. */
static void never(void)
{
	static struct parent_next_request_reply q;

	for (begin(); bad_time_left(); bad_pause(1))
		while (!parent_next_request(bad.parent, &q))
			server.created++;
	told();
}

static void dies(void)
{
	static struct parent_next_request_reply q;
	enum request_kind kind;

	for (begin(); bad_time_left(); bad_pause(1)) {
		if (server.created < 3) {
			answer_one(&kind);
			continue;
		}
		if (parent_next_request(bad.parent, &q))
			continue;
		fief_log("dies over request %d", (int)q.kind);
		__builtin_trap();
	}
	told();
}

/* Sessions that it has made are over at once. */
static void fickle(void)
{
	enum request_kind kind;

	for (begin(); bad_time_left();) {
		const uint32_t id = answer_one(&kind);
		enum fief_err e = FIEF_OK;

		if (!id)
			bad_pause(1);
		else if (kind == REQUEST_KIND_CREATE)
			e = parent_respond(bad.parent, id, RESPONSE_CLOSED);
		if (e && e != FIEF_NOT_FOUND)
			fief_log("SETUP: %s", fief_err_name(e));
	}
	told();
}

const struct bad_attack bad_server[] = {
	{ "twice", twice }, { "foreign", foreign }, { "never", never },
	{ "dies", dies },   { "fickle", fickle },   { 0 },
};
