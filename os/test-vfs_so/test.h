/* SPDX-License-Identifier: MIT */
/* What the component does besides reading. */
#pragma once

#include <lib/node.h>
#include <os/check.h>

/* What there is of the quota of this component. */
struct left {
	uint64_t ram;
	uint32_t caps;
};

struct left left_now(void);

/* Make the tree of a node with each allocation failing in turn, until none does. */
void fail_all(const struct node *config);
