/* SPDX-License-Identifier: MIT */
/*
 * Who can reach whom in a system, by its configuration alone: the configs of
 * init and of the inits within it, and the way of a session request through
 * them. Nothing runs.
 */
#pragma once

#include <init/route.h>

#include "config_text.h"
#include "findings.h"

/* Who provides a service in a config. */
struct authority_service {
	struct dict_elem by_name;
	const char *name;
	const struct config_start *first, *second; /* NULL: only one */
	struct authority_service *next, *next_twice;
};

/* An init with a config that can be read. */
struct authority_init {
	const struct config *config;
	const struct node *root;            /* of the config */
	const char *label;                  /* "init -> a -> b" */
	const struct authority_init *outer; /* NULL: core is its parent */
	const struct config_start *start;   /* in outer->config */
	struct dict_elem by_name;           /* in outer->inner */
	struct dict inner;
	struct dict services; /* that children provide */
	struct authority_service *service_list;
	struct authority_service *twice; /* of it: with a second */
	struct authority_init *next;     /* outer ones come first */
};

struct authority {
	const char *file; /* as messages call it */
	struct config_text text;
	struct arena_source source;
	struct arena arena;
	struct authority_init *inits; /* the first is the outermost */
};

/* Read a system. What init, or an init within, would refuse or warn of becomes
 * a finding; without a system in the end, `a->inits` is NULL. Returns 0, or an
 * exit code after having said why the file cannot be read. */
int authority_open(struct authority *a, const char *file, struct findings *);
/* The same of a text, which is taken over; `file` is for messages. */
void authority_open_text(struct authority *a, const char *file,
                         struct config_text text, struct findings *);
void authority_close(struct authority *a);

/* The init that a child is; NULL: it is no init, or its config is refused. */
const struct authority_init *authority_inner(const struct authority_init *in,
                                             const struct config_start *child);

/* Children of `in` that provide a service; NULL: none. */
const struct authority_service *
authority_service_find(const struct authority_init *in, const char *service);

/* Does core provide it? */
bool authority_core_provides(const char *service);
/* Those that it provides to all, one after the other; NULL after the last. */
const char *authority_core_service(size_t i);
/* The service that may have been meant by one that nobody provides; NULL: there
 * is none, or somebody does. */
const char *authority_service_near(const struct authority *a,
                                   const char *service);

/* authority_find.c */
/* A component by its label, with or without "init -> " in front, in any spelling
 * (label_spelled.h). On failure
 * `near` (LABEL_MAX + 1 bytes) has the label that may have been meant, or is
 * empty. */
const struct config_start *authority_find(const struct authority *a,
                                          const char *label,
                                          const struct authority_init **in,
                                          char *near);

/* Say that there is no such component; `near` as above. */
void authority_not_found(const char *label, const char *near);

/* ---- the way of a request ---- */

enum authority_outcome {
	AUTHORITY_CORE,     /* core serves */
	AUTHORITY_CHILD,    /* the server of the last hop's route */
	AUTHORITY_LOCAL,    /* init itself: the inline config */
	AUTHORITY_DENIED,   /* by the last hop's `result` */
	AUTHORITY_TOO_LONG, /* the label of the last hop */
	AUTHORITY_UNKNOWN,  /* core has no such service */
};

enum {
	AUTHORITY_HOPS = NODE_DEPTH_MAX, /* up and down */
	AUTHORITY_LABEL_MAX = ROUTE_LABEL_MAX
};

/* One init on the way. On the way down, a parent asks an init for what it
 * offers: `client` is NULL, and `policy` decides, NULL if there is none. */
struct authority_hop {
	const struct authority_init *init;
	const struct config_start *client;
	const struct config_policy *policy;
	struct label sent, label; /* of the client; what its server sees */
	struct route route;
	enum route_result result;
};

struct authority_way {
	const char *service;
	enum authority_outcome outcome;
	unsigned hops; /* at least one */
	struct authority_hop hop[AUTHORITY_HOPS];
	struct label core; /* what core sees */
};

struct authority_ask {
	const struct authority_init *init;
	const struct config_start *client;
	const char *service, *label;
	bool binary; /* its image: never from its inline config */
};

void authority_walk(const struct authority_ask *ask, struct authority_way *way);
static inline bool authority_granted(const struct authority_way *way)
{
	return way->outcome <= AUTHORITY_LOCAL;
}

/* Where one step leads: one hop of the above, whose `sent` is filled in. */
enum authority_outcome authority_step(const struct authority_ask *ask,
                                      struct authority_hop *hop);

/* What decides in a hop, and its place; NULL: nothing. To be freed. */
char *authority_rule(const struct authority_hop *h, struct node_place *at);

/* Why a request is denied, as in `in init, "a" has no route to ...`; to be
 * freed. */
char *authority_denial(const struct authority_way *way);

/* Label of whoever serves in the end, "core" for core; granted ways only. In
 * `out`, of LABEL_MAX + 1 bytes at least. */
const char *authority_server(const struct authority_way *way,
                             struct label *out);
