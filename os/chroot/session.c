/* SPDX-License-Identifier: MIT */
/* From requests of the parent to requests at the parent, and back. */

#include "session.h"

#include <fief/kif_table.h>
#include <fief/log.h>
#include <session/file_system.h>

#include "policy.h"

enum {
	KEPT_RAM = 8192,     /* of each donation: for our records */
	KEPT_CAPS = 2,       /* and for what a session costs here */
	ID_FIRST = 1u << 30, /* sessions of the runtime have small ids */
	TURN = 16,           /* requests in a row */
	REFUSED = 16,        /* lines of the log in a while */
};

static const uint64_t REFUSED_NS = 10000000000;

enum passed_state {
	PASSED_CREATING,
	PASSED_OPEN,
	PASSED_UPGRADING,
	PASSED_CLOSING
};

struct passed {
	struct fief_id id; /* what we call it at the parent, less ID_FIRST */
	uint32_t client;   /* what the parent calls it to us */
	enum passed_state state;
};

static struct parent_cap parent_of(const struct chroot *c)
{
	return (struct parent_cap){ c->env->parent };
}

static uint32_t name_of(const struct passed *p)
{
	return ID_FIRST + p->id.id;
}

/* ---- records ---- */

static enum fief_err passed_make(struct chroot *c, uint32_t client,
                                 struct passed **out)
{
	struct passed *p;
	void *mem;
	enum fief_err e = fief_alloc_zeroed(c->env->heap, sizeof(*p), &mem);

	if (e)
		return e;
	p = mem;
	p->client = client;
	e = fief_id_add(&c->sessions, &p->id);
	if (e)
		fief_free(c->env->heap, p, sizeof(*p));
	else
		*out = p;
	return e;
}

static void passed_free(struct chroot *c, struct passed *p)
{
	fief_id_remove(&c->sessions, &p->id);
	fief_free(c->env->heap, p, sizeof(*p));
}

static struct passed *passed_find(const struct chroot *c, uint32_t client)
{
	struct fief_id *i = fief_id_first(&c->sessions);

	for (; i; i = fief_id_next(i)) {
		struct passed *p = FIEF_ID_OBJECT(i, struct passed, id);

		if (p->client == client && p->state != PASSED_CLOSING)
			return p;
	}
	return NULL;
}

/* ---- answers ---- */

static enum response response_of(enum fief_err e)
{
	if (e == FIEF_OUT_OF_RAM || e == FIEF_INSUFFICIENT_RAM)
		return RESPONSE_INSUFFICIENT_RAM;
	if (e == FIEF_OUT_OF_CAPS || e == FIEF_INSUFFICIENT_CAPS)
		return RESPONSE_INSUFFICIENT_CAPS;
	return RESPONSE_DENIED;
}

/* NOT_FOUND: the client gave up meanwhile. */
static void respond(struct chroot *c, uint32_t client, enum response r)
{
	const enum fief_err e = parent_respond(parent_of(c), client, r);

	if (e && e != FIEF_NOT_FOUND)
		fief_error("session %u: response: %s", client,
		           fief_err_text(e));
}

/* Clients can have themselves refused as often as they like. */
static void refusal_log(struct chroot *c, const char *label, enum fief_err why)
{
	uint64_t left_out;

	if (!rate_limit_take(&c->refused, REFUSED, REFUSED_NS,
	                     fief_kif->time()))
		return;
	left_out = rate_limit_left_out(&c->refused);
	if (left_out)
		fief_warning("%llu more sessions were refused, left out",
		             (unsigned long long)left_out);
	fief_warning("no session for \"%s\": %s", label, fief_err_text(why));
}

/* If the client gave up meanwhile, to close it is the next request. */
static void deliver(struct chroot *c, struct passed *p, fief_cap cap)
{
	const enum fief_err e = parent_deliver(parent_of(c), p->client, cap);

	p->state = PASSED_OPEN;
	if (e && e != FIEF_NOT_FOUND)
		fief_error("session %u: %s", p->client, fief_err_text(e));
	fief_kif->drop(cap, 1);
}

static void refuse(struct chroot *c, struct passed *p, enum fief_err e)
{
	respond(c, p->client, response_of(e));
	passed_free(c, p);
}

/* ---- requests ---- */

static enum fief_err ask(struct chroot *c, const struct passed *p,
                         const struct parent_next_request_reply *q,
                         fief_cap *cap)
{
	struct policy_session wanted;
	struct parent_session_params params = {
		.id = name_of(p),
		.service = capnp_text_of(FILE_SYSTEM_SERVICE),
		.ram = q->ram - KEPT_RAM,
		.caps = q->caps - KEPT_CAPS,
	};
	struct parent_session_results r;
	enum fief_err e =
		policy_apply(c->config.root, q->label.s ? q->label.s : "",
	                     q->args.s ? q->args.s : "", &wanted);

	if (e)
		return e;
	params.label = capnp_text_of(wanted.label.text);
	params.args = capnp_text_of(wanted.args);
	e = parent_session(parent_of(c), &params, &r);
	if (!e)
		*cap = r.cap;
	return e;
}

