/* SPDX-License-Identifier: MIT */
/* Parts of the warden. */
#pragma once

#include <fief/component.h>
#include <fief/rom.h>
#include <fief/session.h>

#include "hostile.h"

enum { ATTACKERS_MAX = 8, GIVEN = 2 };

struct child {
	struct fief_rpc_obj obj;
	struct fief_signal_handler death;
	struct fief_session pd;
	fief_cap given[GIVEN];
	const struct fief_rom *binary;
	const char *name;
	uint64_t ram;
	uint32_t index, round, rounds, caps;
	uint64_t kill_at; /* 0: it ends by itself */
	bool open, dead, no_restart;
};

/* The case to run, from the ROM module "case". */
struct plan {
	char attack[40];
	uint64_t attackers, rounds, ms, arg, kill, ram, caps, script;
};

struct warden {
	struct fief_env *env;
	struct plan plan;
	struct fief_rom server_rom, client_rom, attacker_rom;
	struct child server, client, attacker[ATTACKERS_MAX];
	struct child spare_parent; /* served to the spare PD */
	struct fief_session rom, log, spare, rm, cpu;
	struct fief_rpc_obj extra;
	struct fief_signal_handler good,
		evil; /* contexts that are handed out */
	unsigned good_seen, evil_seen;
	struct hostile_progress progress[PHASES];
	enum hostile_phase phase;
	uint64_t rng;
	bool failed;
};

extern struct warden warden;

FIEF_MUST enum fief_err child_start(struct child *);
/* Kill it and take everything back. */
void child_close(struct child *);
/* Serve until `ns` (absolute) or until `done(c)`, which may be NULL. */
bool warden_serve(uint64_t ns, bool (*done)(const struct child *),
                  const struct child *c);
static inline bool child_registered(const struct child *c)
{
	return c->given[0] != FIEF_CAP_NULL || c->dead;
}
static inline bool child_dead(const struct child *c)
{
	return c->dead;
}

/* Attacks on core that need the rights of a parent; `number` as in run. */
void warden_script(uint64_t number);
