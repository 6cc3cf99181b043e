/* SPDX-License-Identifier: MIT */
/* The parts of `fief check`: each adds its findings about one config. */
#pragma once

#include "authority.h"
#include "core_process.h"

/* check_routes.c: rules that no provider satisfies, that are ambiguous, or
 * never reached; services of the parent that it will not give. */
void check_routes(const struct authority_init *in, struct findings *);

/* check_offers.c: services that an init offers to its parent. */
void check_offers(const struct authority_init *in, struct findings *);

/* check_selects.c: requests that rules select, of one child, or of all without
 * routes of their own if it is NULL. Does `outer` select all that `inner` does?
 * Is there no request at all? */
bool check_selects_all(const struct config_rule *outer,
                       const struct config_rule *inner,
                       const struct config_start *client);
bool check_selects_none(const struct config_rule *r,
                        const struct config_start *client,
                        const struct config *c);

/* check_start.c: sessions that children need to start, and children that wait
 * for each other with them. */
/* Grants that drivers are to start with, and nobody gives: neither the
 * configuration nor the options. */
void check_grants(const struct authority *a, const struct core_params *p,
                  struct findings *f);
void check_start(const struct authority_init *in, struct findings *);

/* check_quota.c: what children are given. For the outermost init, of what a run
 * gives. */
void check_quota(const struct authority_init *in, uint64_t ram, uint64_t caps,
                 struct findings *);

/* check.c: all of these about all inits, of a run with that much. */
void check_inits(const struct authority *, uint64_t ram, uint64_t caps,
                 struct findings *);

/* Why a step is denied, as in `"a" WHY service "X"`. */
static inline const char *check_why(enum route_result result)
{
	static const char *const why[] = {
		[ROUTE_FOUND] = "has",
		[ROUTE_NONE] = "has no route to",
		[ROUTE_REFUSED] = "has a route, but no provider there, for",
		[ROUTE_AMBIGUOUS] = "finds several children that provide",
	};

	return why[result];
}
