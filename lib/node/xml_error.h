/* SPDX-License-Identifier: MIT */
/* What libexpat refused, as a sentence for the author of the document. */
#pragma once

#include <expat.h>

#include "xml_place.h"

struct xml_found {
	enum XML_Error code;
	size_t at;               /* offset in the document */
	const struct node *open; /* borrowed: innermost open node, or NULL */
};

/* Fill in `err`; returns the cause. */
FIEF_HIDDEN enum fief_err xml_error(const struct xml_found *found,
                                    struct xml_cursor *c,
                                    struct node_error *err);
