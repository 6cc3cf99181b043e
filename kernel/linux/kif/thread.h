/* SPDX-License-Identifier: MIT */
/* Threads of a PD, parking, time. */
#pragma once

#include "state.h"

enum fief_err kif_thread_start(void (*entry)(void *), void *arg,
                               void *stack_top, fief_thread *thread);
FIEF_NORETURN void kif_thread_exit(void);
fief_thread kif_thread_self(void);
void kif_thread_name(const char *name);
void **kif_thread_local_slot(void);
void kif_park(uint64_t deadline);
void kif_unpark(fief_thread thread);
