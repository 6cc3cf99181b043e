/* SPDX-License-Identifier: MIT */
/*
 * Reports, each a ROM module. While its reporter is there the content is paid
 * by the reporter; afterwards it is kept at our expense if a policy names it,
 * so that nobody can make us store more than the configuration says.
 */
#pragma once

#include <fief/rom_server.h>
#include <lib/label.h>

struct reporter;

struct report_module {
	struct list_elem elem;
	struct label label; /* of the Report session */
	struct fief_rom_module rom;
	struct reporter *reporter; /* borrowed: has the session; or NULL */
	char *kept;                /* owned: content without reporter */
	size_t kept_bytes;
};

struct reports {
	struct fief_alloc *heap;          /* borrowed; set by the caller */
	bool (*wanted)(const char *name); /* set by the caller: is it in a
	                                   * policy? */
	bool verbose;
	struct list modules; /* owned */
	struct fief_service service;
};

/* Offer the Report service. */
FIEF_MUST enum fief_err reports_announce(struct reports *r,
                                         struct fief_root *root);

/* The module of a report, made if need be. */
FIEF_MUST enum fief_err reports_get(struct reports *r, const char *label,
                                    struct report_module **out);

/* Free modules that nobody reads, writes or names. */
void reports_collect(struct reports *r);
