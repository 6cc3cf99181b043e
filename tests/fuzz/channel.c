/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target of the server side of channels: the code that every component
 * and core serve calls with, against a client that owns its pages. The input
 * is a script; most steps write to a page what a client may, some make an
 * honest call, so that the fuzzer finds its way in, some are the server's own
 * life: revocation, death of the client, an endpoint destroyed.
 *
 * What must hold: only objects that this client was given and that are alive
 * are called and signalled; what a message brings is in bounds; no lock stays
 * taken. The rest is for the sanitizers.
 */
#include <asm/prctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <kernel/linux/kif/caps.h>
#include <kernel/linux/kif/chan.h>
#include <kernel/linux/kif/lock.h>
#include <kernel/linux/kif/serve.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	CLIENTS = 3,
	OBJECTS = 8, /* of which odd ones are signals, client i has i and up */
	TOKENS = 4,
};

struct input {
	const uint8_t *at, *end;
};

struct object {
	fief_cap cap;
	bool given[CLIENTS];
};

static struct {
	struct kif_thread thread;
	struct kif_pd pd;
	struct ch_page *page[CLIENTS]; /* owned; client n has channel n + 1 */
	bool alive[CLIENTS];
	struct object object[OBJECTS];
	fief_reply token[TOKENS];
	struct kif_msg msg;
	struct pd_page *news; /* owned */
	void *grown[64];      /* owned */
	unsigned ngrown;
	int epoll;
} t = { .epoll = -1 };

static void require(bool condition)
{
	if (!condition)
		abort();
}

static uint32_t take(struct input *in, unsigned bytes)
{
	uint32_t v = 0;

	while (bytes-- && in->at < in->end)
		v = v << 8 | *in->at++;
	return v;
}

/* ---- core, as far as the server needs it ---- */

static enum fief_err grow(struct kif_pd *pd, size_t bytes, void **out)
{
	(void)pd;
	if (t.ngrown == sizeof(t.grown) / sizeof(t.grown[0]))
		return FIEF_OUT_OF_RAM;
	*out = aligned_alloc(KIF_PAGE, bytes);
	require(*out != NULL);
	memset(*out, 0, bytes);
	t.grown[t.ngrown++] = *out;
	return FIEF_OK;
}

static enum fief_err reverse(struct kif_pd *pd, uint32_t peer, uint32_t ep)
{
	(void)pd, (void)peer, (void)ep;
	return FIEF_GONE;
}

static enum fief_err introduce(struct kif_pd *pd, struct kop *op)
{
	(void)pd, (void)op;
	return FIEF_LIMIT;
}

static enum fief_err charge(struct kif_pd *pd, uint32_t n)
{
	pd->exports_paid += n;
	return FIEF_OK;
}

static void refresh(struct kif_pd *pd)
{
	pd->socket_ready = false;
}

static void ready(struct kif_pd *pd, uint64_t tag)
{
	(void)pd, (void)tag;
}

static void signal_in(struct kif_pd *pd, struct kchan *ch, uint32_t index)
{
	(void)pd, (void)ch, (void)index;
}

static void dropped(struct kif_pd *pd, uint32_t index, uint32_t gen)
{
	(void)pd, (void)index, (void)gen;
}

static void give_back(struct kif_pd *pd, struct kchan *ch, uint32_t index,
                      uint32_t gen)
{
	(void)pd, (void)ch, (void)index, (void)gen;
}

static const struct kif_backend backend = {
	.grow = grow,
	.reverse = reverse,
	.introduce = introduce,
	.charge = charge,
	.refresh = refresh,
	.settle = refresh,
	.ready = ready,
	.signal_in = signal_in,
	.dropped = dropped,
	.give_back = give_back,
};

/* ---- the system of one input ---- */

static struct kchan *channel(unsigned client)
{
	return ktable_at(&t.pd.chans, sizeof(struct kchan), client + 1);
}

