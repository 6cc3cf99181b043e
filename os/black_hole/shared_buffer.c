/* SPDX-License-Identifier: MIT */
/* Shared_buffer: memory of the client's own donation that nobody reads. */

#include <fief/attached.h>
#include <lib/checked.h>
#include <session/shared_buffer.h>

#include "black_hole.h"

enum { BUFFER = 4096 };

struct buffer_session {
	struct fief_service_session base;
	struct fief_attached_ram memory;
};

static enum fief_err op_map(struct fief_rpc_obj *self, struct dataspace_cap *ds,
                            uint64_t *size)
{
	const struct buffer_session *s =
		FIEF_SESSION_OF(self, struct buffer_session);

	ds->cap = s->memory.ds;
	*size = s->memory.bytes;
	return FIEF_OK;
}

static enum fief_err op_signal(struct fief_rpc_obj *self, uint64_t offset,
                               uint64_t length)
{
	const struct buffer_session *s =
		FIEF_SESSION_OF(self, struct buffer_session);

	return checked_range(offset, length, s->memory.bytes) ? FIEF_OK :
	                                                        FIEF_INVALID;
}

static const struct shared_buffer_ops ops = {
	.map = op_map,
	.signal = op_signal,
};

static enum fief_err session_init(struct fief_service_session *base,
                                  const struct fief_service_request *request)
{
	struct buffer_session *s = (struct buffer_session *)base;

	(void)request;
	return fief_attached_ram_init(&s->memory, &base->ram.ram, BUFFER);
}

static void session_fini(struct fief_service_session *base)
{
	fief_attached_ram_fini(&((struct buffer_session *)base)->memory);
}

void black_shared_buffer(struct fief_service *s)
{
	*s = (struct fief_service){
		.name = SHARED_BUFFER_SERVICE,
		.type = &shared_buffer_rpc_type,
		.ops = &ops,
		.size = sizeof(struct buffer_session),
		.init = session_init,
		.fini = session_fini,
	};
}
