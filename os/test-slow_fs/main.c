/* SPDX-License-Identifier: MIT */
/* A server of files that takes packets and never answers one. */

#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/packet_stream.h>
#include <fief/root.h>
#include <session/file_system.h>
#include <vfs/server/protocol.h>

struct session {
	struct fief_service_session base;
	struct fief_attached_ram memory;
	struct fief_packet_stream stream;
	struct fief_signal_handler wake;
	fief_cap sigh; /* owned */
};

static struct main {
	struct fief_env *env;
	struct fief_root root;
	struct fief_service service;
} m;

static void on_wake(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
}

static enum fief_err op_stream(struct fief_rpc_obj *self,
                               struct dataspace_cap *ds, uint64_t *bytes,
                               uint32_t *queue, struct signal_cap *wake)
{
	const struct session *s = FIEF_SESSION_OF(self, struct session);

	ds->cap = s->memory.ds;
	*bytes = s->memory.bytes;
	*queue = FS_QUEUE;
	wake->cap = s->wake.cap;
	return FIEF_OK;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	struct session *s = FIEF_SESSION_OF(self, struct session);

	fief_kif->drop(s->sigh, 1);
	s->sigh = handler.cap;
	return FIEF_OK;
}

static enum fief_err op_process(struct fief_rpc_obj *self)
{
	(void)self;
	return FIEF_OK;
}

static const struct file_system_ops session_ops = {
	.stream = op_stream,
	.sigh = op_sigh,
	.process = op_process,
};

static enum fief_err session_init(struct fief_service_session *base,
                                  const struct fief_service_request *q)
{
	struct session *s = (struct session *)(void *)base;
	const size_t bytes = fief_packet_stream_bytes(FS_QUEUE, FS_BUFFER);
	enum fief_err e =
		fief_attached_ram_init(&s->memory, &base->ram.ram, bytes);

	(void)q;
	if (!e)
		e = fief_packet_stream_init(&s->stream, s->memory.addr, bytes,
		                            FS_QUEUE);
	s->wake.handle = on_wake;
	if (!e)
		e = fief_signal_manage(m.env->ep, &s->wake);
	if (e)
		fief_attached_ram_fini(&s->memory);
	return e;
}

static void session_fini(struct fief_service_session *base)
{
	struct session *s = (struct session *)(void *)base;

	fief_signal_dissolve(m.env->ep, &s->wake);
	fief_kif->drop(s->sigh, 1);
	fief_attached_ram_fini(&s->memory);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.service = (struct fief_service){
		.name = FILE_SYSTEM_SERVICE,
		.type = &file_system_rpc_type,
		.ops = &session_ops,
		.size = sizeof(struct session),
		.init = session_init,
		.fini = session_fini,
	};
	e = fief_root_init(&m.root, env);
	if (!e)
		e = fief_root_announce(&m.root, &m.service);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
