/* SPDX-License-Identifier: MIT */
/* Services that it provides, and logs all of. */

#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/root.h>
#include <lib/label.h>
#include <lib/mem.h>
#include <session/fs_stub.h>
#include <session/log.h>

#include "dummy.h"

enum { SERVICES = 4, NS_PER_MS = 1000000, EXIT_CODE = 4 };

struct provided {
	struct fief_service service;
	struct label name; /* the config changes */
	uint64_t close_ms; /* that a close takes */
};

struct session {
	struct fief_service_session base;
	struct label label;
};

static struct server {
	struct fief_env *env;
	struct fief_root root;
	struct provided provided[SERVICES];
	unsigned count;
} m;

static enum fief_err op_identify(struct fief_rpc_obj *self,
                                 struct capnp_text *server,
                                 struct capnp_text *label)
{
	(void)self;
	*server = *label = capnp_text_of("dummy");
	return FIEF_OK;
}

static const struct fs_stub_ops dummy_ops = { .identify = op_identify };

/* As a LOG service, it passes the lines on, with the label. */
static enum fief_err op_write(struct fief_rpc_obj *self, struct capnp_text text)
{
	const struct session *s = FIEF_SESSION_OF(self, struct session);

	while (text.len && text.s[text.len - 1] == '\n')
		text.len--;
	fief_log("[%s] %.*s", s->label.text, (int)text.len, text.s);
	return FIEF_OK;
}

static const struct log_ops log_ops = { .write = op_write };

static enum fief_err session_init(struct fief_service_session *base,
                                  const struct fief_service_request *request)
{
	struct session *s = (struct session *)base;

	fief_log("serves %s \"%s\"", base->service->name, request->label);
	if (!strcmp(label_last(request->label), "exit"))
		fief_exit(m.env, EXIT_CODE);
	return label_set(&s->label, request->label);
}

static void session_upgraded(struct fief_service_session *base)
{
	fief_log("upgraded %s \"%s\"", base->service->name,
	         ((struct session *)base)->label.text);
}

static void session_fini(struct fief_service_session *base)
{
	const struct provided *p =
		FIEF_CONTAINER_OF(base->service, struct provided, service);

	if (p->close_ms)
		fief_kif->park(fief_kif->time() + p->close_ms * NS_PER_MS);
	fief_log("served %s", base->service->name);
}

enum fief_err dummy_provide(const struct node *n)
{
	struct provided *p = &m.provided[m.count];
	bool log;
	enum fief_err e;

	if (m.count == SERVICES ||
	    label_set(&p->name, node_attr(n, "service", "Dummy")))
		return FIEF_LIMIT;
	e = node_attr_u64(n, "close_ms", 0, NULL, &p->close_ms);
	if (e)
		return e;
	log = !strcmp(p->name.text, LOG_SERVICE);
	p->service = (struct fief_service){
		.name = p->name.text,
		.type = log ? &log_rpc_type : &fs_stub_rpc_type,
		.size = sizeof(struct session),
		.init = session_init,
		.upgraded = session_upgraded,
		.fini = session_fini,
	};
	p->service.ops = &dummy_ops;
	if (log)
		p->service.ops = &log_ops;
	m.count++;
	return fief_root_announce(&m.root, &p->service);
}

enum fief_err dummy_server_init(struct fief_env *env)
{
	m.env = env;
	return fief_root_init(&m.root, env);
}
