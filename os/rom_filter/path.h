/* SPDX-License-Identifier: MIT */
/*
 * Paths into a tree of nodes: "state/child[name=timer]/ram". The first step
 * names the root; each leads to the first child that fits.
 */
#pragma once

#include <lib/node.h>

enum {
	PATH_STEPS_MAX = NODE_DEPTH_MAX,
	PATH_NAME_MAX = 64, /* bytes of a name or value in a step */
};

/* Error: INVALID; `*why` says what is wrong with the text. */
FIEF_MUST enum fief_err path_check(const char *path, const char **why);

/* The node that a checked path leads to; NULL if there is none. An empty path
 * leads to the root. */
const struct node *path_find(const struct node *root, const char *path);
