/* SPDX-License-Identifier: MIT */
/* `fief stop` of a component, for the command that also ends systems. */
#pragma once

#include "submit.h"

int stop_component(const struct submit_options *, const char *component);
