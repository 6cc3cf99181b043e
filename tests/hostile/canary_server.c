/* SPDX-License-Identifier: MIT */
/* The server half of the canary: an honest server that attackers share. */

#include <fief/component.h>
#include <fief/kif_table.h>
#include <fief/log.h>

#include "hostile.h"

struct object {
	struct fief_rpc_obj obj;
	uint64_t id;
};

static struct main {
	struct object open, secret;
	volatile char *mapped;
	fief_cap held[4];
	uint64_t sum;
} m;

static void busy(uint64_t ms)
{
	uint64_t end = fief_kif->time() + ms * 1000000u;

	while (fief_kif->time() < end)
		;
}

static void hold(struct kif_msg *in)
{
	fief_cap *place = &m.held[in->data[0] & 3];

	fief_kif->drop(*place, 1);
	*place = in->cap[0];
	in->ncaps = 0;
}

static void map(struct kif_msg *in)
{
	void *at;

	if (m.mapped || fief_kif->map(in->cap[0], 0, 0, NULL, KIF_READ, &at))
		return;
	m.mapped = at;
}

static enum fief_err dispatch(struct fief_rpc_obj *obj, struct kif_msg *in,
                              struct kif_msg *out)
{
	const struct object *o = FIEF_CONTAINER_OF(obj, struct object, obj);

	out->label = FIEF_OK;
	out->ncaps = 0;
	out->len = 32;
	out->data[0] = o->id;
	out->data[1] = in->data[1];
	if (m.mapped)
		m.sum += (unsigned char)*m.mapped;
	if (in->label == CANARY_OBJECT) {
		out->cap[0] = m.open.obj.cap;
		out->ncaps = 1;
	} else if (in->label == CANARY_MAP && in->ncaps) {
		map(in);
	} else if (in->label == CANARY_BUSY) {
		busy(in->data[0] < 500 ? in->data[0] : 500);
	} else if (in->label == CANARY_HOLD && in->ncaps) {
		hold(in);
	} else if (in->label == CANARY_FIRE) {
		fief_kif->signal(m.held[in->data[0] & 3]);
	}
	out->data[2] = m.mapped != NULL;
	for (unsigned i = 0; i < in->ncaps; i++)
		fief_kif->drop(in->cap[i], 1);
	return FIEF_OK;
}

static const struct fief_rpc_type type = { "Canary", 1, dispatch };

void fief_component_construct(struct fief_env *env)
{
	static struct kif_msg msg;

	m.open = (struct object){ { &type, NULL, 0 }, CANARY_PUBLIC };
	m.secret = (struct object){ { &type, NULL, 0 }, CANARY_SECRET };
	if (fief_entrypoint_manage(env->ep, &m.open.obj) ||
	    fief_entrypoint_manage(env->ep, &m.secret.obj))
		fief_exit(env, 1);
	msg.ncaps = 2;
	msg.cap[0] = m.open.obj.cap;
	msg.cap[1] = m.secret.obj.cap;
	if (fief_rpc_call(env->parent, HOSTILE_REGISTER, &msg))
		fief_exit(env, 2);
}
