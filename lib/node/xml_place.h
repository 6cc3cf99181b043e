/* SPDX-License-Identifier: MIT */
/* From byte offsets in a document to lines and columns. */
#pragma once

#include <lib/node.h>

/* Remembers the last answer, so that ascending questions take linear time. */
struct xml_cursor {
	const char *text; /* borrowed: the document */
	size_t len;
	size_t at;       /* offset of the last answer */
	uint32_t line;   /* there, from 0 */
	uint32_t column; /* there, characters, from 0 */
};

/* Place of the byte at `offset`; the end if that is beyond. */
FIEF_HIDDEN struct node_place xml_place(struct xml_cursor *c, size_t offset);

/* Offset of the next attribute's name in a well-formed tag, from anywhere
 * between two attributes or the element's name on. `*next` receives the offset
 * behind its value. */
FIEF_HIDDEN size_t xml_attr_at(const struct xml_cursor *c, size_t from,
                               size_t *next);
