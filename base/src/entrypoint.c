/* SPDX-License-Identifier: MIT */
/* The entrypoint's event loop, RPC objects and signal handlers. */

#include <fief/entrypoint.h>

#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>

void fief_entrypoint_init(struct fief_entrypoint *e, fief_ep ep)
{
	*e = (struct fief_entrypoint){ .ep = ep, .alarm_at = FIEF_NEVER };
}

/* ---- objects ---- */

enum fief_err fief_entrypoint_manage(struct fief_entrypoint *ep,
                                     struct fief_rpc_obj *obj)
{
	return fief_kif->export(ep->ep, (uint64_t)(uintptr_t)obj,
	                        KIF_OBJECT_RPC, &obj->cap);
}

void fief_entrypoint_dissolve(struct fief_entrypoint *ep,
                              struct fief_rpc_obj *obj)
{
	(void)ep;
	if (obj->cap == FIEF_CAP_NULL)
		return;
	fief_kif->revoke(obj->cap);
	obj->cap = FIEF_CAP_NULL;
}

enum fief_err fief_signal_manage(struct fief_entrypoint *ep,
                                 struct fief_signal_handler *h)
{
	enum fief_err e;

	e = fief_kif->export(ep->ep, (uint64_t)(uintptr_t)h, KIF_OBJECT_SIGNAL,
	                     &h->cap);
	if (!e)
		h->ep = ep;
	return e;
}

static void deferred_remove(struct fief_signal_handler *h)
{
	struct fief_signal_handler **at = &h->ep->deferred;

	while (*at && *at != h)
		at = &(*at)->next;
	if (*at)
		*at = h->next;
	h->pending = 0;
}

static void deferred_add(struct fief_signal_handler *h, unsigned count)
{
	struct fief_signal_handler **at = &h->ep->deferred;

	if (!h->pending) {
		while (*at)
			at = &(*at)->next;
		*at = h;
		h->next = NULL;
	}
	h->pending += count;
}

void fief_signal_dissolve(struct fief_entrypoint *ep,
                          struct fief_signal_handler *h)
{
	(void)ep;
	if (!h->ep)
		return;
	deferred_remove(h);
	if (h->cap)
		fief_kif->revoke(h->cap);
	h->cap = FIEF_CAP_NULL;
	h->ep = NULL;
}

void fief_signal_local(struct fief_entrypoint *ep,
                       struct fief_signal_handler *h)
{
	h->ep = ep;
}

void fief_signal_local_submit(struct fief_signal_handler *h)
{
	if (h->ep)
		deferred_add(h, 1);
}

fief_reply fief_entrypoint_token(struct fief_entrypoint *ep)
{
	return ep->token;
}

void fief_entrypoint_on_io(struct fief_entrypoint *ep, void (*hook)(void *),
                           void *arg)
{
	ep->on_io = hook;
	ep->on_io_arg = arg;
}

/* ---- alarm ---- */

void fief_entrypoint_alarm(struct fief_entrypoint *ep, uint64_t at_ns,
                           void (*ring)(void *), void *arg)
{
	ep->alarm_at = at_ns;
	ep->alarm = ring;
	ep->alarm_arg = arg;
}

/* Does it ring now? It may be set again meanwhile. */
static bool alarm_rings(struct fief_entrypoint *e)
{
	if (FIEF_LIKELY(e->alarm_at == FIEF_NEVER) ||
	    fief_kif->time() < e->alarm_at)
		return false;
	e->alarm_at = FIEF_NEVER;
	e->alarm(e->alarm_arg);
	return true;
}

/* ---- events ---- */

/* Two buffers take turns: kif sends a reply from the buffer that it then
 * receives into, while an operation reads one and writes the other. */
static void handle_call(struct fief_entrypoint *e, uint64_t badge,
                        fief_reply token)
{
	struct fief_rpc_obj *obj = (struct fief_rpc_obj *)(uintptr_t)badge;
	struct kif_msg *in = &e->msg[e->turn], *out = &e->msg[!e->turn];

	e->token = token;
	if (obj->type->dispatch(obj, in, out) == FIEF_LATE)
		return;
	e->reply_due = true;
	e->turn = !e->turn;
}

static void handle_signal(struct fief_entrypoint *e,
                          struct fief_signal_handler *h, unsigned count)
{
	bool io = h->level == FIEF_SIGNAL_IO;

	if (e->in_io_wait && !io) {
		deferred_add(h, count);
		return;
	}
	h->handle(h, count);
	if (io && e->on_io)
		e->on_io(e->on_io_arg);
}

/* Run one deferred handler that may run now. */
static bool run_deferred(struct fief_entrypoint *e)
{
	struct fief_signal_handler *h = e->deferred;
	unsigned count;

	while (h && e->in_io_wait && h->level != FIEF_SIGNAL_IO)
		h = h->next;
	if (!h)
		return false;
	count = h->pending;
	deferred_remove(h);
	handle_signal(e, h, count);
	return true;
}

enum { PASSED_MAX = 16 };

static bool handle_event(struct fief_entrypoint *e, const struct kif_wait *w)
{
	if (w->event == KIF_EVENT_CALL)
		handle_call(e, w->badge, w->reply);
	else if (w->event == KIF_EVENT_SIGNAL)
		handle_signal(e,
		              (struct fief_signal_handler *)(uintptr_t)w->badge,
		              w->count);
	else
		return run_deferred(e);
	return true;
}

/* Events go before deferred handlers, but not for ever: there are clients that
 * always have one more. */
static bool deferred_turn(struct fief_entrypoint *e)
{
	struct kif_wait w = { .flags = KIF_REPLY, .reply = e->token };

	if (e->passed++ < PASSED_MAX)
		return false;
	e->passed = 0;
	if (e->reply_due && fief_kif->reply_wait(e->ep, &e->msg[e->turn], &w))
		return false;
	e->reply_due = false;
	return run_deferred(e);
}

bool fief_entrypoint_step(struct fief_entrypoint *e, uint64_t deadline)
{
	struct kif_wait w = { .flags = KIF_WAIT };
	bool handled;

	w.deadline = deadline < e->alarm_at ? deadline : e->alarm_at;
	if (e->deferred) {
		if (deferred_turn(e))
			return true;
		w.flags |= KIF_POLL;
	}
	if (e->reply_due) {
		w.flags |= KIF_REPLY;
		w.reply = e->token;
		e->reply_due = false;
	}
	if (fief_kif->reply_wait(e->ep, &e->msg[e->turn], &w))
		return false;
	handled = handle_event(e, &w);
	return alarm_rings(e) || handled;
}

void fief_entrypoint_run(struct fief_entrypoint *e)
{
	for (;;)
		fief_entrypoint_step(e, FIEF_NEVER);
}

void fief_entrypoint_wait_io(struct fief_entrypoint *ep)
{
	struct kif_wait w = { .deadline = FIEF_NEVER,
		              .flags = KIF_WAIT | KIF_SIGNALS };
	struct kif_msg none;
	bool nested = ep->in_io_wait;
	fief_reply token = ep->token;

	ep->in_io_wait = true;
	for (bool done = false; !done;) {
		struct fief_signal_handler *h;

		done = run_deferred(ep);
		if (done || fief_kif->reply_wait(ep->ep, &none, &w))
			break;
		if (w.event != KIF_EVENT_SIGNAL)
			continue;
		h = (struct fief_signal_handler *)(uintptr_t)w.badge;
		done = h->level == FIEF_SIGNAL_IO;
		handle_signal(ep, h, w.count);
	}
	ep->in_io_wait = nested;
	ep->token = token;
}
