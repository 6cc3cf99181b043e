/* SPDX-License-Identifier: MIT */
/* Answers to the parent that asks whether this component handles events. */
#pragma once

#include <fief/component.h>

/* Called before this component asks its parent for something: only the first
 * call has an effect. A component that never does so has no channel to its
 * parent, which a thousand idle children would have to pay for: it is not
 * asked. */
void fief_heartbeat_begin(struct fief_env *env);
