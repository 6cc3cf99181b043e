/* SPDX-License-Identifier: MIT */
/* What is told of children: why one does not get on, and the state report. */
#pragma once

#include "common.h"

/* ---- note.c: why a child does not get on ---- */

enum { NOTE_MAX = 400 }; /* bytes of a sentence, with terminator */

enum reason {
	REASON_NONE,
	REASON_NO_ROUTE,    /* no rule leads anywhere */
	REASON_NO_PROVIDER, /* one does, to who does not provide it */
	REASON_AMBIGUOUS,
	REASON_NOT_RUNNING, /* its server ended, or could not start */
	REASON_WAITING,     /* for its server to start */
	REASON_NO_ANSWER,   /* of its server */
	REASON_RAM,
	REASON_CAPS,
	REASON_NO_BINARY,
	REASON_BAD_IMAGE,
	REASON_REFUSED, /* by the server */
	REASON_LIMIT,
	REASON_FAILED, /* it exited with a code */
	REASON_CRASHED,
	REASON_KILLED,
	REASON_FROZEN,
	REASON_RESTARTING, /* soon */
	REASON_GAVE_UP,
	REASON_OTHER,
};

/* As the report has it. */
const char *note_name(enum reason);
enum reason note_reason(enum fief_err cause);

enum note_level { NOTE_ERROR, NOTE_LOG, NOTE_SILENT };

struct note {
	enum reason reason;
	char service[SERVICE_MAX + 1]; /* of a session that was refused */
	char sent[TEXT_MAX + 1];
	char why[NOTE_MAX];
};

struct note_about {
	enum reason reason;
	enum note_level level;   /* how to tell it to the log */
	bool weak;               /* not instead of what is known already */
	struct session *session; /* that was refused; NULL: the whole child */
};

/* Tell the log why the child does not get on, and keep it for the report. */
void note(struct child *, const struct note_about *, const char *format, ...)
	FIEF_PRINTF(3, 4);
/* The server refused the session; not for the log. */
void note_refusal(struct session *, enum fief_err cause);
/* The session is open: that it was refused before is over. */
void note_opened(const struct session *);
void note_clear(struct child *);

/* ---- state_reason.c ---- */
/* Why it does not get on now; NONE if it does. */
enum reason state_reason(const struct child *, char why[NOTE_MAX]);

/* ---- state.c ---- */

struct state_account {
	uint64_t ram, ram_used;
	uint32_t caps, caps_used;
};

/* All 0 if it cannot be told. */
struct state_account state_account(fief_cap pd);
