/* SPDX-License-Identifier: MIT */
/*
 * What the components of the hostile tests say to each other. The warden is
 * init: it starts the canary pair and the attackers, and serves each of its
 * children a raw object in place of the Parent interface.
 */
#pragma once

#include <stdint.h>

/* Labels of the warden's object. Those of Parent are below 100. */
enum hostile_label {
	HOSTILE_ARG = 100, /* -> struct hostile_arg */
	HOSTILE_REGISTER,  /* keep the capabilities of the message */
	HOSTILE_GET,       /* data[0] = enum hostile_get, data[1] = child */
	HOSTILE_PROGRESS,  /* canary client: struct hostile_progress -> phase */
	HOSTILE_BURST,     /* take a capability and drop it */
};

enum hostile_get {
	HOSTILE_CANARY,   /* the public object of the canary server */
	HOSTILE_SECRET,   /* another one, that attackers do not get */
	HOSTILE_SIBLING,  /* what child data[1] registered first */
	HOSTILE_ROM,      /* a ROM session of core */
	HOSTILE_LOG,      /* a LOG session of core */
	HOSTILE_PARENT,   /* core's Parent object for init */
	HOSTILE_WARDEN,   /* an object of the warden itself */
	HOSTILE_SIGNAL,   /* a signal context of the warden */
	HOSTILE_SPARE_PD, /* a PD session that never starts */
	HOSTILE_RM,       /* an RM session of core */
	HOSTILE_CPU,      /* a CPU session of core */
	HOSTILE_BINARY    /* a dataspace with the attacker's image */
};

struct hostile_arg {
	uint32_t index, round, arg, attackers;
	char attack[40];
};

enum hostile_phase { PHASE_BEFORE, PHASE_ATTACK, PHASE_AFTER, PHASES };

struct hostile_progress {
	uint32_t phase, calls, errors, last_error;
	uint32_t p50_ns, null_max_us, core_max_us, intro_max_us;
};

/* Labels of the canary server's objects. */
enum canary_label {
	CANARY_NULL = 1,  /* data[0] = id of the object, data[1] = data[1] */
	CANARY_TAKE,      /* take capabilities and drop them */
	CANARY_OBJECT,    /* -> a new reference to the public object */
	CANARY_MAP,       /* map a dataspace; touched at each later NULL call */
	CANARY_BUSY,      /* be busy for data[0] ms */
	CANARY_HOLD,      /* keep the capability in place data[0] & 3 */
	CANARY_FIRE,      /* signal what is held in place data[0] & 3 */
	CANARY_BUSY_TAKE, /* be busy for data[0] ms, then for a null reply */
};

enum { CANARY_PUBLIC = 0x11, CANARY_SECRET = 0x22 };
