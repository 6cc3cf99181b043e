/* SPDX-License-Identifier: MIT */
/* What a PD may ask of core below the session layer: one operation a label,
 * each checked against the PD's own channels and quota. */

#include "host.h"
#include "watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <kernel/linux/kif/caps.h>
#include <kernel/linux/kif/lock.h>

static enum fief_err kop_reverse(struct kcore_pd *pd, struct kop *op,
                                 const struct kif_msg *in)
{
	struct kcore_pd *peer = host_pd_by_name(op->peer);
	struct host_channel *ch;
	enum fief_err e;

	(void)in;
	if (!peer || peer == pd || op->a >= KIF_EPS ||
	    !(pd->eps >> op->a & 1) || !host_talks(pd, peer))
		return FIEF_INVALID;
	ch = host_channel_find(peer, pd, op->a);
	if (ch) {
		op->a = ch->server_number;
		return FIEF_OK;
	}
	e = host_channel_create(peer, pd, op->a, &ch);
	if (!e)
		op->a = ch->server_number;
	return e;
}

static enum fief_err introduce(struct kcore_pd *pd, const struct kop *op)
{
	struct host_intro intro = {
		.from = pd,
		.index = op->index,
		.gen = op->gen,
		.number = op->number,
	};
	struct host_channel *ch;

	if (op->chan != CORE_CHANNEL) {
		ch = op->chan < pd->nends ? pd->end[op->chan].channel : NULL;
		if (!ch || ch->client != pd || ch->server->name != op->owner) {
			intro.dead = true; /* closed meanwhile */
		} else {
			intro.owner = ch->server;
			intro.ep = ch->ep;
		}
	}
	if (op->peer != CORE_PEER) {
		intro.to = host_pd_by_name(op->peer);
		if (!intro.to || intro.to == pd || !host_talks(pd, intro.to))
			return FIEF_INVALID;
	}
	return host_introduce(&intro, NULL);
}

/* End the call that waits for a refused introduction (R12): no message, the
 * reason in the reply word; only while the call is pending. */
static void refuse(struct ch_page *page, const struct kop *op, enum fief_err e)
{
	uint32_t err = e == FIEF_GONE    ? CH_ERR_GONE :
	               e == FIEF_INVALID ? CH_ERR_INVALID :
	                                   CH_ERR_LIMIT;
	struct ch_slot *slot = &page->slot[op->slot];
	uint32_t rep = atomic_load(&slot->rep);
	uint32_t seq = op->seq & CH_SEQ_MASK;

	while (!(rep & CH_DEAD) && ch_rep_seq(rep) == ((seq - 1) & CH_SEQ_MASK))
		if (atomic_compare_exchange_weak(&slot->rep, &rep,
		                                 seq << CH_REP_SHIFT |
		                                         err << CH_ERR_SHIFT))
			break;
	kif_futex_wake(&slot->rep);
}

static enum fief_err kop_introduce(struct kcore_pd *pd, struct kop *op,
                                   const struct kif_msg *in)
{
	struct pdp_notice refused = { .kind = PDP_REFUSED, .peer = pd->name };
	enum fief_err e = introduce(pd, op);
	struct host_channel *ch;

	(void)in;
	if (op->slot >= CH_SLOTS)
		return e; /* the sender waits for this answer */
	if (op->via == CORE_CHANNEL) {
		if (e) {
			refuse(pd->core, op, e);
			kintro_news(&host.kif); /* the parked call is over */
		}
		return e;
	}
	ch = op->via < pd->nends ? pd->end[op->via].channel : NULL;
	if (!ch || ch->client != pd)
		return FIEF_INVALID;
	if (e) {
		refuse(ch->page, op, e);
		/* Without room for the notice the server meets the end of the
		 * call when it looks at the slot again. */
		if (host_notify(ch->server, &refused))
			e = FIEF_LIMIT;
	}
	host_bell(ch->server);
	return e;
}

/* A descriptor that cannot be mapped with more than `rights`. Those of a class
 * may be able to cut a file, which sealing does not forbid. */
static enum fief_err send_ds(struct kcore_pd *pd, const struct kcore_ds *ds,
                             unsigned rights, struct kop *op)
{
	int fd = ds->fd;
	enum fief_err e;
	char path[32];

	if (!(rights & KIF_WRITE) &&
	    (!ds->sealed || pd->zygote != &host.native)) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", ds->fd);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return FIEF_LIMIT;
	}
	op->size = ds->size;
	e = host_send_fds(pd, &fd, 1, &op->a);
	if (fd != ds->fd)
		close(fd);
	return e;
}

