/* SPDX-License-Identifier: MIT */
/*
 * What attacks share. An attacker knows all sources: it reads and writes the
 * state of its own kif, its channel pages and its descriptors directly.
 */
#pragma once

#include <fief/component.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <kernel/linux/abi/channel.h>
#include <kernel/linux/abi/core.h>
#include <kernel/linux/abi/layout.h>
#include <kernel/linux/kif/caps.h>
#include <kernel/linux/kif/state.h>
#include <kernel/linux/kif/sys.h>

#include "hostile.h"

struct attacker {
	struct fief_env *env;
	struct hostile_arg arg;
	uint64_t rng;
	struct kif_msg msg; /* for whoever needs one; frames are small */
};

extern struct attacker me;

/* A named attack. It returns an exit code, or does not return. */
struct attack {
	const char *name;
	int (*run)(void);
};

extern const struct attack attacks_channel[], attacks_kernel[],
	attacks_service[], attacks_syscall[], attacks_memory[], attacks_death[],
	attacks_peer[], attacks_regions[], attacks_start[], attacks_late[];

#define ATTACK_MS(n) (fief_kif->time() + (uint64_t)(n)*1000000u)

/* ---- attacker.c ---- */
uint64_t attack_random(void);
/* A capability from the warden; exits if there is none. */
fief_cap attack_get(enum hostile_get what, uint32_t which);
/* The same for a sibling, waiting until it registered. */
fief_cap attack_sibling(uint32_t which);
void attack_register(fief_cap cap);
FIEF_NORETURN void attack_park(void);
/* One call with the shared message; `give` may be null. */
enum fief_err attack_call(fief_cap cap, uint32_t label, fief_cap give);
/* Start a thread on a stack of its own; at most 60. */
fief_thread attack_thread(void (*entry)(void *), void *arg);
FIEF_NORETURN void attack_exit_now(int code);

/* ---- raw.c: the protocols without kif ---- */
enum { RAW_SLOT = 5, RAW_TIMEOUT = 1000 };

struct kcap *raw_cap(fief_cap);
struct kchan *raw_channel(fief_cap);
/* Reserve slot RAW_SLOT of a channel. */
void raw_reserve(struct kchan *);
void raw_ring(const struct kchan *);
/* Post whatever lies in the slot as a call to (target, gen). */
void raw_post(struct kchan *, uint32_t target, uint32_t gen, uint32_t label,
              uint32_t meta);
/* Status of the reply; RAW_TIMEOUT after `ms`. */
uint32_t raw_wait(struct kchan *, uint32_t ms);
/* One request to the kernel object. */
uint32_t raw_kop(uint32_t label, struct kop *op);
/* The next message of core's socket; false if there is none. */
bool raw_receive(int fd[SOCK_FDS]);
/* Take all and close it. */
void raw_drain(void);
/* Acknowledge all notices unread. */
void raw_notices_skip(void);
