/* SPDX-License-Identifier: MIT */
/* What the log of a system tells: kept, and turned into events where an init
 * says what became of a component. */
#pragma once

#include "log_reader.h"
#include "requests.h"

struct log_listener observe_listener(struct requests *);
