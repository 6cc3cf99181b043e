/* SPDX-License-Identifier: MIT */
/* A change of a running system, from the side of the command. */

#include <argp.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include <fief/exit_code.h>

#include "check.h"
#include "client.h"
#include "effect.h"
#include "json_text.h"
#include "past.h"
#include "submit.h"
#include "util.h"

/* ---- options ---- */

static int64_t timeout_of(struct argp_state *state, const char *text)
{
	enum { LONGEST = 100000 };
	char *end;
	double s = strtod(text, &end);

	if (end == text || *end || !(s >= 0 && s <= LONGEST))
		argp_error(state,
		           "--timeout is \"%s\"; expected are seconds, 0 to %d",
		           text, LONGEST);
	return (int64_t)(s * 1000);
}

int submit_parse(int key, char *arg, struct argp_state *state,
                 struct submit_options *o)
{
	switch (key) {
	case SUBMIT_KEY_DRY_RUN:
		o->dry_run = true;
		return 0;
	case SUBMIT_KEY_JSON:
		o->json = true;
		return 0;
	case SUBMIT_KEY_QUIET:
		o->quiet = true;
		return 0;
	case SUBMIT_KEY_TIMEOUT:
		o->timeout_ms = timeout_of(state, arg);
		return 0;
	case SUBMIT_KEY_NAME:
		o->system = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ---- what runs ---- */

static int not_understood(const struct submit *s)
{
	util_error("system \"%s\" answers what this version of fief does not "
	           "understand",
	           s->target.name);
	return FIEF_EXIT_FRAMEWORK;
}

static int fetch_config(struct submit *s)
{
	struct findings ignored = { 0 };
	struct config_text text;
	int code = past_text(&s->target, 0, &s->number, &text);

	if (code)
		return code;
	authority_open_text(&s->now, s->target.name, text, &ignored);
	findings_fini(&ignored);
	if (s->now.inits)
		return 0;
	authority_close(&s->now);
	util_error("the first component of system \"%s\" is not init: only "
	           "`fief reload` changes its configuration",
	           s->target.name);
	return FIEF_EXIT_USAGE;
}

static int fetch_listing(struct submit *s)
{
	char *answer;
	int code = target_ask(&s->target, "ps", false, &answer);

	if (code)
		return code;
	return listing_parse(&s->running, answer) ? 0 : not_understood(s);
}

/* ---- which sessions there are ---- */

enum { REPORT_MS = 2000, REPORT_PAUSE_NS = 5000000 };

/* A report follows each change, after its delay: one that is older does not
 * count. */
static int64_t report_age_max(const struct submit *s)
{
	struct past past;
	struct timeval now;
	int64_t age = 0;

	if (past_fetch(&s->target, &past))
		return age;
	gettimeofday(&now, NULL);
	if (past.count)
		age = (int64_t)now.tv_sec * 1000 + now.tv_usec / 1000 -
		      past.entry[past.count - 1].time_us / 1000;
	past_fini(&past);
	return age;
}

static bool report_serves(const struct submit *s)
{
	return s->report.there == REPORT_THERE && s->report.root &&
	       (int64_t)s->report.age_ms <= report_age_max(s);
}

static int fetch_report(struct submit *s)
{
	const struct config_report *wish = &s->now.inits->config->report;
	const struct timespec pause = { .tv_nsec = REPORT_PAUSE_NS };
	const int64_t until =
		util_now_ms() + (wish->delay_ms < REPORT_MS ? REPORT_MS : 0);
	int code = 0;

	s->guess =
		"no <report requested=\"yes\"/> in the configuration in force "
		"tells which sessions are open";
	while (wish->wanted && wish->requested && !code) {
		code = report_fetch(&s->target, &s->report);
		if (code || report_serves(s)) {
			s->guess = "no report tells which sessions components "
				   "of inits within have open";
			break;
		}
		report_fini(&s->report);
		s->guess = "no state report has come since the last change";
		if (util_now_ms() >= until)
			break;
		nanosleep(&pause, NULL);
	}
	return code;
}

int submit_open(struct submit *s, const struct submit_options *o,
                const char *file)
{
	int code;

	*s = (struct submit){ .o = o };
	code = target_open(&s->target, o->system, file);
	if (code)
		return code;
	code = fetch_config(s);
	s->open = !code;
	if (!code)
		code = fetch_report(s);
	if (!code)
		code = fetch_listing(s);
	if (code)
		submit_close(s);
	return code;
}

void submit_close(struct submit *s)
{
	if (s->open)
		authority_close(&s->now);
	s->open = false;
	listing_fini(&s->running);
	report_fini(&s->report);
	target_close(&s->target);
}

/* ---- checks ---- */

/* What init would refuse, it would refuse as a whole. */
static int check_next(const struct submit *s, const struct submit_change *c,
                      struct authority *next, struct findings *f)
{
	bool refused = !next->inits;

	if (c->check)
		check_inits(next, s->running.ram, s->running.caps, f);
	refused |= c->check && f->errors;
	if (f->count)
		findings_tell(f, next->file);
	if (!refused)
		return 0;
	if (!s->o->dry_run)
		util_error("nothing was changed");
	return FIEF_EXIT_CONFIG;
}

/* ---- applying ---- */

static char *request_line(const struct submit *s, const struct submit_change *c,
                          const struct authority *next)
{
	if (c->request)
		return util_text("%s", c->request);
	return util_text("apply %zu %" PRIu64 " %" PRIu64 " %.200s",
	                 next->text.len, s->number, c->same_as, c->origin);
}

static int send_change(struct submit *s, const struct submit_change *c,
                       const struct authority *next, struct effect_from *from)
{
	char *line = request_line(s, c, next);
	bool refused = false, missing = false;
	const struct client_request r = { .name = s->target.name,
		                          .text = line,
		                          .body = c->request ? NULL :
		                                               next->text.bytes,
		                          .body_len = next->text.len,
		                          .refused = &refused };
	char *answer = client_ask(&s->target.dir, &r, &missing);
	int n;

	free(line);
	if (!answer && missing)
		return FIEF_EXIT_NOT_FOUND;
	if (!answer)
		return refused ? FIEF_EXIT_CONFIG : FIEF_EXIT_FRAMEWORK;
	n = sscanf(answer, "applied\t%" SCNu64 "\t%" SCNu64 "\t%" SCNu64,
	           &from->number, &from->log, &from->events);
	free(answer);
	return n == 3 ? 0 : not_understood(s);
}

static void print_json(const struct differences *d, const struct effect *e)
{
	json_t *j = json_pack("{siso}", "version", 1, "changes",
	                      differences_json(d));

	if (differences_guessed(d))
		json_object_set_new(j, "guess", json_string(d->guess));
	if (e)
		effect_json(e, j);
	json_show(j);
}

static int apply(struct submit *s, const struct submit_change *c,
                 const struct authority *next, const struct differences *d)
{
	struct effect e = { .target = &s->target, .next = next };
	int code = send_change(s, c, next, &e.from);

	if (code)
		return code;
	code = effect_wait(&e, d, s->o->timeout_ms);
	if (s->o->json)
		print_json(d, &e);
	else
		effect_print(&e, s->o->quiet);
	effect_fini(&e);
	return code;
}

/* With what is in force, and with what is to be. */
static int decide(struct submit *s, const struct submit_change *c,
                  const struct authority *next)
{
	struct differences d = { .guess = s->guess };
	const bool same =
		next->text.len == s->now.text.len &&
		!memcmp(next->text.bytes, s->now.text.bytes, next->text.len);
	int code;

	differences_find(&s->now, next, &s->running, s->report.root, &d);
	if (!s->o->json && !s->o->quiet)
		differences_print(&d);
	fflush(stdout);
	if (!s->o->dry_run && !same) {
		code = apply(s, c, next, &d);
	} else {
		code = s->o->dry_run && d.count ? SUBMIT_CHANGES : 0;
		if (s->o->json)
			print_json(&d, NULL);
	}
	differences_fini(&d);
	return code;
}

int submit_change(struct submit *s, struct submit_change *c)
{
	struct findings f = { 0 };
	struct authority next;
	int code;

	authority_open_text(&next, c->file, c->text, &f);
	code = check_next(s, c, &next, &f);
	if (!code)
		code = decide(s, c, &next);
	findings_fini(&f);
	authority_close(&next);
	return code;
}
