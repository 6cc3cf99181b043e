/* SPDX-License-Identifier: MIT */
/* What the parts of the test driver share. */
#pragma once

#include <fief/component.h>
#include <fief/kif_host_dir.h>
#include <fief/log.h>

#include <lib/node.h>

struct step {
	const char *name;
	/* Do it; what it tells goes to `told`, which has TOLD_MAX bytes. */
	enum kif_host_err (*take)(const struct kif_host *, const struct node *,
	                          char *told);
};

enum { TOLD_MAX = 400 };

/* Ends with one that has no name. */
extern const struct step dir_steps[], other_steps[];

/* What terminals and streams have both. */
struct line {
	enum kif_host_err (*read)(void *to, size_t len, size_t *got);
	enum kif_host_err (*write)(const void *from, size_t len, size_t *got);
	enum kif_host_err (*signal)(fief_cap signal);
};
extern struct line line;

/* Go on with what is to be written there. */
enum kif_host_err say_rest(void);

/* A signal that something is ready. */
extern fief_cap ready_signal;
