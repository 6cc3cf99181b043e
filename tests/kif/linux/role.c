/* SPDX-License-Identifier: MIT */
/* A component that plays one role of one contract case. Its parent is the
 * driver, which is not a Parent but a raw object. */

#include <fief/component.h>
#include <fief/kif_table.h>

#include <session/pd.h>

#include <tests/kif/contract.h>

#include "hub.h"

enum { STACK = 16 << 10, RETRY_NS = 200000 };

static struct main {
	struct fief_env *env;
	struct contract_env contract;
	char stack[CONTRACT_STACKS][STACK] FIEF_ALIGNED(16);
} m;

static enum fief_err hub(enum hub_label label, struct kif_msg *msg)
{
	msg->label = label;
	return fief_kif->call(m.env->parent, msg);
}

static void offer(struct contract_env *c, fief_cap own)
{
	struct kif_msg msg;

	msg.len = 0;
	msg.ncaps = 1;
	msg.cap[0] = own;
	if (hub(HUB_OFFER, &msg))
		c->failed(c, "offer", 0);
}

static fief_cap peer(struct contract_env *c, enum contract_role role)
{
	struct kif_msg msg;

	for (;;) {
		msg.len = 8;
		msg.ncaps = 0;
		msg.data[0] = role;
		if (hub(HUB_PEER, &msg))
			c->failed(c, "peer", 0);
		else if (msg.cap[0] != FIEF_CAP_NULL)
			return msg.cap[0];
		fief_kif->park(fief_kif->time() + RETRY_NS);
	}
}

static void kill_role(struct contract_env *c, enum contract_role role)
{
	struct kif_msg msg;

	msg.len = 8;
	msg.ncaps = 0;
	msg.data[0] = role;
	if (hub(HUB_KILL, &msg))
		c->failed(c, "kill", 0);
}

static fief_cap dataspace(struct contract_env *c, size_t size, unsigned rights)
{
	struct dataspace_cap ds = { FIEF_CAP_NULL };

	if (rights != (KIF_READ | KIF_WRITE))
		return FIEF_CAP_NULL;
	if (pd_alloc_ram((struct pd_cap){ m.env->pd }, size, &ds))
		c->failed(c, "dataspace", 0);
	return ds.cap;
}

static void failed(struct contract_env *c, const char *what, unsigned line)
{
	struct kif_msg msg;
	char *text = (char *)&msg.data[1];
	size_t n = 0;

	(void)c;
	while (what[n] && n < KIF_DATA_MAX - 16) {
		text[n] = what[n];
		n++;
	}
	text[n] = '\0';
	msg.len = (uint16_t)(8 + n + 1);
	msg.ncaps = 0;
	msg.data[0] = line;
	if (hub(HUB_FAILED, &msg))
		fief_kif->exit(3);
}

void fief_component_construct(struct fief_env *env)
{
	struct kif_msg msg;
	enum fief_err e;

	m.env = env;
	msg.len = 0;
	msg.ncaps = 0;
	if (hub(HUB_PLAY, &msg))
		fief_kif->exit(2);
	m.contract = (struct contract_env){
		.kif = fief_kif,
		.ep = 0,
		.role = (enum contract_role)msg.data[0],
		.offer = offer,
		.peer = peer,
		.kill = kill_role,
		.dataspace = dataspace,
		.failed = failed,
	};
	for (unsigned i = 0; i < CONTRACT_STACKS; i++)
		m.contract.stack_top[i] = m.stack[i] + STACK;
	contract_run(&m.contract, &contract_cases[msg.data[1]]);
	msg.len = 0;
	msg.ncaps = 0;
	e = hub(HUB_RETURNED, &msg);
	fief_kif->exit(e != FIEF_OK);
}
