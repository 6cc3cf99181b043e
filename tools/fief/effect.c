/* SPDX-License-Identifier: MIT */
/* Whether a change came into effect. */

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <fief/exit_code.h>

#include "effect.h"
#include "records.h"
#include "submit.h"
#include "util.h"

/* ---- what to wait for ---- */

static void add(struct effect *e, const char *label, enum effect_kind kind)
{
	e->part = util_grow(e->part, (e->parts + 1) * sizeof(*e->part));
	e->part[e->parts++] =
		(struct effect_part){ .label = util_text("%s", label),
		                      .kind = kind };
}

/* Is `label` that of the init or of one around it? */
static bool within(const struct authority_init *in, const char *label)
{
	for (; in; in = in->outer)
		if (!strcmp(in->label, label))
			return true;
	return false;
}

/* With all that starts within it. */
static void add_start(struct effect *e, const char *label)
{
	add(e, label, EFFECT_START);
	for (const struct authority_init *in = e->next->inits; in;
	     in = in->next) {
		if (!within(in, label))
			continue;
		for (const struct config_start *s = in->config->starts; s;
		     s = s->next) {
			char *inner = util_text("%s" LABEL_SEPARATOR "%s",
			                        in->label, s->name);

			add(e, inner, EFFECT_START);
			free(inner);
		}
	}
}

static bool is_init(const struct effect *e, const char *label)
{
	for (const struct authority_init *in = e->next->inits; in;
	     in = in->next)
		if (!strcmp(in->label, label))
			return true;
	return false;
}

static bool known(const struct effect *e, const char *label)
{
	for (size_t i = 0; i < e->parts; i++)
		if (!strcmp(e->part[i].label, label))
			return true;
	return false;
}

static void expect(struct effect *e, const struct differences *d)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct difference *one = &d->list[i];

		if (!one->certain || known(e, one->label))
			continue;
		if (one->kind == DIFFERENCE_START ||
		    one->kind == DIFFERENCE_RESTART)
			add_start(e, one->label);
		else if (one->kind == DIFFERENCE_STOP ||
		         one->kind == DIFFERENCE_END)
			add(e, one->label, EFFECT_END);
		else if (one->kind == DIFFERENCE_CONFIG &&
		         is_init(e, one->label))
			add(e, one->label, EFFECT_CONFIG);
	}
}

/* ---- what happened ---- */

static bool is_one(const char *what, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(*list, what))
			return true;
	return false;
}

/* What an init or core says, without words that say nothing more. */
static char *reason(const struct record *r)
{
	if (!strcmp(r->what, "incomplete") || !strcmp(r->what, "refuse"))
		return util_text("%s", r->text);
	return util_text("%s %s", r->what, r->text);
}

static void started(struct effect_part *p, const struct record *r)
{
	static const char *const fails[] = { "kill", "crash", "fail",
		                             "incomplete", NULL };

	if (!strcmp(r->what, "start"))
		p->seen = true;
	else if ((p->seen || !strcmp(r->what, "incomplete")) && !p->failed &&
	         is_one(r->what, fails))
		p->failed = reason(r);
}

static void happened(void *arg, const struct record *r)
{
	static const char *const ends[] = { "stop",  "exit", "kill",
		                            "crash", "fail", NULL };
	struct effect *e = arg;

	for (size_t i = 0; i < e->parts; i++) {
		struct effect_part *p = &e->part[i];

		if (strcmp(p->label, r->label) != 0)
			continue;
		if (p->kind == EFFECT_START)
			started(p, r);
		else if (p->kind == EFFECT_END)
			p->seen |= is_one(r->what, ends);
		else if (!strcmp(r->what, "config"))
			p->seen = true;
		else if (!strcmp(r->what, "refuse") && !p->failed)
			p->failed = reason(r);
	}
}

static bool complete(const struct effect *e)
{
	for (size_t i = 0; i < e->parts; i++)
		if (!e->part[i].seen && !e->part[i].failed)
			return false;
	return true;
}

