/* SPDX-License-Identifier: MIT */
/* The consuming side of a packet stream. */
#pragma once

#include <fief/entrypoint.h>
#include <fief/packet_stream.h>
#include <session/bench.h>

struct sink {
	struct fief_packet_stream stream;
	struct fief_signal_handler submitted;
	struct fief_attached memory;
	fief_cap source; /* owned: received */
	enum sink_mode mode;
	uint64_t seen; /* so that reading has an effect */
};

FIEF_MUST enum fief_err sink_init(struct sink *s, struct fief_entrypoint *ep);
void sink_fini(struct sink *s);

/* Takes the capabilities over, also on failure. */
FIEF_MUST enum fief_err sink_open(struct sink *s,
                                  const struct bench_sink_params *p);
