/* SPDX-License-Identifier: MIT */
/* What core says about a component that ended badly. */
#pragma once

#include <session/cpu.h>

#include "pd.h"

void core_crash_report(const char *label, const struct kcore_crash *);
enum cpu_fault core_crash_fault(const struct kcore_crash *);
/* The name of its thread, without what could spoil a line of the log. */
void core_crash_thread(const struct kcore_crash *,
                       char out[KIF_THREAD_NAME + 1]);
/* The process ended before the component's first instruction. */
void core_start_failed(const struct core_pd *);
