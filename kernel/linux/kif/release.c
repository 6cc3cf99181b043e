/* SPDX-License-Identifier: MIT */
/* What peers give back, and when that counts. */

#include "release.h"

#include "caps.h"
#include "chan.h"

enum { RELEASES_FIRST = 64, RELEASES_MAX = 1024 };

static void signal_released(struct kif_pd *pd, struct kchan *ch, uint32_t index,
                            uint32_t gen)
{
	struct ksignal *s = kchan_signal(pd, ch->peer, ch->ep, index);

	if (s && s->gen != gen)
		return; /* the number has another object by now */
	if (s)
		s->own = 0;
	index &= CH_INDEX_SIGNAL - 1;
	if (ch->peer->id != CORE_PEER && index - CH_INTRODUCED < 32)
		atomic_fetch_or(&ch->page->server.freed,
		                1u << (index - CH_INTRODUCED));
	if (s && ch->peer->id == CORE_PEER && index >= PDP_INTRODUCED &&
	    index - PDP_INTRODUCED < pd->signal_next)
		pd->signal_next = index - PDP_INTRODUCED;
}

void kchan_released_locked(struct kif_pd *pd, struct kchan *ch, uint32_t index,
                           uint32_t gen)
{
	if (!(index & CH_INDEX_SIGNAL) || index & CH_INDEX_GRANT)
		kdeleg_release_locked(pd, ch->peer, index, gen);
	else
		signal_released(pd, ch, index, gen);
}

/* ---- releases that are not yet due ---- */

static struct krelease *release_at(const struct kif_pd *pd, uint32_t n)
{
	return &pd->release[n & (pd->release_room - 1)];
}

static bool release_room(struct kif_pd *pd)
{
	const uint32_t used = pd->release_end - pd->release_next;
	const uint32_t room = pd->release_room;
	struct krelease *more;
	void *mem;

	if (used < room)
		return true;
	if (room >= RELEASES_MAX ||
	    kif_grow(pd, (room ? room * 2 : RELEASES_FIRST) * sizeof(*more),
	             &mem))
		return false;
	more = mem;
	for (uint32_t i = 0; i < used; i++)
		more[i] = *release_at(pd, pd->release_next + i);
	pd->release = more;
	pd->release_room = room ? room * 2 : RELEASES_FIRST;
	pd->release_next = 0;
	pd->release_end = used;
	return true;
}

/* False: no room. A peer may have as many as it leaves free for others. */
static bool release_keep(struct kif_pd *pd, struct kchan *ch, uint32_t index,
                         uint32_t gen, uint32_t due)
{
	const uint32_t used = pd->release_end - pd->release_next;

	if (!kdeleg_returns(ch->peer, index, gen))
		return true; /* nothing that it has */
	if (ch->peer->releases >= RELEASES_MAX - used || !release_room(pd))
		return false;
	ch->peer->releases++;
	*release_at(pd, pd->release_end++) = (struct krelease){
		.peer = ch->peer->id,
		.index = index,
		.gen = gen,
		.due = due,
		.ep = ch->ep,
	};
	return true;
}

void krelease_apply_locked(struct kif_pd *pd)
{
	while (pd->release_next != pd->release_end) {
		const struct krelease r = *release_at(pd, pd->release_next);
		struct kpeer *peer;

		if ((int32_t)(pd->notice_tail - r.due) < 0)
			return;
		pd->release_next++;
		peer = kpeer_find(pd, r.peer);
		if (!peer)
			continue; /* it died, and all that it had is void */
		peer->releases--;
		if (peer->in[r.ep])
			kchan_released_locked(pd, peer->in[r.ep], r.index,
			                      r.gen);
	}
}

void kchan_take_releases_locked(struct kif_pd *pd, struct kchan *ch)
{
	struct ch_page *page = ch->page;
	uint32_t head = atomic_load_explicit(&page->client.release_head,
	                                     memory_order_acquire);
	/* Core makes what it introduces of its own at once. */
	const uint32_t due = pd->page ? atomic_load(&pd->page->notice_end) : 0;
	const bool now = (int32_t)(pd->notice_tail - due) >= 0;

	if (head - ch->release_tail > CH_RELEASES) /* the client lies */
		ch->release_tail = head - CH_RELEASES;
	while (ch->release_tail != head) {
		struct ch_release *r =
			&page->release[ch->release_tail % CH_RELEASES];
		uint32_t index = *(volatile uint32_t *)&r->index;
		uint32_t gen = *(volatile uint32_t *)&r->gen;

		if (now)
			kchan_released_locked(pd, ch, index, gen);
		else if (!release_keep(pd, ch, index, gen, due))
			break; /* it stays in the page */
		ch->release_tail++;
	}
	atomic_store_explicit(&page->client.release_tail, ch->release_tail,
	                      memory_order_release);
}
