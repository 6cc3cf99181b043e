/* SPDX-License-Identifier: MIT */
/* The stack that a program starts with: arguments, variables, and facts. */
#pragma once

#include "load.h"

struct stack_facts {
	uint64_t entry, base, headers, header_count;
};

enum linux_errno stack_make(const struct load_args *,
                            const struct stack_facts *, uint64_t *sp);
