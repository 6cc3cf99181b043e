/* SPDX-License-Identifier: MIT */
/* Starts ipc-child with a raw object in place of the Parent interface. */

#include <fief/component.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/rom.h>
#include <fief/session.h>

#include <session/log.h>
#include <session/pd.h>

#include "echo.h"

static struct main {
	struct fief_env *env;
	struct fief_rpc_obj echo, extra;
	struct fief_session pd, cpu;
	struct fief_rom binary;
	struct fief_signal_handler death;
} m;

static enum fief_err dispatch(struct fief_rpc_obj *obj, struct kif_msg *in,
                              struct kif_msg *out)
{
	uint64_t badge;

	(void)obj;
	out->label = FIEF_OK;
	out->ncaps = 0;
	out->len = 32;
	out->data[0] = in->data[0];
	switch (in->label) {
	case ECHO_NULL:
		break;
	case ECHO_OBJECT:
		out->cap[0] = m.extra.cap;
		out->ncaps = 1;
		break;
	case ECHO_BADGE:
		out->data[0] = in->ncaps == 1 &&
		               !fief_kif->badge(in->cap[0], &badge) &&
		               badge == (uint64_t)(uintptr_t)&m.extra;
		break;
	case ECHO_SIGNAL:
		for (int i = 0; i < 3; i++)
			fief_kif->signal(in->cap[0]);
		break;
	default:
		break;
	}
	for (unsigned i = 0; i < in->ncaps; i++)
		fief_kif->drop(in->cap[i], 1);
	return FIEF_OK;
}

static const struct fief_rpc_type echo_type = { "Echo", 1, dispatch };

static void died(struct fief_signal_handler *self, unsigned count)
{
	enum pd_state state;
	int32_t code;

	(void)self;
	(void)count;
	if (pd_status((struct pd_cap){ m.pd.cap }, &state, &code))
		fief_exit(m.env, 1);
	fief_log("child ended: state %d, code %d", (int)state, (int)code);
	fief_exit(m.env, state == PD_STATE_EXITED ? code : 2);
}

static enum fief_err start(struct fief_env *env)
{
	struct fief_session_args pd = { .service = PD_SERVICE,
		                        .label = "child",
		                        .ram = PD_RAM_QUOTA + (4 << 20),
		                        .caps = PD_CAP_QUOTA + 64 };
	enum fief_err e;

	e = fief_session_open(env, &pd, &m.pd);
	if (!e)
		e = fief_rom_open(env, "ipc-child", &m.binary);
	if (!e)
		e = pd_death_sigh((struct pd_cap){ m.pd.cap },
		                  (struct signal_cap){ m.death.cap });
	if (!e)
		e = pd_start((struct pd_cap){ m.pd.cap },
		             (struct dataspace_cap){ m.binary.ds },
		             (struct parent_cap){ m.echo.cap },
		             (struct cpu_cap){ FIEF_CAP_NULL },
		             (struct log_cap){ FIEF_CAP_NULL });
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.echo.type = m.extra.type = &echo_type;
	m.death.handle = died;
	e = fief_entrypoint_manage(env->ep, &m.echo);
	if (!e)
		e = fief_entrypoint_manage(env->ep, &m.extra);
	if (!e)
		e = fief_signal_manage(env->ep, &m.death);
	if (!e)
		e = start(env);
	if (e) {
		fief_error("cannot start the child: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
