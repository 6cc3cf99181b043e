/* SPDX-License-Identifier: MIT */
/*
 * A change of a running system, from the side of the command: what runs is
 * fetched, the next configuration is compared with it, and, unless only that
 * was asked for, submitted; then its effect is awaited.
 */
#pragma once

#include "difference.h"
#include "report.h"
#include "target.h"

/* Options that the commands share. */
struct submit_options {
	const char *system; /* NULL: the only one */
	bool dry_run, json, quiet;
	int64_t timeout_ms;
};

enum {
	SUBMIT_KEY_DRY_RUN = 0x5000,
	SUBMIT_KEY_JSON,
	SUBMIT_KEY_QUIET,
	SUBMIT_KEY_TIMEOUT,
	SUBMIT_KEY_NAME,
	SUBMIT_TIMEOUT_MS = 10000,
};

#define SUBMIT_OPTION_JSON                                                     \
	{                                                                      \
		"json", SUBMIT_KEY_JSON, NULL, 0, "as JSON, for programs", 20  \
	}
#define SUBMIT_OPTION_NAME                                                     \
	{                                                                      \
		"name", SUBMIT_KEY_NAME, "NAME", 0,                            \
			"the system, if several are running", 20               \
	}
#define SUBMIT_OPTIONS                                                         \
	{ "dry-run",                                                           \
	  SUBMIT_KEY_DRY_RUN,                                                  \
	  NULL,                                                                \
	  0,                                                                   \
	  "only tell what would change; ends as `fief plan` does",             \
	  20 },                                                                \
		{ "quiet",                                                     \
		  SUBMIT_KEY_QUIET,                                            \
		  NULL,                                                        \
		  0,                                                           \
		  "tell only what goes wrong",                                 \
		  20 },                                                        \
		{ "timeout",                                                   \
		  SUBMIT_KEY_TIMEOUT,                                          \
		  "SECONDS",                                                   \
		  0,                                                           \
		  "wait that long for the effect (10); 0: do not wait",        \
		  20 },                                                        \
		SUBMIT_OPTION_JSON

/* For the parser of a command: ARGP_ERR_UNKNOWN if the key is none of these. */
struct argp_state;
int submit_parse(int key, char *arg, struct argp_state *state,
                 struct submit_options *o);

struct submit {
	const struct submit_options *o; /* borrowed */
	struct target target;
	uint64_t number;        /* of the configuration in force */
	struct authority now;   /* that one */
	struct listing running; /* what runs by it */
	struct report report;   /* of its sessions, if it tells of them */
	const char *guess;      /* why it does not */
	bool open;
};

/* Fetch what runs. `file`: see target_open. Returns 0, or an exit code after
 * having said why; nothing is to be closed then. */
int submit_open(struct submit *, const struct submit_options *,
                const char *file);
void submit_close(struct submit *);

struct submit_change {
	struct config_text text; /* taken over */
	const char *file;        /* where it is from, for messages */
	const char *origin;      /* for the history */
	uint64_t same_as;        /* as in the history; 0 */
	bool check;              /* refuse what `fief check` finds wrong */
	const char *request;     /* have the instance make the change by itself,
	                          * by this request; NULL: send the text */
};

/* Tell what the change would do; apply it, unless it is only a plan, and wait
 * for its effect. Returns an exit code, SUBMIT_CHANGES of a plan that is not
 * empty or if a part of the change failed. */
enum { SUBMIT_CHANGES = 1 };
int submit_change(struct submit *, struct submit_change *);
