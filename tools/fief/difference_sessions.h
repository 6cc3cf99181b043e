/* SPDX-License-Identifier: MIT */
/* What a change means for the sessions that a child has, as the state report of
 * its init tells them; for difference_routes.c. */
#pragma once

#include "difference_step.h"

/* Does the report tell which it has? If not, the others do nothing. */
bool difference_sessions_known(const struct difference_pair *);

/* Those that end, and what that does to the child. */
void difference_sessions_end(const struct difference_pair *);

/* Those that move to another server while the child goes on. */
void difference_sessions_move(const struct difference_pair *);
