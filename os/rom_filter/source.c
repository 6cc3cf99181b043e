/* SPDX-License-Identifier: MIT */
/* ROM modules that inputs look into. */

#include "source.h"

#include <fief/log.h>
#include <lib/mem.h>

struct source {
	struct list_elem elem;
	struct sources *owner; /* borrowed */
	struct fief_config content;
	struct fief_signal_handler changed;
	char *name; /* owned */
	bool open, used;
};

static struct source *source_find(const struct sources *s, const char *rom)
{
	LIST_FOR_EACH(source, &s->list, struct source, elem)
		if (!strcmp(source->name, rom))
			return source;
	return NULL;
}

/* Malformed content is logged with its place; what was there before stays. */
static void on_changed(struct fief_signal_handler *self, unsigned count)
{
	struct source *source = FIEF_CONTAINER_OF(self, struct source, changed);
	enum fief_err e = fief_config_update(&source->content);

	(void)count;
	if (!e)
		source->owner->changed();
	else if (e != FIEF_INVALID)
		fief_warning("ROM \"%s\": %s", source->name, fief_err_text(e));
}

/* Watch first, then read: no change is missed. */
static enum fief_err source_open(struct source *source)
{
	struct fief_env *env = source->owner->env;
	enum fief_err e;

	e = fief_config_open_named(env, source->name, &source->content);
	if (e)
		return e;
	source->open = true;
	source->changed.handle = on_changed;
	e = fief_signal_manage(env->ep, &source->changed);
	if (!e)
		e = fief_rom_sigh(&source->content.rom, &source->changed);
	if (!e)
		e = fief_config_update(&source->content);
	return e == FIEF_INVALID ? FIEF_OK : e;
}

static void source_free(struct source *source)
{
	struct fief_env *env = source->owner->env;

	list_remove(&source->elem);
	if (source->open) {
		fief_signal_dissolve(env->ep, &source->changed);
		fief_config_close(&source->content);
	}
	fief_free(env->heap, source->name, strlen(source->name) + 1);
	fief_free(env->heap, source, sizeof(*source));
}

static enum fief_err source_make(struct sources *s, const char *rom)
{
	struct source *source;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(s->env->heap, sizeof(*source), &mem);
	if (e)
		return e;
	source = mem;
	e = fief_alloc_text(s->env->heap, rom, &source->name);
	if (e) {
		fief_free(s->env->heap, source, sizeof(*source));
		return e;
	}
	source->owner = s;
	source->used = true;
	list_add_last(&s->list, &source->elem);
	e = source_open(source);
	if (e)
		source_free(source);
	return e;
}

void sources_unuse(struct sources *s)
{
	LIST_FOR_EACH(source, &s->list, struct source, elem)
		source->used = false;
}

void sources_use(struct sources *s, const char *rom)
{
	struct source *source = source_find(s, rom);
	enum fief_err e;

	if (source) {
		source->used = true;
		return;
	}
	e = source_make(s, rom);
	if (e)
		fief_warning("input ROM \"%s\" counts as empty: %s", rom,
		             fief_err_text(e));
}

void sources_collect(struct sources *s)
{
	LIST_FOR_EACH_SAFE(source, &s->list, struct source, elem)
		if (!source->used)
			source_free(source);
}

const struct node *sources_look(void *sources, const char *rom)
{
	const struct source *source = source_find(sources, rom);

	return source ? source->content.root : NULL;
}
