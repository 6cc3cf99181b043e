/* SPDX-License-Identifier: MIT */
/* The tree is what the configuration says, always. */

#include "server.h"

const struct node *(*const server_node)(const struct node *config) = NULL;
