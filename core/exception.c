/* SPDX-License-Identifier: MIT */
/* Crashes as whoever holds the CPU session is told of them. */

#include <fief/kif_table.h>

#include "cpu.h"
#include "crash.h"

enum { REPORTS_MAX = 4, FRAMES_MAX = 16 };

struct report {
	struct list_elem in_session;
	uint32_t number, pd;
	struct label label;
	struct kcore_crash crash;
	uint64_t frame[FRAMES_MAX];
	char name[KIF_THREAD_NAME + 1]; /* what of it can be shown */
};

/* Four of them and the session are paid for by its quota. */
_Static_assert(REPORTS_MAX * sizeof(struct report) +
                               sizeof(struct cpu_session) <=
                       CPU_RAM_QUOTA,
               "reports are paid for");

static void report_free(struct report *r)
{
	list_remove(&r->in_session);
	fief_free(core.alloc, r, sizeof(*r));
}

void cpu_reports_free(struct cpu_session *s)
{
	while (!list_empty(&s->reports))
		report_free(LIST_FIRST(&s->reports, struct report, in_session));
}

static void report_add(struct cpu_session *s, const struct core_pd *pd,
                       const struct kcore_crash *crash)
{
	struct report *r;
	void *mem;

	if (s->reports.count == REPORTS_MAX)
		report_free(LIST_FIRST(&s->reports, struct report, in_session));
	s->crashes++;
	if (fief_alloc_zeroed(core.alloc, sizeof(*r), &mem)) {
		core_log("Error: no memory to report the crash of \"%s\"",
		         pd->label.text);
		return;
	}
	r = mem;
	r->number = s->crashes;
	r->pd = pd->number;
	r->label = pd->label;
	r->crash = *crash;
	if (r->crash.frames > FRAMES_MAX)
		r->crash.frames = FRAMES_MAX;
	for (unsigned i = 0; i < r->crash.frames; i++)
		r->frame[i] = crash->frame[i];
	r->crash.frame = r->frame;
	core_crash_thread(crash, r->name);
	list_add_last(&s->reports, &r->in_session);
}

void core_cpu_crashed(const struct core_pd *pd, const struct kcore_crash *crash)
{
	if (!pd->cpu)
		return;
	report_add(pd->cpu, pd, crash);
	fief_kif->signal(pd->cpu->sigh);
}

enum fief_err cpu_op_exception_sigh(struct fief_rpc_obj *self,
                                    struct signal_cap handler)
{
	struct cpu_session *s = cpu_of(self);

	if (s->used) {
		fief_kif->drop(handler.cap, 1);
		return FIEF_DENIED;
	}
	fief_kif->drop(s->sigh, 1);
	s->sigh = handler.cap;
	return FIEF_OK;
}

static void answer(const struct report *r, struct cpu_crash *out)
{
	const struct kcore_crash *c = &r->crash;

	*out = (struct cpu_crash){
		.number = r->number,
		.pd = r->pd,
		.label = capnp_text_of(r->label.text),
		.thread = c->thread,
		.name = capnp_text_of(r->name),
		.fault = core_crash_fault(c),
		.call = c->refused_call,
		.address = c->address,
		.ip = c->ip,
		.sp = c->sp,
		.backtrace = capnp_list_of(CAPNP_64, r->frame, c->frames,
		                           sizeof(r->frame[0])),
	};
}

enum fief_err cpu_op_exception(struct fief_rpc_obj *self, uint32_t after,
                               struct cpu_crash *out)
{
	LIST_FOR_EACH(r, &cpu_of(self)->reports, struct report, in_session) {
		if (r->number <= after)
			continue;
		answer(r, out);
		return FIEF_OK;
	}
	return FIEF_NOT_FOUND;
}