/* The badge of what a PD names as a dataspace; GONE, INVALID. */
static enum fief_err ds_badge(struct kcore_pd *pd, const struct kop *op,
                              uint64_t *badge)
{
	uint32_t own, ogen;
	const struct kcap *c = kdeleg_object(&host.kif, host_peer(pd),
	                                     op->index, op->gen, &own, &ogen);

	if (!c)
		return FIEF_GONE;
	*badge = c->badge;
	return c->badge & 1 ? FIEF_INVALID : FIEF_OK;
}

static enum fief_err kop_map(struct kcore_pd *pd, struct kop *op,
                             const struct kif_msg *in)
{
	unsigned rights = op->a;
	struct kcore_ds *ds;
	uint64_t badge;
	enum fief_err e = ds_badge(pd, op, &badge);

	(void)in;
	if (e)
		return e;
	ds = host.events->dataspace(badge, &rights);
	if (!ds) {
		op->a = 0;
		op->size = host.events->managed(badge);
		return op->size ? FIEF_OK : FIEF_INVALID;
	}
	if (op->a & ~rights || (op->a & KIF_WRITE && ds->sealed))
		return FIEF_DENIED;
	return send_ds(pd, ds, op->a, op);
}

static enum fief_err kop_part(struct kcore_pd *pd, struct kop *op,
                              const struct kif_msg *in)
{
	struct kcore_part part = { .at = op->at, .end = op->end };
	uint64_t badge;
	enum fief_err e = ds_badge(pd, op, &badge);

	(void)in;
	if (!e)
		e = host.events->part(badge, &part);
	if (e)
		return e;
	if (part.ds->sealed)
		part.rights &= ~(unsigned)KIF_WRITE;
	op->b = op->a & part.rights;
	op->at = part.at;
	op->end = part.end;
	op->off = part.off;
	op->a = 0;
	return op->b ? send_ds(pd, part.ds, op->b, op) : FIEF_OK;
}

static enum fief_err kop_heap(struct kcore_pd *pd, struct kop *op,
                              const struct kif_msg *in)
{
	enum { HEAP_MAX = 16 << 20 };
	enum fief_err e;
	int fd;

	(void)in;
	if (!op->size || op->size % KIF_PAGE || op->size > HEAP_MAX)
		return FIEF_INVALID;
	e = host.events->charge(pd->ctx, (int64_t)op->size, 0);
	if (e)
		return e;
	fd = host_memfd("heap", op->size);
	e = fd < 0 ? FIEF_LIMIT : host_send_fds(pd, &fd, 1, &op->a);
	if (fd >= 0)
		close(fd);
	if (e && host.events->charge(pd->ctx, -(int64_t)op->size, 0))
		return FIEF_LIMIT;
	return e;
}

/* Endpoints that a PD may make, one after the other; each further one costs
 * a capability until the PD ends. */
enum { EPS_FREE = 64 };

