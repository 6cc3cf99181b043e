/* SPDX-License-Identifier: MIT */
/*
 * Policies of a server: who may what, by session label. Each <policy> selects
 * labels by `label`, `label_prefix`, `label_suffix` and `label_last`; the most
 * specific one counts (<lib/label.h>), and <default-policy> if there is none.
 */
#pragma once

#include <lib/node.h>

/* The policy for a label; NULL: there is none. It lives as long as the config. */
const struct node *fief_policy_find(const struct node *config,
                                    const char *label);
