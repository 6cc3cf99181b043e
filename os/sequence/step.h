/* SPDX-License-Identifier: MIT */
/*
 * The steps of a sequence, and the sandbox configuration that each runs by.
 * Pure.
 */
#pragma once

#include <lib/node.h>
#include <lib/node_gen.h>

/* The step after `before`, the first one for NULL; NULL: there is none. */
const struct node *step_next(const struct node *config,
                             const struct node *before);

/*
 * Write the configuration of a sandbox that runs that step alone and tells of
 * its end. `run` distinguishes runs of the same step. Errors: those of
 * node_gen_finish.
 */
FIEF_MUST enum fief_err step_config(const struct node *config,
                                    const struct node *step, uint64_t run,
                                    char *buf, size_t size, size_t *len);

/* Is all in order with the sequence itself, apart from what is in its steps?
 * Error: INVALID. */
FIEF_MUST enum fief_err step_check(const struct node *config,
                                   struct node_error *err);
