/* SPDX-License-Identifier: MIT */
/*
 * Publishing state: a Report session and its buffer. A report that does not
 * fit makes the reporter open the session anew with a buffer twice as large.
 */
#pragma once

#include <fief/attached.h>
#include <fief/session.h>
#include <lib/node_gen.h>

enum {
	FIEF_REPORT_MIN = 4096,
	FIEF_REPORT_MAX = 1 << 20, /* bytes of the largest report */
};

struct fief_reporter {
	struct fief_env *env; /* borrowed: outlives us */
	const char *name;     /* borrowed: what the report is called */
	struct fief_session session;
	struct fief_attached buffer; /* written by us, read by the server */
};

/* Writes the document, root node included. May be called several times. */
typedef void fief_report_fill(struct node_gen *g, const void *ctx);

/* Open the session for report `name`. Errors: those of fief_session_open,
 * INVALID (the server handed out no buffer). */
FIEF_MUST enum fief_err fief_reporter_open(struct fief_reporter *r,
                                           struct fief_env *env,
                                           const char *name);

/* The same with a buffer of at least `bytes` to begin with. Errors: as above,
 * TOO_LONG (beyond what the server allows). */
FIEF_MUST enum fief_err fief_reporter_open_with(struct fief_reporter *r,
                                                struct fief_env *env,
                                                const char *name, size_t bytes);

/* Publish what `fill` generates. Errors: TOO_LONG (beyond FIEF_REPORT_MAX),
 * INVALID and LIMIT (misuse of the generator), those of opening. Blocks on
 * the server, and on the parent where the buffer grows. */
FIEF_MUST enum fief_err fief_reporter_generate(struct fief_reporter *r,
                                               fief_report_fill *fill,
                                               const void *ctx);

/* Publish bytes. Errors as above. */
FIEF_MUST enum fief_err fief_reporter_text(struct fief_reporter *r,
                                           const char *text, size_t len);

/* The server decides whether the last report stays. No effect on {0}. */
void fief_reporter_close(struct fief_reporter *r);
