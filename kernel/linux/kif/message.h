/* SPDX-License-Identifier: MIT */
/* Moving message payloads between private memory and a slot. */
#pragma once

#include "state.h"

static inline void kif_copy_words(uint64_t *to, const uint64_t *from,
                                  size_t bytes)
{
	for (size_t i = 0; i < (bytes + 7) / 8; i++)
		to[i] = from[i];
}

static inline uint32_t kif_meta(const struct kif_msg *msg)
{
	return msg->len | (uint32_t)msg->ncaps << 16;
}

static inline bool kif_msg_fits(const struct kif_msg *msg)
{
	return msg->len <= KIF_DATA_MAX && msg->ncaps <= KIF_CAPS_MAX;
}

/* Copy a message out of a slot, once (invariant I2). False if its header is
 * out of bounds. The capabilities go to `cap`, still as indices. */
static inline bool kif_take(struct ch_slot *slot, struct kif_msg *msg,
                            struct ch_cap cap[KIF_CAPS_MAX])
{
	uint32_t meta = *(volatile uint32_t *)&slot->meta;

	msg->label = *(volatile uint32_t *)&slot->label;
	msg->len = (uint16_t)meta;
	msg->ncaps = (uint8_t)(meta >> 16);
	msg->flags = 0;
	if (!kif_msg_fits(msg)) {
		msg->len = 0;
		msg->ncaps = 0;
		return false;
	}
	kif_copy_words(msg->data, slot->data, msg->len);
	for (unsigned i = 0; i < msg->ncaps; i++)
		cap[i] = slot->cap[i];
	return true;
}

static inline void kif_put(struct ch_slot *slot, const struct kif_msg *msg,
                           const struct ch_cap cap[KIF_CAPS_MAX])
{
	slot->label = msg->label;
	slot->meta = kif_meta(msg);
	kif_copy_words(slot->data, msg->data, msg->len);
	for (unsigned i = 0; i < msg->ncaps; i++)
		slot->cap[i] = cap[i];
}
