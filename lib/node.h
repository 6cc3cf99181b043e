/* SPDX-License-Identifier: MIT */
/*
 * Configuration nodes, independent of the syntax they were written in: a tree
 * of named nodes with attributes, child nodes and text. Each node and
 * attribute knows the line and column it came from, so that whoever refuses
 * one can say where it is. Trees are made by a front end (<lib/node_xml.h>) in
 * an arena, are never changed, and live as long as the arena. Depth is at most
 * NODE_DEPTH_MAX.
 *
 * All functions accept NULL for a node: it has no attributes and no content,
 * so that `node_attr(node_first(config, "vfs"), "root", "/")` needs no test.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fief/err.h>
#include <lib/arena.h>
#include <lib/fmt.h>

enum {
	NODE_DEPTH_MAX = 64,
	NODE_ERROR_MAX = 192, /* bytes of an error text, with terminator */
};

/* Where something stands in its source, both from 1. Columns count
 * characters, not bytes. 0 in what was not read from a source. */
struct node_place {
	uint32_t line;
	uint32_t column;
};

struct node_attr {
	const char *name;       /* owned by the arena, like all below */
	const char *value;      /* unescaped */
	struct node_attr *next; /* NULL for the last one */
	struct node_place at;   /* of the name */
};

/* A named node or, with `name` NULL, a run of text between named nodes. */
struct node {
	const char *name;        /* NULL: text */
	const char *text;        /* of a text, unescaped; NULL if named */
	size_t text_len;         /* bytes, without terminator */
	struct node_attr *attrs; /* in the order of the source */
	struct node *parent;     /* NULL for the root */
	struct node *first;      /* children, texts included, in order */
	struct node *last;
	struct node *next; /* sibling; NULL for the last one */
	struct node_place at;
	uint32_t from; /* bytes of the source, of a named node: first, */
	uint32_t to;   /* and after the last; 0 if there was none */
};

/* Visit the children of that type, or all named ones if `type` is NULL. */
#define NODE_FOR_EACH(child, parent, type)                                     \
	for (const struct node *child = node_first(parent, type); child;       \
	     child = node_next(child, type))

/* Visit the attributes of a node that is not NULL. */
#define NODE_FOR_EACH_ATTR(attr, node)                                         \
	for (const struct node_attr *attr = (node)->attrs; attr;               \
	     attr = attr->next)

/* First child, or next sibling of `n`, that has the given name; any name if
 * `type` is NULL. Texts are skipped. NULL if there is none. */
const struct node *node_first(const struct node *n, const char *type);
const struct node *node_next(const struct node *n, const char *type);

/* First child of that type whose attribute has that value; or NULL. */
const struct node *node_find(const struct node *n, const char *type,
                             const char *attr, const char *value);

/* Number of children of that type; all named ones if NULL. */
size_t node_count(const struct node *n, const char *type);

/* Is `n` a node of that name? */
bool node_has_type(const struct node *n, const char *type);

/* The attribute of that name; NULL if there is none. */
const struct node_attr *node_attr_find(const struct node *n, const char *name);

/* Value of the attribute; `fallback` if there is none. */
const char *node_attr(const struct node *n, const char *name,
                      const char *fallback);

/* Text that is the node's only content; "" if there is none or if it has
 * named children. `len` (may be NULL) receives its bytes. */
const char *node_text(const struct node *n, size_t *len);

/* Why and where something was refused. */
struct node_error {
	struct node_place at;
	char text[NODE_ERROR_MAX]; /* one sentence without position */
};

/* Fill in an error; `err` may be NULL. A text that is too long, and each %s of
 * more than a third of what there is room for, ends in "...". Returns `cause`,
 * for use in a return statement. */
enum fief_err node_error_set(struct node_error *err, enum fief_err cause,
                             struct node_place at, const char *format, ...)
	FIEF_PRINTF(4, 5);
enum fief_err node_error_args(struct node_error *err, enum fief_err cause,
                              struct node_place at, const char *format,
                              va_list args) FIEF_PRINTF(4, 0);

/* Append "file:line:column: text". */
void node_error_print(struct fmt *f, const char *file,
                      const struct node_error *err);

/*
 * Typed attributes. A missing attribute yields the fallback; one that is
 * present and malformed is an error that tells what was found and expected,
 * never the fallback. `err` may be NULL. Errors: INVALID (not such a value),
 * LIMIT (out of range); `*out` is untouched then.
 */

/* yes, true, on, 1 or no, false, off, 0. */
FIEF_MUST enum fief_err node_attr_bool(const struct node *n, const char *name,
                                       bool fallback, struct node_error *err,
                                       bool *out);

/* Numbers as in <lib/number.h>: 4096, 64K, 1M, 0x1000. */
FIEF_MUST enum fief_err node_attr_u64(const struct node *n, const char *name,
                                      uint64_t fallback, struct node_error *err,
                                      uint64_t *out);
FIEF_MUST enum fief_err node_attr_i64(const struct node *n, const char *name,
                                      int64_t fallback, struct node_error *err,
                                      int64_t *out);

/* A text that must be there and not be empty. Error: NOT_FOUND. */
FIEF_MUST enum fief_err node_attr_required(const struct node *n,
                                           const char *name,
                                           struct node_error *err,
                                           const char **out);

/* Same name, text, attributes (in any order) and, in order, children? Places
 * do not count. NULL equals only NULL. */
bool node_equal(const struct node *a, const struct node *b);

/* Copy a subtree, places included, so that it outlives its arena. The copy has
 * no parent and no sibling. Errors as arena_alloc. */
FIEF_MUST enum fief_err node_copy(struct arena *a, const struct node *n,
                                  struct node **out);
