/* SPDX-License-Identifier: MIT */
/* The grants of a running system, as it tells them. */
#pragma once

#include <stdint.h>

#include "target.h"

struct granted {
	uint64_t id;
	int64_t left_ms; /* -1: until it is revoked */
	const char *component, *service;
	const char *label; /* NULL: any */
	const char *server;
};

struct granted_list {
	char *text;            /* owned */
	struct granted *grant; /* owned */
	size_t count;
};

/* Returns 0, or an exit code after having said why. */
int granted_fetch(const struct target *t, struct granted_list *out);
void granted_fini(struct granted_list *);
