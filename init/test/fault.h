/* SPDX-License-Identifier: MIT */
/* Lets the n-th of all things that the sandbox takes fail: heap, RAM and
 * mappings, capabilities, sessions and upgrades at its parent. */
#pragma once

#include <fief/component.h>

struct fault {
	unsigned calls, fail_at; /* 0: none */
	bool said;               /* an error was logged since fault_arm */
	bool heap_grows;         /* it tries less if it does not get much */
	bool soon_gone;          /* so are "outward" and "ghost" */
	bool excused;            /* the fault hit one of those */
};

extern struct fault fault;

/* Put this between the component and its kif. Once. */
void fault_init(struct fief_env *env);
void fault_arm(unsigned fail_at);

/* Is it this one's turn? */
bool fault_due(void);
