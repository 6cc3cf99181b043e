/* SPDX-License-Identifier: MIT */
/*
 * What a component can reach at all. A rule can select labels, so requests are
 * tried with those labels that rules name, on each hop, and with one that none
 * names: "*" stands for any text there.
 */
#pragma once

#include "authority.h"

/* A way that is granted, and the label asked for. */
typedef void reach_found(void *arg, const struct authority_way *way);

/* All ways to the service that differ in rule or server. `label`: only this
 * one; NULL: any. */
void reach_service(const struct authority_init *in,
                   const struct config_start *client, const char *service,
                   const char *label, reach_found *found, void *arg);

/* Is there any? */
bool reach_any(const struct authority_init *in,
               const struct config_start *client, const char *service);

/* All services of a component. */
void reach_all(const struct authority_init *in,
               const struct config_start *client, reach_found *found,
               void *arg);
