/* SPDX-License-Identifier: MIT */
/* Trees by ROM. */

#include <vfs/mount_rom.h>

#include <fief/alloc.h>
#include <lib/mem.h>

static void rom_close(struct mount_rom *m)
{
	fief_rom_close(&m->rom);
	m->name[0] = '\0';
}

static enum fief_err rom_open(struct mount_rom *m, const char *name)
{
	enum fief_err e = FIEF_OK;

	rom_close(m);
	if (!m->changed.ep)
		e = fief_signal_manage(m->env->ep, &m->changed);
	if (!e)
		e = fief_rom_open(m->env, name, &m->rom);
	if (e)
		return e;
	memcpy(m->name, name, strlen(name) + 1);
	return fief_rom_sigh(&m->rom, &m->changed);
}

/* Watched first, then looked at: no change is missed. */
static enum fief_err rom_look(struct mount_rom *m, const char *name)
{
	enum fief_err e = FIEF_OK;

	if (strlen(name) > LABEL_MAX)
		return FIEF_TOO_LONG;
	if (strcmp(m->name, name) != 0)
		e = rom_open(m, name);
	return e ? e : fief_rom_update(&m->rom);
}

/* Whoever serves the module can change it at any time: it is copied first. */
static enum fief_err table_read(struct mount_rom *m, struct node_error *err,
                                const struct node **out)
{
	static const struct node empty = { .name = "vfs" };
	const size_t size = m->rom.size;
	struct node *n;
	void *copy;
	enum fief_err e;

	if (!m->rom.data) {
		*out = &empty;
		return FIEF_OK;
	}
	if (size > MOUNT_TABLE_BYTES_MAX)
		return node_error_set(err, FIEF_LIMIT,
		                      (struct node_place){ 0, 0 },
		                      "a mount table of more than 1M");
	e = fief_alloc(m->env->heap, size, &copy);
	if (e)
		return e;
	memcpy(copy, m->rom.data, size);
	e = mount_table_read(copy, size, &m->arena, err, &n);
	fief_free(m->env->heap, copy, size);
	if (!e)
		*out = n;
	return e;
}

enum fief_err mount_rom_tree(struct mount_rom *m, const struct node *vfs,
                             struct node_error *err, const struct node **out)
{
	const char *name = node_attr(vfs, "rom", NULL);
	enum fief_err e;

	arena_fini(&m->arena);
	if (!name) {
		rom_close(m);
		*out = vfs;
		return FIEF_OK;
	}
	if (node_first(vfs, NULL))
		return node_error_set(err, FIEF_INVALID, vfs->at,
		                      "<vfs>: either a ROM or nodes");
	e = rom_look(m, name);
	if (e)
		return node_error_set(err, e, vfs->at,
		                      "<vfs>: mount table \"%s\": %s", name,
		                      fief_err_text(e));
	fief_arena_source_init(&m->source, m->env->heap);
	arena_init(&m->arena, &m->source.source);
	return table_read(m, err, out);
}
