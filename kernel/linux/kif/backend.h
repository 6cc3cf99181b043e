/* SPDX-License-Identifier: MIT */
/* How the kif of a component talks to core. */
#pragma once

#include "state.h"

extern const struct kif_backend kif_component_backend;

/* Call the kernel object; `text` of `op->a` bytes may follow. */
FIEF_MUST enum fief_err kif_kop(struct kif_pd *, uint32_t label, struct kop *op,
                                const void *more, size_t bytes);

/* The descriptors that came with number `number`; the caller owns them.
 * Lock held. */
FIEF_MUST enum fief_err kif_take_fds_locked(struct kif_pd *, uint32_t number,
                                            int fd[SOCK_FDS]);

/* The same, while channels that come must wait: they are made at the next look
 * at the socket, which is asked for. Lock held. */
FIEF_MUST enum fief_err kif_take_held_locked(struct kif_pd *, uint32_t number,
                                             int fd[SOCK_FDS]);

/* The descriptor of a dataspace on the core channel, if core pushed it; the
 * caller owns it. Lock held. */
bool kif_take_ds_locked(struct kif_pd *, uint32_t index, uint32_t gen, int *fd,
                        uint64_t *size);

/* Read what core put on the socket and into the notices. False if it turned
 * out that core is gone. Lock held. */
bool kif_refresh_locked(struct kif_pd *);

/* Does core still hold the other end of the socket? */
bool kif_core_alive(struct kif_pd *);

void kif_log(const char *text, size_t len);
