/* SPDX-License-Identifier: MIT */
/* A running system. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "control.h"

#include "instance.h"
#include "observe.h"
#include "requests.h"
#include "runtime_dir.h"
#include "server.h"
#include "terminal.h"
#include "util.h"
#include "watch.h"

enum {
	STOP_MS = 3000,       /* core gets that long to stop */
	DRAIN_MS = 2000,      /* a reader gets that long for the last lines */
	BACKLOG_MAX = 1 << 18 /* bytes that wait for a slow reader */
};

enum {
	WATCH_CORE,
	WATCH_SIGNALS,
	WATCH_LOG,
	WATCH_CONTROL,
	WATCH_OUT,
	WATCH_FILE,
	WATCH_SERVER
};

struct instance {
	const struct instance_options *o;
	struct runtime_dir dir;
	struct instance_claim claim;
	struct core_process core;
	struct output out;
	struct log_reader log;
	struct control control;
	struct server server;
	struct requests requests;
	struct log_listener listener;
	struct watch file;
	int signals;       /* owned: signalfd */
	sigset_t old_mask; /* of signals */
	struct terminal terminal;
	int64_t timeout_at, kill_at;
	int code; /* why we stop it; -1: it decides */
	bool stopping, stop_sent, log_ended, ended;
};

/* ---- ending ---- */

/* Ask core to stop. The first reason is the one that counts. */
static void stop(struct instance *in, int code)
{
	if (in->stopping)
		return;
	in->stopping = true;
	in->code = code;
	in->kill_at = util_now_ms() + STOP_MS;
}

static void op_stop(void *ctx)
{
	stop(ctx, 0);
}

static enum server_taken op_request(void *ctx, const struct server_request *q)
{
	struct instance *in = ctx;

	return requests_take(&in->requests, q);
}

static const struct server_ops server_ops = { op_stop, op_request };

static void on_signal(struct instance *in)
{
	struct signalfd_siginfo info;

	while (read(in->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGWINCH) {
			kill(in->core.pid, SIGWINCH);
			continue;
		}
		if (in->stopping) {
			in->kill_at = util_now_ms(); /* asked twice */
			continue;
		}
		if (isatty(STDERR_FILENO))
			util_error("stopping; once more kills");
		stop(in, FIEF_EXIT_SIGNAL + (int)info.ssi_signo);
	}
}

/* The log can go nowhere: a reader that left, as `head` does, is no news. */
static void stop_unheard(struct instance *in)
{
	if (in->out.error == EPIPE) {
		stop(in, FIEF_EXIT_SIGNAL + SIGPIPE);
		return;
	}
	if (!in->stopping)
		util_error("cannot write the log: %s; ending the system",
		           strerror(in->out.error));
	stop(in, FIEF_EXIT_FRAMEWORK);
}

/* What time and conditions demand; returns when to look again. */
static int64_t checks(struct instance *in)
{
	int64_t now = util_now_ms(), next = in->timeout_at;

	if (in->log.matched)
		stop(in, 0);
	if (in->out.broken)
		stop_unheard(in);
	if (in->timeout_at != UTIL_NEVER && now >= in->timeout_at) {
		in->timeout_at = next = UTIL_NEVER;
		if (!in->stopping)
			util_error("--timeout: the system ran for %g s",
			           (double)in->o->timeout_ms / 1000);
		stop(in, FIEF_EXIT_TIMEOUT);
	}
	if (!in->stopping)
		return next;
	if (!in->stop_sent)
		in->stop_sent = control_send(&in->control, "stop");
	if (now < in->kill_at)
		return util_earlier(next, in->kill_at);
	if (in->core.pid > 0)
		kill(in->core.pid, SIGKILL);
	in->kill_at = now + STOP_MS;
	return in->kill_at;
}

/* ---- events ---- */

