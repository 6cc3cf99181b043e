/* SPDX-License-Identifier: MIT */
/* Channels of one PD: finding, making known, burying. */
#pragma once

#include "state.h"

/* The live channel, or NULL. */
struct kchan *kchan_in_find(const struct kpeer *, uint32_t ep);
struct kchan *kchan_out_find(const struct kpeer *, uint32_t remote_ep);

/* A call of this peer may wait for what just came: have its channels looked
 * at, also where the doorbell was rung long ago. Lock held. */
void kpeer_look_locked(struct kif_pd *, struct kpeer *);

/* What a channel starts with. */
struct kchan_new {
	uint32_t number, peer;
	bool inbound;
	uint32_t ep; /* inbound: own endpoint; else the peer's */
	struct ch_page *page;
	int bell; /* out: taken over; in: -1 */
};

/* Lock held. Errors: OUT_OF_RAM, INVALID (number). */
FIEF_MUST enum fief_err kchan_add_locked(struct kif_pd *,
                                         const struct kchan_new *);

/* No thread is in a call of this dead channel any more: its number, and the
 * address of its page, may be another's. */
bool kchan_left(const struct kif_pd *, uint32_t number);

/* The peer is gone: calls end with GONE, objects given to it are forgotten
 * when its last channel dies. Lock held. */
void kchan_dead_locked(struct kif_pd *, struct kchan *);

/* Have its endpoint look at an in-channel, also if nobody rings. Lock held. */
void kchan_look_locked(struct kif_pd *, struct kchan *);

/* The signal context of endpoint `ep` that `peer` knows by `index`. */
struct ksignal *kchan_signal(struct kif_pd *, const struct kpeer *peer,
                             uint32_t ep, uint32_t index);

/* The same when the endpoint is not known: the first that fits. */
struct ksignal *kchan_signal_any(struct kif_pd *, const struct kpeer *peer,
                                 uint32_t index);
/* The place of number `index` for `peer`, used or not; NULL if there is no
 * channel or no memory. Lock held. */
struct ksignal *kchan_signal_slot(struct kif_pd *, const struct kpeer *peer,
                                  uint32_t ep, uint32_t index);