static void client_begin(unsigned n)
{
	const struct kchan_new in = {
		.number = n + 1,
		.peer = 10 + n,
		.inbound = true,
		.page = t.page[n],
		.bell = -1,
	};

	memset(t.page[n], 0, sizeof(*t.page[n]));
	kif_lock(&t.pd);
	require(!kchan_add_locked(&t.pd, &in));
	kchan_look_locked(&t.pd, channel(n));
	kif_unlock(&t.pd);
	t.alive[n] = true;
	for (unsigned i = 0; i < OBJECTS; i++)
		t.object[i].given[n] = false;
}

static void client_end(unsigned n)
{
	kif_lock(&t.pd);
	kchan_dead_locked(&t.pd, channel(n));
	kif_unlock(&t.pd);
	t.alive[n] = false;
}

/* Objects are given in a reply, as they are in life. */
static void object_give(unsigned i, unsigned n)
{
	struct kif_msg msg = { .ncaps = 1, .cap = { t.object[i].cap } };
	struct ch_cap out[KIF_CAPS_MAX];

	if (!t.alive[n] ||
	    kcaps_encode(&t.pd, channel(n)->peer, &msg, out, NULL))
		return;
	t.object[i].given[n] = true;
}

static void object_make(unsigned i)
{
	struct object *o = &t.object[i];

	*o = (struct object){ 0 };
	require(!kif_export(
		0, i + 1, i & 1 ? KIF_OBJECT_SIGNAL : KIF_OBJECT_RPC, &o->cap));
}

static void system_begin(void)
{
	t.pd = (struct kif_pd){ .backend = &backend,
		                .sock = -1,
		                .window = KIF_CAPS_MAX,
		                .intro_news = 1 };
	t.thread = (struct kif_thread){ .self = &t.thread,
		                        .pd = &t.pd,
		                        .used = 1 };
	t.pd.thread[0] = &t.thread;
	t.pd.page = t.news;
	t.pd.ep[0] =
		(struct kif_ep){ .epoll = t.epoll, .poke = -1, .used = true };
	memset(t.token, 0, sizeof(t.token));
	for (unsigned n = 0; n < CLIENTS; n++)
		client_begin(n);
	for (unsigned i = 0; i < OBJECTS; i++)
		object_make(i);
	for (unsigned n = 0; n < CLIENTS; n++)
		for (unsigned i = n; i < OBJECTS; i++)
			object_give(i, n);
}

static void system_end(void)
{
	while (t.ngrown)
		free(t.grown[--t.ngrown]);
}

/* ---- what the client does ---- */

static void step_write(struct input *in)
{
	char *page = (char *)t.page[take(in, 1) % CLIENTS];
	const size_t to = take(in, 2) % KIF_PAGE;
	size_t n = take(in, 1) % 64;

	if (n > KIF_PAGE - to)
		n = KIF_PAGE - to;
	if (n > (size_t)(in->end - in->at))
		n = (size_t)(in->end - in->at);
	memcpy(page + to, in->at, n);
	in->at += n;
}

static void step_call(struct input *in)
{
	struct ch_page *page = t.page[take(in, 1) % CLIENTS];
	struct ch_slot *slot = &page->slot[take(in, 1) % CH_SLOTS];
	uint32_t caps = take(in, 1);

	slot->target = take(in, 1);
	slot->gen = 1 + take(in, 1) % 4;
	slot->meta = (take(in, 1) * 8) | (caps & 7) << 16;
	for (unsigned i = 0; i < KIF_CAPS_MAX; i++)
		slot->cap[i] = (struct ch_cap){
			.word = take(in, 1) << CH_KIND_SHIFT | take(in, 1),
			.gen = take(in, 1),
		};
	atomic_store(&slot->req, ch_seq_next(slot->req));
}

static void step_release(struct input *in)
{
	struct ch_page *page = t.page[take(in, 1) % CLIENTS];
	uint32_t head = atomic_load(&page->client.release_head);

	page->release[head % CH_RELEASES] = (struct ch_release){
		.index = take(in, 1) | (take(in, 1) & 1) * CH_INDEX_SIGNAL,
		.gen = take(in, 1) % 4,
	};
	atomic_store(&page->client.release_head, head + 1);
}

