/* SPDX-License-Identifier: MIT */
/*
 * Rules that were granted while a system runs, and when each of them ends. It
 * ends them itself, so that it does not matter what became of whoever granted
 * them. One that a rollback brings back after its end is ended again.
 */
#pragma once

#include "live.h"
#include "route_edit.h"

enum { GRANTS_MAX = 256 };

struct grant {
	uint64_t id;
	struct route_grant rule; /* its texts are owned */
	bool made;               /* see route_edit.h */
	int64_t due;             /* UTIL_NEVER: until it is revoked */
	uint64_t first, last;    /* configurations with it; last 0: in force */
	bool ended;
};

struct grant_table {
	struct grant list[GRANTS_MAX];
	size_t count;
	uint64_t made;
	/* On its way: `adding` is the last of the list; `ending` is one. */
	bool adding;
	struct grant *ending;
};

void grant_table_fini(struct grant_table *);

/* One more, which `line` describes: "MS COMPONENT TAB SERVICE TAB LABEL TAB
 * SERVER", MS 0 without end, LABEL with '=' in front or empty for any. The
 * change is in `*text`. NULL, or why not. */
char *grant_table_add(struct grant_table *, const char *line,
                      const struct authority *now, struct config_text *text,
                      char **origin);

/* That one ends. NULL, or why not. If its rule is gone by itself, there is
 * nothing to change: `text->bytes` is NULL. */
char *grant_table_end(struct grant_table *, uint64_t id,
                      const struct authority *now, struct config_text *text,
                      char **origin);

/* The change on its way came into force as `now`, or not: `now` NULL. Also of
 * changes that others made. */
void grant_table_changed(struct grant_table *, const struct history_entry *now);

/* The one whose time has come; NULL. */
struct grant *grant_table_due(struct grant_table *);
/* When to look again. */
int64_t grant_table_next(const struct grant_table *);

/* Lines "ID LEFT-MS COMPONENT SERVICE LABEL SERVER", separated by tabs; LEFT
 * -1 without end, LABEL as above. */
void grant_table_print(struct grant_table *, const struct authority *now,
                       struct output *out);