static enum fief_err kop_ep(struct kcore_pd *pd, struct kop *op,
                            const struct kif_msg *in)
{
	enum fief_err e;
	int fd[2];

	(void)in;
	if (pd->eps == 0xff)
		return FIEF_LIMIT;
	/* What a PD was sent it may keep until it ends, and with it the host's
	 * memory for what it watches. */
	if (pd->eps_made >= EPS_FREE) {
		e = host.events->charge(pd->ctx, 0, 1);
		if (e)
			return e;
	}
	pd->eps_made++;
	fd[0] = epoll_create1(EPOLL_CLOEXEC);
	fd[1] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	e = fd[0] < 0 || fd[1] < 0 ? FIEF_LIMIT :
	                             host_send_fds(pd, fd, 2, &op->a);
	for (unsigned i = 0; i < 2; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	if (e)
		return e;
	op->b = (uint32_t)__builtin_ctz(~(unsigned)pd->eps);
	pd->eps |= (uint8_t)(1u << op->b);
	return FIEF_OK;
}

static enum fief_err kop_ep_destroy(struct kcore_pd *pd, struct kop *op,
                                    const struct kif_msg *in)
{
	(void)in;
	if (op->a == 0 || op->a >= KIF_EPS || !(pd->eps >> op->a & 1))
		return FIEF_INVALID;
	for (uint32_t i = 0; i < pd->nends; i++) {
		struct host_channel *ch = pd->end[i].channel;

		if (ch && ch->server == pd && ch->ep == op->a)
			host_channel_close(ch);
	}
	pd->eps &= (uint8_t) ~(1u << op->a);
	return FIEF_OK;
}

static enum fief_err kop_caps(struct kcore_pd *pd, struct kop *op,
                              const struct kif_msg *in)
{
	enum { STEP_MAX = 1024 };
	enum fief_err e;

	(void)in;
	if (op->a > STEP_MAX)
		return FIEF_INVALID;
	e = host.events->charge(pd->ctx, 0, op->a);
	if (!e)
		return e;
	/* Less will do for one object more. */
	op->a = 1;
	return host.events->charge(pd->ctx, 0, 1);
}

static enum fief_err kop_log(struct kcore_pd *pd, struct kop *op,
                             const struct kif_msg *in)
{
	if (op->a > in->len - sizeof(*op))
		return FIEF_INVALID;
	host.events->log(pd->ctx, (const char *)in->data + sizeof(*op), op->a);
	return FIEF_OK;
}

static enum fief_err kop_exit(struct kcore_pd *pd, struct kop *op,
                              const struct kif_msg *in)
{
	(void)in;
	if (!pd->exiting) {
		pd->exiting = true;
		pd->exit_code = (int)op->a;
		host.events->exit(pd->ctx, (int)op->a);
	}
	return FIEF_OK;
}

static enum fief_err kop_crash(struct kcore_pd *pd, struct kop *op,
                               const struct kif_msg *in)
{
	struct kop_crash c;
	struct kcore_crash crash;

	if (in->len < sizeof(*op) + sizeof(c) || pd->crashed)
		return FIEF_INVALID;
	memcpy(&c, (const char *)in->data + sizeof(*op), sizeof(c));
	crash = (struct kcore_crash){
		.signal = c.signal,
		.refused_call = c.syscall,
		.thread = c.thread,
		.frames = c.frames < KOP_FRAMES ? c.frames : KOP_FRAMES,
		.address = c.address,
		.ip = c.ip,
		.sp = c.sp,
		.frame = c.frame,
		.name = c.name,
	};
	pd->crashed = true;
	pd->exit_code = (int)c.signal;
	host.events->crash(pd->ctx, &crash);
	return FIEF_OK;
}

static enum fief_err kop_news(struct kcore_pd *pd, struct kop *op,
                              const struct kif_msg *in)
{
	(void)op, (void)in;
	host_notices_pump(pd);
	return FIEF_OK;
}

typedef enum fief_err (*kop_fn)(struct kcore_pd *, struct kop *,
                                const struct kif_msg *);

static const kop_fn kop_table[KOP_COUNT] = {
	[KOP_REVERSE] = kop_reverse,
	[KOP_INTRODUCE] = kop_introduce,
	[KOP_MAP] = kop_map,
	[KOP_PART] = kop_part,
	[KOP_HEAP] = kop_heap,
	[KOP_EP] = kop_ep,
	[KOP_EP_DESTROY] = kop_ep_destroy,
	[KOP_CAPS] = kop_caps,
	[KOP_LOG] = kop_log,
	[KOP_EXIT] = kop_exit,
	[KOP_CRASH] = kop_crash,
	[KOP_NEWS] = kop_news,
	[KOP_WATCH] = host_kop_watch,
	[KOP_UNWATCH] = host_kop_unwatch,
};

void host_kernel_object(struct kcore_pd *pd, struct kif_msg *in,
                        struct kif_msg *out)
{
	struct kop op;
	enum fief_err e = FIEF_INVALID;

	for (unsigned i = 0; i < in->ncaps; i++)
		host_kif.drop(in->cap[i], 1);
	if (in->label < KOP_COUNT && kop_table[in->label] &&
	    in->len >= sizeof(op)) {
		memcpy(&op, in->data, sizeof(op));
		e = kop_table[in->label](pd, &op, in);
	}
	out->label = e;
	out->ncaps = 0;
	out->len = e ? 0 : sizeof(op);
	if (!e)
		memcpy(out->data, &op, sizeof(op));
}
