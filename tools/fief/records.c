/* SPDX-License-Identifier: MIT */
/* Records of an instance's journals, fetched by a command. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "client.h"
#include "records.h"
#include "util.h"

/* Cut off a field; NULL if there is none. */
static char *field(char **rest)
{
	char *from = *rest, *tab = from ? strchr(from, '\t') : NULL;

	*rest = tab ? tab + 1 : NULL;
	if (tab)
		*tab = '\0';
	return tab ? from : NULL;
}

static bool record_parse(char *line, bool event, struct record *r)
{
	char *number = field(&line), *time = field(&line);

	*r = (struct record){ .label = field(&line), .what = "" };
	if (event)
		r->what = field(&line);
	r->text = line;
	if (!number || !time || !r->label || !r->what || !r->text)
		return false;
	r->number = strtoull(number, NULL, 10);
	r->time_us = strtoll(time, NULL, 10);
	return true;
}

/* All of an answer; false if it is none. */
static bool take_all(char *text, bool event, uint64_t *next, uint64_t *missed,
                     record_take *take, void *arg)
{
	char *save = NULL, *line = strtok_r(text, "\n", &save);
	uint64_t after, first;
	struct record r;

	if (!line ||
	    sscanf(line, "journal\t%" SCNu64 "\t%" SCNu64, &after, &first) != 2)
		return false;
	*missed = *next && first > *next ? first - *next : 0;
	while ((line = strtok_r(NULL, "\n", &save))) {
		if (!record_parse(line, event, &r))
			return false;
		take(arg, &r);
	}
	*next = after;
	return true;
}

static int understand(const struct target *t, char *text, const char *journal,
                      uint64_t *next, uint64_t *missed, record_take *take,
                      void *arg)
{
	bool ok = take_all(text, !strcmp(journal, "events"), next, missed, take,
	                   arg);

	free(text);
	if (ok)
		return 0;
	util_error("system \"%s\" answers what this version of fief does not "
	           "understand",
	           t->name);
	return FIEF_EXIT_FRAMEWORK;
}

int records_fetch(const struct target *t, const char *journal, uint64_t *next,
                  record_take *take, void *arg)
{
	char *request = util_text("%s %" PRIu64, journal, *next), *text;
	uint64_t missed;
	int code = target_ask(t, request, false, &text);

	free(request);
	return code ? code :
	              understand(t, text, journal, next, &missed, take, arg);
}

int records_wait(const struct target *t, const char *journal, uint64_t *next,
                 uint64_t *missed, record_take *take, void *arg)
{
	char *line = util_text("%s %" PRIu64 " wait", journal, *next);
	const struct client_request r = { .name = t->name,
		                          .text = line,
		                          .patient = true,
		                          .quiet_if_missing = true,
		                          .quiet_if_ended = true };
	bool missing = false;
	char *text = client_ask(&t->dir, &r, &missing);

	free(line);
	if (!text)
		return missing ? FIEF_EXIT_NOT_FOUND : FIEF_EXIT_FRAMEWORK;
	return understand(t, text, journal, next, missed, take, arg);
}
