/* SPDX-License-Identifier: MIT */
/* The configurations that a running system had. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "past.h"
#include "util.h"

static int not_understood(const struct target *t, char *text)
{
	free(text);
	util_error("system \"%s\" answers what this version of fief does not "
	           "understand",
	           t->name);
	return FIEF_EXIT_FRAMEWORK;
}

static bool entry_parse(char *line, struct past_entry *e)
{
	int at = 0;

	if (sscanf(line, "%" SCNu64 "\t%" SCNu64 "\t%" SCNd64 "\t%zu\t%n",
	           &e->number, &e->same_as, &e->time_us, &e->bytes, &at) != 4 ||
	    !at)
		return false;
	e->origin = line + at;
	return true;
}

int past_fetch(const struct target *t, struct past *out)
{
	char *save = NULL, *line;
	bool ok;
	int code;

	*out = (struct past){ 0 };
	code = target_ask(t, "history", false, &out->text);
	if (code)
		return code;
	line = strtok_r(out->text, "\n", &save);
	ok = line && !strcmp(line, "history");
	while (ok && (line = strtok_r(NULL, "\n", &save))) {
		out->entry = util_grow(out->entry,
		                       (out->count + 1) * sizeof(*out->entry));
		ok = entry_parse(line, &out->entry[out->count++]);
	}
	if (ok)
		return 0;
	free(out->entry);
	return not_understood(t, out->text);
}

int past_text(const struct target *t, uint64_t number, uint64_t *found,
              struct config_text *out)
{
	char *request = util_text("config %" PRIu64, number), *answer, *body;
	int code = target_ask(t, number ? request : "config", false, &answer);

	free(request);
	if (code)
		return code;
	body = strchr(answer, '\n');
	if (!body ||
	    sscanf(answer, "config\t%" SCNu64 "\t%zu", found, &out->len) != 2 ||
	    strlen(body + 1) < out->len)
		return not_understood(t, answer);
	out->bytes = util_alloc(out->len + 1);
	memcpy(out->bytes, body + 1, out->len);
	free(answer);
	return 0;
}

void past_fini(struct past *p)
{
	free(p->entry);
	free(p->text);
}

const struct past_entry *past_find(const struct past *p, uint64_t number)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->entry[i].number == number)
			return &p->entry[i];
	return NULL;
}

const struct past_entry *past_before(const struct past *p)
{
	const struct past_entry *now =
		p->count ? &p->entry[p->count - 1] : NULL;
	const struct past_entry *root = now ? past_find(p, now->same_as) : NULL;

	if (!root || root == p->entry)
		return NULL;
	return past_find(p, root[-1].same_as) ? past_find(p, root[-1].same_as) :
	                                        root - 1;
}
