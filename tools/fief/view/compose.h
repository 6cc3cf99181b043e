/* SPDX-License-Identifier: MIT */
/*
 * A configuration with somebody in it who looks into the files of a component
 * for the owner of the system: a component beside it, fs_9p, which serves by 9P
 * what the other one serves or sees, to whoever has the other end of the host
 * stream that it was granted (docs/decisions/010-looking-into-a-tree.md).
 */
#pragma once

#include <stdbool.h>

#include <tools/fief/config_text.h>

struct view {
	const char *name; /* of the component that looks, and of its grant */
	const char *component; /* its label, as the user wrote it */
	const char *as;        /* what a server takes it for; NULL: the owner */
	bool writeable;
};

/* What is looked at. */
enum view_of {
	VIEW_OF_SERVER,     /* the files that it serves */
	VIEW_OF_TREE,       /* the tree of its <vfs>, composed once more */
	VIEW_OF_EMPTY_TREE, /* the same, without what it has in its memory */
	VIEW_OF_KINDS
};

/* As texts in the answer of an instance. */
extern const char *const view_of_names[VIEW_OF_KINDS];

struct view_found {
	enum view_of of;
	char *label; /* owned: of who looks */
	char *init;  /* owned: of its init */
};

/* All looks have names that begin so. */
#define VIEW_NAME "fief-view-"

/* The text with ways for those who look from within that init: it, and those
 * around it, let them have what only core has. Nothing comes of it before there
 * is one. Taking a way back would end what has a session by it, the init around
 * whoever looks included: so it stays. */
void view_prepare(struct config_text *, const char *init);

/* The text, prepared, with who looks. NULL, or why it cannot be; the caller
 * frees that, or all results. */
char *view_compose(const struct config_text *in, const struct view *v,
                   struct config_text *out, struct view_found *found);
