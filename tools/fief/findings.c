/* SPDX-License-Identifier: MIT */
/* Findings about a configuration. */

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "json_text.h"
#include "util.h"

void findings_add(struct findings *f, enum finding_level level,
                  const char *kind, struct node_place at, const char *format,
                  ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = util_text("%s", kind);
	va_end(args);
	if (f->count == f->room) {
		f->room = f->room ? 2 * f->room : 16;
		f->list = util_grow(f->list, f->room * sizeof(*f->list));
	}
	f->list[f->count++] = (struct finding){ at, level, kind, text };
	f->errors += level == FINDING_ERROR;
}

static int order(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;

	if (a->at.line != b->at.line)
		return a->at.line < b->at.line ? -1 : 1;
	if (a->at.column != b->at.column)
		return a->at.column < b->at.column ? -1 : 1;
	return strcmp(a->text, b->text);
}

static void sort(struct findings *f)
{
	if (f->count)
		qsort(f->list, f->count, sizeof(*f->list), order);
}

static void print_one(const struct finding *x, const char *file, FILE *to)
{
	char *safe = util_safe(x->text);

	fprintf(to, "%s:%u:%u: %s%s\n", file, x->at.line, x->at.column,
	        x->level == FINDING_WARNING ? "warning: " : "", safe);
	free(safe);
}

void findings_print(struct findings *f, const char *file)
{
	sort(f);
	for (size_t i = 0; i < f->count; i++)
		print_one(&f->list[i], file, stdout);
}

void findings_tell(struct findings *f, const char *file)
{
	const bool all = f->count <= FINDINGS_TOLD;
	size_t told = 0;

	sort(f);
	for (size_t i = 0; i < f->count && told < FINDINGS_TOLD; i++) {
		if (!all && f->errors && f->list[i].level != FINDING_ERROR)
			continue;
		print_one(&f->list[i], file, stderr);
		told++;
	}
	if (!all)
		util_error("%zu more findings in %s; `fief check` lists all",
		           f->count - told, file);
}

void findings_print_json(struct findings *f, const char *file)
{
	json_t *list = json_array();

	sort(f);
	for (size_t i = 0; i < f->count; i++) {
		const struct finding *x = &f->list[i];
		char *safe = util_utf8(x->text);

		json_array_append_new(
			list, json_pack("{sssisissssss}", "file", file, "line",
		                        (int)x->at.line, "column",
		                        (int)x->at.column, "level",
		                        x->level == FINDING_ERROR ? "error" :
		                                                    "warning",
		                        "kind", x->kind, "text", safe));
		free(safe);
	}
	json_show(list);
}

void findings_fini(struct findings *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->list[i].text);
	free(f->list);
	*f = (struct findings){ 0 };
}
