/* SPDX-License-Identifier: MIT */
/* First code of a new component process. */
#pragma once

#include "state.h"
#include <kernel/linux/abi/host_class.h>

/* Where the crash stack of the initial thread lies in the boot dataspace;
 * the zygote announces it to the host before any child exists. */
enum { START_ALTSTACK = 16 << 10, START_ALTSTACK_SIZE = 16 << 10 };

/*
 * Turn the freshly cloned child of the zygote into a PD, wait until core tells
 * what runs in it, and enter that. Takes over the descriptors. Does not return.
 */
FIEF_NORETURN void kif_start(const int fd[SPAWN_FDS],
                             int (*gettime)(long, void *), enum host_class);
