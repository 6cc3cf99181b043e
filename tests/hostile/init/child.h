/* SPDX-License-Identifier: MIT */
/* A child of init that does what it must not; its config tells what. */
#pragma once

#include <fief/component.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <session/parent.h>

enum { MS = 1000000 };

struct bad_child {
	struct fief_env *env;
	struct parent_cap parent;
	uint64_t end; /* of the attack */
};

extern struct bad_child bad;

struct bad_attack {
	const char *name;
	void (*run)(void);
};

extern const struct bad_attack bad_client[], bad_server[], bad_reporter[],
	bad_urgent[];

static inline bool bad_time_left(void)
{
	return fief_kif->time() < bad.end;
}

static inline void bad_pause(unsigned ms)
{
	fief_kif->park(fief_kif->time() + (uint64_t)ms * MS);
}
