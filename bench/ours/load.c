/* SPDX-License-Identifier: MIT */
/* Disturbing others for a while: by use of the CPU, by signals. */

#include <fief/kif_table.h>

#include "bench_server.h"

static struct load {
	struct fief_signal_handler handler; /* begins after the reply */
	uint64_t until;
	fief_cap target; /* owned: received; FIEF_CAP_NULL: burn only */
} load;

static void begin(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	while (fief_kif->time() < load.until)
		if (load.target != FIEF_CAP_NULL)
			fief_kif->signal(load.target);
	fief_kif->drop(load.target, 1);
	load.target = FIEF_CAP_NULL;
}

static enum fief_err request(fief_cap target, uint64_t ns)
{
	fief_kif->drop(load.target, 1);
	load.target = target;
	load.until = fief_kif->time() + ns;
	fief_signal_local_submit(&load.handler);
	return FIEF_OK;
}

enum fief_err load_op_burn(struct fief_rpc_obj *self, uint64_t ns)
{
	(void)self;
	return request(FIEF_CAP_NULL, ns);
}

enum fief_err load_op_flood(struct fief_rpc_obj *self, struct signal_cap target,
                            uint64_t ns)
{
	(void)self;
	return request(target.cap, ns);
}

enum fief_err load_init(struct fief_entrypoint *ep)
{
	load.handler.handle = begin;
	return fief_signal_manage(ep, &load.handler);
}
