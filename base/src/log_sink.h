/* SPDX-License-Identifier: MIT */
/* Where log lines go. */
#pragma once

#include <fief/kif.h>

void fief_log_sink_init(fief_cap log);
