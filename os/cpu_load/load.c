/* SPDX-License-Identifier: MIT */
/* The entries and a sample are walked side by side. */

#include "load.h"

#include <lib/mem.h>

static struct load_entry *first(const struct load *l)
{
	return LIST_FIRST(&l->entries, struct load_entry, elem);
}

static struct load_entry *last(const struct load *l)
{
	return LIST_OBJECT(l->entries.last, struct load_entry, elem);
}

/* Move the cursor on; what it leaves behind is gone if `drop`. */
static void cursor_pass(struct load *l, bool drop)
{
	struct load_entry *e = l->cursor;

	l->cursor = LIST_NEXT(e, struct load_entry, elem);
	if (!drop)
		return;
	list_remove(&e->elem);
	fief_free(l->alloc, e, sizeof(*e));
}

void load_begin(struct load *l)
{
	l->cursor = first(l);
}

static enum fief_err entry_make(struct load *l, uint32_t number,
                                const char *label, size_t len, uint64_t ns)
{
	struct load_entry *e;
	enum fief_err err;
	void *mem;

	if (l->entries.count >= l->max)
		return FIEF_LIMIT;
	if (len > LABEL_MAX)
		return FIEF_TOO_LONG;
	err = fief_alloc_zeroed(l->alloc, sizeof(*e), &mem);
	if (err)
		return err;
	e = mem;
	e->number = number;
	e->ns = e->used = ns; /* it started since the last sample */
	memcpy(e->label.text, label, len);
	list_insert(&l->entries, &e->elem, l->cursor ? &l->cursor->elem : NULL);
	return FIEF_OK;
}

/* The last one that was added; NULL: none yet. */
static const struct load_entry *before_cursor(const struct load *l)
{
	if (!l->cursor)
		return last(l);
	return LIST_OBJECT(l->cursor->elem.prev, struct load_entry, elem);
}

enum fief_err load_add(struct load *l, uint32_t number, const char *label,
                       size_t label_len, uint64_t ns)
{
	const struct load_entry *before = before_cursor(l);
	struct load_entry *e;

	if (before && number <= before->number)
		return FIEF_INVALID;
	while (l->cursor && l->cursor->number < number)
		cursor_pass(l, true);
	e = l->cursor;
	if (!e || e->number != number)
		return entry_make(l, number, label, label_len, ns);
	e->used = ns > e->ns ? ns - e->ns : 0;
	e->ns = ns;
	cursor_pass(l, false);
	return FIEF_OK;
}

void load_end(struct load *l)
{
	while (l->cursor)
		cursor_pass(l, true);
}
