/* SPDX-License-Identifier: MIT */
/* Report: the client writes to a buffer that nobody reads. */

#include <fief/args.h>
#include <fief/attached.h>
#include <fief/kif_table.h>
#include <session/report.h>

#include "black_hole.h"

enum { BUFFER_DEFAULT = 4096, BUFFER_MAX = 1 << 20 };

struct report_session {
	struct fief_service_session base;
	struct fief_attached_ram buffer;
};

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	const struct report_session *s =
		FIEF_SESSION_OF(self, struct report_session);

	ds->cap = s->buffer.ds;
	*size = s->buffer.bytes;
	return FIEF_OK;
}

static enum fief_err op_submit(struct fief_rpc_obj *self, uint64_t length)
{
	const struct report_session *s =
		FIEF_SESSION_OF(self, struct report_session);

	return length > s->buffer.bytes ? FIEF_TOO_LONG : FIEF_OK;
}

static enum fief_err op_response_sigh(struct fief_rpc_obj *self,
                                      struct signal_cap handler)
{
	(void)self;
	fief_kif->drop(handler.cap, 1); /* there is never a response */
	return FIEF_OK;
}

static enum fief_err op_obtain_response(struct fief_rpc_obj *self,
                                        uint64_t *length)
{
	(void)self;
	*length = 0;
	return FIEF_OK;
}

static const struct report_ops ops = {
	.dataspace = op_dataspace,
	.submit = op_submit,
	.response_sigh = op_response_sigh,
	.obtain_response = op_obtain_response,
};

static enum fief_err session_init(struct fief_service_session *base,
                                  const struct fief_service_request *request)
{
	struct report_session *s = (struct report_session *)base;
	enum fief_err e;
	uint64_t bytes;

	e = fief_args_u64(request->args, "buffer_size", BUFFER_DEFAULT, &bytes);
	if (!e && (!bytes || bytes > BUFFER_MAX))
		e = FIEF_LIMIT;
	return e ? e :
	           fief_attached_ram_init(&s->buffer, &s->base.ram.ram, bytes);
}

static void session_fini(struct fief_service_session *base)
{
	fief_attached_ram_fini(&((struct report_session *)base)->buffer);
}

void black_report(struct fief_service *s)
{
	*s = (struct fief_service){
		.name = REPORT_SERVICE,
		.type = &report_rpc_type,
		.ops = &ops,
		.size = sizeof(struct report_session),
		.init = session_init,
		.fini = session_fini,
	};
}
