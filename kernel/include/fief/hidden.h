/* SPDX-License-Identifier: MIT */
/* Included before everything else in freestanding images: nothing in them is
 * exported, so no symbol needs a global offset table. */
#pragma once

#pragma GCC visibility push(hidden)
