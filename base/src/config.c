/* SPDX-License-Identifier: MIT */
/* Configuration: a ROM module as a node tree. */

#include <fief/config.h>

#include <fief/log.h>
#include <fief/random.h>
#include <lib/node_xml.h>

static void log_fault(const char *file, const struct node_error *fault)
{
	char text[NODE_ERROR_MAX + 32];
	struct fmt f;

	fmt_init(&f, text, sizeof(text));
	node_error_print(&f, file, fault);
	fief_error("%s", text);
}

static enum fief_err config_parse(struct fief_config *c)
{
	struct node_xml_input in = { .text = c->rom.data, .len = c->rom.size };
	struct arena arena = { 0 };
	struct node_error fault = { 0 };
	struct node *root = NULL;
	enum fief_err e;

	if (c->rom.data && c->rom.size && c->rom.data[0]) {
		fief_random(&in.salt, sizeof(in.salt));
		arena_init(&arena, &c->source.source);
		e = node_xml_parse(&in, &arena, &fault, &root);
		if (e) {
			log_fault(c->name, &fault);
			arena_fini(&arena);
			return e;
		}
	}
	arena_fini(&c->arena);
	c->arena = arena;
	c->root = root;
	return FIEF_OK;
}

enum fief_err fief_config_open_named(struct fief_env *env, const char *name,
                                     struct fief_config *c)
{
	*c = (struct fief_config){ .name = name };
	fief_arena_source_init(&c->source, env->heap);
	return fief_rom_open(env, name, &c->rom);
}

enum fief_err fief_config_open(struct fief_env *env, struct fief_config *c)
{
	enum fief_err e = fief_config_open_named(env, "config", c);

	if (e)
		return e;
	e = config_parse(c);
	if (e)
		fief_rom_close(&c->rom);
	return e;
}

enum fief_err fief_config_update(struct fief_config *c)
{
	enum fief_err e = fief_rom_update(&c->rom);

	return e ? e : config_parse(c);
}

void fief_config_close(struct fief_config *c)
{
	arena_fini(&c->arena);
	fief_rom_close(&c->rom);
	c->root = NULL;
}
