/* SPDX-License-Identifier: MIT */
/*
 * Runs one contract case, in place of init: three PDs with the image
 * kif-contract-role. The module `case` holds the number of the case. Exit code:
 * the number of expectations that did not hold.
 */

#include <fief/component.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/rom.h>
#include <fief/session.h>

#include <session/log.h>
#include <session/pd.h>

#include <tests/kif/contract.h>

#include "hub.h"

enum { RAM = 8 << 20, CAPS = 64, THREADS = 16, EXIT_MAX = 100 };

struct role {
	struct fief_rpc_obj hub;
	struct fief_session pd;
	fief_cap offered;
	bool returned;
};

static struct main {
	struct fief_env *env;
	struct fief_rom binary, number;
	struct role role[CONTRACT_ROLES];
	const struct contract_case *k;
	unsigned failures;
	bool over;
	struct fief_signal_handler done; /* local: outside of any call */
} m;

static void check_over(void)
{
	for (unsigned i = 0; i < CONTRACT_ROLES; i++)
		if (!m.role[i].returned && !(m.k->killed >> i & 1))
			return;
	if (!m.over)
		fief_signal_local_submit(&m.done);
	m.over = true;
}

static void give_peer(const struct kif_msg *in, struct kif_msg *out)
{
	out->ncaps = 1;
	out->cap[0] = m.role[in->data[0] % CONTRACT_ROLES].offered;
}

static void failed(const struct role *r, const struct kif_msg *in)
{
	m.failures++;
	fief_log("FAILED %s role %d line %d: %s", m.k->name, (int)(r - m.role),
	         (int)in->data[0], (const char *)&in->data[1]);
}

static enum fief_err dispatch(struct fief_rpc_obj *obj, struct kif_msg *in,
                              struct kif_msg *out)
{
	struct role *r = FIEF_CONTAINER_OF(obj, struct role, hub);
	struct pd_cap victim = { m.role[in->data[0] % CONTRACT_ROLES].pd.cap };

	out->label = FIEF_OK;
	out->ncaps = 0;
	out->len = 16;
	out->data[0] = (uint64_t)(r - m.role);
	out->data[1] = (uint64_t)(m.k - contract_cases);
	if (in->label == HUB_OFFER)
		r->offered = in->cap[0];
	else if (in->label == HUB_PEER)
		give_peer(in, out);
	else if (in->label == HUB_KILL)
		out->label = pd_stop(victim);
	else if (in->label == HUB_FAILED)
		failed(r, in);
	else if (in->label == HUB_RETURNED)
		r->returned = true;
	check_over();
	return FIEF_OK;
}

static const struct fief_rpc_type hub_type = { "Hub", 1, dispatch };

static void done(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	(void)count;
	fief_log("%s %s", m.failures ? "FAILED" : "ok", m.k->name);
	fief_exit(m.env, (int)(m.failures < EXIT_MAX ? m.failures : EXIT_MAX));
}

static enum fief_err role_start(struct role *r)
{
	struct fief_session_args args = { .service = PD_SERVICE,
		                          .label = "role",
		                          .ram = PD_RAM_QUOTA + RAM,
		                          .caps = PD_CAP_QUOTA + CAPS };
	struct pd_cap pd;
	enum fief_err e;

	r->hub.type = &hub_type;
	e = fief_entrypoint_manage(m.env->ep, &r->hub);
	if (!e)
		e = fief_session_open(m.env, &args, &r->pd);
	if (e)
		return e;
	pd.cap = r->pd.cap;
	e = pd_limit_threads(pd, THREADS);
	if (!e)
		e = pd_start(pd, (struct dataspace_cap){ m.binary.ds },
		             (struct parent_cap){ r->hub.cap },
		             (struct cpu_cap){ FIEF_CAP_NULL },
		             (struct log_cap){ FIEF_CAP_NULL });
	return e;
}

static unsigned parse(const char *text, size_t n)
{
	unsigned number = 0;

	for (size_t i = 0; i < n && text[i] >= '0' && text[i] <= '9'; i++)
		number = number * 10 + (unsigned)(text[i] - '0');
	return number;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.done.handle = done;
	e = fief_signal_manage(env->ep, &m.done);
	if (!e)
		e = fief_rom_open(env, "case", &m.number);
	if (!e)
		e = fief_rom_open(env, "kif-contract-role", &m.binary);
	if (!e)
		m.k = &contract_cases[parse(m.number.data, m.number.size)];
	for (unsigned i = 0; i < CONTRACT_ROLES && !e; i++)
		e = role_start(&m.role[i]);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, EXIT_MAX);
	}
}
