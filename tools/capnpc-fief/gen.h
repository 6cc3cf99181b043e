/* SPDX-License-Identifier: MIT */
/* The generator: what its parts know of types, and the parts themselves. */
#pragma once

#include "schema.h"
#include "util.h"

enum {
	MESSAGE_BYTES = 512, /* KIF_DATA_MAX */
	MESSAGE_CAPS = 4,    /* KIF_CAPS_MAX */
	PARAMETERS_MAX = 5   /* of a C function, by the style guide */
};

/* Report what the schema uses that has no meaning here, for the nodes of one
 * file; count_errors tells whether to go on. */
void check_file(const struct schema *s, const struct file *f);

/* Facts about types. */
bool type_scalar(const struct type *t);   /* lives in the data section */
unsigned type_bits(const struct type *t); /* its width; 0 for pointers */
const char *type_c(const struct type *t); /* its C type */
const char *type_list_kind(const struct type *element);

/* A list of structs, which has a C type of its own. */
bool type_struct_list(const struct type *t);

/* Facts about fields and structs. */
bool field_member(const struct field *f); /* has a member in C */
const char *field_type(const struct field *f);
bool node_members(const struct node *n);  /* has any member in C */
bool node_data(const struct node *n);     /* has data to write */
bool node_pointers(const struct node *n); /* has pointers to write */
/* Goes into a message without a builder: no pointers, and there is room. */
bool node_plain(const struct node *n);
bool node_views(const struct node *n);    /* members point into a message */
unsigned node_caps(const struct node *n); /* capabilities it can hold */

/* "struct foo *" and "x" joined. */
const char *declare(const char *type, const char *name);
/* "FOO_BAR" of a member `bar` of node foo. */
const char *enumerator(const struct node *n, const char *name);
/* "rom.capnp:12", for comments. */
const char *origin(const struct file *f, unsigned line);

/* How the C functions of a method look. */
struct shape {
	const char *name;   /* "rom_update" */
	const char *label;  /* "ROM_METHOD_UPDATE" */
	const char *params; /* C type of the parameter struct */
	const char *results;
	size_t nin, nout; /* members of the two */
	bool packed_in;   /* parameters as one struct */
	bool packed_out;
	bool reply; /* results need the message to stay */
};

struct shape shape_of(const struct node *interface, const struct method *m);

/* Parameter lists in C; their elements are in the arena. */
struct args {
	const char *v[32];
	size_t n;
};

/* Name of a parameter; it differs from that of all others. */
const char *input_name(const struct field *f);
const char *output_name(const struct method *m, const struct field *f);

void args_add(struct args *a, const char *arg);
void args_in(struct args *a, const struct method *m, const struct shape *sh);
void args_out(struct args *a, const struct method *m, const struct shape *sh);
/* Results as they are handed to NAME_reply_send. */
void args_late(struct args *a, const struct method *m, const struct shape *sh);
bool late_packed(const struct shape *sh);

/* Whether users see the struct made for a parameter or result list. */
bool params_in_header(const struct method *m, const struct shape *sh);
bool results_in_header(const struct method *m, const struct shape *sh);

/* Whether a server has anything to fill in, own or inherited. */
bool has_ops(const struct node *interface);

/* Nodes of a file in the order of the schema. */
#define FOR_NODES(n, s, f, k)                                                  \
	for (struct node *n = (s)->nodes; n < (s)->nodes + (s)->nnodes; n++)   \
		if (n->file == (f)->node && n->kind == (k))

/* Declarations for the header. */
void gen_types(struct out *o, const struct schema *s, const struct file *f);
void gen_struct(struct out *o, const struct file *f, const struct node *n);
void gen_interface(struct out *o, const struct file *f, const struct node *n);

/* Heads of the functions of a struct: result, name, parameters, tail. */
void gen_encode_head(struct out *o, const char *result, const struct node *n,
                     const char *tail);
void gen_decode_head(struct out *o, const char *result, const struct node *n,
                     const char *tail);
void gen_list_at_head(struct out *o, const char *result, const struct node *n,
                      const char *tail);
void gen_list_encode_head(struct out *o, const char *result,
                          const struct node *n, const char *tail);

/* Definitions for the source. */
void gen_codec(struct out *o, const struct schema *s, const struct file *f);
void gen_struct_codec(struct out *o, const struct file *f,
                      const struct node *n);
void gen_rpc(struct out *o, const struct file *f, const struct node *n);

/* The reference page. */
void gen_page(struct out *o, const struct schema *s, const struct file *f);
