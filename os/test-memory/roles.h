/* SPDX-License-Identifier: MIT */
/* The roles of the test; each is told of in README.md. */
#pragma once

#include <os/check.h>

void ownership_run(void);
void owner_run(void);
void user_run(void);
