/* SPDX-License-Identifier: MIT */
/* All that can be known of a running system at a moment. */

#include "overview.h"

#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "past.h"
#include "suggest.h"
#include "util.h"

static int fetch_listing(struct overview *o)
{
	char *answer;
	int code = target_ask(&o->target, "ps", false, &answer);

	if (code || listing_parse(&o->running, answer))
		return code;
	util_error("system \"%s\" answers what this version of fief does not "
	           "understand",
	           o->target.name);
	return FIEF_EXIT_FRAMEWORK;
}

/* A first component that is not init may have none. */
static int fetch_config(struct overview *o)
{
	struct findings ignored = { 0 };
	struct config_text text;
	struct past past;
	uint64_t number;
	int code = past_fetch(&o->target, &past);

	if (code)
		return code;
	number = past.count;
	past_fini(&past);
	if (!number)
		return 0;
	code = past_text(&o->target, 0, &number, &text);
	if (code)
		return code;
	authority_open_text(&o->config, o->target.name, text, &ignored);
	findings_fini(&ignored);
	return 0;
}

int overview_open(struct overview *o, const char *system)
{
	int code;

	*o = (struct overview){ .report.there = REPORT_NONE };
	code = target_open(&o->target, system, NULL);
	if (code)
		return code;
	code = fetch_config(o);
	if (!code)
		code = fetch_listing(o);
	if (!code)
		code = report_fetch(&o->target, &o->report);
	if (code)
		overview_close(o);
	return code;
}

void overview_close(struct overview *o)
{
	if (o->config.text.bytes)
		authority_close(&o->config);
	listing_fini(&o->running);
	report_fini(&o->report);
	target_close(&o->target);
}

static void not_found(const struct overview *o, const char *written,
                      const char *near)
{
	struct suggest s;

	suggest_init(&s, written);
	for (size_t i = 0; i < o->running.components; i++)
		suggest_offer(&s, o->running.component[i].label);
	if (!*near && suggest_result(&s))
		near = suggest_result(&s);
	authority_not_found(written, near);
}

/* One that only init reports; the caller frees it. */
static char *reported(const struct overview *o, const char *written)
{
	const char *own = label_scoped(written, "init");
	char *full = util_text("init" LABEL_SEPARATOR "%s",
	                       own && *own ? own : written);

	if (report_child(&o->report, full))
		return full;
	free(full);
	return NULL;
}

char *overview_label(const struct overview *o, const char *written)
{
	char near[LABEL_MAX + 1] = "";
	const struct authority_init *in;
	const struct config_start *s;
	const struct component *c = listing_find(&o->running, written);
	char *label;

	if (c)
		return util_text("%s", c->label);
	s = o->config.inits ? authority_find(&o->config, written, &in, near) :
	                      NULL;
	if (s)
		return util_text("%s" LABEL_SEPARATOR "%s", in->label, s->name);
	label = reported(o, written);
	if (!label)
		not_found(o, written, near);
	return label;
}

const struct component *overview_component(const struct overview *o,
                                           const char *label)
{
	for (size_t i = 0; i < o->running.components; i++)
		if (!strcmp(o->running.component[i].label, label))
			return &o->running.component[i];
	return NULL;
}
