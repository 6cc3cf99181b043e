/* SPDX-License-Identifier: MIT */
/* Any text as config: accepted or refused with a reason, routes resolve. */
#include <init/route.h>
#include <stdint.h>

#include "malloc_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void resolve(const struct config *c)
{
	for (const struct config_start *s = c->starts; s; s = s->next) {
		const struct route_request q = { c, s, "LOG", "a -> b" };
		struct route r;

		(void)route_find(&q, &r);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct node_xml_input in = { (const char *)data, size, 1 };
	struct arena_source source = MALLOC_SOURCE;
	struct node_error err = { 0 };
	const struct config *config;
	struct arena arena;

	arena_init(&arena, &source);
	if (!config_parse(&in, &arena, &err, &config))
		resolve(config);
	else if (!err.text[0])
		abort();
	arena_fini(&arena);
	return 0;
}
