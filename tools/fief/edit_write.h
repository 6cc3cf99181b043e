/* SPDX-License-Identifier: MIT */
/* How an edit is written. Texts that are returned are for the caller to free;
 * those that are given are taken over. */
#pragma once

#include "edit.h"

/* What is wanted, for the functions below. */
struct wanted {
	const struct authority *a;
	const struct authority_hop *hop;
	const char *service;
	bool selective;
	struct edits *out;
};

char *edit_service_text(const char *service);
/* NULL: the parent. */
char *edit_target_text(const struct config_start *server);

/* At a place, instead of something, or nothing if that is NULL. */
void edit_add(const struct wanted *w, struct node_place at, char *text,
              char *instead);
/* As the last content of a node. */
void edit_add_within(const struct wanted *w, const struct node *n, char *text);
/* The same within a child of the node, which is made if need be. */
void edit_add_within_list(const struct wanted *w, const struct node *n,
                          const char *type, char *text);

/* edit_offer.c: what would let the parent of an init have a service of it. */
void edit_offer(const struct wanted *w, const struct config_start *server);
