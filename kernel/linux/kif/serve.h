/* SPDX-License-Identifier: MIT */
/* Server side: endpoints, replies, waiting for events. */
#pragma once

#include "state.h"

/* Tags in an endpoint's epoll set: kind << 32 | number. */
enum kif_tag {
	KIF_TAG_CHANNEL, /* number of an in-channel */
	KIF_TAG_SOCKET,  /* core's socket */
	KIF_TAG_POKE,    /* core or another thread of this PD: just wake up */
	KIF_TAG_BACKEND = 16, /* and above: for backend->ready */
};

enum fief_err kif_reply_wait(fief_ep ep, struct kif_msg *msg,
                             struct kif_wait *w);

/* Put a descriptor into an endpoint's set, edge-triggered. */
FIEF_MUST enum fief_err kif_ep_watch(struct kif_ep *, int fd, uint64_t tag);
