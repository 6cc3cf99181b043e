/* SPDX-License-Identifier: MIT */
/*
 * Capabilities inside one PD: handles, own objects, what was delegated to
 * which peer, and how capabilities enter and leave messages. Functions with
 * `_locked` need pd->lock.
 */
#pragma once

#include "state.h"

/* ---- handles ---- */

/* Channel number of a foreign handle whose channel is gone for good. */
enum { KCAP_NO_CHANNEL = 0xffffff };

/* The live entry behind a handle, or NULL. Lock-free. */
struct kcap *kcap_get(struct kif_pd *, fief_cap);
FIEF_MUST enum fief_err kcap_new_locked(struct kif_pd *, fief_cap *out,
                                        struct kcap **entry);
void kcap_free_locked(struct kif_pd *, struct kcap *, uint32_t index);
FIEF_MUST enum fief_err kcap_foreign_locked(struct kif_pd *, uint32_t chan,
                                            uint32_t index, uint32_t gen,
                                            fief_cap *out);

static inline uint32_t kcap_kind(const struct kcap *c)
{
	return c->head & 3;
}

static inline uint32_t kcap_chan(const struct kcap *c)
{
	return c->head >> 8;
}

static inline bool kcap_is_signal(const struct kcap *c)
{
	return c->head >> 8 & 1;
}

static inline uint32_t kcap_ep(const struct kcap *c)
{
	return c->head >> 9 & 0x7f;
}

/* ---- own objects, named by index and 40-bit serial ---- */

/* The object if it is still alive, else NULL. */
struct kcap *kobj_live(struct kif_pd *, uint32_t own, uint32_t ogen);

/* Revoke all objects that an endpoint serves. */
void kobj_revoke_ep_locked(struct kif_pd *, uint32_t ep);

/* ---- messages ---- */

/* Calls that wait for an introduction are to be looked at again. */
static inline void kintro_news(struct kif_pd *pd)
{
	if (!++pd->intro_news)
		pd->intro_news = 1;
}

/* Introductions that a call still has to ask core for. */
struct kforward {
	unsigned n;
	struct kop op[KIF_CAPS_MAX];
};

/*
 * Translate the capabilities of `msg` for a message to `peer`. May call core.
 * Introductions are noted in `forward`, or, if that is NULL, made at once.
 * Lock not held.
 */
FIEF_MUST enum fief_err kcaps_encode(struct kif_pd *, struct kpeer *peer,
                                     const struct kif_msg *msg,
                                     struct ch_cap out[KIF_CAPS_MAX],
                                     struct kforward *forward);
/* Is every introduction that the message names here? Lock not held. */
bool kcaps_complete(struct kif_pd *, const struct kpeer *,
                    const struct ch_cap *in, unsigned n);
/* Translate received ones into msg->cap; sets KIF_MSG_CAPS_LOST. */
/* All are lost if the channel is no longer the one that had `life`. */
void kcaps_decode(struct kif_pd *, struct kchan *, uint32_t life,
                  const struct ch_cap *in, struct kif_msg *msg);

/* ---- the kif functions ---- */

enum fief_err kif_export(fief_ep ep, uint64_t badge, enum kif_object kind,
                         fief_cap *cap);
void kif_revoke(fief_cap own);
void kif_drop(fief_cap cap, unsigned count);
void kif_ref(fief_cap cap);
enum fief_err kif_badge(fief_cap cap, uint64_t *badge);
enum fief_err kif_recv_window(unsigned n);

/* Tell the peer of a channel that its entry is no longer held; the channel
 * may be NULL or dead. */
void kchan_release_locked(struct kif_pd *, struct kchan *, uint32_t index,
                          uint32_t gen);
/* Hand queued releases of an out-channel to its page. Lock held. */
void kchan_flush_releases(struct kchan *);
