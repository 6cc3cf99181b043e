/* SPDX-License-Identifier: MIT */
/* Plugins by name: looked for, loaded, counted, unloaded. */

#include <vfs/so/loader.h>

#include <fief/rom.h>
#include <lib/fmt.h>
#include <lib/mem.h>
#include <vfs/so/plugin.h>

#include "imports.h"
#include "internal.h"

enum { FILE_MAX = 64 }; /* a name of a ROM module, and its end */

struct plugin {
	struct list_elem link;
	unsigned users;
	const struct vfs_type *type; /* in `memory` */
	struct fief_rom rom;         /* owned */
	struct so_memory memory;     /* owned */
	struct so_elf elf;
	char file[FILE_MAX];
};

static struct vfs_so *loader_of(struct vfs_loader *l)
{
	return FIEF_CONTAINER_OF(l, struct vfs_so, loader);
}

/* ---- one plugin ---- */

/* Of what a name of a module is made everywhere, so that it can be no path, and no
 * label of somebody else. False: it is none. */
static bool file_name(const char *type, char out[FILE_MAX])
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	for (const char *c = type; *c; c++)
		if (!strchr(ok, *c))
			return false;
	return fmt_text(out, FILE_MAX, "vfs_%s.so", type) < FILE_MAX;
}

static enum fief_err no_module(const char *file, const struct node *config,
                               struct node_error *err)
{
	return node_error_set(err, FIEF_NOT_FOUND, config->at,
	                      ", no ROM module \"%s\"", file);
}

static enum fief_err rom_open(struct vfs_so *s, struct plugin *p,
                              const struct node *config, struct node_error *err)
{
	enum fief_err e = fief_rom_open(s->env, p->file, &p->rom);

	if (e == FIEF_DENIED || e == FIEF_NOT_FOUND || (!e && !p->rom.size))
		return no_module(p->file, config, err);
	return e ? node_error_set(err, e, config->at, "ROM module \"%s\": %s",
	                          p->file, fief_err_text(e)) :
	           e;
}

/* Is it made for what we are? Before anything else of it is looked at: an error
 * that follows from a difference would not say so. */
static bool interface_equal(struct so_elf *elf, uint64_t *at)
{
	uint64_t of;

	if (!so_elf_find(elf, "vfs_plugin", sizeof(struct vfs_plugin), at) ||
	    !so_elf_bytes(elf, *at, &of, sizeof(of)))
		return false;
	return of == VFS_INTERFACE ||
	       so_fault(elf,
	                "it is for interface %016lx, this component has "
	                "%016lx",
	                of, (uint64_t)VFS_INTERFACE);
}

/* Address of what a pointer in it is to; false: not to `len` bytes of it. */
static bool own(const struct plugin *p, const void *at, size_t len,
                uint64_t *out)
{
	*out = (uintptr_t)at - (uintptr_t)p->memory.base;
	return so_elf_has(&p->elf, *out, len);
}

static bool type_find(struct plugin *p, uint64_t at, const char *name)
{
	const struct vfs_plugin *exported = (const void *)(p->memory.base + at);
	const struct vfs_type *t = exported->type;
	uint64_t where;

	if (at % _Alignof(struct vfs_plugin) ||
	    (uintptr_t)t % _Alignof(struct vfs_type) ||
	    !own(p, t, sizeof(*t), &where) ||
	    !own(p, t->name, strlen(name) + 1, &where) ||
	    strcmp(t->name, name) != 0)
		return so_fault(&p->elf, "it is no file system \"%s\"", name);
	p->type = t;
	return true;
}

static enum fief_err wrong(const struct plugin *p, const struct node *config,
                           struct node_error *err)
{
	return node_error_set(err, FIEF_INVALID, config->at, "\"%s\": %.*s",
	                      p->file, SO_WHY_MAX, p->elf.why);
}

static enum fief_err plugin_load(struct vfs_so *s, struct plugin *p,
                                 const struct node *config,
                                 struct node_error *err)
{
	const struct so_imports imports = { vfs_so_imports,
		                            vfs_so_import_count };
	enum fief_err e = rom_open(s, p, config, err);
	uint64_t at;

	if (e)
		return e;
	if (!so_elf_read(&p->elf, p->rom.data, p->rom.size) ||
	    !interface_equal(&p->elf, &at))
		return wrong(p, config, err);
	e = so_memory_map(&p->memory, s->env, &p->elf, &p->rom);
	if (e)
		return node_error_set(err, e, config->at,
		                      "memory for \"%s\": %s", p->file,
		                      fief_err_text(e));
	if (!so_elf_relocate(&p->elf, (uintptr_t)p->memory.base,
	                     p->memory.data.addr, &imports) ||
	    !type_find(p, at, config->name))
		return wrong(p, config, err);
	return FIEF_OK;
}

static void plugin_destroy(struct vfs_so *s, struct plugin *p)
{
	list_remove(&p->link);
	so_memory_unmap(&p->memory);
	fief_rom_close(&p->rom);
	fief_free(s->env->heap, p, sizeof(*p));
}

static enum fief_err plugin_create(struct vfs_so *s, const char *file,
                                   const struct node *config,
                                   struct node_error *err, struct plugin **out)
{
	struct plugin *p;
	void *mem;
	enum fief_err e = fief_alloc_zeroed(s->env->heap, sizeof(*p), &mem);

	if (e)
		return node_error_set(err, e, config->at, "memory for \"%s\"",
		                      file);
	p = mem;
	memcpy(p->file, file, strlen(file) + 1);
	e = plugin_load(s, p, config, err);
	if (e) {
		plugin_destroy(s, p);
		return e;
	}
	list_add_last(&s->plugins, &p->link);
	*out = p;
	return FIEF_OK;
}

/* ---- all of them ---- */

static enum fief_err get(struct vfs_loader *l, const struct node *config,
                         struct node_error *err, const struct vfs_type **out)
{
	struct vfs_so *s = loader_of(l);
	char file[FILE_MAX];
	struct plugin *p = NULL;
	enum fief_err e;

	LIST_FOR_EACH(i, &s->plugins, struct plugin, link)
		if (!strcmp(i->type->name, config->name)) {
			i->users++;
			*out = i->type;
			return FIEF_OK;
		}
	if (!file_name(config->name, file))
		return node_error_set(err, FIEF_NOT_FOUND, config->at, "%s",
		                      "");
	e = plugin_create(s, file, config, err, &p);
	if (e)
		return e;
	p->users = 1;
	*out = p->type;
	return FIEF_OK;
}

static void put(struct vfs_loader *l, const struct vfs_type *type)
{
	struct vfs_so *s = loader_of(l);

	LIST_FOR_EACH(p, &s->plugins, struct plugin, link)
		if (p->type == type && !--p->users)
			fief_signal_local_submit(&s->unused);
}

static void unload(struct vfs_so *s)
{
	LIST_FOR_EACH_SAFE(p, &s->plugins, struct plugin, link)
		if (!p->users)
			plugin_destroy(s, p);
}

static void on_unused(struct fief_signal_handler *self, unsigned count)
{
	(void)count;
	unload(FIEF_CONTAINER_OF(self, struct vfs_so, unused));
}

/* `unused` is not of those that run while an operation waits for input. */
void vfs_so_init(struct vfs_so *s, struct fief_env *env)
{
	*s = (struct vfs_so){ .loader = { get, put }, .env = env };
	s->unused.handle = on_unused;
	fief_signal_local(env->ep, &s->unused);
}

void vfs_so_fini(struct vfs_so *s)
{
	fief_signal_dissolve(s->env->ep, &s->unused);
	unload(s);
}
