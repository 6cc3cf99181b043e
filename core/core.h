/* SPDX-License-Identifier: MIT */
/*
 * Core: the root of the tree. It owns all RAM, capabilities and CPU time and
 * serves them as PD, CPU, RM, ROM, LOG and Rtc sessions to its only child, init, which
 * routes them on. What init reports of its children, core keeps for `fief`. One thread; nothing here waits for a component.
 */
#pragma once

#include <fief/alloc.h>
#include <fief/entrypoint_loop.h>
#include <fief/id_space.h>
#include <fief/kcore.h>

#include <lib/capnp.h>
#include <lib/label.h>
#include <lib/list.h>
#include <lib/rate_limit.h>

#include "account.h"

struct core_session;

/* A service that core offers. */
struct core_service {
	const char *name;
	size_t ram; /* fixed cost of a session */
	size_t caps;
	/* Make the session object; s->label, s->client and the donation are
	 * set. */
	enum fief_err (*open)(struct core_session *s, fief_cap *cap);
	/* The donation was raised. NULL: nothing to do. */
	void (*upgraded)(struct core_session *s);
	void (*close)(struct core_session *s);
};

struct core_session {
	struct fief_id id;                  /* in parent->sessions */
	const struct core_service *service; /* borrowed: static */
	struct core_parent *parent;         /* borrowed: outlives us */
	void *object;                       /* owned: of the service */
	size_t ram, caps; /* held for the client, given back at close */
	struct label label;
	struct capnp_text args; /* borrowed: while it is opened */
};

/* A child of core: init. */
struct core_parent {
	struct fief_rpc_obj obj;
	struct core_pd *child; /* owned */
	struct fief_id_space sessions;
	struct rate_limit complaints; /* lines of the log about it */
};

struct core_config {
	const char *kif;  /* path of the kif image */
	const char *init; /* name of init's ROM module */
	size_t ram, caps; /* of the whole system */
};

struct core {
	struct core_config config;
	struct kcore_info info;
	struct fief_entrypoint ep;
	struct fief_alloc *alloc; /* borrowed: core's own memory */
	struct core_account root; /* what nobody else has */
	struct core_account held; /* fixed cost of sessions */
	struct list pds;          /* by number */
	uint32_t pds_made;
	struct list grants;   /* struct core_grant */
	struct list roms;     /* modules in use */
	struct list watchers; /* ROM sessions whose clients want to know */
	struct core_parent init;
	uint64_t log_lost; /* lines that found no reader */
	bool events;       /* tell of them in the log */
	bool exiting;
	int exit_code;
};

extern struct core core;

/* ---- services ---- */
extern const struct core_service core_pd_service, core_cpu_service,
	core_rm_service, core_rom_service, core_log_service,
	core_report_service, core_host_service, core_rtc_service;

/* ---- parent.c ---- */
FIEF_MUST enum fief_err core_parent_init(struct core_parent *,
                                         struct core_pd *child);
void core_parent_close_all(struct core_parent *);
struct parent_session_params;
/* Open a session of that service, whatever `service` in the parameters. */
FIEF_MUST enum fief_err core_session_open(struct core_parent *,
                                          const struct core_service *,
                                          const struct parent_session_params *,
                                          fief_cap *);
/* May another request that is refused be logged? Init asks for what its children
 * ask for, as often as they like; the others are counted. */
bool core_complaint_due(struct core_parent *);
struct core_session *core_session_find(struct core_parent *, uint32_t id);
void core_session_close(struct core_session *);

/* ---- log.c ---- */
/* One or more lines of `label`; splits at newlines. */
void core_log_text(const char *label, const char *text, size_t len);
void core_log(const char *format, ...) FIEF_PRINTF(1, 2);
/* What became of a component, as a record that no component can write:
 * "RS what US label US code LF". Nothing, unless somebody reads them. */
void core_log_event(const char *what, const char *label, int code);
/* At the end: say how many lines were lost. Returns how many are that nobody
 * could be told of. */
uint64_t core_log_finish(void);

/* ---- module.c ---- */
/* The current content of a module; NOT_FOUND and others. Counted. */
struct core_module;
FIEF_MUST enum fief_err core_module_get(const char *name,
                                        struct core_module **out);
void core_module_put(struct core_module *);
struct kcore_ds *core_module_memory(const struct core_module *);
const char *core_module_name(const struct core_module *);
/* Is there no newer content of that name? */
bool core_module_newest(const struct core_module *);
/* Read the file of a module again and tell its sessions. Returns how many were
 * told: none, if whoever wants it will read what is there now. */
unsigned core_module_reload(const char *name);

/* ---- rom.c ---- */
/* What a session of the service shows. */
const struct kcore_ds *core_rom_memory(const struct core_session *);
/* Tell those who watch a module of that name. Returns their number. */
unsigned core_rom_news(const char *name);

/* ---- host.c ---- */
/* What of the host the system was given. */
struct core_grant {
	struct list_elem in_core;
	const char *name; /* owned */
	enum kif_host_kind kind;
	bool writeable;
	struct kcore_grant *grant; /* owned */
	struct list sessions;
};
/* The size of a terminal has changed: tell those who want to know. */
void core_grant_resized(void);
struct core_grant *core_grant_find(const char *name);
/* It ends: its sessions lead nowhere any more, what was started with it is
 * killed, and the caller frees it. */
void core_grant_close(struct core_grant *);

/* ---- rtc.c ---- */
/* Somebody set the wall clock: tell those who want to know. */
void core_rtc_stepped(void);

/* ---- report.c ---- */
/* What the first component published last. */
struct core_report {
	const char *text; /* borrowed: until the next event */
	size_t len;
	uint64_t number, at; /* counts up; kif time */
};
/* NULL: nothing yet. */
const struct core_report *core_report_newest(void);

/* ---- what the host offers; linux/ ---- */
FIEF_MUST enum fief_err core_module_file(const char *name,
                                         struct kcore_ds **out);
/* Which file that would be, and when it was changed last. */
struct core_file_state {
	uint64_t device, node, bytes, changed, written; /* ns */
	uint64_t settled; /* not 0: it has not changed in the last while, so
	                   * that the next change will show in the above */
};
void core_module_state(const char *name, struct core_file_state *out);
/* Open what the command line grants. Says what is wrong; returns an exit code,
 * or 0. */
int core_grants_open(void);
/* A stream for as long as `fief` likes, of a descriptor that is taken over; and
 * its end. NULL, or why not (static). */
const char *core_grant_stream(const char *name, bool writeable, int fd);
const char *core_grant_end(const char *name);
/* `fief` was told of another size. */
void core_grants_resized(void);
/* False if the record could not be written without blocking. */
bool core_log_record(const char *record, size_t len);
/* Wait for room for records, not for long. False: there is none. */
bool core_log_wait(void);
/* At time `at` of kif it was `wall`, ns since 1970. Error: UNSUPPORTED. */
FIEF_MUST enum fief_err core_wall_clock(int64_t *wall, uint64_t *at);
/* Begin to hear of steps of it. Says what is wrong; an exit code, or 0. */
int core_clock_watch(void);
void core_clock_readable(void);
/* Handle requests of `fief` on the control descriptor. */
void core_control_readable(int fd);

/* End the system with that exit code as soon as the current event is done. */
void core_end(int code);
