/* SPDX-License-Identifier: MIT */
/* Life of a session: paid, asked for, open, closed, refunded. */

#include "internal.h"

#include <lib/mem.h>
#include <session/cpu.h>

/* ---- news for the client ---- */

static void reply_late(struct session *s, enum fief_err status)
{
	const struct parent_session_results r = { .cap = s->cap };
	const enum session_late late = s->late;

	s->late = LATE_NOTHING;
	if (s->forwarded && late != LATE_NOTHING)
		forward_answer(s, late, status);
	else if (late == LATE_SESSION)
		parent_session_reply_send(s->token, status, &r);
	else if (late == LATE_UPGRADE)
		parent_upgrade_reply_send(s->token, status);
}

/* A request that is not answered by its own reply has its outcome. */
static void settled(struct session *s, enum fief_err status)
{
	const bool waited = s->late != LATE_NOTHING;

	state_changed(s->sandbox);
	if (!s->settled_by_news)
		return;
	if (s->replaces) {
		handover_settled(s);
		return;
	}
	if (s->env != ENV_NONE) {
		sandbox_work_soon(s->sandbox);
		return;
	}
	reply_late(s, status);
	if (waited && s->state == SESSION_DENIED)
		session_destroy(s);
	else if (!waited && s->client)
		fief_kif->signal(s->client->session_sigh);
}

/* ---- asking ---- */

static struct fief_id_space *names(const struct session *s)
{
	if (s->own)
		return &s->sandbox->own_ids;
	return s->server ? &s->server->served : &s->sandbox->upward;
}

static enum fief_err session_name(struct session *s)
{
	if (s->local && !s->own)
		return FIEF_OK;
	return fief_id_add(names(s), &s->server_id);
}

static void session_unname(struct session *s)
{
	fief_id_remove(names(s), &s->server_id);
	local_close(s);
	request_forget(s);
	close_answered(s);
}

static void session_pay_and_ask(struct session *s)
{
	enum fief_err e;

	s->state = SESSION_CREATING;
	e = session_name(s);
	if (!e)
		e = money_pay(s, s->ram, s->caps);
	s->paid = !e;
	if (e)
		session_refused(s, e);
	else if (s->own)
		local_ask(s);
	else if (s->local)
		session_opened(s, s->client->config.obj.cap);
	else if (s->server)
		server_ask(s, REQUEST_KIND_CREATE);
	else
		upward_ask(s);
}

void session_begin(struct session *s)
{
	const struct child *d = s->server;

	state_changed(s->sandbox);
	if (d && (d->state == CHILD_NEW || d->state == CHILD_STARTING)) {
		s->state = SESSION_WAITING;
		list_add_last(&s->sandbox->waiting, &s->link);
	} else if (d && d->state != CHILD_RUNNING) {
		note(s->client,
		     &(struct note_about){ REASON_NOT_RUNNING, .session = s },
		     "\"%s\": \"%s\", the server of service \"%s\" "
		     "(label \"%s\"), does not run",
		     child_name(s->client), child_name(d), s->service,
		     s->label);
		session_refused(s, FIEF_DENIED);
	} else {
		session_pay_and_ask(s);
	}
}

/* ---- what came of it ---- */

void session_opened(struct session *s, fief_cap cap)
{
	s->cap = cap;
	s->state = SESSION_OPEN;
	if (s->client && s->env == ENV_NONE &&
	    !strcmp(s->service, CPU_SERVICE) && !s->server && !s->local &&
	    schedule_session(s))
		fief_error("cannot limit a CPU session of \"%s\"",
		           child_name(s->client));
	note_opened(s);
	settled(s, FIEF_OK);
}

/* What the server holds of the client goes back. */
static void refund_all(struct session *s)
{
	if (s->paid)
		money_refund(s, s->ram, s->caps);
	s->paid = false;
}

void session_withdraw(struct session *s)
{
	session_unname(s);
	refund_all(s);
	s->server = NULL;
}

void session_refused(struct session *s, enum fief_err cause)
{
	note_refusal(s, cause);
	session_withdraw(s);
	s->state = SESSION_DENIED;
	s->outcome = cause;
	settled(s, cause);
}

void session_upgraded(struct session *s, enum fief_err result)
{
	s->state = SESSION_OPEN;
	if (result) {
		money_refund(s, s->more_ram, s->more_caps);
	} else if (s->server || s->local ||
	           !config_service_same(s->service, PD_SERVICE)) {
		s->ram += s->more_ram;
		s->caps += s->more_caps;
	}
	s->more_ram = s->more_caps = 0;
	settled(s, result);
}

/* The server is through with a session that was closed. */
void session_finish(struct session *s)
{
	struct child *c = s->client;
	const bool news = c && !s->wait && s->state == SESSION_CLOSING;

	if (s->again) {
		session_withdraw(s);
		forward_stall(s);
		return;
	}
	session_destroy(s);
	if (news)
		fief_kif->signal(c->session_sigh);
}

void session_destroy(struct session *s)
{
	struct child *c = s->client;

	state_changed(s->sandbox);
	reply_late(s, FIEF_GONE);
	session_unname(s);
	refund_all(s);
	list_remove(&s->link);
	if (s->forwarded)
		forward_gone(s);
	if (c && s->env == ENV_NONE && !s->replaces) {
		fief_id_remove(&c->sessions, &s->client_id);
		c->session_count--;
		money_fee_return(c);
	}
	fief_kif->drop(s->cap, 1);
	fief_free(s->sandbox->env->heap, s, sizeof(*s));
}

