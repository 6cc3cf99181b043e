/* SPDX-License-Identifier: MIT */
/* The state report of the first init of a running system. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>
#include <lib/label.h>
#include <lib/node_gen.h>

#include "json_text.h"
#include "report.h"
#include "util.h"

/* ---- what core told ---- */

/* Lines are pages; their ends are no part of the text. */
static size_t unescape(char *to, const char *from)
{
	const char *const begin = to;

	for (; *from; from++) {
		if (*from == '\n')
			continue;
		if (*from == '\\' && from[1])
			*to++ = *++from == 'n' ? '\n' :
			        *from == '0'   ? '\0' :
			                         *from;
		else
			*to++ = *from;
	}
	return (size_t)(to - begin);
}

static bool parse_text(struct report *r, const char *answer)
{
	const char *body = strchr(answer, '\n');
	uint64_t bytes;

	if (!body || sscanf(answer, "report %" SCNu64 " %" SCNu64 " %" SCNu64,
	                    &r->number, &r->age_ms, &bytes) != 3)
		return false;
	r->text.bytes = util_alloc(strlen(body) + 1);
	r->text.len = unescape(r->text.bytes, body);
	return r->text.len == bytes;
}

static void parse_nodes(struct report *r)
{
	struct node_xml_input in = config_text_input(&r->text);
	struct node *root = NULL;

	r->source = config_text_memory;
	arena_init(&r->arena, &r->source);
	if (!node_xml_parse(&in, &r->arena, &r->mistake, &root))
		r->root = root;
}

/* False: it is no such answer. */
static bool understand(const char *answer, struct report *out)
{
	*out = (struct report){ .there = REPORT_THERE };
	if (!strcmp(answer, "unwanted\n"))
		out->there = REPORT_UNWANTED;
	else if (!strcmp(answer, "none\n"))
		out->there = REPORT_NONE;
	else if (parse_text(out, answer))
		parse_nodes(out);
	else
		return false;
	return true;
}

bool report_parse(char *answer, struct report *out)
{
	const bool ok = understand(answer, out);

	free(answer);
	if (!ok) {
		free(out->text.bytes);
		*out = (struct report){ .there = REPORT_NONE };
	}
	return ok;
}

int report_fetch(const struct target *t, struct report *out)
{
	char *answer;
	int code = target_ask(t, "report", false, &answer);

	if (code || report_parse(answer, out))
		return code;
	util_error("system \"%s\" answers what this version of fief does not "
	           "understand",
	           t->name);
	return FIEF_EXIT_FRAMEWORK;
}

void report_fini(struct report *r)
{
	if (r->text.bytes)
		arena_fini(&r->arena);
	free(r->text.bytes);
	*r = (struct report){ .there = REPORT_NONE };
}

/* ---- what it says ---- */

const struct node *report_child(const struct report *r, const char *label)
{
	const char *name = label_scoped(label, "init");

	return name && *name ? node_find(r->root, "child", "name", name) : NULL;
}

static json_t *content_json(const struct node *n)
{
	json_t *list = json_array();

	for (const struct node *c = n->first; c; c = c->next)
		json_array_append_new(list, c->name ? report_json(c) :
		                                      json_text(c->text));
	return list;
}

json_t *report_json(const struct node *n)
{
	json_t *attributes = json_object();

	NODE_FOR_EACH_ATTR(a, n)
		json_object_set_new(attributes, a->name, json_text(a->value));
	return json_pack("{sssoso}", "element", n->name, "attributes",
	                 attributes, "content", content_json(n));
}

static void print_lines(const char *text, size_t len)
{
	const char *const end = text + len;

	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const size_t line = (size_t)((nl ? nl : end) - text);
		char *safe = util_alloc(line * UTIL_SAFE_GROWTH + 1);

		util_safe_text(safe, text, line);
		puts(safe);
		free(safe);
		text += line + 1;
	}
}

/* What was read can be written: it is not deeper than what is read. */
void report_print(const struct node *n)
{
	size_t len = 0, size = 0;
	char *text = NULL;

	while (node_gen_document(n, text, size, &len) == FIEF_TOO_LONG) {
		size = len + 1;
		text = util_grow(text, size);
	}
	print_lines(text, len);
	free(text);
}

void report_print_all(const struct report *r)
{
	print_lines(r->text.bytes, r->text.len);
}
