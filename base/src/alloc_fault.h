/* SPDX-License-Identifier: MIT */
/* End of a component whose memory management found itself corrupted. */
#pragma once

#include <fief/compiler.h>

/* Log `what` and end the PD with code ALLOC_FAULT_CODE. */
FIEF_HIDDEN FIEF_NORETURN void alloc_fault(const char *what);

enum { ALLOC_FAULT_CODE = 134 }; /* as a shell reports an abort */
