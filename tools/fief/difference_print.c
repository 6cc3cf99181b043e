/* SPDX-License-Identifier: MIT */
/* The differences between two configurations: collected, and shown. */

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "difference.h"
#include "json_text.h"
#include "util.h"

static const struct {
	const char *name, *one, *many;
} kinds[] = {
	[DIFFERENCE_STOP] = { "stop", "stop", "stops" },
	[DIFFERENCE_RESTART] = { "restart", "restart", "restarts" },
	[DIFFERENCE_END] = { "end", "end without restart",
	                     "ends without restart" },
	[DIFFERENCE_START] = { "start", "start", "starts" },
	[DIFFERENCE_REROUTE] = { "route", "new route", "new routes" },
	[DIFFERENCE_CLOSE] = { "close", "end of a session",
	                       "ends of sessions" },
	[DIFFERENCE_QUOTA] = { "quota", "other quota", "other quotas" },
	[DIFFERENCE_CONFIG] = { "config", "other config", "other configs" },
	[DIFFERENCE_OTHER] = { "other", "other change", "other changes" },
};

const char *difference_name(enum difference_kind kind)
{
	return kinds[kind].name;
}

/* ---- collecting ---- */

void differences_add(struct differences *d, enum difference_kind kind,
                     bool certain, const struct authority_init *in,
                     const char *child, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = util_text("?");
	va_end(args);
	if (d->count == d->room) {
		d->room = d->room ? 2 * d->room : 16;
		d->list = util_grow(d->list, d->room * sizeof(*d->list));
	}
	d->list[d->count++] = (struct difference){
		kind, certain,
		util_text("%s" LABEL_SEPARATOR "%s", in->label, child), text
	};
}

bool differences_has(const struct differences *d, const char *label,
                     enum difference_kind kind)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->list[i].kind == kind && d->list[i].certain &&
		    !strcmp(d->list[i].label, label))
			return true;
	return false;
}

bool differences_guessed(const struct differences *d)
{
	for (size_t i = 0; i < d->count; i++)
		if (!d->list[i].certain)
			return true;
	return false;
}

void differences_fini(struct differences *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->list[i].label);
		free(d->list[i].text);
	}
	free(d->list);
	*d = (struct differences){ 0 };
}

/* ---- for people ---- */

static void print_one(const struct difference *d)
{
	char *label = util_safe(d->label), *text = util_safe(d->text);

	printf("%s%-8s %s: %s\n", d->certain ? "" : "may ", kinds[d->kind].name,
	       label, text);
	free(label);
	free(text);
}

static void print_summary(const struct differences *d)
{
	size_t sure[DIFFERENCE_KINDS] = { 0 }, maybe = 0;
	const char *comma = "";

	for (size_t i = 0; i < d->count; i++) {
		sure[d->list[i].kind] += d->list[i].certain;
		maybe += !d->list[i].certain;
	}
	for (size_t k = 0; k < DIFFERENCE_KINDS; k++) {
		if (!sure[k])
			continue;
		printf("%s%zu %s", comma, sure[k],
		       sure[k] == 1 ? kinds[k].one : kinds[k].many);
		comma = ", ";
	}
	if (maybe)
		printf("%s%zu that depend on open sessions", comma, maybe);
	puts(d->count ? "." : "Nothing would change.");
	if (maybe && d->guess)
		printf("What may happen is guessed: %s.\n", d->guess);
}

void differences_print(const struct differences *d)
{
	for (size_t i = 0; i < d->count; i++)
		print_one(&d->list[i]);
	print_summary(d);
}

/* ---- for programs ---- */

json_t *differences_json(const struct differences *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->count; i++)
		json_array_append_new(
			list,
			json_pack("{sssosbso}", "action",
		                  kinds[d->list[i].kind].name, "component",
		                  json_text(d->list[i].label), "certain",
		                  d->list[i].certain, "reason",
		                  json_text(d->list[i].text)));
	return list;
}