static void step_signal(struct input *in)
{
	struct ch_page *page = t.page[take(in, 1) % CLIENTS];
	const uint32_t n = take(in, 1) % CH_SIGNALS;

	atomic_fetch_add(&page->signal_count[n], take(in, 1));
	atomic_fetch_or(&page->client.signals, UINT64_C(1) << n);
}

static void step_restart(struct input *in)
{
	const unsigned n = take(in, 1) % CLIENTS;

	if (t.alive[n])
		client_end(n);
	else
		client_begin(n);
}

/* ---- what the server does ---- */

static void check_event(const struct kif_wait *w)
{
	const uint64_t i = w->badge - 1;
	bool given = false;

	if (w->event == KIF_EVENT_NONE)
		return;
	require(i < OBJECTS && t.object[i].cap != FIEF_CAP_NULL);
	for (unsigned n = 0; n < CLIENTS; n++)
		given |= t.object[i].given[n];
	require(given);
	require((w->event == KIF_EVENT_SIGNAL) == (i & 1));
	if (w->event == KIF_EVENT_SIGNAL)
		require(w->count > 0);
	else
		require(t.msg.len <= KIF_DATA_MAX &&
		        t.msg.ncaps <= KIF_CAPS_MAX);
}

static void check_caps(void)
{
	uint64_t badge;

	for (unsigned i = 0; i < t.msg.ncaps; i++) {
		const fief_cap cap = t.msg.cap[i];

		if (cap == FIEF_CAP_NULL)
			continue;
		require(kcap_get(&t.pd, cap) != NULL);
		if (!kif_badge(cap, &badge))
			require(badge && badge <= OBJECTS);
		kif_drop(cap, 1);
	}
}

static void step_serve(struct input *in)
{
	const uint32_t how = take(in, 1);
	struct kif_wait w = { .flags = KIF_WAIT | KIF_POLL };

	if (how & 1) {
		w.flags |= KIF_REPLY;
		w.reply = t.token[how >> 4 & (TOKENS - 1)];
		t.msg.len = (uint16_t)(how & 0x40 ? 600 : 16);
		t.msg.ncaps = how >> 1 & 3;
		for (unsigned i = 0; i < t.msg.ncaps; i++)
			t.msg.cap[i] = t.object[take(in, 1) % OBJECTS].cap;
	}
	if (how & 8)
		w.flags |= KIF_SIGNALS;
	require(!kif_reply_wait(0, &t.msg, &w));
	check_event(&w);
	if (w.event != KIF_EVENT_CALL)
		return;
	check_caps();
	t.token[how >> 6 & (TOKENS - 1)] = w.reply;
}

static void step_object(struct input *in)
{
	const unsigned i = take(in, 1) % OBJECTS;

	if (t.object[i].cap == FIEF_CAP_NULL) {
		object_make(i);
		return;
	}
	kif_revoke(t.object[i].cap);
	t.object[i].cap = FIEF_CAP_NULL;
}

static void step_give(struct input *in)
{
	const unsigned i = take(in, 1) % OBJECTS;

	object_give(i, take(in, 1) % CLIENTS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const step[])(struct input *) = {
		step_write, step_call,   step_serve, step_release, step_signal,
		step_serve, step_object, step_give,  step_restart, step_serve,
	};
	struct input in = { data, data + size };

	if (t.epoll < 0) {
		t.epoll = epoll_create1(EPOLL_CLOEXEC);
		t.news = calloc(1, sizeof(*t.news));
		for (unsigned n = 0; n < CLIENTS; n++)
			t.page[n] = aligned_alloc(KIF_PAGE, KIF_PAGE);
		require(!syscall(SYS_arch_prctl, ARCH_SET_GS, &t.thread));
	}
	system_begin();
	while (in.at < in.end) {
		step[take(&in, 1) % (sizeof(step) / sizeof(step[0]))](&in);
		require(!t.pd.lock);
	}
	system_end();
	return 0;
}
