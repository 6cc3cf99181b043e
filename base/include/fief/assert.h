/* SPDX-License-Identifier: MIT */
/*
 * Assertions: for what holds by our own reasoning, never for what a peer or a
 * user gave us. A failed one logs what, where and how we got there, and ends
 * the component.
 */
#pragma once

#include <fief/compiler.h>

#define fief_assert(condition)                                                 \
	(FIEF_LIKELY(condition) ?                                              \
	         (void)0 :                                                     \
	         fief_assert_failed(#condition, __FILE__, __LINE__))

enum { FIEF_ASSERT_EXIT = 134 };

FIEF_NORETURN void fief_assert_failed(const char *condition, const char *file,
                                      unsigned line);

/* Log the return addresses of the callers, innermost first, for addr2line. */
void fief_backtrace(void);
