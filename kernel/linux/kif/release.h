/* SPDX-License-Identifier: MIT */
/*
 * What peers give back. A peer may have introduced an entry to a third PD just
 * before: core's notice of that names the entry, and is older than the release.
 * So releases are due only when all is read that core had to say by then.
 */
#pragma once

#include "state.h"

/* Take releases that the client of an in-channel (or, for a component, no
 * one else) left in the page. Lock held. */
void kchan_take_releases_locked(struct kif_pd *, struct kchan *);

/* One that came through the channel, or, on the core channel, as a notice.
 * Lock held. */
void kchan_released_locked(struct kif_pd *, struct kchan *, uint32_t index,
                           uint32_t gen);

/* A notice was read. Lock held. */
void krelease_apply_locked(struct kif_pd *);
