/* SPDX-License-Identifier: MIT */
/*
 * Providing services to whoever our parent lets have them. A server describes
 * each by a struct fief_service and announces it; the root then answers the
 * requests that the parent passes on: it makes, upgrades and closes session
 * objects.
 *
 * All calls, and all functions of a service, run on the component's
 * entrypoint. The parent is trusted; clients are not.
 */
#pragma once

#include <fief/service.h>

#include <lib/rate_limit.h>

struct fief_root {
	struct fief_services services; /* announced ones */
	struct rate_limit refused;     /* lines of the log about it */
	struct fief_signal_handler handler;
};

/* Get ready to be asked. One root serves a component. Errors: OUT_OF_CAPS,
 * OUT_OF_RAM, those of the transport. */
FIEF_MUST enum fief_err fief_root_init(struct fief_root *r,
                                       struct fief_env *env);

/* Offer a service. Errors: DENIED (the parent does not want it), OUT_OF_RAM,
 * OUT_OF_CAPS (for the spare). */
FIEF_MUST enum fief_err fief_root_announce(struct fief_root *r,
                                           struct fief_service *s);
