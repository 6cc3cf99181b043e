/* SPDX-License-Identifier: MIT */
/* kif for a sandbox: objects on its side and on that of everybody else. */
#include <stdlib.h>
#include <string.h>

#include <fief/entrypoint_loop.h>
#include <fief/log.h>

#include "world.h"

enum { OBJECTS = 1 << 16, TOKENS = 1 << 14 };

static struct object {
	uint64_t badge;
	enum kif_object kind;
	bool own, live; /* own: the sandbox serves it */
	unsigned signals;
	unsigned held; /* references that the sandbox got and has */
} object[OBJECTS];

static struct {
	unsigned objects, tokens, open, fail_at;
	unsigned first, last; /* of `queue`: who was signalled */
	bool child;           /* who calls */
	bool in_core;         /* core is at it: what it drops is its own */
	bool answered[TOKENS];
	struct kif_msg *call;   /* on its way; NULL: none */
	struct kif_msg *caller; /* who has it answered */
	fief_cap target;
	bool replied;
	uint64_t now;
} k;

static fief_cap queue[OBJECTS];
static struct fief_entrypoint ep;

static struct object *find(fief_cap cap)
{
	return cap && cap <= k.objects ? &object[cap - 1] : NULL;
}

static fief_cap add(uint64_t badge, enum kif_object kind, bool own)
{
	if (k.objects == OBJECTS)
		return FIEF_CAP_NULL;
	object[k.objects++] = (struct object){ badge, kind, own, true, 0, 0 };
	return k.objects;
}

fief_cap world_export(struct fief_rpc_obj *obj)
{
	return add((uint64_t)(uintptr_t)obj, KIF_OBJECT_RPC, false);
}

void world_gone(fief_cap cap)
{
	find(cap)->live = false;
}

static enum fief_err kif_export(fief_ep at, uint64_t badge,
                                enum kif_object kind, fief_cap *cap)
{
	(void)at;
	*cap = add(badge, kind, true);
	return *cap == FIEF_CAP_NULL ? FIEF_OUT_OF_CAPS : FIEF_OK;
}

static void kif_revoke(fief_cap cap)
{
	struct object *o = find(cap);

	if (!o || !o->live)
		abort();
	o->signals = 0;
	o->live = false;
}

static void received(const struct kif_msg *msg)
{
	for (unsigned i = 0; i < msg->ncaps; i++) {
		struct object *o = find(msg->cap[i]);

		if (o && !o->own)
			o->held++;
	}
}

static void kif_drop(fief_cap cap, unsigned count)
{
	struct object *o = find(cap);

	if (!o || o->own || k.in_core || k.child)
		return;
	if (o->held < count)
		abort(); /* more than it got */
	o->held -= count;
}

static void kif_ref(fief_cap cap)
{
	struct object *o = find(cap);

	if (o && !o->own)
		o->held++;
}

/* ---- calls ---- */

static enum fief_err call_core(const struct object *o, struct kif_msg *msg)
{
	struct fief_rpc_obj *obj = (struct fief_rpc_obj *)(uintptr_t)o->badge;
	struct kif_msg in = *msg, out;

	if (!o->live || !obj)
		return FIEF_GONE;
	memset(&out, 0xee, sizeof(out));
	k.in_core = true;
	if (obj->type->dispatch(obj, &in, &out) == FIEF_LATE)
		abort();
	k.in_core = false;
	*msg = out;
	received(msg);
	return FIEF_OK;
}

static enum fief_err call_sandbox(fief_cap cap, struct kif_msg *msg)
{
	if (k.tokens == TOKENS)
		abort();
	received(msg);
	k.target = cap;
	k.call = k.caller = msg;
	k.replied = false;
	k.child = false;
	while (k.call || ep.reply_due)
		fief_entrypoint_step(&ep, 0);
	k.child = true;
	k.caller = NULL;
	return k.replied ? FIEF_OK : FIEF_CANCELED;
}

static enum fief_err kif_call(fief_cap cap, struct kif_msg *msg)
{
	const struct object *o = find(cap);

	if (!o || o->kind != KIF_OBJECT_RPC)
		return FIEF_INVALID;
	if (!o->own)
		return k.child ? FIEF_GONE : call_core(o, msg);
	if (!k.child)
		return FIEF_DEADLOCK;
	return o->live ? call_sandbox(cap, msg) : FIEF_GONE;
}

static void reply(const struct kif_msg *msg, fief_reply token)
{
	if (!token || token > k.tokens || k.answered[token - 1])
		abort(); /* nobody asked, or it was answered */
	k.answered[token - 1] = true;
	k.open--;
	if (token != k.tokens || !k.caller)
		return;
	*k.caller = *msg;
	k.replied = true;
}