/* ---- what the client asks ---- */

enum fief_err session_outcome(struct session *s, fief_cap *cap)
{
	enum fief_err e = FIEF_PENDING;

	if (s->state == SESSION_OPEN) {
		*cap = s->cap;
		return FIEF_OK;
	}
	if (s->state == SESSION_DEAD)
		return FIEF_GONE;
	if (s->state == SESSION_DENIED) {
		e = s->outcome;
		session_destroy(s);
	}
	return e;
}

static enum fief_err upgrade_up(struct session *s)
{
	enum fief_err e = FIEF_OK;

	if (s->own)
		e = local_upgrade(s, s->more_ram, s->more_caps);
	else if (!s->local)
		e = upward_upgrade(s, s->more_ram, s->more_caps);
	if (e == FIEF_PENDING)
		return e;
	s->settled_by_news = false;
	session_upgraded(s, e);
	return e;
}

enum fief_err session_upgrade(struct session *s, uint64_t ram, uint32_t caps)
{
	enum fief_err e;

	if (s->state == SESSION_UPGRADING)
		return FIEF_LIMIT;
	if (s->state != SESSION_OPEN)
		return FIEF_NOT_FOUND;
	e = money_pay(s, ram, caps);
	if (e)
		return e;
	s->more_ram = ram;
	s->more_caps = caps;
	s->state = SESSION_UPGRADING;
	if (s->server) {
		server_ask(s, REQUEST_KIND_UPGRADE);
		e = FIEF_PENDING;
	} else {
		e = upgrade_up(s);
	}
	s->settled_by_news = true;
	if (e == FIEF_PENDING && s->wait) {
		s->late = LATE_UPGRADE;
		s->token = fief_entrypoint_token(s->sandbox->env->ep);
		return FIEF_LATE;
	}
	return e;
}

/* From now on only the server's answer is awaited; the id is free again. */
static void session_leave(struct session *s)
{
	struct child *c = s->client;

	if (!s->again)
		reply_late(s, FIEF_CANCELED);
	s->ram += s->more_ram; /* of an upgrade that is under way */
	s->caps += s->more_caps;
	s->more_ram = s->more_caps = 0;
	fief_kif->drop(s->cap, 1);
	s->cap = FIEF_CAP_NULL;
	s->state = SESSION_CLOSING;
	state_changed(s->sandbox);
	if (c && s->env == ENV_NONE)
		fief_id_remove(&c->sessions, &s->client_id);
	list_remove(&s->link);
	list_add_last(c ? &c->closing : &s->sandbox->orphans, &s->link);
}

/* May it be forgotten at once, without asking the server? */
static bool unknown_to_server(const struct session *s)
{
	if (s->state == SESSION_WAITING || s->state == SESSION_DENIED ||
	    s->state == SESSION_DEAD || s->local)
		return true;
	return s->server && s->request == REQUEST_KIND_CREATE && !s->fetched &&
	       s->state == SESSION_CREATING;
}

static void forget(struct session *s)
{
	reply_late(s, FIEF_CANCELED);
	session_destroy(s);
}

enum fief_err session_close(struct session *s)
{
	struct sandbox *b = s->sandbox;
	size_t upward = b->upward.tree.count;

	handover_cancel(s);

	if (unknown_to_server(s)) {
		forget(s);
		return FIEF_OK;
	}
	session_leave(s);
	if (!s->server) {
		upward_close(s);
		return b->upward.tree.count < upward ? FIEF_OK : FIEF_PENDING;
	}
	/* Also of one that it has not made yet: it may wait for something. */
	server_ask(s, REQUEST_KIND_CLOSE);
	close_asked(s);
	return FIEF_PENDING;
}

/* ---- when one side ends ---- */

void session_part(struct session *s)
{
	request_uncount(s);
	s->client = NULL;
}

void session_client_gone(struct session *s)
{
	enum fief_err e;

	if (s->env == ENV_NONE) {
		fief_id_remove(&s->client->sessions, &s->client_id);
		s->client->session_count--;
	}
	session_part(s);
	if (s->state != SESSION_CLOSING) {
		e = session_close(s);
		(void)e; /* nobody to tell */
		return;
	}
	list_remove(&s->link);
	list_add_last(&s->sandbox->orphans, &s->link);
}

void session_server_gone(struct session *s)
{
	if (s->state == SESSION_CREATING && s->forwarded && !s->fetched) {
		session_withdraw(s);
		forward_stall(s);
		return;
	}
	if (s->state == SESSION_CREATING) {
		session_refused(s, FIEF_GONE);
		return;
	}
	if (s->state == SESSION_CLOSING) {
		s->request = REQUEST_KIND_CLOSE;
		session_finish(s);
		return;
	}
	reply_late(s, FIEF_GONE);
	s->ram += s->more_ram;
	s->caps += s->more_caps;
	s->more_ram = s->more_caps = 0;
	session_withdraw(s);
	if (s->forwarded) {
		session_destroy(s);
		return;
	}
	s->state = SESSION_DEAD;
	state_changed(s->sandbox);
	s->lost = s->sandbox->leaving;
	fief_kif->drop(s->cap, 1);
	s->cap = FIEF_CAP_NULL;
	if (s->env != ENV_NONE)
		sandbox_work_soon(s->sandbox);
	else if (!s->wait && s->client)
		fief_kif->signal(s->client->session_sigh);
}
