/* SPDX-License-Identifier: MIT */
/* A component for tests of the command line and for scenarios: does what the
 * attribute `do` of its config says. */

#include <fief/attached.h>
#include <fief/component.h>
#include <fief/config.h>
#include <fief/log.h>
#include <fief/session.h>
#include <lib/mem.h>
#include <session/log.h>
#include <session/report.h>

struct probe {
	struct fief_env *env;
	const struct node *config;
};

static void do_idle(const struct probe *p)
{
	(void)p;
	fief_log("idle");
}

static void do_exit(const struct probe *p)
{
	int64_t code = 0;

	if (node_attr_i64(p->config, "code", 0, NULL, &code))
		fief_error("code is not a number");
	fief_exit(p->env, (int)code);
}

static void do_crash(const struct probe *p)
{
	volatile uintptr_t nobodys = 8; /* a page that is not there */

	(void)p;
	fief_log("about to crash");
	*(volatile int *)nobodys = 1;
}

static void do_flood(const struct probe *p)
{
	uint64_t lines = 0;

	if (node_attr_u64(p->config, "lines", 1000, NULL, &lines))
		fief_error("lines is not a number");
	for (uint64_t i = 0; i < lines; i++)
		fief_log("line %llu of a flood that is meant to be longer than "
		         "what a pipe holds",
		         (unsigned long long)i);
	fief_log("flood ends");
	if (!strcmp(node_attr(p->config, "then", ""), "exit"))
		fief_exit(p->env, 0);
}

/* Text that a terminal or a JSON reader could stumble over. */
static void do_nasty(const struct probe *p)
{
	fief_log("escape \033[31m bell \a quote \" backslash \\ tab \t end");
	fief_log("broken \xff\xc3 UTF-8, whole \xc3\xa9 \xe2\x82\xac");
	fief_exit(p->env, 0);
}

/* A label that tries to look like another component's record. */
static void do_forge(const struct probe *p)
{
	const struct fief_session_args args = {
		.service = LOG_SERVICE,
		.label = "x\ninit -> bank\x1ftransfer approved",
		.ram = LOG_RAM_QUOTA,
		.caps = LOG_CAP_QUOTA,
	};
	struct fief_session session;
	enum fief_err e = fief_session_open(p->env, &args, &session);
	const char text[] = "forged";

	if (!e)
		e = log_write((struct log_cap){ session.cap },
		              (struct capnp_text){ text, sizeof(text) - 1 });
	fief_log("forging: %s", fief_err_text(e));
	fief_exit(p->env, 0);
}

/* Keep a second LOG session, of that label. */
static void do_log(const struct probe *p)
{
	const struct fief_session_args args = {
		.service = LOG_SERVICE,
		.label = node_attr(p->config, "label", ""),
		.ram = LOG_RAM_QUOTA,
		.caps = LOG_CAP_QUOTA,
	};
	struct fief_session session;
	enum fief_err e = fief_session_open(p->env, &args, &session);

	fief_log("second log: %s", fief_err_text(e));
}

/* Open the session that the config describes. */
static void do_session(const struct probe *p)
{
	uint64_t ram = 0, caps = 0;
	struct fief_session session;
	struct fief_session_args args = {
		.service = node_attr(p->config, "service", ""),
		.label = node_attr(p->config, "label", ""),
	};
	enum fief_err e;

	if (node_attr_u64(p->config, "ram", 0, NULL, &ram) ||
	    node_attr_u64(p->config, "caps", 0, NULL, &caps))
		fief_error("ram or caps is not a number");
	args.ram = ram;
	args.caps = (uint32_t)caps;
	e = fief_session_open(p->env, &args, &session);
	fief_log("session: %s", fief_err_text(e));
	if (strcmp(node_attr(p->config, "then", ""), "stay") != 0)
		fief_exit(p->env, !!e);
}

/* ---- reports ---- */

static uint64_t number(const struct probe *p, const char *name,
                       uint64_t fallback)
{
	uint64_t n = fallback;

	if (node_attr_u64(p->config, name, fallback, NULL, &n))
		fief_error("%s is not a number", name);
	return n;
}

/* With a buffer of `buffer` bytes and a donation for one of `paid`. */
static enum fief_err report_open(const struct probe *p,
                                 struct fief_session *out)
{
	char args[40];
	const struct fief_session_args a = {
		.service = REPORT_SERVICE,
		.label = node_attr(p->config, "label", "state"),
		.args = args,
		.ram = REPORT_RAM_QUOTA + 2 * number(p, "paid", 4096),
		.caps = REPORT_CAP_QUOTA,
	};

	if (fmt_text(args, sizeof(args), "buffer_size=%llu",
	             (unsigned long long)number(p, "buffer", 4096)) >=
	    sizeof(args))
		return FIEF_TOO_LONG;
	return fief_session_open(p->env, &a, out);
}

/* `bytes` bytes of `fill`, over and over. */
static enum fief_err report_send(const struct probe *p, struct report_cap cap)
{
	const char *const fill = node_attr(p->config, "fill", "x");
	const uint64_t bytes = number(p, "bytes", 0);
	struct fief_attached at = { 0 };
	struct dataspace_cap ds;
	enum fief_err e;
	uint64_t size;

	e = report_dataspace(cap, &ds, &size);
	if (!e)
		e = fief_attach(&at, ds.cap, size, KIF_READ | KIF_WRITE);
	if (e)
		return e;
	for (uint64_t i = 0; i < bytes && i < size; i++)
		((char *)at.addr)[i] = fill[i % strlen(fill)];
	e = report_submit(cap, bytes);
	fief_detach(&at);
	return e;
}

/* As the first component publishes its state; `then` is one of:
 * second   a second session beside the first
 * close    end the session */
static void do_report(const struct probe *p)
{
	const char *const then = node_attr(p->config, "then", "");
	struct fief_session session, second;
	enum fief_err e = report_open(p, &session);

	if (!e)
		e = report_send(p, (struct report_cap){ session.cap });
	if (!e && !strcmp(then, "second"))
		e = report_open(p, &second);
	else if (!e && !strcmp(then, "close"))
		fief_session_close(p->env, &session);
	fief_log("report: %s", fief_err_text(e));
}

static const struct {
	const char *name;
	void (*run)(const struct probe *);
} actions[] = {
	{ "idle", do_idle },       { "exit", do_exit },
	{ "crash", do_crash },     { "flood", do_flood },
	{ "nasty", do_nasty },     { "forge", do_forge },
	{ "session", do_session }, { "report", do_report },
	{ "log", do_log },
};

void fief_component_construct(struct fief_env *env)
{
	static struct fief_config config;
	struct probe p = { .env = env };
	const char *what;

	if (fief_config_open(env, &config))
		fief_exit(env, 99);
	p.config = config.root;
	what = node_attr(config.root, "do", "idle");
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (!strcmp(actions[i].name, what)) {
			actions[i].run(&p);
			return;
		}
	fief_error("no action \"%s\"", what);
	fief_exit(env, 98);
}
