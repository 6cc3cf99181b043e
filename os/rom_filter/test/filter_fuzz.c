/* SPDX-License-Identifier: MIT */
/* Any document as input, or as configuration with itself as input: what comes
 * out can be read again. */
#include <stdint.h>
#include <stdlib.h>

#include <lib/node_xml.h>
#include <os/rom_filter/filter.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY = 1 << 20, OUT = 1 << 16 };

static char memory[3][MEMORY];
static char out[OUT];

static const char fixed[] =
	"<config><input name='a' attribute='x' default='d'/>"
	"<input name='b' path='config/start[name=a]/binary' attribute='name'/>"
	"<input name='c' path='config'/>"
	"<output node='o'><attribute name='x' input='a'/><text input='c'/>"
	"<node type='n'><input name='b'/><input name='c' content='yes'/></node>"
	"<if><has_value input='b'/><then><input name='c'/></then>"
	"<else><text input='a'/></else></if></output></config>";

static const struct node *parse(unsigned place, const void *text, size_t len)
{
	const struct node_xml_input in = { .text = text, .len = len };
	struct node *root = NULL;
	struct arena a;

	arena_init_fixed(&a, memory[place], MEMORY);
	return node_xml_parse(&in, &a, NULL, &root) ? NULL : root;
}

static const struct node *look(void *ctx, const char *rom)
{
	(void)rom;
	return ctx;
}

static void filter(const struct node *config, const struct node *input)
{
	const struct filter f = { .config = config,
		                  .look = look,
		                  .ctx = (void *)(uintptr_t)input };
	struct node_gen g;
	size_t len;

	if (filter_check(config, NULL))
		return;
	node_gen_init(&g, out, sizeof(out));
	filter_generate(&f, &g);
	if (!node_gen_finish(&g, &len) && !parse(2, out, len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct node *any = parse(0, data, size);

	if (!any)
		return 0;
	filter(parse(1, fixed, sizeof(fixed) - 1), any);
	filter(any, any);
	return 0;
}
