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

/* ---- map ---- */

/* A cell is key | value << 32, 0 if it is free. The array starts with its
 * size, so that who reads without lock never leaves it; it is at most half
 * full. */
static uint32_t kmap_home(uint32_t key, uint32_t size)
{
	return (key * 2654435761u) & (size - 1);
}

/* The cell of `key`, or the free one where it belongs. */
static _Atomic uint64_t *kmap_cell(_Atomic uint64_t *array, uint32_t key)
{
	const uint32_t size = (uint32_t)array[0];
	uint32_t i = kmap_home(key, size);
	uint64_t cell;

	while ((cell = array[1 + i]) && (uint32_t)cell != key)
		i = (i + 1) & (size - 1);
	return &array[1 + i];
}

static enum fief_err kmap_resize(struct kif_pd *pd, struct kmap *m)
{
	_Atomic uint64_t *old = m->array, *array;
	const uint64_t size = old ? old[0] * 2 : 16;
	enum fief_err e;
	void *mem;

	e = kif_grow(pd, (1 + size) * sizeof(*array), &mem);
	if (e)
		return e;
	array = mem;
	array[0] = size;
	for (uint64_t i = 0; old && i < old[0]; i++)
		if (old[1 + i])
			*kmap_cell(array, (uint32_t)old[1 + i]) = old[1 + i];
	m->array = array;
	return FIEF_OK;
}

enum fief_err kmap_put(struct kif_pd *pd, struct kmap *m, uint32_t key,
                       uint32_t value)
{
	_Atomic uint64_t *cell;
	enum fief_err e;

	if (!m->array || (m->used + 1) * 2 > (uint32_t)m->array[0]) {
		e = kmap_resize(pd, m);
		if (e)
			return e;
	}
	cell = kmap_cell(m->array, key);
	m->used += !*cell;
	*cell = key | (uint64_t)value << 32;
	return FIEF_OK;
}

bool kmap_get(const struct kmap *m, uint32_t key, uint32_t *value)
{
	_Atomic uint64_t *array = m->array;
	uint64_t cell;

	if (!array || !key)
		return false;
	cell = *kmap_cell(array, key);
	*value = (uint32_t)(cell >> 32);
	return (uint32_t)cell == key; /* it may have moved meanwhile */
}

bool kmap_take(struct kmap *m, uint32_t key, uint32_t *value)
{
	uint32_t size, hole, i, home;
	_Atomic uint64_t *cell;

	if (!kmap_get(m, key, value))
		return false;
	cell = m->array + 1;
	size = (uint32_t)m->array[0];
	hole = (uint32_t)(kmap_cell(m->array, key) - cell);
	m->used--;
	/* Close the gap, or later keys of the same run become unreachable. */
	for (i = hole;;) {
		do {
			i = (i + 1) & (size - 1);
			if (!cell[i]) {
				cell[hole] = 0;
				return true;
			}
			home = kmap_home((uint32_t)cell[i], size);
		} while (((i - home) & (size - 1)) < ((i - hole) & (size - 1)));
		cell[hole] = cell[i];
		hole = i;
	}
}
