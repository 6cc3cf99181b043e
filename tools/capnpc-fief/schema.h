/* SPDX-License-Identifier: MIT */
/* The parsed schema: CodeGeneratorRequest as plain C. All is in the arena. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lib/capnp.h>

struct node;
struct source;

/* Numbers of Type's union in /capnp/schema.capnp. */
enum type_kind {
	TYPE_VOID,
	TYPE_BOOL,
	TYPE_INT8,
	TYPE_INT16,
	TYPE_INT32,
	TYPE_INT64,
	TYPE_UINT8,
	TYPE_UINT16,
	TYPE_UINT32,
	TYPE_UINT64,
	TYPE_FLOAT32,
	TYPE_FLOAT64,
	TYPE_TEXT,
	TYPE_DATA,
	TYPE_LIST,
	TYPE_ENUM,
	TYPE_STRUCT,
	TYPE_INTERFACE,
	TYPE_ANY,        /* AnyPointer and type parameters */
	TYPE_CAPABILITY, /* the builtin Capability; not in the union */
};

struct type {
	enum type_kind kind;
	struct node *node;          /* of enum, struct, interface */
	const struct type *element; /* of list */
	bool generic;               /* has a non-empty brand */
};

struct value {
	uint64_t bits; /* of bool, numbers, enums */
	const char *text;
	bool pointer; /* a non-null list, struct or data */
};

struct field {
	const char *name;
	const char *doc;
	unsigned line;
	uint16_t tag;       /* of a union member; FIELD_PLAIN otherwise */
	struct node *group; /* NULL for a slot */
	uint32_t offset;
	struct type type;
	struct value defval;
	uint32_t max_bytes; /* annotation, 0 for none */
};

enum { FIELD_PLAIN = 0xffff, ERRORS_MAX = 24, LABEL_BLOCK = 256 };

struct method {
	const char *name;
	const char *doc;
	unsigned line;
	struct node *params;
	struct node *results;
	const char *errors[ERRORS_MAX]; /* names of enum Err */
	size_t nerrors;
	bool generic;
};

struct enumerant {
	const char *name;
	const char *doc;
};

/* Numbers of Node's union. */
enum node_kind {
	NODE_FILE,
	NODE_STRUCT,
	NODE_ENUM,
	NODE_INTERFACE,
	NODE_CONST,
	NODE_ANNOTATION
};

struct node {
	uint64_t id;
	uint64_t scope_id;
	struct node *scope; /* NULL for files and parameter structs */
	struct node *file;
	enum node_kind kind;
	const char *display; /* "dir/rom.capnp:Rom.dataspace" */
	const char *path;    /* "Rom.dataspace" */
	const char *name;    /* "dataspace" */
	const char *c_name;  /* "rom_dataspace" */
	const char *doc;
	unsigned line;
	bool generic;

	/* struct */
	uint16_t dwords, nptrs, ntags;
	uint32_t tag_offset;
	bool group;
	bool parameters; /* made for a method's parameter or result list */
	struct field *fields;
	size_t nfields;

	/* enum */
	struct enumerant *enumerants;
	size_t nenumerants;

	/* interface */
	struct method *methods;
	size_t nmethods;
	struct node *super; /* first superclass */
	size_t nsupers;
	unsigned level;      /* number of ancestors */
	const char *service; /* annotation, NULL for none */
	uint64_t ram_quota, cap_quota;

	/* const */
	struct type type;
	struct value value;
};

struct import {
	struct node *file;
	const char *name; /* as the importing file wrote it */
};

struct file {
	struct node *node;
	const char *name;   /* as given to capnp */
	const char *stem;   /* "rom" for "session/rom.capnp" */
	const char *prefix; /* of the generated header: "session" */
	struct source *source;
	struct import *imports;
	size_t nimports;
};

struct schema {
	struct node *nodes;
	size_t nnodes;
	struct file *files; /* to generate */
	size_t nfiles;
};

/* Parse a message made by request_read. Ends the program if it is
 * malformed. */
struct schema *schema_load(const uint64_t *words, size_t bytes);

/* Annotations that the schema language of Fief adds: session/fief.capnp. */
enum { FIEF_ANNOTATIONS = 5 };
extern const uint64_t fief_capnp_id;
