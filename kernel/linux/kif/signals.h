/* SPDX-License-Identifier: MIT */
/* Signals from core and from this PD to itself. */
#pragma once

#include "state.h"

/* Report `count` signals to a context, if it is alive and served by `ep`. */
bool kif_take_signal(struct kif_pd *, const struct ksignal *, uint32_t count,
                     uint32_t ep, struct kif_wait *);
bool kif_scan_core(struct kif_pd *, uint32_t ep, struct kif_wait *);
bool kif_scan_local(struct kif_pd *, uint32_t ep, struct kif_wait *);

/* Wake an endpoint that sleeps, from another thread or for core. */
void kif_ep_poke(struct kif_ep *);

/* A signal from this PD to an own object. */
void kif_signal_local(struct kif_pd *, fief_cap handle, struct kcap *);
