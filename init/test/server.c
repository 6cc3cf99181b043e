/* SPDX-License-Identifier: MIT */
/*
 * A server whose behaviour the client picks by the last element of the label:
 * "ok", "deny", "more" (wants 32K), "hang" (no answer until a "release"
 * comes), "crash", "null" (delivers nothing).
 */

#include <fief/component.h>
#include <fief/kif_table.h>
#include <fief/log.h>

#include <lib/label.h>
#include <lib/mem.h>
#include <session/parent.h>

enum { HUNG_MAX = 512, MORE = 32768 };

static struct main {
	struct fief_env *env;
	struct fief_rpc_obj obj; /* what all sessions get */
	struct fief_signal_handler requests;
	uint32_t hung[HUNG_MAX];
	unsigned hung_count;
	volatile int *crash_at; /* NULL */
} m;

static enum fief_err dispatch(struct fief_rpc_obj *obj, struct kif_msg *in,
                              struct kif_msg *out)
{
	(void)obj;
	for (unsigned i = 0; i < in->ncaps; i++)
		fief_kif->drop(in->cap[i], 1);
	out->label = FIEF_OK;
	out->ncaps = 0;
	out->len = 0;
	return FIEF_OK;
}

static const struct fief_rpc_type type = { "Test", 1, dispatch };

static struct parent_cap parent(void)
{
	return (struct parent_cap){ m.env->parent };
}

static void respond(uint32_t id, enum response r)
{
	if (parent_respond(parent(), id, r))
		fief_log("response to %u came too late", id);
}

static void deliver(uint32_t id)
{
	const enum fief_err e = parent_deliver(parent(), id, m.obj.cap);

	if (e == FIEF_NOT_FOUND) /* closed meanwhile */
		fief_log("delivery of %u came too late", id);
	else if (e)
		fief_error("delivery of %u: %s", id, fief_err_text(e));
}

static void release(void)
{
	/* One half is refused, the other delivered. */
	for (unsigned i = 0; i < m.hung_count; i++)
		if (i & 1)
			respond(m.hung[i], RESPONSE_DENIED);
		else
			deliver(m.hung[i]);
	m.hung_count = 0;
}

static void on_create(const struct parent_next_request_reply *q)
{
	const char *mode = label_last(q->label.s);

	if (!strcmp(mode, "deny") || !strcmp(mode, "null")) {
		if (*mode == 'n' &&
		    parent_deliver(parent(), q->id, FIEF_CAP_NULL) !=
		            FIEF_NOT_FOUND)
			fief_error("null delivered");
		respond(q->id, RESPONSE_DENIED);
	} else if (!strcmp(mode, "more") && q->ram < MORE) {
		respond(q->id, RESPONSE_INSUFFICIENT_RAM);
	} else if (!strcmp(mode, "hang") && m.hung_count < HUNG_MAX) {
		m.hung[m.hung_count++] = q->id;
	} else if (!strcmp(mode, "crash")) {
		m.crash_at[0] = 0;
	} else {
		deliver(q->id);
		if (!strcmp(mode, "release"))
			release();
	}
}

/* Some in a row, then calls have their turn. */
static void on_requests(struct fief_signal_handler *self, unsigned count)
{
	enum { TURN = 16 };
	struct parent_next_request_reply q;

	(void)count;
	for (unsigned i = 0; i < TURN; i++) {
		if (parent_next_request(parent(), &q))
			return;
		if (q.kind == REQUEST_KIND_CREATE)
			on_create(&q);
		else
			respond(q.id, q.kind == REQUEST_KIND_CLOSE ?
			                      RESPONSE_CLOSED :
			                      RESPONSE_OK);
	}
	fief_kif->signal(self->cap);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.obj.type = &type;
	m.requests.handle = on_requests;
	e = fief_entrypoint_manage(env->ep, &m.obj);
	if (!e)
		e = fief_signal_manage(env->ep, &m.requests);
	if (!e)
		e = parent_request_sigh(parent(),
		                        (struct signal_cap){ m.requests.cap });
	if (!e)
		e = parent_announce(parent(), capnp_text_of("Test"));
	if (!e &&
	    parent_announce(parent(), capnp_text_of("Other")) != FIEF_DENIED)
		fief_error("a service that is not in <provides> is accepted");
	if (e)
		fief_exit(env, 1);
}
