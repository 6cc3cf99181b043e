/* SPDX-License-Identifier: MIT */
/* A terminal or stream of the host as a Terminal session, for one client at a
 * time. */

#include <fief/attached.h>
#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/root.h>
#include <fief/session.h>
#include <init/config_schema.h>
#include <session/host.h>
#include <session/terminal.h>

#include "line.h"

enum { BUFFER = 4096 };

struct client {
	struct fief_service_session base;
	struct fief_attached_ram buffer;           /* shared with the client */
	fief_cap read_sigh, write_sigh, size_sigh; /* owned: received */
};

static struct main {
	struct fief_env *env;
	struct line line;
	struct fief_config config;
	struct fief_root root;
	struct fief_service service;
	struct fief_session grant; /* of core: tells that the size changed */
	struct fief_signal_handler ready, resized;
	struct client *client; /* borrowed: the session, or NULL */
	bool full;             /* its last write took less than it was given */
	bool ended;            /* its input: the line was hung up */
	bool raw;              /* wanted, while there is a client */
} m;

static const struct config_attr attrs[] = {
	{ "grant", CONFIG_LABEL },
	{ "raw", CONFIG_BOOL, .usual = "yes" },
	{ 0 },
};

static const struct config_element schema = { .name = "config",
	                                      .attrs = attrs };

static struct client *client_from(struct fief_rpc_obj *self)
{
	return FIEF_SESSION_OF(self, struct client);
}

/* ---- operations ---- */

static enum fief_err op_buffer(struct fief_rpc_obj *self,
                               struct dataspace_cap *ds, uint64_t *size)
{
	const struct client *c = client_from(self);

	ds->cap = c->buffer.ds;
	*size = c->buffer.bytes;
	return FIEF_OK;
}

/* The host tells of more only after it had nothing: until then, who has read
 * something is told to look again. */
static enum fief_err op_read(struct fief_rpc_obj *self, uint64_t *length,
                             bool *end)
{
	const struct client *c = client_from(self);
	size_t got = 0;
	enum kif_host_err e = KIF_HOST_OK;

	if (!m.ended)
		e = m.line.read(c->buffer.addr, c->buffer.bytes, &got);
	if (e != KIF_HOST_AGAIN && (e || !got))
		m.ended = true;
	if (got)
		fief_kif->signal(c->read_sigh);
	*length = got;
	*end = m.ended;
	return FIEF_OK;
}

/* Up to AGAIN, after which there will be a signal. The client may change its
 * buffer meanwhile: bytes are bytes. */
static enum fief_err op_write(struct fief_rpc_obj *self, uint64_t length,
                              uint64_t *written)
{
	const struct client *c = client_from(self);
	const char *from = c->buffer.addr;
	size_t done = 0, n = 0;
	enum kif_host_err e = KIF_HOST_OK;

	if (length > c->buffer.bytes)
		return FIEF_TOO_LONG;
	for (; done < length && !e; done += n) {
		n = 0;
		e = m.line.write(from + done, length - done, &n);
		if (!e && !n)
			e = KIF_HOST_AGAIN;
	}
	if (e && e != KIF_HOST_AGAIN)
		return FIEF_GONE;
	m.full = done < length;
	*written = done;
	return FIEF_OK;
}

static enum fief_err op_size(struct fief_rpc_obj *self, uint32_t *columns,
                             uint32_t *rows)
{
	struct kif_host_tty_size s = { 0 };

	(void)self;
	if (m.line.size(&s)) /* a line that has none, or is gone */
		s = (struct kif_host_tty_size){ 0 };
	*columns = s.columns;
	*rows = s.rows;
	return FIEF_OK;
}

static enum fief_err sigh_set(fief_cap *at, struct signal_cap handler)
{
	fief_kif->drop(*at, 1);
	*at = handler.cap;
	return FIEF_OK;
}

static enum fief_err op_read_sigh(struct fief_rpc_obj *self,
                                  struct signal_cap handler)
{
	fief_kif->signal(handler.cap);
	return sigh_set(&client_from(self)->read_sigh, handler);
}

