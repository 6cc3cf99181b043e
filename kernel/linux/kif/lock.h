/* SPDX-License-Identifier: MIT */
/* Lock of a PD's tables: guards everything that more than one thread of the
 * PD writes. Held for bounded work only, never across a call. */
#pragma once

#include "state.h"

void kif_lock(struct kif_pd *);
void kif_unlock(struct kif_pd *);

/* Sleep while *word == value (until the deadline, ns of `time`; FIEF_NEVER
 * for none) and wake up sleepers. Words may be shared with other PDs. */
void kif_futex_wait(const _Atomic uint32_t *word, uint32_t value,
                    uint64_t deadline);
void kif_futex_wake(const _Atomic uint32_t *word);
