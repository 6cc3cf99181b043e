/* SPDX-License-Identifier: MIT */
/* Labels as people write them: "->" or "/" may stand for " -> ". A name can hold
 * either, so that a label may mean several things: the first that is there
 * counts. */
#pragma once

#include <stddef.h>

enum { LABEL_SPELLINGS = 3 };

/* What a label means by that spelling; the caller frees it. */
char *label_spelled(const char *written, size_t spelling);
