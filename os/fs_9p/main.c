/* SPDX-License-Identifier: MIT */
/* A tree of files by 9P2000.L, on a stream that the host granted. */

#include <fief/config.h>
#include <fief/kif_host.h>
#include <fief/log.h>
#include <init/config_schema.h>
#include <lib/mem.h>
#include <vfs/plugins.h>
#include <vfs/so/loader.h>

#include "server.h"

static struct main {
	struct fief_env *env;
	struct fief_config config;
	const struct kif_host_stream_ops *stream;
	struct fief_signal_handler ready;
	struct server server;
	struct vfs_so so; /* plugins of the tree */
	size_t got;       /* of the message that comes */
	bool ended; /* nobody is there any more: whoever started us ends us */
	bool busy;  /* in `work` */
	unsigned char message[P9_MESSAGE_MAX];
} m;

static const struct config_attr export_attrs[] = {
	{ "path", CONFIG_TEXT, .usual = "/" },
	{ "writeable", CONFIG_BOOL, .usual = "no" },
	{ 0 },
};

/* ---- answers ---- */

/* False: it takes no more now. */
static bool send(struct answer *a)
{
	size_t n = 0;
	enum kif_host_err e;

	while (a->sent < a->bytes) {
		e = m.stream->write(a->data + a->sent, a->bytes - a->sent, &n);
		if (e == KIF_HOST_AGAIN)
			return false;
		if (e) {
			m.ended = true;
			return false;
		}
		a->sent += (uint32_t)n;
	}
	server_sent(&m.server, a);
	return true;
}

static void answers_send(void)
{
	while (m.server.answers.first)
		if (!send(LIST_FIRST(&m.server.answers, struct answer, link)))
			return;
}

/* ---- requests ---- */

FIEF_NORETURN static void refuse(const char *why)
{
	fief_error("the other side breaks the protocol: %s", why);
	fief_exit(m.env, 1);
}

/* How long it is to be; until that is known, the bytes that tell it. */
static size_t wanted(void)
{
	const size_t most =
		m.server.message ? m.server.message : P9_MESSAGE_MIN;
	uint32_t size;

	if (m.got < P9_HEADER)
		return P9_HEADER;
	memcpy(&size, m.message, sizeof(size));
	if (size < P9_HEADER || size > most)
		refuse("the size of a message");
	return size;
}

/* False: there is no more now. */
static bool receive_some(size_t want)
{
	size_t n = 0;
	enum kif_host_err e =
		m.stream->read(m.message + m.got, want - m.got, &n);

	if (e == KIF_HOST_AGAIN)
		return false;
	if (e || !n) {
		m.ended = true;
		return false;
	}
	m.got += n;
	return true;
}

/* False: there is no whole message yet. */
static bool receive(void)
{
	size_t want = wanted();

	while (m.got < want) {
		if (!receive_some(want))
			return false;
		want = wanted();
	}
	return true;
}

static void message_take(void)
{
	const size_t bytes = m.got;

	m.got = 0;
	if (!server_message(&m.server, m.message, bytes))
		refuse(m.server.why);
}

/* Answers first: their readers may wait for them before they ask. */
static void work(void)
{
	if (m.busy || m.ended)
		return;
	m.busy = true;
	answers_send();
	while (server_room(&m.server) && receive()) {
		message_take();
		answers_send();
	}
	m.busy = false;
}

static void on_ready(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	work();
}

static void answered(struct server *s)
{
	(void)s;
	work();
}

/* ---- start ---- */

static enum fief_err refuse_config(const struct node_error *err,
                                   enum fief_err e)
{
	fief_error("config:%u:%u: %s", err->at.line, err->at.column, err->text);
	return e;
}

/* The rest of the configuration is checked by the tree itself. */
static enum fief_err export_read(const struct node *n, const char **path)
{
	static const struct config_element schema = { .name = "export",
		                                      .attrs = export_attrs };
	struct node_error err = { 0 };
	enum fief_err e = n ? config_element_check(n, &schema, &err) : FIEF_OK;

	if (!e)
		e = node_attr_bool(n, "writeable", false, &err,
		                   &m.server.writeable);
	*path = node_attr(n, "path", "/");
	return e ? refuse_config(&err, e) : e;
}

static enum fief_err tree_open(void)
{
	const struct vfs_args args = { .alloc = m.env->heap,
		                       .env = m.env,
		                       .types = vfs_plugins,
		                       .loader = &m.so.loader,
		                       .async = true };
	const struct node *config = node_first(m.config.root, "vfs");
	struct node_error err = { { 0, 0 }, "there is no <vfs>" };
	enum fief_err e = FIEF_INVALID;

	vfs_so_init(&m.so, m.env);
	if (config)
		e = vfs_create(&args, config, &err, &m.server.vfs);
	return e ? refuse_config(&err, e) : e;
}

static void root_open(const char *path);

static void on_entered(struct vfs_op *op, enum vfs_err e)
{
	if (e) {
		fief_error("<export>: \"%s\": %s", op->path, vfs_err_text(e));
		fief_exit(m.env, 1);
	}
	m.server.root = op->place;
	m.ready.handle = on_ready;
	if (fief_signal_manage(m.env->ep, &m.ready) ||
	    m.stream->signal(m.ready.cap))
		refuse("the stream does not tell when it is ready");
}

static void root_open(const char *path)
{
	static struct vfs_op op;
	enum vfs_err e;

	op = (struct vfs_op){ .done = on_entered, .path = path };
	e = vfs_enter(m.server.vfs, &op);
	if (e != VFS_LATE)
		on_entered(&op, e);
}

static enum fief_err start(struct fief_env *env)
{
	const char *path;
	enum fief_err e = fief_config_open(env, &m.config);

	if (!e && (!env->host || !env->host->stream)) {
		fief_error("started without a grant of a stream");
		e = FIEF_NOT_FOUND;
	}
	if (!e)
		e = export_read(node_first(m.config.root, "export"), &path);
	if (!e)
		e = tree_open();
	if (e)
		return e;
	m.stream = env->host->stream;
	m.server.alloc = env->heap;
	m.server.answered = answered;
	root_open(path);
	return FIEF_OK;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	e = start(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
