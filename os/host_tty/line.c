/* SPDX-License-Identifier: MIT */
/* The two kinds of grants that there are for a terminal. */

#include "line.h"

static void tty_line(const struct kif_host *h, struct line *out)
{
	const struct kif_host_tty_ops *t = h->tty;

	*out = (struct line){ t->read, t->write, t->signal, t->raw, t->size };
}

static enum kif_host_err stream_raw(bool on)
{
	(void)on;
	return KIF_HOST_OK;
}

static enum kif_host_err stream_size(struct kif_host_tty_size *out)
{
	*out = (struct kif_host_tty_size){ 0 };
	return KIF_HOST_OK;
}

static void stream_line(const struct kif_host *h, struct line *out)
{
	const struct kif_host_stream_ops *s = h->stream;

	*out = (struct line){ s->read, s->write, s->signal, stream_raw,
		              stream_size };
}

bool line_of(const struct kif_host *h, struct line *out)
{
	static void (*const of[KIF_HOST_KINDS])(const struct kif_host *,
	                                        struct line *) = {
		[KIF_HOST_TTY] = tty_line,
		[KIF_HOST_STREAM] = stream_line,
	};

	if (!h || h->kind >= KIF_HOST_KINDS || !of[h->kind])
		return false;
	of[h->kind](h, out);
	return true;
}
