/* SPDX-License-Identifier: MIT */
/*
 * A server of files that lies: replies with any numbers in any field, outcomes that
 * there are not, acknowledgements of what nobody asked, twice or never, memory that
 * changes while it is read, queues that are spoilt. Each session lies in its own way.
 */

#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/packet_stream.h>
#include <fief/root.h>
#include <lib/mem.h>
#include <session/file_system.h>
#include <vfs/error.h>
#include <vfs/server/protocol.h>

struct session {
	struct fief_service_session base;
	struct fief_attached_ram memory;
	struct fief_packet_stream stream;
	struct fief_signal_handler wake;
	uint64_t state; /* of what it says */
};

static struct main {
	struct fief_env *env;
	struct fief_root root;
	struct fief_service service;
} m;

/* ---- lies ---- */

static uint32_t below(struct session *s, uint32_t n)
{
	s->state ^= s->state >> 12;
	s->state ^= s->state << 25;
	s->state ^= s->state >> 27;
	return (uint32_t)((s->state * 0x2545f4914f6cdd1dull) >> 33) % n;
}

static bool chance(struct session *s, uint32_t percent)
{
	return below(s, 100) < percent;
}

static uint64_t any(struct session *s)
{
	static const uint64_t special[] = { 0,          1,          0x7fffffff,
		                            0xffffffff, INT64_MAX,  UINT64_MAX,
		                            FS_BUFFER,  FS_PAYLOAD, 4096,
		                            64 };

	return chance(s, 50) ? special[below(s, 10)] :
	                       (uint64_t)below(s, 1 << 20) << below(s, 40);
}

static void scribble(struct session *s, size_t from, size_t len)
{
	unsigned char *at = s->memory.addr;

	for (size_t i = 0; i < len && from + i < s->memory.bytes; i++)
		at[from + i] = (unsigned char)below(s, 256);
}

/* As a reply may be, in part. */
static struct fs_reply reply_make(struct session *s)
{
	return (struct fs_reply){
		.pos = any(s),
		.ino = 1 + below(s, 9),
		.size = chance(s, 50) ? below(s, 100000) : any(s),
		.kind = chance(s, 80) ? below(s, VFS_KINDS) : (uint32_t)any(s),
		.mode = (uint32_t)any(s),
		.links = 1,
		.handle = chance(s, 80) ? 1 + below(s, 20) : (uint32_t)any(s),
		.walked = chance(s, 50) ? below(s, 4) : (uint32_t)any(s),
		.text_len = chance(s, 50) ? below(s, 20) : (uint32_t)any(s),
		.stream = chance(s, 80) ? 0 : (uint32_t)any(s),
	};
}

static void payload_lie(struct session *s, const struct fief_packet *p)
{
	const struct fs_reply r = reply_make(s);
	char *at;

	if (p->size < FS_PAYLOAD || chance(s, 10)) {
		scribble(s, below(s, (uint32_t)s->memory.bytes), 64);
		return;
	}
	at = fief_packet_at(&s->stream, p);
	memcpy(at, &r, sizeof(r));
	if (chance(s, 70)) /* targets, entries, events */
		for (size_t i = sizeof(r); i < 400; i++)
			at[i] = (char)(chance(s, 60) ? below(s, 12) :
			                               below(s, 256));
}

static void outcome_lie(struct session *s, struct fief_packet *p)
{
	p->op = chance(s, 60) ? VFS_OK :
	        chance(s, 50) ? below(s, VFS_ERR_COUNT + 3) :
	        chance(s, 50) ? (uint32_t)FS_AT_LINK :
	                        (uint32_t)any(s);
	p->arg = chance(s, 60) ? below(s, 5000) : any(s);
	p->status = chance(s, 90) ? 0 : (uint32_t)any(s);
	if (chance(s, 3))
		p->cookie = any(s);
}

/* Past the checks of our own side. */
static void ack_raw(struct session *s, const struct fief_packet *p)
{
	(void)!fief_queue_put(&s->stream.ack, p);
}

static void lie(struct session *s, struct fief_packet *p)
{
	if (chance(s, 2))
		return; /* never */
	payload_lie(s, p);
	outcome_lie(s, p);
	ack_raw(s, p);
	if (chance(s, 2))
		ack_raw(s, p); /* twice */
	if (!chance(s, 1))
		return;
	scribble(s, below(s, 512), 16); /* the queues themselves */
}

static void work(struct session *s)
{
	struct fief_packet p;

	fief_packet_sink_awake(&s->stream);
	for (unsigned i = 0; i < FS_QUEUE && !fief_packet_take(&s->stream, &p);
	     i++)
		lie(s, &p);
	fief_packet_sink_flush(&s->stream);
}

static void on_wake(struct fief_signal_handler *self, unsigned count)
{
	struct session *s = FIEF_CONTAINER_OF(self, struct session, wake);

	(void)count;
	work(s);
	(void)!fief_packet_sink_sleep(&s->stream);
}

/* ---- operations ---- */

static enum fief_err op_stream(struct fief_rpc_obj *self,
                               struct dataspace_cap *ds, uint64_t *bytes,
                               uint32_t *queue, struct signal_cap *wake)
{
	struct session *s = FIEF_SESSION_OF(self, struct session);

	ds->cap = chance(s, 95) ? s->memory.ds : s->wake.cap;
	*bytes = chance(s, 95) ? s->memory.bytes : any(s);
	*queue = chance(s, 95) ? FS_QUEUE : (uint32_t)any(s);
	wake->cap = s->wake.cap;
	return FIEF_OK;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	struct session *s = FIEF_SESSION_OF(self, struct session);

	fief_kif->drop(s->stream.peer, 1);
	s->stream.peer = handler.cap;
	return FIEF_OK;
}

static enum fief_err op_process(struct fief_rpc_obj *self)
{
	work(FIEF_SESSION_OF(self, struct session));
	return FIEF_OK;
}

/* Of a size that it does not have, or nothing that could be mapped. */
static enum fief_err op_map(struct fief_rpc_obj *self, uint32_t handle,
                            struct dataspace_cap *ds, uint64_t *bytes)
{
	struct session *s = FIEF_SESSION_OF(self, struct session);

	(void)handle;
	ds->cap = chance(s, 50) ? s->memory.ds : s->wake.cap;
	*bytes = any(s);
	return FIEF_OK;
}

static const struct file_system_ops session_ops = {
	.map = op_map,
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

	static uint64_t sessions;

	(void)q;
	s->state = ++sessions * 0x9e3779b97f4a7c15ull;
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
	fief_kif->drop(s->stream.peer, 1);
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
