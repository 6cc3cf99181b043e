/* SPDX-License-Identifier: MIT */
/* Where kif needs core: a component asks it, core does it itself. */
#pragma once

#include <fief/kif.h>

struct kchan;
struct kif_pd;
struct kop;
struct kpeer;

/* What differs between a component and core. */
struct kif_backend {
	/* Memory for tables; zeroed, never returned. */
	enum fief_err (*grow)(struct kif_pd *, size_t bytes, void **out);
	/* Make sure an in-channel from `peer` to endpoint `ep` exists. */
	enum fief_err (*reverse)(struct kif_pd *, uint32_t peer, uint32_t ep);
	/* As KOP_INTRODUCE. */
	enum fief_err (*introduce)(struct kif_pd *, struct kop *);
	/* Give `n` exports' worth of capability quota. */
	enum fief_err (*charge)(struct kif_pd *, uint32_t n);
	/* Look for news of core: notices, socket. Lock held. */
	void (*refresh)(struct kif_pd *);
	/* The same, and wait for those that core could not tell yet, and for
	 * channels that are held: what a message names, core told before.
	 * Never within a call. Lock held. */
	void (*settle)(struct kif_pd *);
	/* A descriptor with a foreign tag in the epoll set became ready. */
	void (*ready)(struct kif_pd *, uint64_t tag);
	/* Submit to signal `index` of a PD on this channel (core only). */
	void (*signal_in)(struct kif_pd *, struct kchan *, uint32_t index);
	/* The last reference to an entry on the core channel went away. Lock
	 * held (component only). */
	void (*dropped)(struct kif_pd *, uint32_t index, uint32_t gen);
	/* An in-channel was looked at (core only). */
	void (*visited)(struct kif_pd *, struct kchan *);
	/* An own object got entry (index, gen) for `peer` (core only). */
	void (*gave)(struct kif_pd *, struct kpeer *, fief_cap, uint32_t index,
	             uint32_t gen);
	/* A capability that arrives from `peer` as introduced. */
	void (*give_back)(struct kif_pd *, struct kchan *, uint32_t index,
	                  uint32_t gen);
};
