/* SPDX-License-Identifier: MIT */
/* The configs of a system, and those within. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority.h"
#include "image_check.h"
#include "util.h"

/* A system that is being read. */
struct reading {
	struct authority *a;
	struct findings *findings;
	struct authority_init **end; /* of the list */
};

static void *make(struct reading *r, size_t size)
{
	void *mem;

	if (arena_alloc(&r->a->arena, size, &mem))
		abort(); /* its memory is never short: the program ends before */
	return mem;
}

static const char *normal(const char *service)
{
	return config_service_same(service, "PD") ? "PD" : service;
}

static void service_note(struct reading *r, struct authority_init *in,
                         const char *name, const struct config_start *s)
{
	struct dict_elem *found = dict_find(&in->services, normal(name));
	struct authority_service *service =
		DICT_OBJECT(found, struct authority_service, by_name);

	if (service) {
		if (service->first != s && !service->second) {
			service->second = s;
			service->next_twice = in->twice;
			in->twice = service;
		}
		return;
	}
	service = make(r, sizeof(*service));
	service->name = normal(name);
	service->first = s;
	service->next = in->service_list;
	in->service_list = service;
	if (dict_insert(&in->services, &service->by_name, service->name))
		abort(); /* it was not there */
}

static const char *label_of(struct reading *r, const struct authority_init *in,
                            const char *name)
{
	char *text = util_text("%s" LABEL_SEPARATOR "%s", in->label, name);
	const char *kept;

	if (arena_text(&r->a->arena, text, strlen(text), &kept))
		abort();
	free(text);
	return kept;
}

static bool is_init(const struct config *c, const struct config_start *s)
{
	const char *module;
	struct label label;

	if (!s->config)
		return false;
	module = image_module(c, s, &label);
	return !strcmp(module ? module : label_last(s->binary), "init");
}

static struct authority_init *init_read(struct reading *r,
                                        const struct node *root)
{
	struct node_error err = { 0 };
	struct authority_init *in = make(r, sizeof(*in));

	in->root = root;
	if (config_parse_node(root, &r->a->arena, &err, &in->config)) {
		findings_add(r->findings, FINDING_ERROR, "config", err.at, "%s",
		             err.text);
		return NULL;
	}
	/* What is only a warning to init is refused by `fief run`. */
	for (const struct config_warning *w = in->config->warnings; w;
	     w = w->next)
		findings_add(r->findings, FINDING_ERROR, "config", w->what.at,
		             "%s", w->what.text);
	for (const struct config_start *s = in->config->starts; s; s = s->next)
		for (const struct config_service *p = s->provides; p;
		     p = p->next)
			service_note(r, in, p->name, s);
	*r->end = in;
	r->end = &in->next;
	return in;
}

static void inner_read(struct reading *r, struct authority_init *outer)
{
	for (const struct config_start *s = outer->config->starts; s;
	     s = s->next) {
		struct authority_init *in = is_init(outer->config, s) ?
		                                    init_read(r, s->config) :
		                                    NULL;

		if (!in)
			continue;
		in->outer = outer;
		in->start = s;
		in->label = label_of(r, outer, s->name);
		if (dict_insert(&outer->inner, &in->by_name, s->name))
			abort(); /* names of children are unique */
	}
}

void authority_open_text(struct authority *a, const char *file,
                         struct config_text text, struct findings *f)
{
	struct reading r = { a, f, &a->inits };
	struct node_error err = { 0 };
	struct node_xml_input input;
	struct authority_init *in;
	struct node *root;

	*a = (struct authority){ .file = config_text_shown(file),
		                 .text = text,
		                 .source = config_text_memory };
	arena_init(&a->arena, &a->source);
	input = config_text_input(&a->text);
	if (node_xml_parse(&input, &a->arena, &err, &root)) {
		findings_add(f, FINDING_ERROR, "config", err.at, "%s",
		             err.text);
		return;
	}
	in = init_read(&r, root);
	if (in)
		in->label = "init";
	for (; in; in = in->next)
		inner_read(&r, in);
}

int authority_open(struct authority *a, const char *file, struct findings *f)
{
	struct config_text text = { 0 };
	int code;

	*a = (struct authority){ .file = config_text_shown(file) };
	code = config_text_read(file, &text);
	if (!code)
		authority_open_text(a, file, text, f);
	return code;
}

void authority_close(struct authority *a)
{
	arena_fini(&a->arena);
	free(a->text.bytes);
	a->text.bytes = NULL;
}

const struct authority_init *authority_inner(const struct authority_init *in,
                                             const struct config_start *child)
{
	return DICT_OBJECT(dict_find(&in->inner, child->name),
	                   struct authority_init, by_name);
}

const struct authority_service *
authority_service_find(const struct authority_init *in, const char *service)
{
	return DICT_OBJECT(dict_find(&in->services, normal(service)),
	                   struct authority_service, by_name);
}
