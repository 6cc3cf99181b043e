/* SPDX-License-Identifier: MIT */
/* What the sides of the test agree on: session Shared_buffer, whose `map` hands
 * out an object, by its label. */
#pragma once

#include <fief/thread.h>
#include <os/check.h>

/* Labels of the sessions, by what their `map` gives. */
#define LABEL_ANSWERS "answers" /* of the next entrypoint; it counts calls */
#define LABEL_KEEPS "keeps"     /* of the same; it never answers */
#define LABEL_OUTER "outer"     /* waits for input */
#define LABEL_INNER "inner"     /* 0 before outer was called, then INNER */

enum { ROUNDS = 50, CALLS = 100, OUTER = 11, INNER = 22 };

void worker_start(struct fief_worker *w, const char *name,
                  void (*run)(struct fief_worker *));

void server_run(void);
void client_run(void);
