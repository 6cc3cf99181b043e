/* SPDX-License-Identifier: MIT */
/* Terminal sessions in pairs: what one end writes, the other one reads. */

#include <fief/attached.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/root.h>
#include <lib/label.h>
#include <lib/list.h>
#include <lib/mem.h>
#include <session/terminal.h>

enum { BUFFER = 4096 };

/* A session; `line` is what it wrote and its peer has not read. */
struct end {
	struct fief_service_session base;
	struct list_elem elem;
	struct end *peer; /* borrowed: NULL: none yet, or gone */
	bool left;        /* the peer is gone */
	bool full;        /* the last write took less than it was given */
	struct fief_attached_ram buffer; /* shared with the client */
	fief_cap read_sigh, write_sigh;  /* owned: received */
	uint32_t first, count;           /* of `line` */
	struct label label;
	char line[BUFFER];
};

static struct main {
	struct fief_env *env;
	struct fief_root root;
	struct fief_service service;
	struct list ends; /* borrowed: all sessions */
} m;

static struct end *end_from(struct fief_rpc_obj *self)
{
	return FIEF_SESSION_OF(self, struct end);
}

/* ---- operations ---- */

static enum fief_err op_buffer(struct fief_rpc_obj *self,
                               struct dataspace_cap *ds, uint64_t *size)
{
	const struct end *e = end_from(self);

	ds->cap = e->buffer.ds;
	*size = e->buffer.bytes;
	return FIEF_OK;
}

/* What `from` wrote, into the buffer of its peer. */
static uint32_t line_take(struct end *from, char *to)
{
	const uint32_t n = from->count;
	const uint32_t whole = BUFFER - from->first;
	const uint32_t part = n < whole ? n : whole;

	memcpy(to, from->line + from->first, part);
	memcpy(to + part, from->line, n - part);
	from->first = from->count = 0;
	return n;
}

static enum fief_err op_read(struct fief_rpc_obj *self, uint64_t *length,
                             bool *end)
{
	struct end *e = end_from(self), *peer = e->peer;

	*length = 0;
	*end = e->left;
	if (!peer || !peer->count)
		return FIEF_OK;
	*length = line_take(peer, e->buffer.addr);
	if (peer->full)
		fief_kif->signal(peer->write_sigh);
	peer->full = false;
	return FIEF_OK;
}

/* The client may change its buffer meanwhile: bytes are bytes. */
static void line_put(struct end *e, uint32_t n)
{
	const uint32_t at = (e->first + e->count) % BUFFER;
	const uint32_t part = n < BUFFER - at ? n : BUFFER - at;
	const char *from = e->buffer.addr;

	memcpy(e->line + at, from, part);
	memcpy(e->line, from + part, n - part);
	e->count += n;
}

static enum fief_err op_write(struct fief_rpc_obj *self, uint64_t length,
                              uint64_t *written)
{
	struct end *e = end_from(self);
	const uint32_t room = BUFFER - e->count;
	const uint32_t n = length < room ? (uint32_t)length : room;

	if (length > e->buffer.bytes)
		return FIEF_TOO_LONG;
	if (e->left)
		return FIEF_GONE;
	line_put(e, n);
	e->full = n < length;
	if (n && e->peer)
		fief_kif->signal(e->peer->read_sigh);
	*written = n;
	return FIEF_OK;
}

static enum fief_err op_size(struct fief_rpc_obj *self, uint32_t *columns,
                             uint32_t *rows)
{
	(void)self;
	*columns = *rows = 0;
	return FIEF_OK;
}

static enum fief_err sigh_set(fief_cap *at, struct signal_cap handler)
{
	fief_kif->drop(*at, 1);
	*at = handler.cap;
	fief_kif->signal(handler.cap);
	return FIEF_OK;
}

static enum fief_err op_read_sigh(struct fief_rpc_obj *self,
                                  struct signal_cap handler)
{
	return sigh_set(&end_from(self)->read_sigh, handler);
}

static enum fief_err op_write_sigh(struct fief_rpc_obj *self,
                                   struct signal_cap handler)
{
	return sigh_set(&end_from(self)->write_sigh, handler);
}

/* The size never changes. */
static enum fief_err op_size_sigh(struct fief_rpc_obj *self,
                                  struct signal_cap handler)
{
	(void)self;
	fief_kif->drop(handler.cap, 1);
	return FIEF_OK;
}

static const struct terminal_ops ops = {
	.buffer = op_buffer,
	.read = op_read,
	.write = op_write,
	.size = op_size,
	.read_sigh = op_read_sigh,
	.write_sigh = op_write_sigh,
	.size_sigh = op_size_sigh,
};

/* ---- sessions ---- */

/* The two ends of a line have the same last element of their labels. */
static struct end *end_alone(const char *name)
{
	LIST_FOR_EACH(e, &m.ends, struct end, elem)
		if (!e->peer && !e->left &&
		    !strcmp(label_last(e->label.text), name))
			return e;
	return NULL;
}

static enum fief_err end_init(struct fief_service_session *s,
                              const struct fief_service_request *q)
{
	struct end *e = (struct end *)(void *)s;
	enum fief_err err = label_set(&e->label, q->label);

	if (!err)
		err = fief_attached_ram_init(&e->buffer, &s->ram.ram, BUFFER);
	if (err)
		return err;
	e->peer = end_alone(label_last(q->label));
	if (e->peer)
		e->peer->peer = e;
	list_add_last(&m.ends, &e->elem);
	return FIEF_OK;
}

static void end_fini(struct fief_service_session *s)
{
	struct end *e = (struct end *)(void *)s, *peer = e->peer;

	list_remove(&e->elem);
	if (peer) {
		peer->peer = NULL;
		peer->left = true;
		fief_kif->signal(peer->read_sigh);
		fief_kif->signal(peer->write_sigh);
	}
	fief_kif->drop(e->read_sigh, 1);
	fief_kif->drop(e->write_sigh, 1);
	fief_attached_ram_fini(&e->buffer);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.service = (struct fief_service){
		.name = TERMINAL_SERVICE,
		.type = &terminal_rpc_type,
		.ops = &ops,
		.size = sizeof(struct end),
		.init = end_init,
		.fini = end_fini,
	};
	e = fief_root_init(&m.root, env);
	if (!e)
		e = fief_root_announce(&m.root, &m.service);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
