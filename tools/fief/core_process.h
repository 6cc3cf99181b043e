/* SPDX-License-Identifier: MIT */
/* Core as a child process: what it gets and how it ends. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "layout.h"

enum {
	CORE_ROM_DIRS = 24, /* of the user; core's own limit is 32 */
	CORE_ROMS = 128,    /* core's own limit is 256 */
	CORE_GRANTS = 64,   /* the same as core's */
	CORE_STREAM_FD = 6, /* in core: the first that was granted */
};

/* What a system is made of. Texts are borrowed. */
struct core_params {
	const struct layout *layout;
	const char *init;                   /* ROM module of core's child */
	const char *rom_dir[CORE_ROM_DIRS]; /* searched first; absolute */
	size_t rom_dirs;
	const char *rom[CORE_ROMS]; /* "name=/absolute/path" */
	size_t roms;
	const char *grant[CORE_GRANTS]; /* "name=kind:/absolute/path,ro" */
	size_t grants;
	int stream[CORE_GRANTS]; /* owned: becomes CORE_STREAM_FD + i */
	size_t streams;
	uint64_t ram, caps;
	int config; /* becomes ROM module "config"; -1: none */
};

struct core_process {
	pid_t pid;
	int pidfd;   /* owned: readable when core has ended */
	int log;     /* owned: records of the log; does not block */
	int control; /* owned: seqpacket socket */
};

/* Start core in a session of its own, so that Ctrl-C reaches only us, and such
 * that it dies when we die. Returns 0, or an exit code after a message. */
int core_process_start(struct core_process *p,
                       const struct core_params *params);

/* Reap core, which has ended. Returns the exit code for our caller; tells how
 * core died if that was not by its own will. */
int core_process_reap(struct core_process *p);

/* Close all descriptors; kill and reap core if it is still there. */
void core_process_fini(struct core_process *p);