static void on_create(struct chroot *c,
                      const struct parent_next_request_reply *q)
{
	struct passed *p;
	fief_cap cap;
	enum fief_err e;

	if (q->ram < KEPT_RAM || q->caps < KEPT_CAPS) {
		respond(c, q->id,
		        q->ram < KEPT_RAM ? RESPONSE_INSUFFICIENT_RAM :
		                            RESPONSE_INSUFFICIENT_CAPS);
		return;
	}
	e = passed_make(c, q->id, &p);
	if (e) {
		respond(c, q->id, response_of(e));
		return;
	}
	e = ask(c, p, q, &cap);
	if (e == FIEF_PENDING)
		return;
	if (!e) {
		deliver(c, p, cap);
		return;
	}
	if (response_of(e) == RESPONSE_DENIED)
		refusal_log(c, q->label.s ? q->label.s : "", e);
	refuse(c, p, e);
}

static void on_upgrade(struct chroot *c,
                       const struct parent_next_request_reply *q)
{
	struct passed *p = passed_find(c, q->id);
	enum fief_err e = FIEF_NOT_FOUND;

	if (p && p->state == PASSED_OPEN)
		e = parent_upgrade(parent_of(c), name_of(p), q->ram, q->caps);
	if (e == FIEF_PENDING)
		p->state = PASSED_UPGRADING;
	else
		respond(c, q->id, e ? RESPONSE_DENIED : RESPONSE_OK);
}

/* The donation is ours to give back when the server has given it back. */
static void on_close(struct chroot *c,
                     const struct parent_next_request_reply *q)
{
	struct passed *p = passed_find(c, q->id);

	if (p && parent_close(parent_of(c), name_of(p)) == FIEF_PENDING) {
		p->state = PASSED_CLOSING;
		return;
	}
	if (p)
		passed_free(c, p);
	respond(c, q->id, RESPONSE_CLOSED);
}

static void on_requests(struct fief_signal_handler *self, unsigned count)
{
	static void (*const handle[])(
		struct chroot *, const struct parent_next_request_reply *) = {
		[REQUEST_KIND_CREATE] = on_create,
		[REQUEST_KIND_UPGRADE] = on_upgrade,
		[REQUEST_KIND_CLOSE] = on_close,
	};
	struct chroot *c = FIEF_CONTAINER_OF(self, struct chroot, requests);
	struct parent_next_request_reply q;

	(void)count;
	for (unsigned i = 0; i < TURN; i++) {
		if (parent_next_request(parent_of(c), &q))
			return;
		handle[q.kind](c, &q);
		if (!q.more)
			return;
	}
	fief_kif->signal(self->cap);
}

/* ---- news ---- */

static void look_closing(struct chroot *c, struct passed *p, enum fief_err e,
                         fief_cap cap)
{
	(void)e, (void)cap;
	respond(c, p->client, RESPONSE_CLOSED);
	passed_free(c, p);
}

static void look_creating(struct chroot *c, struct passed *p, enum fief_err e,
                          fief_cap cap)
{
	if (e)
		refuse(c, p, e);
	else
		deliver(c, p, cap);
}

/* Its server may be gone: then the client has lost it. */
static void look_open(struct chroot *c, struct passed *p, enum fief_err e,
                      fief_cap cap)
{
	fief_kif->drop(cap, 1);
	if (p->state == PASSED_UPGRADING)
		respond(c, p->client, e ? RESPONSE_DENIED : RESPONSE_OK);
	p->state = PASSED_OPEN;
	if (!e)
		return;
	e = parent_close(parent_of(c), name_of(p));
	(void)e; /* there is nobody behind it to be asked */
	look_closing(c, p, FIEF_OK, FIEF_CAP_NULL);
}

static void look(struct chroot *c, struct passed *p)
{
	static void (*const handle[])(struct chroot *, struct passed *,
	                              enum fief_err, fief_cap) = {
		[PASSED_CREATING] = look_creating,
		[PASSED_OPEN] = look_open,
		[PASSED_UPGRADING] = look_open,
		[PASSED_CLOSING] = look_closing,
	};
	fief_cap cap = FIEF_CAP_NULL;
	const enum fief_err e =
		parent_session_cap(parent_of(c), name_of(p), &cap);

	if (e != FIEF_PENDING)
		handle[p->state](c, p, e, cap);
}

static void on_news(struct fief_signal_handler *self, unsigned count)
{
	struct chroot *c = FIEF_CONTAINER_OF(self, struct chroot, news);
	struct fief_id *i = fief_id_first(&c->sessions);

	(void)count;
	while (i) {
		const uint32_t next = i->id + 1;

		look(c, FIEF_ID_OBJECT(i, struct passed, id));
		i = fief_id_from(&c->sessions, next);
	}
}

/* ---- set-up ---- */

enum fief_err sessions_serve(struct chroot *c)
{
	enum fief_err e;

	fief_id_space_init(&c->sessions, ID_FIRST);
	c->requests.handle = on_requests;
	c->news.handle = on_news;
	e = fief_signal_manage(c->env->ep, &c->requests);
	if (!e)
		e = fief_signal_manage(c->env->ep, &c->news);
	if (!e)
		e = fief_session_sigh(c->env, &c->news);
	if (!e)
		e = parent_request_sigh(parent_of(c),
		                        (struct signal_cap){ c->requests.cap });
	if (!e)
		e = parent_announce(parent_of(c),
		                    capnp_text_of(FILE_SYSTEM_SERVICE));
	return e;
}
