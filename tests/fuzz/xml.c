/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target of the XML front end: whatever the bytes, parsing ends in a tree
 * or a located error; a tree survives generation and a second parse.
 */
#include <stdlib.h>

#include <lib/node_gen.h>
#include <lib/node_xml.h>

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

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* Generate, read again, compare. */
static void round_trip(struct arena *a, const struct node *root)
{
	struct node_xml_input in = { .salt = 1 };
	struct node *again = NULL;
	size_t len = 0, same = 0;
	char *buf;

	require(node_gen_document(root, NULL, 0, &len) == FIEF_TOO_LONG);
	buf = malloc(len + 1);
	require(buf != NULL);
	require(node_gen_document(root, buf, len + 1, &same) == FIEF_OK);
	require(same == len && !buf[len]);
	in.text = buf;
	in.len = len;
	require(node_xml_parse(&in, a, NULL, &again) == FIEF_OK);
	require(node_equal(root, again));
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct node_xml_input in = { (const char *)data, size, 1 };
	struct arena_source source = { get, put };
	struct node_error err = { 0 };
	struct node *root = NULL;
	struct arena a;
	enum fief_err e;

	arena_init(&a, &source);
	e = node_xml_parse(&in, &a, &err, &root);
	if (e)
		require(!root && err.at.line && err.at.column && *err.text);
	else
		round_trip(&a, root);
	arena_fini(&a);
	return 0;
}
