/* SPDX-License-Identifier: MIT */
/* Any text as config: accepted or refused with a reason, routes resolve. */
#include <stdint.h>
#include <stdlib.h>

#include <init/route.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum fief_err get(struct arena_source *self, size_t size, void **out)
{
	(void)self;
	*out = malloc(size);
	return *out ? FIEF_OK : FIEF_OUT_OF_RAM;
}

static void put(struct arena_source *self, void *chunk, size_t size)
{
	(void)self;
	(void)size;
	free(chunk);
}

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
	struct arena_source source = { get, put };
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
