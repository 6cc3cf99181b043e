/* SPDX-License-Identifier: MIT */
/* The table of <fief/kif_guest.h>. */
#pragma once

#include <fief/kif_guest.h>

#include "state.h"
#include <kernel/linux/abi/host_class.h>

/* What a PD of that class has in its boot record; NULL: nothing. */
const struct kif_guest *kif_guest_of(enum host_class);
