/* SPDX-License-Identifier: MIT */
/* Zygotes as core has them: one of native PDs, one of each grant. */
#pragma once

#include <linux/seccomp.h>

#include <fief/kcore.h>

#include <kernel/linux/abi/host_class.h>

struct host_spawn;

/* Zygotes that no grant has: the first ones. */
enum { HOST_CLASSES = 2 };

/* A component may run, and make threads, before the zygote has told its name:
 * what it asks is answered then. */
enum { HOST_UNDECIDED = 16 };

struct host_undecided {
	struct seccomp_notif req[HOST_UNDECIDED];
	unsigned n;
	bool full; /* and nobody listens, or core could not sleep */
};

/* Makes the processes of a class of PDs. */
struct host_zygote {
	uint32_t number; /* of host.zygote; 0 is that of native PDs */
	enum host_class class;
	int grant;       /* owned: what its PDs share; -1: nothing */
	bool watchable;  /* its file system is one of this host ... */
	uint64_t device; /* ... namely this one */
	int pid;         /* 0: it does not run */
	unsigned pds;    /* records of PDs that it made, or is to make */
	bool ended;      /* its grant is: it goes with the last of them */
	int sock, listener;
	bool ready;                /* core has its listener */
	struct host_spawn *spawns; /* wait for room towards it */
	struct host_undecided undecided;
};

struct kcore_grant {
	struct host_zygote zygote;
};

/* ---- zygote.c ---- */
/* The one of native PDs. */
FIEF_MUST enum fief_err host_zygotes_init(const char *image);
/* Have it run: it is not ready when this returns. */
FIEF_MUST enum fief_err host_zygote_start(struct host_zygote *);
/* End it, and all that it made. */
void host_zygote_end(struct host_zygote *);
/* It said something, or ended. */
void host_zygote_ready(struct host_zygote *);
bool host_zygote_pid(int pid);
void host_children_ready(void);

/* ---- clone.c: what a zygote and its PDs ask before each thread ---- */
FIEF_MUST enum fief_err host_listener_add(struct host_zygote *);
void host_listener_ready(struct host_zygote *);
/* The zygote told names. */
void host_undecided_again(struct host_zygote *);

/* ---- image.c ---- */
/* Is it that of a component that runs guests? */
bool host_image_of_guests(const struct kcore_ds *);

/* ---- grant.c ---- */
/* A PD of it is no more. */
void host_zygote_left(struct host_zygote *);
/* The zygote of an event's tag; NULL: there is none. */
struct host_zygote *host_zygote_of(uint64_t tag);
