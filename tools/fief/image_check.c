/* SPDX-License-Identifier: MIT */
/* Component images that a system will miss. */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <init/route.h>

#include "image_check.h"
#include "rom_path.h"
#include "util.h"

const char *image_module(const struct config *c, const struct config_start *s,
                         struct label *out)
{
	const struct route_request q = { c, s, "ROM", s->binary };
	struct route route = { 0 };

	if (route_find(&q, &route) != ROUTE_FOUND || route.server)
		return NULL;
	return route_label(&route.target->relabel, s->name, s->binary, out) ?
	               NULL :
	               label_last(out->text);
}

static void missing(const struct core_params *p, const struct config_start *s,
                    const char *module, image_missing *found, void *arg)
{
	char near[NAME_MAX + 1];
	const char *hint = rom_path_nearest(p, module, near);
	char *text = util_text("there is no component image \"%s\" for \"%s\""
	                       "%s%s%s",
	                       module, s->name, hint ? "; did you mean \"" : "",
	                       hint ? hint : "", hint ? "\"?" : "");

	found(arg, s, text);
	free(text);
}

void image_check(const struct core_params *p, const struct config *c,
                 image_missing *found, void *arg)
{
	char path[PATH_MAX];

	for (const struct config_start *s = c->starts; s; s = s->next) {
		struct label label;
		const char *module = image_module(c, s, &label);

		if (module && !rom_path_find(p, module, path))
			missing(p, s, module, found, arg);
	}
}

void image_warn(void *file, const struct config_start *s, const char *text)
{
	char *line = util_text("%s:%u:%u: warning: %s", (const char *)file,
	                       s->at.line, s->at.column, text);
	char *safe = util_alloc(strlen(line) * UTIL_SAFE_GROWTH + 1);

	util_safe_text(safe, line, strlen(line));
	fprintf(stderr, "%s\n", safe);
	free(safe);
	free(line);
}
