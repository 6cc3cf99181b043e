/* SPDX-License-Identifier: MIT */
/* Why a child does not get on: what the log says of it is kept for the state
 * report, until that is over. */

#include "internal.h"

#include <lib/mem.h>
#include <lib/utf8.h>

static const char *const reason_name[] = {
	[REASON_NONE] = "",
	[REASON_NO_ROUTE] = "no-route",
	[REASON_NO_PROVIDER] = "no-provider",
	[REASON_AMBIGUOUS] = "ambiguous",
	[REASON_NOT_RUNNING] = "not-running",
	[REASON_WAITING] = "waiting",
	[REASON_NO_ANSWER] = "no-answer",
	[REASON_RAM] = "ram",
	[REASON_CAPS] = "caps",
	[REASON_NO_BINARY] = "no-binary",
	[REASON_BAD_IMAGE] = "bad-image",
	[REASON_REFUSED] = "denied-by-server",
	[REASON_LIMIT] = "limit",
	[REASON_FAILED] = "failed",
	[REASON_CRASHED] = "crashed",
	[REASON_KILLED] = "killed",
	[REASON_FROZEN] = "frozen",
	[REASON_RESTARTING] = "restarting",
	[REASON_GAVE_UP] = "gave-up",
	[REASON_OTHER] = "other",
};

const char *note_name(enum reason reason)
{
	return reason_name[reason];
}

enum reason note_reason(enum fief_err cause)
{
	static const enum reason table[FIEF_ERR_COUNT] = {
		[FIEF_OUT_OF_RAM] = REASON_RAM,
		[FIEF_INSUFFICIENT_RAM] = REASON_RAM,
		[FIEF_OUT_OF_CAPS] = REASON_CAPS,
		[FIEF_INSUFFICIENT_CAPS] = REASON_CAPS,
		[FIEF_DENIED] = REASON_REFUSED,
		[FIEF_GONE] = REASON_NOT_RUNNING,
		[FIEF_LIMIT] = REASON_LIMIT,
		[FIEF_TOO_LONG] = REASON_LIMIT,
	};

	return table[cause] ? table[cause] : REASON_OTHER;
}

static struct note *note_of(struct child *c)
{
	enum fief_err e;
	void *mem;

	if (c->note)
		return c->note;
	e = fief_alloc_zeroed(c->sandbox->env->heap, sizeof(*c->note), &mem);
	if (!e) /* the log has it in any case */
		c->note = mem;
	return c->note;
}

static void keep(struct child *c, const struct note_about *about,
                 const char *why)
{
	const struct session *s = about->session;
	struct note *n = note_of(c);

	if (!n)
		return;
	*n = (struct note){ .reason = about->reason };
	memcpy(n->why, why, strlen(why) + 1);
	if (s) {
		memcpy(n->service, s->service, sizeof(n->service));
		memcpy(n->sent, s->sent, sizeof(n->sent));
	}
	state_changed(c->sandbox);
}

static void tell(enum note_level level, const char *why)
{
	if (level == NOTE_ERROR)
		fief_error("%s", why);
	else if (level == NOTE_LOG)
		fief_log("%s", why);
}

/* Is it about a session that the child can ask for again and again? */
static bool asked_for(const struct note_about *about)
{
	return about->level != NOTE_SILENT && about->session &&
	       about->session->env == ENV_NONE;
}

void note(struct child *c, const struct note_about *about, const char *format,
          ...)
{
	char why[NOTE_MAX];
	va_list args;
	struct fmt f;

	fmt_init(&f, why, sizeof(why));
	va_start(args, format);
	fmt_add_args(&f, format, args);
	va_end(args);
	if (!fmt_fits(&f))
		memcpy(why + sizeof(why) - sizeof("..."), "...", sizeof("..."));
	utf8_make_printable(why); /* it may be cut within a character */
	if (!asked_for(about) || complaint_due(c->sandbox, c))
		tell(about->level, why);
	if (about->session)
		about->session->noted = true;
	if (!about->weak || !c->note)
		keep(c, about, why);
}

/* Its server or nobody says why: not for the log, which a client that asks
 * again and again would fill. */
void note_refusal(struct session *s, enum fief_err cause)
{
	const struct note_about about = { .reason = note_reason(cause),
		                          .level = NOTE_SILENT,
		                          .session = s };
	const struct child *d = s->server;

	if (!s->client || s->env != ENV_NONE || s->noted)
		return;
	note(s->client, &about,
	     "\"%s\": %s%s%s refuses service \"%s\" (label \"%s\"): %s",
	     child_name(s->client), d ? "\"" : "", d ? child_name(d) : "parent",
	     d ? "\"" : "", s->service, s->label, fief_err_text(cause));
}

void note_opened(const struct session *s)
{
	const struct note *n = s->client ? s->client->note : NULL;

	if (n && s->env == ENV_NONE && !strcmp(n->service, s->service) &&
	    !strcmp(n->sent, s->sent))
		note_clear(s->client);
}

void note_clear(struct child *c)
{
	if (c->note)
		fief_free(c->sandbox->env->heap, c->note, sizeof(*c->note));
	c->note = NULL;
}
