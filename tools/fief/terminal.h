/* SPDX-License-Identifier: MIT */
/* The terminal that we are started in, while a system has it as a grant. */
#pragma once

#include <stdbool.h>
#include <termios.h>

#include "core_process.h"

struct terminal {
	int fd; /* borrowed: one of the standard three; -1: no system has it */
	struct termios settings; /* as it was */
};

/* The standard descriptor that is a terminal; -1: none is. */
int terminal_own(void);

/* Remember its settings, if the system is granted any terminal. */
void terminal_lend(struct terminal *t, const struct core_params *p);
/* As it was before. Nobody has it any more. */
void terminal_take_back(const struct terminal *t);
