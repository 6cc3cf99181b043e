/* SPDX-License-Identifier: MIT */
/* Who serves a session request, by the config alone. */
#pragma once

#include "config.h"

struct route_request {
	const struct config *config;
	const struct config_start *client;
	const char *service;
	const char *label;                  /* as the client sent it */
	const struct config_service *local; /* of <local/>; NULL: none */
};

struct route {
	const struct config_start *server;  /* NULL: the parent, or local */
	const struct config_rule *rule;     /* that decides; NULL: none */
	const struct config_target *target; /* of it, that is taken */
};

enum route_result {
	ROUTE_FOUND,
	ROUTE_NONE,      /* no rule matches, or only any-service failed */
	ROUTE_REFUSED,   /* no target of the rule for it provides it */
	ROUTE_AMBIGUOUS, /* several children provide it */
};

/*
 * Rules are tried from the top, the targets of a rule in order. A matching
 * rule for the named service decides; one for any service is passed over when
 * all its targets fail. Of `*out`, only `rule` and, with AMBIGUOUS, `target`
 * are set without FOUND.
 */
enum route_result route_find(const struct route_request *q, struct route *out);

/*
 * The policy for a request from outside for a service that is offered: of those
 * that match the label, the most specific. NULL: there is none. FOUND: `*server`
 * is the child that it leads to. REFUSED: that one is not there, or does not
 * provide the service, by this config. NONE: it is denied.
 */
enum route_result route_offer(const struct config *c, const char *service,
                              const char *label,
                              const struct config_policy **policy,
                              const struct config_start **server);

/* Does a rule select requests of that child with that label? */
bool route_rule_selects(const struct config_rule *r, const char *child,
                        const char *label);

/*
 * The label that a server sees, of a request with the label `sent` of a child,
 * or of whoever is outside if `child` is empty. The identity begins with the
 * name of the child. Error: TOO_LONG, above ROUTE_LABEL_MAX bytes.
 */
enum { ROUTE_LABEL_MAX = 160 };
FIEF_MUST enum fief_err route_label(const struct config_relabel *r,
                                    const char *child, const char *sent,
                                    struct label *out);
