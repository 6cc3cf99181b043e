/* SPDX-License-Identifier: MIT */
/* Component images that a system will miss. */

#include <limits.h>
#include <stdio.h>

#include <init/route.h>

#include "image_check.h"
#include "rom_path.h"
#include "util.h"

/* The ROM module that core will be asked for as the binary of a child; NULL if
 * that is not for core, or not at all. */
static const char *module_of(const struct config *c,
                             const struct config_start *s)
{
	const struct route_request q = { c, s, "ROM", s->binary };
	struct route route = { 0 };

	if (route_find(&q, &route) != ROUTE_FOUND || route.server)
		return NULL;
	return label_last(route.label ? route.label : s->binary);
}

static void warn(const struct core_params *p, const char *file,
                 const struct config_start *s, const char *module)
{
	char near[NAME_MAX + 1], text[2 * PATH_MAX];
	char safe[sizeof(text) * UTIL_SAFE_GROWTH];
	const char *hint = rom_path_nearest(p, module, near);
	int n = snprintf(text, sizeof(text),
	                 "%s:%u:%u: warning: there is no component image "
	                 "\"%s\" for \"%s\"%s%s%s",
	                 file, s->at.line, s->at.column, module, s->name,
	                 hint ? "; did you mean \"" : "", hint ? hint : "",
	                 hint ? "\"?" : "");

	util_safe_text(safe, text,
	               n < (int)sizeof(text) ? (size_t)n : sizeof(text) - 1);
	fprintf(stderr, "%s\n", safe);
}

void image_check(const struct core_params *p, const char *file,
                 const struct config *c)
{
	char path[PATH_MAX];

	for (const struct config_start *s = c->starts; s; s = s->next) {
		const char *module = module_of(c, s);

		if (module && !rom_path_find(p, module, path))
			warn(p, file, s, module);
	}
}