static enum fief_err op_write_sigh(struct fief_rpc_obj *self,
                                   struct signal_cap handler)
{
	fief_kif->signal(handler.cap);
	return sigh_set(&client_from(self)->write_sigh, handler);
}

static enum fief_err op_size_sigh(struct fief_rpc_obj *self,
                                  struct signal_cap handler)
{
	return sigh_set(&client_from(self)->size_sigh, handler);
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

/* ---- signals of the host ---- */

static void on_ready(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	if (!m.client)
		return;
	fief_kif->signal(m.client->read_sigh);
	if (m.full)
		fief_kif->signal(m.client->write_sigh);
	m.full = false;
}

static void on_resized(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	if (m.client)
		fief_kif->signal(m.client->size_sigh);
}

/* ---- sessions ---- */

static enum fief_err client_init(struct fief_service_session *s,
                                 const struct fief_service_request *q)
{
	struct client *c = (struct client *)(void *)s;
	enum fief_err e;

	(void)q;
	if (m.client)
		return FIEF_CONFLICT;
	e = fief_attached_ram_init(&c->buffer, &s->ram.ram, BUFFER);
	if (e)
		return e;
	if (m.raw && m.line.raw(true)) {
		fief_error("the terminal does not become raw");
		fief_attached_ram_fini(&c->buffer);
		return FIEF_DENIED;
	}
	m.client = c;
	m.full = false;
	return FIEF_OK;
}

static void client_fini(struct fief_service_session *s)
{
	struct client *c = (struct client *)(void *)s;

	m.client = NULL;
	if (m.raw && m.line.raw(false) && !m.ended)
		fief_warning("the terminal stays raw");
	fief_kif->drop(c->read_sigh, 1);
	fief_kif->drop(c->write_sigh, 1);
	fief_kif->drop(c->size_sigh, 1);
	fief_attached_ram_fini(&c->buffer);
}

/* ---- start ---- */

static enum fief_err config_check(void)
{
	const struct node *config = m.config.root;
	struct node_error err = { 0 };
	enum fief_err e =
		config ? config_element_check(config, &schema, &err) : FIEF_OK;

	if (!e)
		e = node_attr_bool(config, "raw", true, &err, &m.raw);
	if (e)
		fief_error("config:%u:%u: %s", err.at.line, err.at.column,
		           err.text);
	return e;
}

/* Core tells those who have the session of the grant. */
static enum fief_err resized_hear(void)
{
	const struct fief_session_args args = {
		.service = HOST_SERVICE,
		.label = node_attr(m.config.root, "grant", NULL),
		.ram = HOST_RAM_QUOTA,
		.caps = HOST_CAP_QUOTA,
	};
	enum fief_err e;

	if (!args.label)
		return FIEF_OK;
	m.resized.handle = on_resized;
	e = fief_signal_manage(m.env->ep, &m.resized);
	if (!e)
		e = fief_session_open(m.env, &args, &m.grant);
	if (!e)
		e = host_sigh((struct host_cap){ m.grant.cap },
		              (struct signal_cap){ m.resized.cap });
	if (e)
		fief_error("Host session \"%s\": %s", args.label,
		           fief_err_text(e));
	return e;
}

static enum fief_err line_open(const struct kif_host *host)
{
	enum fief_err e;

	if (!line_of(host, &m.line)) {
		fief_error("started without a grant of a terminal or stream");
		return FIEF_NOT_FOUND;
	}
	m.ready.handle = on_ready;
	e = fief_signal_manage(m.env->ep, &m.ready);
	if (!e && m.line.signal(m.ready.cap)) {
		fief_error("the terminal does not tell when it is ready");
		e = FIEF_UNSUPPORTED;
	}
	return e;
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	if (!e)
		e = config_check();
	if (!e)
		e = line_open(env->host);
	if (!e)
		e = resized_hear();
	if (!e)
		e = fief_root_init(&m.root, env);
	return e ? e : fief_root_announce(&m.root, &m.service);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.service = (struct fief_service){
		.name = TERMINAL_SERVICE,
		.type = &terminal_rpc_type,
		.ops = &ops,
		.size = sizeof(struct client),
		.init = client_init,
		.fini = client_fini,
	};
	e = start(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
