/* SPDX-License-Identifier: MIT */
/* A look into the files of a component, from the side of a command. */
#pragma once

#include <argp.h>

#include "p9.h"
#include <tools/fief/target.h>

/* COMPONENT:/path of the command line; without a component it is the host's. */
struct look_place {
	char *component; /* owned; NULL: the host */
	char *path;      /* owned */
};

/* At the first ":/", or a ':' at the end. What begins with '/', "./" or "../",
 * and what has no such colon, is a path of the host. */
void look_parse(const char *arg, struct look_place *out);
void look_place_fini(struct look_place *);

/* Options that the commands share. */
struct look_options {
	const char *system; /* NULL: the only one */
	const char *as;     /* whom a server takes it for; NULL: the owner */
	bool writeable;
};

enum { LOOK_KEY_NAME = 0x6000, LOOK_KEY_AS };

#define LOOK_OPTIONS                                                           \
	{ "name",                                                              \
	  LOOK_KEY_NAME,                                                       \
	  "NAME",                                                              \
	  0,                                                                   \
	  "the system, if several are running",                                \
	  20 },                                                                \
	{                                                                      \
		"as", LOOK_KEY_AS, "LABEL", 0,                                 \
			"see what a server of files shows to a client with "   \
			"that label, instead of all",                          \
			20                                                     \
	}

/* For the parser of a command: ARGP_ERR_UNKNOWN if the key is none of these. */
int look_parse_option(int key, char *arg, struct look_options *o);

struct look {
	struct target target;
	struct p9 p9;
	char *component; /* owned: as the user wrote it */
	char *label;     /* owned: of the component that looks for us */
};

/* Begin to look. Returns 0, or an exit code after having said why; nothing is
 * to be closed then. */
int look_open(struct look *, const struct look_options *,
              const char *component);
void look_close(struct look *);

/* What is at a path; `follow`: a symbolic link at its end, too. Returns as
 * p9.h does, and the fid. */
int look_find(struct look *, const char *path, bool follow, uint32_t *fid);

/* The same of where the last name of the path is, or shall be. The name is in
 * `name`, of P9_NAME_MAX + 1 bytes. */
int look_find_parent(struct look *, const char *path, uint32_t *dir,
                     char *name);

/* Say what went wrong at a path. Returns an exit code: 1, or FRAMEWORK when the
 * look has ended. */
int look_failed(struct look *, const char *path, int error);
