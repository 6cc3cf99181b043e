/* SPDX-License-Identifier: MIT */
/*
 * ROM modules: host files, copied into sealed memory that all sessions of a
 * module share. What nobody uses is kept for the next who wants it, as long as
 * the file is the same and there is room; the longest unused goes first. The
 * memory of what is kept is core's own, like that of what is in use.
 */

#include <fief/kif_table.h>
#include <lib/mem.h>

#include "core.h"

enum { KEPT_MAX = 32, KEPT_BYTES = 16 << 20 };

struct core_module {
	struct list_elem in_core; /* the newest of a name comes first */
	struct kcore_ds *memory;  /* owned */
	unsigned users;
	uint64_t unused_since;       /* counts up */
	struct core_file_state file; /* while it was read */
	char name[LABEL_NAME_MAX + 1];
};

static struct kept {
	unsigned modules;
	size_t bytes;
	uint64_t now;
} kept;

static struct core_module *module_find(const char *name)
{
	LIST_FOR_EACH(m, &core.roms, struct core_module, in_core)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

static void module_free(struct core_module *m)
{
	list_remove(&m->in_core);
	kcore_ds_destroy(m->memory);
	fief_free(core.alloc, m, sizeof(*m));
}

/* ---- without users ---- */

static void kept_take(struct core_module *m)
{
	kept.modules--;
	kept.bytes -= kcore_ds_size(m->memory);
	m->unused_since = 0;
}

static void kept_free(struct core_module *m)
{
	kept_take(m);
	module_free(m);
}

static struct core_module *kept_oldest(void)
{
	struct core_module *oldest = NULL;

	LIST_FOR_EACH(m, &core.roms, struct core_module, in_core)
		if (m->unused_since &&
		    (!oldest || m->unused_since < oldest->unused_since))
			oldest = m;
	return oldest;
}

static void kept_add(struct core_module *m)
{
	kept.modules++;
	kept.bytes += kcore_ds_size(m->memory);
	m->unused_since = ++kept.now;
	while (kept.modules > KEPT_MAX || kept.bytes > KEPT_BYTES)
		kept_free(kept_oldest());
}

/* ---- with users ---- */

/* A file that changes, or has just changed, while it is read is not known by
 * its state. */
static enum fief_err module_read(struct core_module *m)
{
	struct core_file_state before, after;
	enum fief_err e;

	core_module_state(m->name, &before);
	e = core_module_file(m->name, &m->memory);
	if (e)
		return e;
	core_module_state(m->name, &after);
	if (!memcmp(&before, &after, sizeof(before)))
		m->file = after;
	return FIEF_OK;
}

static enum fief_err module_load(const char *name, struct core_module **out)
{
	struct core_module *m;
	enum fief_err e;
	void *mem;

	if (!*name || strlen(name) > LABEL_NAME_MAX)
		return *name ? FIEF_TOO_LONG : FIEF_NOT_FOUND;
	e = fief_alloc_zeroed(core.alloc, sizeof(*m), &mem);
	if (e)
		return e;
	m = mem;
	memcpy(m->name, name, strlen(name) + 1);
	e = module_read(m);
	if (e) {
		fief_free(core.alloc, m, sizeof(*m));
		return e;
	}
	list_add_first(&core.roms, &m->in_core);
	*out = m;
	return FIEF_OK;
}

static bool file_same(const struct core_module *m)
{
	struct core_file_state now;

	core_module_state(m->name, &now);
	return now.settled && !memcmp(&now, &m->file, sizeof(now));
}

enum fief_err core_module_get(const char *name, struct core_module **out)
{
	struct core_module *m = module_find(name);
	enum fief_err e;

	if (m && m->unused_since) {
		if (file_same(m)) {
			kept_take(m);
		} else {
			kept_free(m);
			m = NULL;
		}
	}
	if (!m) {
		e = module_load(name, &m);
		if (e)
			return e;
	}
	m->users++;
	*out = m;
	return FIEF_OK;
}

void core_module_put(struct core_module *m)
{
	if (--m->users)
		return;
	if (m->file.settled && core_module_newest(m))
		kept_add(m);
	else
		module_free(m);
}

struct kcore_ds *core_module_memory(const struct core_module *m)
{
	return m->memory;
}

const char *core_module_name(const struct core_module *m)
{
	return m->name;
}

bool core_module_newest(const struct core_module *m)
{
	return module_find(m->name) == m;
}

unsigned core_module_reload(const char *name)
{
	struct core_module *old = module_find(name), *fresh;
	enum fief_err e;

	if (!old)
		return 0;
	if (old->unused_since) {
		kept_free(old); /* whoever asks next has it read */
		return 0;
	}
	e = module_load(name, &fresh);
	if (e) {
		core_log("Error: ROM module \"%s\": %s; its users keep the old "
		         "content",
		         name, fief_err_text(e));
		return 0;
	}
	if (!old->users) /* the news before, which nobody took */
		module_free(old);
	return core_rom_news(name);
}
