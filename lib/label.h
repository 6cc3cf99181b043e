/* SPDX-License-Identifier: MIT */
/*
 * Session labels. Each parent prepends the name of its child, so a label reads
 * "init -> vfs -> fonts": the last element names the wanted resource, what
 * comes before is an identity that no client can forge. A label is a
 * zero-terminated text of at most LABEL_MAX bytes; nothing is ever cut.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <fief/err.h>

enum {
	LABEL_MAX = 255,     /* bytes of a label, without terminator */
	LABEL_NAME_MAX = 64, /* bytes of one child or service name */
};

#define LABEL_SEPARATOR " -> "

struct label {
	char text[LABEL_MAX + 1];
};

/* Copy a text. Error: TOO_LONG. */
FIEF_MUST enum fief_err label_set(struct label *out, const char *text);

/*
 * "parent -> child"; if one of the two is empty, the other alone. The
 * arguments may point into `*out`. Error: TOO_LONG, then label_needed tells
 * the length for the message.
 */
FIEF_MUST enum fief_err label_compose(struct label *out, const char *parent,
                                      const char *child);

/* Bytes that the composed label takes, without terminator. */
size_t label_needed(const char *parent, const char *child);

/* May this be the name of a child? Not empty, at most LABEL_NAME_MAX bytes of
 * valid UTF-8, no control characters, no separator within or begun at the
 * end. */
bool label_name_valid(const char *name);

/* Last element: a pointer into `label`. */
const char *label_last(const char *label);

/* All elements but the last; empty if there is only one. Error: TOO_LONG (of
 * a text that is no label). */
FIEF_MUST enum fief_err label_identity(struct label *out, const char *label);

/* What follows "child -> ": a pointer into `label`; the terminator if `label`
 * is `child` itself; NULL if it does not start with that element. */
const char *label_scoped(const char *label, const char *child);

/* Plain text comparison of the start or end; true for an empty one. */
bool label_has_prefix(const char *label, const char *prefix);
bool label_has_suffix(const char *label, const char *suffix);

/* The label attributes of a policy or route; NULL matches any label. */
struct label_selector {
	const char *label;  /* borrowed, like the others: the whole label */
	const char *prefix; /* it starts with this text */
	const char *suffix; /* it ends with this text */
	const char *last;   /* its last element */
};

/* Do all given selectors match? */
bool label_matches(const char *label, const struct label_selector *s);

/*
 * Which of two selectors that match the same label is more specific: exact
 * label, then longest prefix, then longest suffix, then last element.
 * Positive if `a` is, negative if `b` is, 0 if they are alike.
 */
int label_selector_order(const struct label_selector *a,
                         const struct label_selector *b);
