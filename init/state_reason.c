/* SPDX-License-Identifier: MIT */
/* What a child waits for, as it is now. */

#include "internal.h"

#include <lib/mem.h>

static void put(char why[NOTE_MAX], const char *format, ...) FIEF_PRINTF(2, 3);

static void put(char why[NOTE_MAX], const char *format, ...)
{
	va_list args;
	struct fmt f;

	fmt_init(&f, why, NOTE_MAX);
	va_start(args, format);
	fmt_add_args(&f, format, args);
	va_end(args);
}

static enum reason session_reason(const struct session *s, char why[NOTE_MAX])
{
	static const struct {
		enum reason reason;
		const char *text;
	} table[] = {
		[SESSION_WAITING] = { REASON_WAITING, "to start" },
		[SESSION_CREATING] = { REASON_NO_ANSWER, "to answer" },
		[SESSION_DEAD] = { REASON_NOT_RUNNING, NULL },
	};
	const struct child *d = s->server;

	if (s->state >= sizeof(table) / sizeof(table[0]) ||
	    table[s->state].reason == REASON_NONE)
		return REASON_NONE;
	if (s->state == SESSION_DEAD)
		put(why,
		    "\"%s\" lost the server of service \"%s\" (label "
		    "\"%s\"): it ended",
		    child_name(s->client), s->service, s->label);
	else
		put(why,
		    "\"%s\" waits for %s%s%s %s, for service \"%s\" "
		    "(label \"%s\")",
		    child_name(s->client), d ? "\"" : "",
		    d ? child_name(d) : "parent", d ? "\"" : "",
		    table[s->state].text, s->service, s->label);
	return table[s->state].reason;
}

static enum reason sessions_reason(const struct child *c, char why[NOTE_MAX])
{
	enum reason r = REASON_NONE;

	for (unsigned i = 0; i < ENV_COUNT && !r; i++)
		if (c->env[i])
			r = session_reason(c->env[i], why);
	for (struct fief_id *i = fief_id_first(&c->sessions); i && !r;
	     i = fief_id_next(i))
		r = session_reason(FIEF_ID_OBJECT(i, struct session, client_id),
		                   why);
	return r;
}

enum reason state_reason(const struct child *c, char why[NOTE_MAX])
{
	if (c->note) {
		memcpy(why, c->note->why, NOTE_MAX);
		return c->note->reason;
	}
	if (!grant_why(c, why))
		return sessions_reason(c, why);
	return c->wanted_ram ? REASON_RAM : REASON_CAPS;
}
