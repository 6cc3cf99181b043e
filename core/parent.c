/* SPDX-License-Identifier: MIT */
/* Core as the parent of init: sessions of core's services. */

#include <lib/mem.h>
#include <lib/number.h>
#include <lib/utf8.h>
#include <session/parent.h>

#include <fief/kif_table.h>

#include "child.h"
#include "core.h"
#include "cpu.h"
#include "pd.h"

enum { EXIT_CODE_MAX = 255 }; /* what a host process can tell */

static const struct core_service *const services[] = {
	&core_pd_service,   &core_cpu_service, &core_rm_service,
	&core_rom_service,  &core_log_service, &core_report_service,
	&core_host_service, &core_rtc_service,
};

static struct core_parent *parent_of(struct fief_rpc_obj *obj)
{
	return FIEF_CONTAINER_OF(obj, struct core_parent, obj);
}

static const struct core_service *service_find(struct capnp_text name)
{
	static const char ram[] = "RAM";

	/* The RAM service of old configurations became part of PD. */
	if (name.len == sizeof(ram) - 1 && !memcmp(name.s, ram, name.len))
		return &core_pd_service;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (strlen(services[i]->name) == name.len &&
		    !memcmp(services[i]->name, name.s, name.len))
			return services[i];
	return NULL;
}

struct core_session *core_session_find(struct core_parent *p, uint32_t id)
{
	return FIEF_ID_OBJECT(fief_id_find(&p->sessions, id),
	                      struct core_session, id);
}

static enum fief_err session_label(struct core_session *s,
                                   struct capnp_text label)
{
	char text[LABEL_MAX + 1];

	if (label.len > LABEL_MAX)
		return FIEF_TOO_LONG;
	/* A line break in a label would let it forge lines of others. */
	if (!utf8_printable(label.s, label.len))
		return FIEF_INVALID;
	memcpy(text, label.s, label.len);
	text[label.len] = '\0';
	return label_compose(&s->label, "init", text);
}

static void session_free(struct core_session *s)
{
	fief_id_remove(&s->parent->sessions, &s->id);
	if (core_account_move(&core.held, &s->parent->child->account, s->ram,
	                      s->caps))
		core_log("Error: books do not balance at close of \"%s\"",
		         s->label.text);
	fief_free(core.alloc, s, sizeof(*s));
}

enum fief_err core_session_open(struct core_parent *p,
                                const struct core_service *service,
                                const struct parent_session_params *in,
                                fief_cap *cap)
{
	struct core_session *s;
	enum fief_err e;
	void *mem;

	if (!in->id || core_session_find(p, in->id))
		return FIEF_CONFLICT;
	if (in->ram < service->ram)
		return FIEF_INSUFFICIENT_RAM;
	if (in->caps < service->caps)
		return FIEF_INSUFFICIENT_CAPS;
	e = fief_alloc_zeroed(core.alloc, sizeof(*s), &mem);
	if (e)
		return e;
	s = mem;
	s->service = service;
	s->parent = p;
	e = session_label(s, in->label);
	if (!e)
		e = core_account_move(&p->child->account, &core.held, in->ram,
		                      in->caps);
	if (e) {
		fief_free(core.alloc, s, sizeof(*s));
		return e;
	}
	s->ram = in->ram;
	s->caps = in->caps;
	s->args = in->args;
	e = fief_id_add_as(&p->sessions, &s->id, in->id);
	if (!e)
		e = service->open(s, cap);
	s->args = (struct capnp_text){ 0 };
	if (e)
		session_free(s);
	return e;
}

void core_session_close(struct core_session *s)
{
	s->service->close(s);
	session_free(s);
}

enum { COMPLAINTS = 32 };

static const uint64_t COMPLAINTS_NS = 10000000000;

bool core_complaint_due(struct core_parent *p)
{
	const uint64_t now = fief_kif->time();
	uint64_t left_out;

	if (!rate_limit_take(&p->complaints, COMPLAINTS, COMPLAINTS_NS, now))
		return false;
	left_out = rate_limit_left_out(&p->complaints);
	if (left_out)
		core_log("Warning: %llu more refused sessions, left out",
		         (unsigned long long)left_out);
	return true;
}

/* What it was to pay, and what it has. */
static void report_poor(const struct core_pd *who,
                        const struct parent_session_params *in)
{
	const struct fief_budget *b = &who->account.budget;
	char need[NUMBER_TEXT_MAX], have[NUMBER_TEXT_MAX];

	core_log("Error: \"%s\" cannot pay %s RAM and %u caps for service "
	         "\"%.*s\" (label \"%.*s\"): it has %s and %zu",
	         who->label.text, number_text(need, in->ram), in->caps,
	         (int)in->service.len, in->service.s, (int)in->label.len,
	         in->label.s, number_text(have, b->ram_limit - b->ram_used),
	         b->caps_limit - b->caps_used);
}

