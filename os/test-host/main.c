/* SPDX-License-Identifier: MIT */
/* A driver that does what its config says, in order, and logs what came of it. */

#include "test.h"

#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/session.h>
#include <lib/mem.h>
#include <session/host.h>

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct fief_signal_handler ready, resized;
} m;

fief_cap ready_signal;

static const char *err_text(enum kif_host_err e)
{
	static const char *const text[KIF_HOST_ERRS] = {
		[KIF_HOST_OK] = "ok",
		[KIF_HOST_NOT_FOUND] = "not found",
		[KIF_HOST_EXISTS] = "exists",
		[KIF_HOST_DENIED] = "denied",
		[KIF_HOST_OUTSIDE] = "outside",
		[KIF_HOST_NOT_DIR] = "no directory",
		[KIF_HOST_IS_DIR] = "a directory",
		[KIF_HOST_NOT_EMPTY] = "not empty",
		[KIF_HOST_LOOP] = "a symlink",
		[KIF_HOST_TOO_LONG] = "too long",
		[KIF_HOST_NO_SPACE] = "no space",
		[KIF_HOST_READ_ONLY] = "read-only",
		[KIF_HOST_TOO_LARGE] = "too large",
		[KIF_HOST_LIMIT] = "limit",
		[KIF_HOST_BUSY] = "busy",
		[KIF_HOST_AGAIN] = "again",
		[KIF_HOST_END] = "end",
		[KIF_HOST_IO] = "failed",
		[KIF_HOST_STALE] = "stale",
		[KIF_HOST_INVALID] = "invalid",
		[KIF_HOST_UNSUPPORTED] = "unsupported",
	};

	return text[e];
}

/* ---- steps ---- */

static void report(const struct node *n, enum kif_host_err e, const char *told)
{
	const char *path = node_attr(n, "path", "");

	fief_log("%s%s%s: %s%s%s", n->name, path[0] ? " " : "", path,
	         err_text(e), told[0] ? ", " : "", told);
}

static bool take_from(const struct step *steps, const struct node *n)
{
	char told[TOLD_MAX] = "";

	for (const struct step *s = steps; s->name; s++) {
		if (strcmp(s->name, n->name) != 0)
			continue;
		report(n, s->take(m.env->host, n, told), told);
		return true;
	}
	return false;
}

static void take(const struct node *n)
{
	int64_t code = 0;

	if (!strcmp(n->name, "exit")) {
		if (!node_attr_i64(n, "code", 0, NULL, &code))
			fief_exit(m.env, (int)code);
	} else if (!take_from(m.env->host->dir ? dir_steps : other_steps, n)) {
		fief_error("no step <%s>", n->name);
	}
}

/* ---- a terminal ---- */

static void on_ready(struct fief_signal_handler *self, unsigned count)
{
	enum kif_host_err e;
	char text[64];
	size_t got;

	(void)self, (void)count;
	e = say_rest();
	if (e == KIF_HOST_END)
		fief_log("nobody reads");
	if (e)
		return; /* there will be another signal */
	while (!(e = line.read(text, sizeof(text) - 1, &got)) && got) {
		text[got] = '\0';
		for (size_t i = 0; i < got; i++)
			if (text[i] < ' ')
				text[i] = '.';
		fief_log("typed: %s", text);
	}
	if (!e)
		fief_log("the end");
}

static void on_events(struct fief_signal_handler *self, unsigned count)
{
	_Alignas(8) char buf[512];
	size_t got;

	(void)self, (void)count;
	while (!m.env->host->dir->events(buf, sizeof(buf), &got))
		for (size_t at = 0; at < got;) {
			const struct kif_host_event *e = (void *)(buf + at);

			fief_log("watch %d: changes %u, \"%s\"", e->watch,
			         e->changes, e->name);
			at += e->len;
		}
}

static void on_resized(struct fief_signal_handler *self, unsigned count)
{
	struct kif_host_tty_size s;

	(void)self, (void)count;
	if (!m.env->host->tty->size(&s))
		fief_log("resized: %u rows, %u columns", s.rows, s.columns);
}

static void hear_of_size(void)
{
	const struct fief_session_args args = {
		.service = HOST_SERVICE,
		.label = node_attr(m.config.root, "grant", ""),
		.ram = HOST_RAM_QUOTA,
		.caps = HOST_CAP_QUOTA,
	};
	static struct fief_session s;
	enum host_kind kind;
	bool writeable;
	enum fief_err e = fief_session_open(m.env, &args, &s);

	if (!e)
		e = host_info((struct host_cap){ s.cap }, &kind, &writeable);
	if (!e)
		e = host_sigh((struct host_cap){ s.cap },
		              (struct signal_cap){ m.resized.cap });
	if (e)
		fief_error("Host session: %s", fief_err_text(e));
}

static void terminal(void)
{
	m.resized.handle = on_resized;
	if (fief_signal_manage(m.env->ep, &m.resized))
		fief_error("no signals");
	hear_of_size();
}

static void line_set(const struct kif_host *h)
{
	if (h->tty)
		line = (struct line){ h->tty->read, h->tty->write,
			              h->tty->signal };
	if (h->stream)
		line = (struct line){ h->stream->read, h->stream->write,
			              h->stream->signal };
}

void fief_component_construct(struct fief_env *env)
{
	static const char *const kinds[] = { "dir", "file", "tty", "stream" };
	const struct kif_host *h = env->host;

	m.env = env;
	if (fief_config_open(env, &m.config)) {
		fief_error("no config");
		fief_exit(env, 1);
	}
	if (!h) {
		fief_log("starts with nothing of the host");
		return;
	}
	fief_log("starts with: %s, %s", kinds[h->kind],
	         h->writeable ? "writeable" : "read-only");
	line_set(h);
	m.ready.handle = line.read ? on_ready : on_events;
	if (fief_signal_manage(env->ep, &m.ready))
		fief_error("no signals");
	ready_signal = m.ready.cap;
	if (h->tty)
		terminal();
	for (const struct node *n = m.config.root->first; n; n = n->next)
		if (n->name)
			take(n);
}
