/* SPDX-License-Identifier: MIT */
/*
 * XML front end of the node model. Understood is XML 1.0 in UTF-8 without
 * document type declaration: elements, attributes, character references, the
 * five predefined entities, CDATA, comments and processing instructions (the
 * last two are skipped). A DOCTYPE is refused, so that nothing can be
 * expanded, defined or fetched.
 *
 * Text that consists only of white space is dropped unless it is the whole
 * content of its node.
 */
#pragma once

#include <lib/node.h>

enum {
	NODE_XML_MAX = 1 << 20,     /* bytes of a document */
	NODE_XML_NODES_MAX = 65536, /* nodes, texts and attributes of one */
	NODE_XML_AT_ONCE = 4,       /* parses that run in one PD at a time */
};

struct node_xml_input {
	const char *text; /* borrowed during the call */
	size_t len;       /* bytes; the document also ends at a zero byte, as
	                   * in ROM dataspaces, which are padded */
	uint64_t salt;    /* unpredictable where the document is hostile */
};

/*
 * Parse a document into `a` and return its root. Working memory comes from the
 * source of `a` and is returned at the end (of a fixed arena, it is taken for
 * good: about 32 KiB). On failure `*err` tells place, what was found and what
 * was expected; what was allocated stays in the arena.
 *
 * Errors: INVALID (malformed), TOO_LONG (document), LIMIT (depth, number of
 * nodes, parses at once), OUT_OF_RAM and others of the arena.
 */
FIEF_MUST enum fief_err node_xml_parse(const struct node_xml_input *in,
                                       struct arena *a, struct node_error *err,
                                       struct node **out);
