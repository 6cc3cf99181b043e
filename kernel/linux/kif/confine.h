/* SPDX-License-Identifier: MIT */
/* The sandbox of a class of PDs, which its zygote puts on. */
#pragma once

#include <kernel/linux/abi/host_class.h>

/* A Landlock domain that has the grant and nothing else, inherited by every
 * child. Its version; 0 if there is none; an error of the host. */
long confine_landlock(enum host_class);
/* The constants that the filter compares pointers with, and what else paths
 * depend on. 0, or an error of the host. */
long confine_pins(enum host_class);
/* The filter of the class. Its listener, or an error of the host. */
long confine_filter(enum host_class);
