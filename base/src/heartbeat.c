/* SPDX-License-Identifier: MIT */
/* Heartbeats, answered wherever events are handled. */

#include "heartbeat.h"

#include <stdatomic.h>

#include <session/parent.h>

/* One a component, as its parent is. */
static struct heartbeat {
	struct fief_signal_handler handler;
	struct parent_cap parent;
	atomic_bool begun;
} heartbeat;

static void on_heartbeat(struct fief_signal_handler *self, unsigned count)
{
	enum fief_err e = parent_heartbeat_response(heartbeat.parent);

	(void)self, (void)count;
	(void)e; /* a parent that asks and does not hear it finds out */
}

/* I/O level: who waits for input is alive. A parent that knows no heartbeats,
 * or a PD without a capability left, is as good as none that asks. */
void fief_heartbeat_begin(struct fief_env *env)
{
	struct heartbeat *h = &heartbeat;
	enum fief_err e;

	if (atomic_exchange_explicit(&h->begun, true, memory_order_relaxed))
		return;
	h->parent = (struct parent_cap){ env->parent };
	h->handler = (struct fief_signal_handler){ .handle = on_heartbeat,
		                                   .level = FIEF_SIGNAL_IO };
	e = fief_signal_manage(env->ep, &h->handler);
	if (!e)
		e = parent_heartbeat_sigh(
			h->parent, (struct signal_cap){ h->handler.cap });
	if (e)
		fief_signal_dissolve(env->ep, &h->handler);
}