static size_t watch(struct instance *in, struct pollfd *p)
{
	bool room = output_pending(&in->out) < BACKLOG_MAX;

	p[WATCH_CORE] = (struct pollfd){ in->core.pidfd, POLLIN, 0 };
	p[WATCH_SIGNALS] = (struct pollfd){ in->signals, POLLIN, 0 };
	p[WATCH_LOG] =
		(struct pollfd){ room && !in->log_ended ? in->core.log : -1,
		                 POLLIN, 0 };
	p[WATCH_CONTROL] =
		(struct pollfd){ in->control.ended ? -1 : in->core.control,
		                 POLLIN, 0 };
	p[WATCH_OUT] = (struct pollfd){
		output_pending(&in->out) && !in->out.broken ? in->out.fd : -1,
		POLLOUT, 0
	};
	p[WATCH_FILE] = (struct pollfd){ in->file.fd, POLLIN, 0 };
	return WATCH_SERVER + server_poll(&in->server, p + WATCH_SERVER);
}

static void core_answered(struct instance *in)
{
	if (live_core_answered(&in->requests.live) ||
	    views_core_answered(&in->requests.views))
		server_dispatch(&in->server);
	else
		server_core_answered(&in->server);
}

/* For clients that wait for them. */
static void news(struct instance *in)
{
	if (in->requests.news)
		server_news(&in->server);
	in->requests.news = false;
}

static void step(struct instance *in)
{
	struct pollfd p[WATCH_SERVER + SERVER_POLL_FDS];
	int64_t next = util_earlier(checks(in), server_deadlines(&in->server));
	size_t n;

	next = util_earlier(next, watch_step(&in->file, &in->requests));
	next = util_earlier(next, requests_step(&in->requests));
	views_step(&in->requests.views);
	next = util_earlier(next, live_step(&in->requests.live));
	news(in);
	n = watch(in, p);

	if (poll(p, n, util_poll_ms(next)) <= 0)
		return;
	if (p[WATCH_LOG].revents)
		in->log_ended = !log_reader_read(&in->log);
	if (p[WATCH_LOG].revents || p[WATCH_OUT].revents)
		output_flush(&in->out);
	if (p[WATCH_SIGNALS].revents)
		on_signal(in);
	if (p[WATCH_FILE].revents)
		watch_readable(&in->file);
	if (p[WATCH_CONTROL].revents && control_readable(&in->control))
		core_answered(in);
	server_ready(&in->server, p + WATCH_SERVER);
	in->ended = p[WATCH_CORE].revents;
}

/* ---- name ---- */

static int claim_failed(const char *name, enum claim result)
{
	if (result == CLAIM_TAKEN)
		util_error("a system named \"%s\" is already running; end it "
		           "with `fief stop %s`, or give this one another "
		           "--name",
		           name, name);
	return FIEF_EXIT_FRAMEWORK;
}

static int claim(struct instance *in)
{
	char name[INSTANCE_NAME_MAX + 1];
	enum claim result;
	size_t len;

	if (in->o->name) {
		result = instance_claim(&in->dir, in->o->name, &in->claim);
		return result ? claim_failed(in->o->name, result) : 0;
	}
	instance_name_from_file(name, in->o->source);
	result = instance_claim(&in->dir, name, &in->claim);
	if (result == CLAIM_TAKEN) {
		len = strlen(name);
		snprintf(name + len, sizeof(name) - len, "-%d", getpid());
		result = instance_claim(&in->dir, name, &in->claim);
	}
	return result ? claim_failed(name, result) : 0;
}

/* ---- life ---- */

static int signals_open(struct instance *in)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	if (in->terminal.fd >= 0)
		sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, &in->old_mask);
	signal(SIGPIPE, SIG_IGN);
	in->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (in->signals >= 0)
		return 0;
	util_error("cannot receive signals: %s", strerror(errno));
	return FIEF_EXIT_FRAMEWORK;
}

