/* SPDX-License-Identifier: MIT */
/* Crash reports. */
#pragma once

#include "state.h"

struct host_siginfo;
struct host_ucontext;

/* Installed by the zygote for SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP and
 * SIGSYS; runs on the thread's alternate stack. Returns only after it healed a
 * page whose dataspace was destroyed, or for guests. */
void kif_crash_handler(int signo, struct host_siginfo *,
                       struct host_ucontext *);
