/* SPDX-License-Identifier: MIT */
/* Objects, the handles by which PDs hold them, and messages under way. */

#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INDEX_MASK = 0xffffff, TAG_SHIFT = 24, TAG_MASK = 0xff, GROW = 16 };

/* ---- handles ---- */

static struct fake_handle *handle_get(struct fake_pd *pd, fief_cap cap)
{
	uint32_t i = cap & INDEX_MASK;

	if (!i || i >= pd->nhandles || !pd->handle[i].object ||
	    pd->handle[i].tag != cap >> TAG_SHIFT)
		return NULL;
	return &pd->handle[i];
}

struct fake_object *fake_handle_get(struct fake_pd *pd, fief_cap cap)
{
	struct fake_handle *h = handle_get(pd, cap);

	return h ? h->object : NULL;
}

static fief_cap handle_name(const struct fake_pd *pd,
                            const struct fake_handle *h)
{
	return h->tag << TAG_SHIFT | (uint32_t)(h - pd->handle);
}

static bool handles_grow(struct fake_pd *pd)
{
	uint32_t n = pd->nhandles + GROW;
	struct fake_handle *table = fake_alloc(pd, n * sizeof(*table));

	if (!table)
		return false;
	if (pd->nhandles)
		memcpy(table, pd->handle, pd->nhandles * sizeof(*table));
	fake_free(pd, pd->handle, pd->nhandles * sizeof(*table));
	pd->handle = table;
	pd->nhandles = n;
	return true;
}

/* A free entry, or NULL without memory. Its tag is already right. */
static struct fake_handle *handle_new(struct fake_pd *pd)
{
	for (;;) {
		for (uint32_t i = 1; i < pd->nhandles; i++)
			if (!pd->handle[i].object)
				return &pd->handle[i];
		if (!handles_grow(pd))
			return NULL;
	}
}

static void handle_free(struct fake_handle *h)
{
	struct fake_object *o = h->object;

	h->object = NULL;
	h->refs = 0;
	h->tag = (h->tag + 1) & TAG_MASK;
	fake_object_put(o);
}

static bool handle_is_own(const struct fake_pd *pd, const struct fake_handle *h)
{
	return h->object->owner == pd && h->object->own == handle_name(pd, h);
}

enum fief_err fake_handle_add(struct fake_pd *pd, struct fake_object *o,
                              fief_cap *cap)
{
	struct fake_handle *h;

	for (uint32_t i = 1; i < pd->nhandles; i++) {
		h = &pd->handle[i];
		if (h->object != o || pd->world->options.fresh_handles)
			continue;
		h->refs++;
		*cap = handle_name(pd, h);
		return FIEF_OK;
	}
	if (pd->used.handles >= pd->limits.handles)
		return FIEF_LIMIT;
	h = handle_new(pd);
	if (!h)
		return FIEF_LIMIT;
	h->object = o;
	h->refs = 1;
	o->refs++;
	pd->used.handles++;
	*cap = handle_name(pd, h);
	return FIEF_OK;
}

static void handle_drop(struct fake_pd *pd, fief_cap cap, unsigned count)
{
	struct fake_handle *h = handle_get(pd, cap);

	if (!h || handle_is_own(pd, h))
		return;
	h->refs -= count < h->refs ? count : h->refs;
	if (h->refs)
		return;
	handle_free(h);
	pd->used.handles--;
}

void fake_drop(fief_cap cap, unsigned count)
{
	struct fake_thread *t = fake_pd_op_begin();

	if (!t)
		return;
	handle_drop(t->pd, cap, count);
	fake_op_end(t);
}

void fake_ref(fief_cap cap)
{
	struct fake_thread *t = fake_pd_op_begin();
	struct fake_handle *h;

	if (!t)
		return;
	h = handle_get(t->pd, cap);
	if (h && !handle_is_own(t->pd, h))
		h->refs++;
	fake_op_end(t);
}

void fake_handles_fini(struct fake_pd *pd)
{
	for (uint32_t i = 1; i < pd->nhandles; i++)
		if (pd->handle[i].object)
			handle_free(&pd->handle[i]);
}

/* ---- objects ---- */

void fake_object_put(struct fake_object *o)
{
	if (--o->refs)
		return;
	if (o->kind == FAKE_DATASPACE)
		close(o->fd);
	free(o);
}

static void object_unlink(struct fake_object *o)
{
	struct fake_object **at = &o->owner->objects;

	while (*at != o)
		at = &(*at)->next;
	*at = o->next;
}

void fake_object_kill(struct fake_object *o)
{
	struct fake_pd *owner = o->owner;

	o->dead = true;
	if (!owner)
		return;
	fake_calls_gone(&owner->ep[o->ep], o);
	object_unlink(o);
	o->owner = NULL;
	owner->used.caps--;
	/* Holders may keep the memory; the quota is the owner's again. */
	owner->used.ram -= sizeof(*o);
	handle_free(handle_get(owner, o->own));
}

