/* SPDX-License-Identifier: MIT */
/* Who serves a session request, by the config alone. */
#pragma once

#include "config.h"

struct route_request {
	const struct config *config;
	const struct config_start *client;
	const char *service;
	const char *label; /* as the client sent it */
};

struct route {
	const struct config_start *server; /* NULL: the parent */
	const char *label; /* what the server sees; NULL: the composed one */
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
