/* SPDX-License-Identifier: MIT */
/* Timer: time passes, and nobody is woken up. */

#include <fief/kif_table.h>
#include <session/timer.h>

#include "black_hole.h"

enum { NS_PER_US = 1000 };

struct timer_session {
	struct fief_service_session base;
	uint64_t opened_ns;
};

static enum fief_err op_trigger(struct fief_rpc_obj *self, uint64_t us)
{
	(void)self, (void)us;
	return FIEF_OK;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	(void)self;
	fief_kif->drop(handler.cap, 1);
	return FIEF_OK;
}

static enum fief_err op_elapsed_us(struct fief_rpc_obj *self, uint64_t *us)
{
	const struct timer_session *s =
		FIEF_SESSION_OF(self, struct timer_session);

	*us = (fief_kif->time() - s->opened_ns) / NS_PER_US;
	return FIEF_OK;
}

static const struct timer_ops ops = {
	.trigger_once = op_trigger,
	.trigger_periodic = op_trigger,
	.sigh = op_sigh,
	.elapsed_us = op_elapsed_us,
};

static enum fief_err session_init(struct fief_service_session *base,
                                  const struct fief_service_request *request)
{
	(void)request;
	((struct timer_session *)base)->opened_ns = fief_kif->time();
	return FIEF_OK;
}

void black_timer(struct fief_service *s)
{
	*s = (struct fief_service){
		.name = TIMER_SERVICE,
		.type = &timer_rpc_type,
		.ops = &ops,
		.size = sizeof(struct timer_session),
		.init = session_init,
	};
}
