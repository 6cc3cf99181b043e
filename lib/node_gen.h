/* SPDX-License-Identifier: MIT */
/*
 * Generator of node trees as XML text, into a bounded buffer: for reports and
 * for handing a part of one's config to a child. Errors stick and are told by
 * node_gen_finish, so that the calls before need no test. What the front end
 * reads from the result equals what was generated.
 *
 * Characters that XML cannot express (invalid UTF-8, most control characters)
 * are written as U+FFFD, so that no peer can spoil a report by a strange name.
 */
#pragma once

#include <stdint.h>

#include <lib/node.h>

struct node_gen {
	struct fmt out;
	enum fief_err error;              /* first misuse, OK so far */
	unsigned depth;                   /* nodes that are open */
	bool tag_open;                    /* attributes may follow */
	bool done;                        /* the root was closed */
	uint64_t with_text;               /* bit n: level n has text */
	uint64_t with_child;              /* bit n: level n has children */
	const char *name[NODE_DEPTH_MAX]; /* borrowed until closed */
};

/* Start a document in `buf`, which outlives the generation. */
void node_gen_init(struct node_gen *g, char *buf, size_t size);

/* Start a node, within the one that is open if any; end the newest. */
void node_gen_open(struct node_gen *g, const char *name);
void node_gen_close(struct node_gen *g);

/* Attributes of the node just opened, before any content. */
void node_gen_attr(struct node_gen *g, const char *name, const char *value);
void node_gen_attr_bool(struct node_gen *g, const char *name, bool value);
void node_gen_attr_u64(struct node_gen *g, const char *name, uint64_t value);
void node_gen_attr_i64(struct node_gen *g, const char *name, int64_t value);
/* Bytes with a unit, such as 4M. */
void node_gen_attr_size(struct node_gen *g, const char *name, uint64_t value);

/* Text content. */
void node_gen_text(struct node_gen *g, const char *text, size_t len);

/* A whole subtree. */
void node_gen_node(struct node_gen *g, const struct node *n);

/*
 * End the document. `*len` receives its bytes without terminator, also with
 * TOO_LONG, where it is what the buffer lacked. Errors: TOO_LONG (the buffer
 * was exceeded, its content is useless), LIMIT (depth), INVALID (calls out of
 * order, a name that is none).
 */
FIEF_MUST enum fief_err node_gen_finish(struct node_gen *g, size_t *len);

/* Write one subtree as a document of its own. Errors as node_gen_finish. */
FIEF_MUST enum fief_err node_gen_document(const struct node *n, char *buf,
                                          size_t size, size_t *len);
