/* SPDX-License-Identifier: MIT */
/* Provides a service: LOG sessions that write everything in capitals. */

#include <fief/log.h>
#include <fief/root.h>
#include <lib/label.h>
#include <session/log.h>

enum { LINE_MAX = 256 };

/* One for each client, paid by the client. The first member is the part that
 * the runtime looks after. */
struct shout {
	struct fief_service_session base;
	struct label label;
};

static struct main {
	struct fief_root root;
	struct fief_service service;
} m;

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* The only operation of Log. What the client sent is text, nothing more. */
static enum fief_err op_write(struct fief_rpc_obj *self, struct capnp_text text)
{
	const struct shout *s = FIEF_SESSION_OF(self, struct shout);
	char line[LINE_MAX];

	if (text.len > LINE_MAX)
		return FIEF_TOO_LONG;
	for (size_t i = 0; i < text.len; i++)
		line[i] = upper(text.s[i]);
	fief_log("[%s] %.*s", s->label.text, (int)text.len, line);
	return FIEF_OK;
}

static const struct log_ops shout_ops = { .write = op_write };

/* The label tells who asks; parents composed it, so it cannot be forged. */
static enum fief_err shout_init(struct fief_service_session *session,
                                const struct fief_service_request *request)
{
	struct shout *s = (struct shout *)session;

	return label_set(&s->label, request->label);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.service = (struct fief_service){
		.name = LOG_SERVICE,
		.type = &log_rpc_type,
		.ops = &shout_ops,
		.size = sizeof(struct shout),
		.init = shout_init,
	};
	e = fief_root_init(&m.root, env);
	if (!e)
		e = fief_root_announce(&m.root, &m.service);
	if (e) {
		fief_error("cannot provide LOG: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
