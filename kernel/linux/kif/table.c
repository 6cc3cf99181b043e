/* SPDX-License-Identifier: MIT */
/* Growing tables and the grant map. */

#include "table.h"

#include "state.h"

enum { GROW_STEP = 64 << 10 };

enum fief_err kif_grow(struct kif_pd *pd, size_t bytes, void **out)
{
	size_t need = (bytes + 63) & ~(size_t)63;
	enum fief_err e;
	void *chunk;

	if ((size_t)(pd->grow_end - pd->grow_at) < need) {
		size_t step = need > GROW_STEP ? need : GROW_STEP;

		step = (step + KIF_PAGE - 1) & ~(size_t)(KIF_PAGE - 1);
		e = pd->backend->grow(pd, step, &chunk);
		if (e)
			return e;
		if (chunk != pd->grow_end)
			pd->grow_at = chunk;
		pd->grow_end = (char *)chunk + step;
	}
	*out = pd->grow_at;
	pd->grow_at += need;
	return FIEF_OK;
}

enum fief_err ktable_add(struct kif_pd *pd, struct ktable *t, size_t size,
                         uint32_t *index)
{
	enum fief_err e;
	void *chunk;
	uint32_t n = 0, count = KTABLE_FIRST;

	if (t->used == t->room) {
		while (n < KTABLE_CHUNKS && t->chunk[n]) {
			n++;
			count <<= 1;
		}
		if (n == KTABLE_CHUNKS || t->room > CH_INDEX_MASK / 8)
			return FIEF_LIMIT;
		e = kif_grow(pd, count * size, &chunk);
		if (e)
			return e;
		t->chunk[n] = chunk;
		t->room += count;
	}
	*index = t->used++;
	return FIEF_OK;
}

static uint32_t kmap_slot(const struct kmap *m, uint32_t key)
{
	uint32_t i = key * 2654435761u;

	for (i &= m->size - 1; m->entry[i].key; i = (i + 1) & (m->size - 1))
		if (m->entry[i].key == key)
			break;
	return i;
}

static enum fief_err kmap_resize(struct kif_pd *pd, struct kmap *m)
{
	struct kmap bigger = { .size = m->size ? m->size * 2 : 16 };
	enum fief_err e;
	void *mem;

	e = kif_grow(pd, bigger.size * sizeof(*m->entry), &mem);
	if (e)
		return e;
	bigger.entry = mem;
	for (uint32_t i = 0; i < m->size; i++)
		if (m->entry[i].key)
			bigger.entry[kmap_slot(&bigger, m->entry[i].key)] =
				m->entry[i];
	bigger.used = m->used;
	*m = bigger;
	return FIEF_OK;
}

enum fief_err kmap_put(struct kif_pd *pd, struct kmap *m, uint32_t key,
                       uint32_t value)
{
	enum fief_err e;
	uint32_t i;

	if ((m->used + 1) * 2 > m->size) {
		e = kmap_resize(pd, m);
		if (e)
			return e;
	}
	i = kmap_slot(m, key);
	if (!m->entry[i].key)
		m->used++;
	m->entry[i] = (struct kmap_entry){ key, value };
	return FIEF_OK;
}

bool kmap_get(const struct kmap *m, uint32_t key, uint32_t *value)
{
	uint32_t i;

	if (!m->size || !key)
		return false;
	i = kmap_slot(m, key);
	if (!m->entry[i].key)
		return false;
	*value = m->entry[i].value;
	return true;
}

bool kmap_take(struct kmap *m, uint32_t key, uint32_t *value)
{
	uint32_t hole, i, home;

	if (!kmap_get(m, key, value))
		return false;
	hole = kmap_slot(m, key);
	m->used--;
	/* Close the gap, or later keys of the same run become unreachable. */
	for (i = hole;;) {
		m->entry[hole].key = 0;
		do {
			i = (i + 1) & (m->size - 1);
			if (!m->entry[i].key)
				return true;
			home = (m->entry[i].key * 2654435761u) & (m->size - 1);
		} while (((i - home) & (m->size - 1)) <
		         ((i - hole) & (m->size - 1)));
		m->entry[hole] = m->entry[i];
		hole = i;
	}
}
