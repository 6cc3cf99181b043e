/* SPDX-License-Identifier: MIT */
/*
 * The configuration of a running system, and its changes: one at a time, all
 * or nothing. A text is checked here, handed to init through core, and counts
 * when init says that it has applied it; if init refuses, or says nothing, the
 * one before stands again.
 */
#pragma once

#include "control.h"
#include "history.h"
#include "system_file.h"

enum live_state {
	LIVE_IDLE,
	LIVE_STORED,  /* core is to be told as soon as it has time */
	LIVE_TOLD,    /* core works on it */
	LIVE_READING, /* init does */
};

/* What came of a change: `error` is one line, NULL if it is in force. */
typedef void live_done(void *ctx, uint64_t client, const char *error);

/* What init gets for a configuration: the text with what is there only for a
 * while. `back`: it is to stand as before the change on its way. The owner of
 * `live` frees `out`. */
typedef void live_dress(void *ctx, const struct config_text *text, bool back,
                        struct config_text *out);

struct live_change {
	const char *origin; /* for the history */
	const char *text;   /* NULL: the one in force, dressed anew */
	size_t len;
	uint64_t base; /* number in the history that it was made from; 0: any */
	uint64_t same_as; /* as in the history */
	uint64_t client;  /* for `done` */
	bool again;       /* even if the text is the one in force */
	live_done *done;  /* NULL: that of the owner */
};

struct live {
	struct system_file *config; /* borrowed; NULL: nothing can change */
	struct control *control;    /* borrowed */
	struct history history;
	live_done *done;   /* of the owner */
	live_dress *dress; /* of the owner; NULL: the text as it is */
	void *ctx;

	/* The change on its way. */
	enum live_state state;
	bool back;           /* the text before is being restored */
	char *error;         /* owned: why */
	char *origin, *text; /* owned */
	size_t len;
	live_done *change_done; /* of the change */
	uint64_t same_as, client;
	int64_t deadline;
	enum live_word { WORD_NONE, WORD_APPLIED, WORD_REFUSED } word;
};

/* Note the text that the system starts with. */
void live_init(struct live *, struct system_file *config,
               struct control *control);
void live_fini(struct live *);

/* Begin a change; `done` follows, perhaps before this returns. False if
 * another one is on its way. */
bool live_begin(struct live *, const struct live_change *);

/* Do what can be done now; returns when to call again. */
int64_t live_step(struct live *);

/* Core has answered. False: not to us. */
bool live_core_answered(struct live *);

/* A line of the log. */
void live_line(struct live *, const char *label, size_t label_len,
               const char *text, size_t text_len);
