/* SPDX-License-Identifier: MIT */
/* What of the host a system is given: `--grant NAME=KIND:PATH[,rw]`, and <host>
 * of its configuration. Core opens it; here it is understood, and what cannot
 * be is refused in the user's words. */
#pragma once

#include <argp.h>

#include "core_options.h"
#include "system_file.h"

/* One of the command line. A failure is in r->code, after a message; a mistake
 * in its form ends us. */
void host_grant_option(struct argp_state *state, struct core_options *r,
                       const char *text);
/* Those of a configuration that is accepted. Returns 0, or an exit code after a
 * message. */
int host_grants_of_file(struct core_options *r, const struct system_file *c);
