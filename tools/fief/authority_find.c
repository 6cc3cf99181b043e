/* SPDX-License-Identifier: MIT */
/* Components of a system by their labels. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority.h"
#include "label_spelled.h"
#include "suggest.h"
#include "util.h"

static void suggest_label(const struct authority *a, const char *label,
                          char *near)
{
	struct suggest s;
	char *all;

	suggest_init(&s, label);
	near[0] = '\0';
	for (const struct authority_init *in = a->inits; in; in = in->next)
		for (const struct config_start *c = in->config->starts; c;
		     c = c->next) {
			unsigned before = s.distance;

			all = util_text("%s" LABEL_SEPARATOR "%s", in->label,
			                c->name);
			suggest_offer(&s, c->name);
			suggest_offer(&s, all);
			suggest_offer(&s, all + strlen("init" LABEL_SEPARATOR));
			if (s.distance < before && suggest_result(&s))
				snprintf(near, LABEL_MAX + 1, "%s", all);
			free(all);
		}
}

static const struct config_start *find(const struct authority *a,
                                       const char *label,
                                       const struct authority_init **in)
{
	const char *rest = label_scoped(label, "init");
	const struct config_start *s = NULL;

	rest = rest && *rest ? rest : label;
	*in = a->inits;
	while (*in) {
		char name[LABEL_MAX + 1];
		const char *end = strstr(rest, LABEL_SEPARATOR);
		size_t len = end ? (size_t)(end - rest) : strlen(rest);

		s = NULL;
		if (len > LABEL_MAX)
			break;
		memcpy(name, rest, len);
		name[len] = '\0';
		s = config_start_find((*in)->config, name);
		if (!s || !end)
			break;
		*in = authority_inner(*in, s);
		rest = end + strlen(LABEL_SEPARATOR);
		s = NULL;
	}
	return s;
}

const struct config_start *authority_find(const struct authority *a,
                                          const char *label,
                                          const struct authority_init **in,
                                          char *near)
{
	const struct config_start *s = NULL;

	for (size_t i = 0; i < LABEL_SPELLINGS && !s; i++) {
		char *spelled = label_spelled(label, i);

		s = find(a, spelled, in);
		free(spelled);
	}
	if (!s)
		suggest_label(a, label, near);
	return s;
}

void authority_not_found(const char *label, const char *near)
{
	if (*near)
		util_error("there is no component \"%s\"; did you mean "
		           "\"%s\"?",
		           label, near);
	else
		util_error("there is no component \"%s\"", label);
}

/* ---- services ---- */

const char *authority_service_near(const struct authority *a,
                                   const char *service)
{
	struct suggest s;
	const char *name;

	suggest_init(&s, service);
	for (size_t i = 0; (name = authority_core_service(i)); i++)
		suggest_offer(&s, name);
	for (const struct authority_init *in = a->inits; in; in = in->next) {
		for (const struct authority_service *p = in->service_list; p;
		     p = p->next)
			suggest_offer(&s, p->name);
		for (const struct config_offer *o = in->config->offers; o;
		     o = o->next)
			suggest_offer(&s, o->name);
	}
	return s.distance ? suggest_result(&s) : NULL;
}
