/* SPDX-License-Identifier: MIT */
/* What `fief doctor` finds out, part by part. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <fief/compiler.h>

enum doctor_level {
	DOCTOR_OK,
	DOCTOR_WARNING, /* systems run, but not as they could */
	DOCTOR_FAILURE, /* they do not */
};

struct doctor_finding {
	enum doctor_level level;
	const char *name; /* of the check */
	char *text;       /* owned: what there is */
	char *help;       /* owned: a command, or what to do; NULL */
};

struct doctor {
	struct doctor_finding *list; /* owned */
	size_t count;
};

/* Note a finding; `help` may be NULL, and is for those that are not OK. */
void doctor_note(struct doctor *, enum doctor_level, const char *name,
                 const char *help, const char *format, ...) FIEF_PRINTF(5, 6);

/* What the kernel offers, and what it allows us. */
void doctor_host(struct doctor *);
void doctor_limits(struct doctor *);

/* Core, kif and the component images; what dead systems left. */
void doctor_parts(struct doctor *);