static bool poor(const struct core_pd *who,
                 const struct parent_session_params *in)
{
	const struct fief_budget *b = &who->account.budget;

	return in->ram > b->ram_limit - b->ram_used ||
	       in->caps > b->caps_limit - b->caps_used;
}

static enum fief_err op_session(struct fief_rpc_obj *self,
                                const struct parent_session_params *in,
                                struct parent_session_results *out)
{
	struct core_parent *p = parent_of(self);
	const struct core_service *service = service_find(in->service);
	enum fief_err e;

	if (!service) {
		if (!core_complaint_due(p))
			return FIEF_DENIED;
		core_log("Error: core has no service \"%.*s\" (label \"%.*s\")",
		         (int)in->service.len, in->service.s,
		         (int)in->label.len, in->label.s);
		return FIEF_DENIED;
	}
	e = core_session_open(p, service, in, &out->cap);
	if ((e == FIEF_OUT_OF_RAM || e == FIEF_OUT_OF_CAPS) &&
	    poor(p->child, in) && core_complaint_due(p))
		report_poor(p->child, in);
	return e;
}

static enum fief_err op_session_cap(struct fief_rpc_obj *self, uint32_t id,
                                    fief_cap *cap)
{
	(void)cap;
	/* Core answers each request at once. */
	return core_session_find(parent_of(self), id) ? FIEF_INVALID :
	                                                FIEF_NOT_FOUND;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	(void)self;
	fief_kif->drop(handler.cap, 1); /* nothing ever changes later */
	return FIEF_OK;
}

static enum fief_err op_upgrade(struct fief_rpc_obj *self, uint32_t id,
                                uint64_t ram, uint32_t caps)
{
	struct core_parent *p = parent_of(self);
	struct core_session *s = core_session_find(p, id);
	enum fief_err e;

	if (!s)
		return FIEF_NOT_FOUND;
	if (s->service == &core_pd_service) {
		struct core_pd *pd = s->object;

		return core_account_move(&p->child->account, &pd->account, ram,
		                         caps);
	}
	e = core_account_move(&p->child->account, &core.held, ram, caps);
	if (!e) {
		s->ram += ram;
		s->caps += caps;
		if (s->service->upgraded)
			s->service->upgraded(s);
	}
	return e;
}

static enum fief_err op_close(struct fief_rpc_obj *self, uint32_t id)
{
	struct core_session *s = core_session_find(parent_of(self), id);

	if (!s)
		return FIEF_NOT_FOUND;
	core_session_close(s);
	return FIEF_OK;
}

static enum fief_err op_place(struct fief_rpc_obj *self, uint32_t id,
                              int32_t level, uint64_t mask)
{
	struct core_session *s = core_session_find(parent_of(self), id);

	if (!s || s->service != &core_cpu_service)
		return FIEF_NOT_FOUND;
	return core_cpu_limit(s, level, mask);
}

static enum fief_err op_exit(struct fief_rpc_obj *self, int32_t code)
{
	(void)self;
	core_end(code);
	return FIEF_OK;
}

static const struct parent_ops parent_ops = {
	.session = op_session,
	.session_cap = op_session_cap,
	.session_sigh = op_sigh,
	.upgrade = op_upgrade,
	.close = op_close,
	.request_sigh = op_sigh,
	.exit = op_exit,
	.resource_sigh = op_sigh,
	.yield_sigh = op_sigh,
	.heartbeat_sigh = op_sigh,
	.start_child = core_op_start_child,
	.close_child = core_op_close_child,
	.place = op_place,
};

enum fief_err core_parent_init(struct core_parent *p, struct core_pd *child)
{
	*p = (struct core_parent){
		.obj = { .type = &parent_rpc_type, .ops = &parent_ops },
		.child = child,
	};
	fief_id_space_init(&p->sessions, UINT32_MAX);
	return fief_entrypoint_manage(&core.ep, &p->obj);
}

void core_parent_close_all(struct core_parent *p)
{
	struct fief_id *id;

	while ((id = fief_id_first(&p->sessions)))
		core_session_close(FIEF_ID_OBJECT(id, struct core_session, id));
}

void core_end(int code)
{
	if (core.exiting)
		return;
	if (code < 0 || code > EXIT_CODE_MAX) {
		core_log("Error: exit code %d is not within 0 and %d; ending "
		         "with %d",
		         code, EXIT_CODE_MAX, EXIT_CODE_MAX);
		code = EXIT_CODE_MAX; /* cut to 8 bits it might become 0 */
	}
	core.exiting = true;
	core.exit_code = code;
}
