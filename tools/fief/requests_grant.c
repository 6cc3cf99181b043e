/* SPDX-License-Identifier: MIT */
/* What an instance answers about grants, and how it ends them. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "requests.h"
#include "util.h"

static enum server_taken refuse(const struct server_request *q, char *why)
{
	char *line = util_text("error: %s\n", why);

	output_add(q->out, line, strlen(line));
	free(line);
	free(why);
	return SERVER_ANSWERED;
}

/* Why no grant can change now; the caller frees it. */
static char *obstacle(struct requests *r, uint64_t base)
{
	const struct history_entry *now = history_last(&r->live.history);
	const struct authority *a = requests_system(r);

	if (r->live.state != LIVE_IDLE)
		return util_text("another change is on its way; try again");
	if (!now || !a || !a->inits)
		return util_text("this system has no configuration that could "
		                 "change");
	if (base && base != now->number)
		return util_text("the configuration was changed meanwhile, by "
		                 "%s",
		                 now->origin);
	return NULL;
}

/* Takes the texts over. */
static void begin(struct requests *r, uint64_t client, struct config_text text,
                  char *origin)
{
	const struct live_change c = { .origin = origin,
		                       .text = text.bytes,
		                       .len = text.len,
		                       .client = client };

	requests_begin(r, &c);
	free(text.bytes);
	free(origin);
}

enum server_taken requests_grant(struct requests *r,
                                 const struct server_request *q, char *rest)
{
	const uint64_t base = strtoull(rest, &rest, 10);
	char *why = obstacle(r, base), *origin;
	struct config_text text;

	if (!why)
		why = grant_table_add(&r->grants, rest, requests_system(r),
		                      &text, &origin);
	if (why)
		return refuse(q, why);
	begin(r, q->client, text, origin);
	return SERVER_LATER;
}

enum server_taken requests_revoke(struct requests *r,
                                  const struct server_request *q, char *rest)
{
	const uint64_t base = strtoull(rest, &rest, 10);
	const uint64_t id = strtoull(rest, NULL, 10);
	char *why = obstacle(r, base), *origin;
	struct config_text text;

	if (!why)
		why = grant_table_end(&r->grants, id, requests_system(r), &text,
		                      &origin);
	if (!why && !text.bytes)
		why = util_text("the rule of grant %" PRIu64
		                " is not in the configuration any more",
		                id);
	if (why)
		return refuse(q, why);
	begin(r, q->client, text, origin);
	return SERVER_LATER;
}

enum server_taken requests_grants(struct requests *r,
                                  const struct server_request *q)
{
	static const char head[] = "grants\n";
	const struct authority *a = requests_system(r);

	output_add(q->out, head, sizeof(head) - 1);
	if (a && a->inits)
		grant_table_print(&r->grants, a, q->out);
	return SERVER_ANSWERED;
}

int64_t requests_step(struct requests *r)
{
	struct grant *g = grant_table_due(&r->grants);
	struct config_text text;
	char *origin, *why;

	if (!g || r->live.state != LIVE_IDLE)
		return g ? UTIL_NEVER : grant_table_next(&r->grants);
	why = grant_table_end(&r->grants, g->id, requests_system(r), &text,
	                      &origin);
	free(why); /* it is one that there is */
	if (!why && text.bytes)
		begin(r, 0, text, origin);
	return util_now_ms();
}