static bool call_event(struct kif_msg *msg, struct kif_wait *w)
{
	if (!k.call)
		return false;
	*msg = *k.call;
	k.call = NULL;
	k.answered[k.tokens++] = false;
	k.open++;
	w->reply = k.tokens;
	w->badge = find(k.target)->badge;
	w->event = KIF_EVENT_CALL;
	return true;
}

static bool signal_event(struct kif_wait *w)
{
	while (k.first != k.last) {
		struct object *o = find(queue[k.first++ % OBJECTS]);

		if (!o->signals)
			continue; /* revoked since */
		w->badge = o->badge;
		w->count = o->signals;
		w->event = KIF_EVENT_SIGNAL;
		o->signals = 0;
		return true;
	}
	return false;
}

static enum fief_err kif_reply_wait(fief_ep at, struct kif_msg *msg,
                                    struct kif_wait *w)
{
	(void)at;
	w->event = KIF_EVENT_NONE;
	if (w->flags & KIF_REPLY)
		reply(msg, w->reply);
	if (!(w->flags & KIF_WAIT))
		return FIEF_OK; /* a late one */
	if (!call_event(msg, w) && !k.replied)
		signal_event(w);
	return FIEF_OK;
}

static void kif_signal(fief_cap cap)
{
	struct object *o = find(cap);

	if (!o || !o->own || !o->live || o->kind != KIF_OBJECT_SIGNAL)
		return;
	if (!o->signals++)
		queue[k.last++ % OBJECTS] = cap;
}

/* ---- the rest ---- */

static enum fief_err kif_map(fief_cap ds, size_t off, size_t len, void *at,
                             unsigned rights, void **out)
{
	(void)off, (void)len, (void)at, (void)rights;
	*out = world_memory(ds);
	return *out ? FIEF_OK : FIEF_GONE;
}

static enum fief_err kif_unmap(void *at, size_t len)
{
	(void)at, (void)len;
	return FIEF_OK;
}

static uint64_t kif_time(void)
{
	return k.now;
}

/* What a terminal might obey, and what ends a line. */
static void kif_log(const char *text, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f ||
		    (text[i] == '\xc2' && (text[i + 1] & 0xe0) == 0x80))
			abort();
}

static const struct kif table = {
	.version = KIF_VERSION,
	.size = sizeof(struct kif),
	.call = kif_call,
	.reply_wait = kif_reply_wait,
	.export = kif_export,
	.revoke = kif_revoke,
	.drop = kif_drop,
	.ref = kif_ref,
	.signal = kif_signal,
	.map = kif_map,
	.unmap = kif_unmap,
	.time = kif_time,
	.log = kif_log,
};

const struct kif *fief_kif = &table;

static enum fief_err heap_alloc(struct fief_alloc *self, size_t size,
                                void **out)
{
	(void)self;
	if (k.fail_at && !--k.fail_at)
		return FIEF_OUT_OF_RAM;
	*out = malloc(size ? size : 1);
	return *out ? FIEF_OK : FIEF_OUT_OF_RAM;
}

static void heap_free(struct fief_alloc *self, void *at, size_t size)
{
	(void)self, (void)size;
	free(at);
}

/* Memory of sessions that the sandbox serves itself. */
static enum fief_err ram_alloc(struct fief_ram *self, size_t size, void **at,
                               fief_cap *ds)
{
	(void)self;
	*at = calloc(1, size);
	*ds = add(0, KIF_OBJECT_RPC, false);
	return *at ? FIEF_OK : FIEF_OUT_OF_RAM;
}

static void ram_free(struct fief_ram *self, void *at, size_t size, fief_cap ds)
{
	(void)self, (void)size, (void)ds;
	free(at);
}

static struct fief_ram ram = { ram_alloc, ram_free };
static struct fief_alloc heap = { heap_alloc, heap_free };

struct fief_env world_env = { .ep = &ep, .heap = &heap, .ram = &ram };

void world_kif_init(void)
{
	memset(&k, 0, sizeof(k));
	k.now = 1000000000;
	fief_entrypoint_init(&ep, 1);
}

void world_as_child(bool child)
{
	k.child = child;
}

void world_fail(unsigned n)
{
	k.fail_at = n;
}

void world_settle(void)
{
	k.replied = false;
	for (unsigned i = 0; i < 10000; i++)
		if (!fief_entrypoint_step(&ep, 0))
			return;
	abort(); /* it never comes to rest */
}

void world_wait(uint64_t ns)
{
	k.now += ns;
	world_settle();
}

void world_kif_check(void)
{
	if (k.open)
		abort(); /* a call that was never answered */
	for (unsigned i = 0; i < k.objects; i++)
		if (object[i].held || (object[i].own && object[i].live))
			abort();
}
