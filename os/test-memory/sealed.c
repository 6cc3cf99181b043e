/* SPDX-License-Identifier: MIT */
/* Sealed memory: the old mapping of its owner goes on, others only read. */

#include <fief/attached.h>
#include <fief/kif_table.h>
#include <fief/root.h>
#include <fief/session.h>
#include <session/shared_buffer.h>

#include "roles.h"

enum { COUNTED = 100 };

/* ---- owner ---- */

static struct {
	struct fief_attached_ram memory;
	struct fief_root root;
	struct fief_service service;
} o;

static enum fief_err op_map(struct fief_rpc_obj *self, struct dataspace_cap *ds,
                            uint64_t *size)
{
	(void)self;
	ds->cap = o.memory.ds;
	*size = o.memory.bytes;
	return FIEF_OK;
}

/* Each call counts once more, by the mapping from before the seal. */
static enum fief_err op_signal(struct fief_rpc_obj *self, uint64_t offset,
                               uint64_t length)
{
	(void)self, (void)offset, (void)length;
	++*(volatile uint64_t *)o.memory.addr;
	return FIEF_OK;
}

static const struct shared_buffer_ops ops = { .map = op_map,
	                                      .signal = op_signal };

void owner_run(void)
{
	const struct pd_cap pd = { check_env->pd };
	void *again;

	CHECK_OK(fief_attached_ram_init(&o.memory, check_env->ram, KIF_PAGE));
	CHECK_OK(pd_seal(pd, (struct dataspace_cap){ o.memory.ds }));
	CHECK(fief_kif->map(o.memory.ds, 0, KIF_PAGE, NULL,
	                    KIF_READ | KIF_WRITE, &again) == FIEF_DENIED);
	o.service = (struct fief_service){
		.name = SHARED_BUFFER_SERVICE,
		.type = &shared_buffer_rpc_type,
		.ops = &ops,
		.size = sizeof(struct fief_service_session),
	};
	CHECK_OK(fief_root_init(&o.root, check_env));
	CHECK_OK(fief_root_announce(&o.root, &o.service));
}

/* ---- user ---- */

void user_run(void)
{
	const struct fief_session_args args = {
		.service = SHARED_BUFFER_SERVICE,
		.ram = SHARED_BUFFER_RAM_QUOTA,
		.caps = SHARED_BUFFER_CAP_QUOTA,
	};
	struct shared_buffer_cap server;
	volatile uint64_t *counter;
	struct fief_session s;
	struct dataspace_cap ds;
	struct fief_attached a;
	uint64_t size;

	CHECK_OK(fief_session_open(check_env, &args, &s));
	server.cap = s.cap;
	CHECK_OK(shared_buffer_map(server, &ds, &size));
	fief_kif->ref(ds.cap);
	CHECK(fief_attach(&a, ds.cap, size, KIF_READ | KIF_WRITE) ==
	      FIEF_DENIED);
	CHECK_OK(fief_attach(&a, ds.cap, size, KIF_READ));
	counter = a.addr;
	for (uint64_t i = 1; i <= COUNTED; i++) {
		CHECK_OK(shared_buffer_signal(server, 0, 0));
		CHECK(*counter == i);
	}
	fief_log("user: saw it count to %d, now writes to it", COUNTED);
	*counter = 0;
	fief_log("FORBIDDEN: wrote to sealed memory");
}