static bool failed(const struct effect *e)
{
	for (size_t i = 0; i < e->parts; i++)
		if (e->part[i].failed)
			return true;
	return e->timeout;
}

/* One that ended before all this, or was never there, is gone. */
static void gone_already(struct effect *e, const struct listing *l)
{
	for (size_t i = 0; i < e->parts; i++) {
		bool there = e->part[i].kind != EFFECT_END;

		for (size_t j = 0; j < l->components; j++)
			there |= !strcmp(l->component[j].label,
			                 e->part[i].label);
		e->part[i].seen |= !there;
	}
}

static int look(struct effect *e, uint64_t *next)
{
	struct listing l = { 0 };
	char *text;
	int code = records_fetch(e->target, "events", next, happened, e);

	if (code || complete(e))
		return code;
	code = target_ask(e->target, "ps", false, &text);
	if (code || !listing_parse(&l, text))
		return code ? code : FIEF_EXIT_FRAMEWORK;
	gone_already(e, &l);
	listing_fini(&l);
	return 0;
}

/* Signals that end the wait are taken between requests only. */
static void signals_block(sigset_t *set, sigset_t *old)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigprocmask(SIG_BLOCK, set, old);
}

/* A pause; the signal that came, or 0. */
static int pause_for_signal(const sigset_t *set)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	const int number = sigtimedwait(set, NULL, &pause);

	return number > 0 ? number : 0;
}

int effect_wait(struct effect *e, const struct differences *d,
                int64_t timeout_ms)
{
	const int64_t begin = util_now_ms();
	uint64_t next = e->from.events;
	sigset_t set, old;
	int code = 0;

	expect(e, d);
	signals_block(&set, &old);
	while (timeout_ms && !code && !e->signal) {
		code = look(e, &next);
		if (code || complete(e))
			break;
		e->timeout = util_now_ms() - begin >= timeout_ms;
		if (e->timeout)
			break;
		e->signal = pause_for_signal(&set);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	e->ms = util_now_ms() - begin;
	if (!code && e->signal)
		return FIEF_EXIT_SIGNAL + e->signal;
	return code ? code : failed(e) ? SUBMIT_CHANGES : 0;
}

/* ---- telling ---- */

void effect_print(const struct effect *e, bool quiet)
{
	static const char *const verb[] = {
		[EFFECT_START] = "started",
		[EFFECT_END] = "ended",
		[EFFECT_CONFIG] = "applied its configuration",
	};

	for (size_t i = 0; i < e->parts; i++) {
		const struct effect_part *p = &e->part[i];
		char *label = util_safe(p->label);
		char *why = p->failed ? util_safe(p->failed) : NULL;

		if (why)
			util_error("%s: %s", label, why);
		else if (!p->seen && e->timeout)
			util_error("%s has not %s within the time of "
			           "--timeout; `fief log` may tell why",
			           label, verb[p->kind]);
		free(label);
		free(why);
	}
	if (e->signal)
		util_error("interrupted: configuration %llu is in force, "
		           "whether it came into effect was not awaited",
		           (unsigned long long)e->from.number);
	else if (!quiet)
		printf("Configuration %" PRIu64 " is in effect%s.\n",
		       e->from.number, failed(e) ? ", except for that" : "");
}

void effect_json(const struct effect *e, json_t *into)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->parts; i++) {
		const struct effect_part *p = &e->part[i];
		char *label = util_utf8(p->label);
		char *why = util_utf8(p->failed ? p->failed : "timeout");

		if (p->failed || (!p->seen && e->timeout))
			json_array_append_new(list,
			                      json_pack("{ssss}", "component",
			                                label, "reason", why));
		free(label);
		free(why);
	}
	json_object_set_new(into, "applied",
	                    json_integer((json_int_t)e->from.number));
	json_object_set_new(into, "failed", list);
}

void effect_fini(struct effect *e)
{
	for (size_t i = 0; i < e->parts; i++) {
		free(e->part[i].label);
		free(e->part[i].failed);
	}
	free(e->part);
}
