/* SPDX-License-Identifier: MIT */
/* What came on the socket from core and is not used yet. */
#pragma once

#include <kernel/linux/abi/core.h>

#define KIF_STASH_DS UINT32_MAX

enum {
	KIF_STASH = 16, /* descriptors received and not yet fetched */
	/* Channels that wait until there is a place: more than the 277
	 * messages that core's socket holds. */
	KIF_HELD = 320,
};

struct kstash {
	uint32_t number; /* 0: free; KIF_STASH_DS: by index and gen */
	uint32_t index, gen;
	int fd[SOCK_FDS];
	uint64_t size;
};

struct kheld {
	uint32_t chan, peer; /* as in struct sock_msg */
	int fd[SOCK_FDS];
	uint8_t inbound, ep;
};
