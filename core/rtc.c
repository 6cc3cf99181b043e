/* SPDX-License-Identifier: MIT */
/* Rtc sessions: the wall clock of the host, for all who are routed to it. */

#include <fief/kif_table.h>
#include <session/rtc.h>

#include "core.h"

struct rtc_session {
	struct fief_rpc_obj obj;
	struct list_elem link; /* in `sessions` */
	fief_cap sigh;         /* owned: received */
};

static struct list sessions;

static struct rtc_session *rtc_of(struct fief_rpc_obj *obj)
{
	return FIEF_CONTAINER_OF(obj, struct rtc_session, obj);
}

void core_rtc_stepped(void)
{
	LIST_FOR_EACH(s, &sessions, struct rtc_session, link)
		fief_kif->signal(s->sigh);
}

static enum fief_err op_now(struct fief_rpc_obj *self, int64_t *wall,
                            uint64_t *at)
{
	(void)self;
	return core_wall_clock(wall, at);
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	struct rtc_session *s = rtc_of(self);

	fief_kif->drop(s->sigh, 1);
	s->sigh = handler.cap;
	return FIEF_OK;
}

static const struct rtc_ops rtc_ops = { .now = op_now, .sigh = op_sigh };

static enum fief_err rtc_open(struct core_session *session, fief_cap *cap)
{
	struct rtc_session *s;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(core.alloc, sizeof(*s), &mem);
	if (e)
		return e;
	s = mem;
	s->obj.type = &rtc_rpc_type;
	s->obj.ops = &rtc_ops;
	e = fief_entrypoint_manage(&core.ep, &s->obj);
	if (e) {
		fief_free(core.alloc, s, sizeof(*s));
		return e;
	}
	list_add_last(&sessions, &s->link);
	session->object = s;
	*cap = s->obj.cap;
	return FIEF_OK;
}

static void rtc_close(struct core_session *session)
{
	struct rtc_session *s = session->object;

	list_remove(&s->link);
	fief_kif->drop(s->sigh, 1);
	fief_entrypoint_dissolve(&core.ep, &s->obj);
	fief_free(core.alloc, s, sizeof(*s));
}

const struct core_service core_rtc_service = {
	.name = RTC_SERVICE,
	.ram = RTC_RAM_QUOTA,
	.caps = RTC_CAP_QUOTA,
	.open = rtc_open,
	.close = rtc_close,
};
