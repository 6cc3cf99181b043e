/* SPDX-License-Identifier: MIT */
/* What two texts of a config have in common, in whole <start> nodes. */
#pragma once

#include "config_live.h"

/* Eight bytes of a text. Components are built without the compiler's own idea
 * of memcpy, so that it has to be told that this is not a call. */
static inline uint64_t config_word(const char *at)
{
	uint64_t w;

	__builtin_memcpy(&w, at, sizeof(w));
	return w;
}

/*
 * Of the parts of the old text, those before `first` and from `end` on are in
 * the new one as well, the latter `shift` bytes further. The new text without
 * them is the document to be parsed.
 *
 * That the old ones at the end mean the same as before is certain only if the
 * parser comes to them between two nodes. The first of them is the `guard`: it
 * stays in the document, and has to be found where it is expected.
 */
struct config_cut {
	size_t first, end;
	ptrdiff_t shift;   /* of the parts at the end */
	size_t middle;     /* of the new text: what is parsed, from here */
	size_t middle_end; /* to here */
	bool guarded;
	size_t guard;      /* offset in the document */
	size_t middle_doc; /* `middle` there */
	size_t doc_len;
};

/* Does anything of the old text stay? */
bool config_cut_find(struct config_cut *cut, const struct config_text *old,
                     const struct config_text *text);

/* Write the document to `doc`, of `doc_len` bytes. */
void config_cut_write(struct config_cut *cut, const struct config_text *old,
                      const struct config_text *text, char *doc);
