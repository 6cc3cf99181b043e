/* SPDX-License-Identifier: MIT */
/* A program's file into its memory, and what it finds on its stack. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "errno.h"

enum { WORDS_MAX = 256 }; /* arguments, or variables */

struct load_args {
	const char *path;
	const char *arg[WORDS_MAX], *env[WORDS_MAX]; /* borrowed */
	size_t args, envs;
};

/* Where it begins. Errors as execve(2) has them; `*what` is the file. */
enum linux_errno load_program(const struct load_args *, uint64_t *ip,
                              uint64_t *sp, const char **what);
