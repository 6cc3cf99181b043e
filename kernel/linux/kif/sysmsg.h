/* SPDX-License-Identifier: MIT */
/* What sendmsg and recvmsg of the host take: its ABI on x86-64. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct host_iovec {
	void *base;
	size_t len;
};

struct host_msghdr {
	void *name;
	uint32_t namelen;
	struct host_iovec *iov;
	size_t iovlen;
	void *control;
	size_t controllen;
	uint32_t flags;
};
