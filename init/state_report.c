/* SPDX-License-Identifier: MIT */
/* The state report on its way to the Report session. */

#include "state_report.h"

#include <fief/log.h>

static void fill(struct node_gen *g, const void *ctx)
{
	const struct state_report *r = ctx;
	const struct fief_session *const rom = &r->other->session;
	const struct fief_session *const report = &r->reporter.session;
	const struct sandbox_quota own = {
		.ram = rom->ram + report->ram,
		.caps = rom->caps + report->caps,
	};

	sandbox_state(r->sandbox, &own, g);
}

static void fill_failed(struct node_gen *g, const void *ctx)
{
	const struct state_report *r = ctx;

	sandbox_state_failed(r->sandbox, fief_err_text(r->failed), g);
}

static bool have_session(struct state_report *r)
{
	enum fief_err e;

	if (r->reporter.env || r->refused)
		return !r->refused;
	e = fief_reporter_open_with(&r->reporter, r->env, "state",
	                            sandbox_state_buffer(r->sandbox));
	if (!e)
		return true;
	fief_error("no session for the state report: %s", fief_err_text(e));
	fief_reporter_close(&r->reporter);
	r->refused = true;
	return false;
}

/* A report that says why there is none is better than an old one. */
static void send_failed(struct state_report *r, enum fief_err why)
{
	enum fief_err e;

	if (r->failed != why)
		fief_error("state report: %s", fief_err_text(why));
	r->failed = why;
	e = fief_reporter_generate(&r->reporter, fill_failed, r);
	if (e)
		fief_error("state report, to say so: %s", fief_err_text(e));
}

void state_report_send(struct state_report *r)
{
	enum fief_err e;

	if (!have_session(r))
		return;
	e = fief_reporter_generate(&r->reporter, fill, r);
	if (!e)
		r->failed = FIEF_OK;
	else if (e == FIEF_GONE) /* the next one finds a server, or not */
		fief_reporter_close(&r->reporter);
	else
		send_failed(r, e);
}

void state_report_configured(struct state_report *r)
{
	r->refused = false;
	if (!sandbox_state_buffer(r->sandbox))
		fief_reporter_close(&r->reporter);
}
