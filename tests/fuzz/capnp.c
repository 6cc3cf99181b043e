/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: visit all that hostile bytes hold, as struct and as list of
 * each kind, and copy what was read. The first byte tells the number of
 * capabilities; the message follows.
 */
#include <stdlib.h>
#include <string.h>

#include <lib/capnp_build.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Sums up what was read, so that no read is optimised away. */
static volatile uint64_t sink;

static void visit_struct(const struct capnp_struct *s, unsigned depth);

static void visit_copy(enum capnp_kind kind, const struct capnp_list *l)
{
	static uint64_t words[512];
	struct capnp_builder b;
	struct capnp_slot s;

	if (kind > CAPNP_DATA || l->count > 4096)
		return;
	if (capnp_builder_init(&b, words, sizeof(words), NULL, 0) ||
	    capnp_build_struct(&b, capnp_where_root(&b), 0, 1, &s))
		abort();
	if (!capnp_build_list(&b, capnp_where(&s, 0), kind, l))
		sink += words[b.used - 1];
}

static void visit_list(const struct capnp_list *l, enum capnp_kind kind,
                       unsigned depth)
{
	struct capnp_struct s;
	struct capnp_text t;
	struct capnp_data d;

	for (uint32_t i = 0; i < l->count && i < 64; i++) {
		sink += capnp_list_uint(l, i);
		if (!capnp_list_text(l, i, &t) && t.s && t.s[t.len] != '\0')
			abort();
		if (!capnp_list_data(l, i, &d) && d.len)
			sink += d.p[d.len - 1];
		if (!capnp_list_struct(l, i, &s))
			visit_struct(&s, depth + 1);
	}
	if (l->at)
		visit_copy(kind, l);
}

static void visit_pointer(const struct capnp_struct *s, unsigned i,
                          unsigned depth)
{
	struct capnp_struct sub;
	struct capnp_list l;
	struct capnp_text t;
	struct capnp_data d;
	uint32_t cap;

	if (!capnp_get_text(s, i, &t) && t.s)
		sink += strlen(t.s) - t.len;
	if (!capnp_get_data(s, i, &d) && d.len)
		sink += d.p[d.len - 1];
	if (!capnp_get_cap(s, i, &cap) && cap > 9)
		abort();
	if (!capnp_get_struct(s, i, &sub))
		visit_struct(&sub, depth + 1);
	for (enum capnp_kind k = CAPNP_VOID; k <= CAPNP_STRUCT; k++)
		if (!capnp_get_list(s, i, k, &l))
			visit_list(&l, k, depth);
}

static void visit_struct(const struct capnp_struct *s, unsigned depth)
{
	static const unsigned widths[] = { 1, 8, 16, 32, 64 };

	for (unsigned w = 0; w < 5; w++)
		for (uint32_t i = 0; i < 9; i++)
			sink += capnp_get(s, widths[w], i * i * i, 1);
	if (depth > 3)
		return;
	for (unsigned i = 0; i < 4; i++)
		visit_pointer(s, i, depth);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const uint32_t caps[] = { 5, 6, 7, 9 };
	struct capnp_reader r;
	struct capnp_struct root;
	uint64_t *words;
	size_t len;

	if (size < 1 || size > 513)
		return 0;
	len = size - 1;
	words = malloc(len + !len); /* exact size: ASan sees each overrun */
	if (!words)
		abort();
	memcpy(words, bytes + 1, len);
	if (!capnp_reader_init(&r, words, len, caps, bytes[0] % 5) &&
	    !capnp_root(&r, &root))
		visit_struct(&root, 0);
	free(words);
	return 0;
}