/* poll fails if it has to watch more than may be open. */
static int limit_check(void)
{
	enum { NEEDED = WATCH_SERVER + SERVER_POLL_FDS + 10 };
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	if (limit.rlim_cur < NEEDED && limit.rlim_max >= NEEDED) {
		limit.rlim_cur = NEEDED;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= NEEDED)
		return 0;
	util_error("cannot start: the limit of open files is %llu, at least %d "
	           "are needed; raise it with ulimit -n",
	           (unsigned long long)limit.rlim_cur, (int)NEEDED);
	return FIEF_EXIT_FRAMEWORK;
}

static int start(struct instance *in)
{
	int code = limit_check();

	terminal_lend(&in->terminal, &in->o->core);
	if (!code)
		code = signals_open(in);

	if (!code && !runtime_dir_open(&in->dir))
		code = FIEF_EXIT_FRAMEWORK;
	if (!code)
		code = claim(in);
	if (!code)
		code = core_process_start(&in->core, &in->o->core);
	if (code)
		return code;
	if (in->o->timeout_ms != UTIL_NEVER)
		in->timeout_at = util_now_ms() + in->o->timeout_ms;
	output_init(&in->out, STDOUT_FILENO);
	log_reader_init(&in->log, in->core.log);
	in->log.style = in->o->style;
	in->log.until = in->o->until;
	in->log.out = &in->out;
	in->listener = observe_listener(&in->requests);
	in->log.listener = &in->listener;
	control_init(&in->control, in->core.control);
	requests_init(&in->requests, in->o->config, &in->control, &in->server);
	watch_open(&in->file, in->o->no_watch ? NULL : in->o->config);
	in->server = (struct server){
		.listen = in->claim.listen,
		.control = &in->control,
		.ops = &server_ops,
		.ctx = in,
		.name = in->claim.name,
		.config = in->o->source,
		.core = in->core.pid,
		.ram = in->o->core.ram,
		.caps = in->o->core.caps,
		.started = util_now_ms(),
	};
	return 0;
}

static void fini(struct instance *in)
{
	instance_release(&in->dir, &in->claim);
	runtime_dir_close(&in->dir);
	core_process_fini(&in->core);
	terminal_take_back(&in->terminal);
	output_fini(&in->out);
	log_reader_fini(&in->log);
	requests_fini(&in->requests);
	watch_close(&in->file);
	control_fini(&in->control);
	util_close(&in->signals);
	sigprocmask(SIG_SETMASK, &in->old_mask, NULL);
}

static void read_rest(struct instance *in)
{
	struct pollfd p = { .fd = in->core.log, .events = POLLIN };

	while (!in->log_ended && poll(&p, 1, 0) == 1)
		in->log_ended = !log_reader_read(&in->log);
}

/* What is left in the pipe after core has ended: no more than a pipe holds. */
static void drain(struct instance *in)
{
	size_t lost;

	read_rest(in);
	output_drain(&in->out, util_now_ms() + DRAIN_MS);
	if (in->out.broken) {
		if (!in->stopping)
			stop_unheard(in);
		return;
	}
	lost = output_lines(&in->out);
	if (lost)
		util_error("the reader of the log is slow; the last %zu lines "
		           "are lost",
		           lost);
}

/* The exit code, with a message where the code alone tells too little. */
static int result(struct instance *in, int core)
{
	if (in->log.matched)
		return 0;
	if (in->stopping && in->code >= 0)
		return in->code;
	if (!in->o->until || core)
		return core;
	util_error("the system ended before a line of its log matched "
	           "--until");
	return 1;
}

int instance_run(const struct instance_options *o)
{
	struct instance in = {
		.o = o,
		.dir = { .fd = -1 },
		.claim = { -1, -1, "" },
		.core = { -1, -1, -1, -1 },
		.out = { .fd = -1 },
		.signals = -1,
		.file = { .fd = -1 },
		.timeout_at = UTIL_NEVER,
		.code = -1,
	};
	int code = start(&in);

	if (!code) {
		while (!in.ended)
			step(&in);
		code = core_process_reap(&in.core);
		drain(&in);
		code = result(&in, code);
		server_end(&in.server, code);
	}
	fini(&in);
	return code;
}
