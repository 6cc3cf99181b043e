/* SPDX-License-Identifier: MIT */
/* What is served: a terminal or a stream of the host. */
#pragma once

#include <fief/kif_host.h>

/* As those of terminals, for both. A stream is always raw, and its size is 0. */
struct line {
	enum kif_host_err (*read)(void *to, size_t len, size_t *got);
	enum kif_host_err (*write)(const void *from, size_t len, size_t *got);
	enum kif_host_err (*signal)(fief_cap signal);
	enum kif_host_err (*raw)(bool on);
	enum kif_host_err (*size)(struct kif_host_tty_size *out);
};

/* False: it is a grant of another kind, or none. */
bool line_of(const struct kif_host *, struct line *out);