static enum fief_err export_new(struct fake_pd *pd, fief_ep ep, uint64_t badge,
                                enum fake_kind kind, fief_cap *cap)
{
	struct fake_object *o;
	struct fake_handle *h;

	if (pd->used.caps >= pd->limits.caps)
		return FIEF_OUT_OF_CAPS;
	h = handle_new(pd);
	o = h ? fake_alloc(pd, sizeof(*o)) : NULL;
	if (!o)
		return FIEF_OUT_OF_RAM;
	*o = (struct fake_object){ .next = pd->objects,
		                   .owner = pd,
		                   .ep = ep,
		                   .kind = kind,
		                   .badge = badge,
		                   .refs = 1,
		                   .own = handle_name(pd, h),
		                   .fd = -1 };
	*h = (struct fake_handle){ .object = o, .refs = 1, .tag = h->tag };
	pd->objects = o;
	pd->used.caps++;
	*cap = o->own;
	return FIEF_OK;
}

enum fief_err fake_export(fief_ep ep, uint64_t badge, enum kif_object kind,
                          fief_cap *cap)
{
	struct fake_thread *t = fake_pd_op_begin();
	enum fief_err e = FIEF_INVALID;

	if (!t)
		return FIEF_GONE;
	if (ep < FAKE_EPS && t->pd->ep[ep].used && badge &&
	    (kind == KIF_OBJECT_RPC || kind == KIF_OBJECT_SIGNAL))
		e = export_new(t->pd, ep, badge,
		               kind == KIF_OBJECT_RPC ? FAKE_RPC : FAKE_SIGNAL,
		               cap);
	fake_op_end(t);
	return e;
}

void fake_revoke(fief_cap own)
{
	struct fake_thread *t = fake_pd_op_begin();
	struct fake_object *o;

	if (!t)
		return;
	o = fake_handle_get(t->pd, own);
	if (o && o->owner == t->pd)
		fake_object_kill(o);
	fake_op_end(t);
}

enum fief_err fake_badge(fief_cap cap, uint64_t *badge)
{
	struct fake_thread *t = fake_pd_op_begin();
	enum fief_err e = FIEF_INVALID;
	struct fake_object *o;

	if (!t)
		return FIEF_GONE;
	o = fake_handle_get(t->pd, cap);
	if (o && o->owner == t->pd) {
		*badge = o->badge;
		e = FIEF_OK;
	}
	fake_op_end(t);
	return e;
}

enum fief_err fake_recv_window(unsigned n)
{
	struct fake_thread *t = fake_pd_op_begin();

	if (!t)
		return FIEF_GONE;
	if (n <= KIF_CAPS_MAX)
		t->pd->window = n;
	fake_op_end(t);
	return n <= KIF_CAPS_MAX ? FIEF_OK : FIEF_INVALID;
}

/* ---- messages under way ---- */

void fake_parcel_pack(struct fake_pd *pd, const struct kif_msg *msg,
                      struct fake_parcel *p)
{
	*p = (struct fake_parcel){ .label = msg->label,
		                   .len = msg->len,
		                   .ncaps = msg->ncaps };
	memcpy(p->data, msg->data, msg->len);
	for (unsigned i = 0; i < p->ncaps; i++) {
		/* What is no handle of the sender's arrives as null. */
		p->object[i] = fake_handle_get(pd, msg->cap[i]);
		if (p->object[i])
			p->object[i]->refs++;
	}
}

void fake_parcel_fini(struct fake_parcel *p)
{
	for (unsigned i = 0; i < p->ncaps; i++)
		if (p->object[i])
			fake_object_put(p->object[i]);
	*p = (struct fake_parcel){ 0 };
}

static enum fief_err parcel_caps(struct fake_pd *pd,
                                 const struct fake_parcel *p,
                                 struct kif_msg *msg)
{
	fief_cap cap[KIF_CAPS_MAX] = { 0 };
	unsigned brought = 0;
	enum fief_err e;

	for (unsigned i = 0; i < p->ncaps; i++) {
		struct fake_object *o = p->object[i];

		if (!o)
			continue;
		if (o->owner == pd) {
			cap[i] = o->own;
			continue;
		}
		if (brought++ >= pd->window) {
			msg->flags |= KIF_MSG_CAPS_LOST;
			continue;
		}
		e = fake_handle_add(pd, o, &cap[i]);
		if (!e)
			continue;
		while (i--)
			handle_drop(pd, cap[i], 1);
		return e;
	}
	memcpy(msg->cap, cap, sizeof(cap));
	return FIEF_OK;
}

enum fief_err fake_parcel_unpack(struct fake_pd *pd, struct fake_parcel *p,
                                 struct kif_msg *msg)
{
	struct kif_msg in = { .label = p->label,
		              .len = p->len,
		              .ncaps = p->ncaps };
	enum fief_err e = parcel_caps(pd, p, &in);

	if (!e) {
		memcpy(in.data, p->data, p->len);
		*msg = in;
	}
	fake_parcel_fini(p);
	return e;
}
