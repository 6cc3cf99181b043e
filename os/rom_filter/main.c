/* SPDX-License-Identifier: MIT */
/* A ROM module that is made of others, and follows them. */

#include <fief/log.h>
#include <fief/rom_server.h>
#include <lib/mem.h>
#include <session/rom.h>

#include "filter.h"
#include "source.h"

enum { CONTENT_MIN = 4096, CONTENT_MAX = 1 << 20 };

static struct main {
	struct fief_env *env;
	struct fief_config text; /* as it is now, right or wrong */
	struct fief_signal_handler config_changed;
	struct fief_arena_source memory;
	struct arena arena;  /* of `config` */
	struct node *config; /* the last one that was right; or NULL */
	struct sources sources;
	struct fief_root root;
	struct fief_service service;
	struct fief_rom_module module;
	char *content; /* owned: what the module shows */
	size_t content_bytes;
} m;

/* ---- output ---- */

static enum fief_err generate(char *buf, size_t size, size_t *len)
{
	const struct filter f = { .config = m.config,
		                  .look = sources_look,
		                  .ctx = &m.sources };
	struct node_gen g;

	node_gen_init(&g, buf, size);
	filter_generate(&f, &g);
	return node_gen_finish(&g, len);
}

/* Show new content, unless it is what is shown already. */
static void show(char *content, size_t bytes, size_t len)
{
	char *old = m.content;
	const size_t old_bytes = m.content_bytes;

	if (old && len == m.module.size && !memcmp(old, content, len)) {
		fief_free(m.env->heap, content, bytes);
		return;
	}
	m.content = content;
	m.content_bytes = bytes;
	fief_rom_module_set(&m.module, content, len);
	fief_free(m.env->heap, old, old_bytes);
}

static enum fief_err output_in(size_t bytes)
{
	enum fief_err e;
	size_t len;
	void *mem;

	e = fief_alloc(m.env->heap, bytes, &mem);
	if (e)
		return e;
	e = generate(mem, bytes, &len);
	if (e)
		fief_free(m.env->heap, mem, bytes);
	else
		show(mem, bytes, len);
	return e;
}

/* What cannot be generated leaves the old content. */
static void output(void)
{
	enum fief_err e = FIEF_TOO_LONG;

	if (!m.config)
		return;
	for (size_t bytes = CONTENT_MIN;
	     e == FIEF_TOO_LONG && bytes <= CONTENT_MAX; bytes *= 2)
		e = output_in(bytes);
	if (e)
		fief_error("cannot generate the output: %s", fief_err_text(e));
}

/* ---- configuration ---- */

/* Take the new text over, if it is right. */
static enum fief_err config_take(void)
{
	struct node_error fault = { 0 };
	struct arena arena;
	struct node *config;
	enum fief_err e = filter_check(m.text.root, &fault);

	if (e) {
		fief_error("config:%u:%u: %s", fault.at.line, fault.at.column,
		           fault.text);
		return e;
	}
	arena_init(&arena, &m.memory.source);
	e = node_copy(&arena, m.text.root, &config);
	if (e) {
		arena_fini(&arena);
		return e;
	}
	arena_fini(&m.arena);
	m.arena = arena;
	m.config = config;
	return FIEF_OK;
}

static void config_apply(void)
{
	enum fief_err e = config_take();

	if (e == FIEF_OUT_OF_RAM)
		fief_error("config: %s", fief_err_text(e));
	if (e)
		return; /* the one before stays */
	sources_unuse(&m.sources);
	NODE_FOR_EACH(input, m.config, "input")
		sources_use(&m.sources, filter_rom(input));
	sources_collect(&m.sources);
	output();
}

static void on_config(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	if (!fief_config_update(&m.text))
		config_apply();
}

/* ---- service ---- */

static enum fief_err reader_init(struct fief_service_session *s,
                                 const struct fief_service_request *request)
{
	(void)request;
	fief_rom_reader_select((struct fief_rom_reader *)s, &m.module);
	return FIEF_OK;
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.text);

	if (e)
		return e;
	m.config_changed.handle = on_config;
	e = fief_signal_manage(env->ep, &m.config_changed);
	if (!e)
		e = fief_rom_sigh(&m.text.rom, &m.config_changed);
	if (!e)
		e = fief_root_init(&m.root, env);
	if (e)
		return e;
	config_apply();
	return fief_root_announce(&m.root, &m.service);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.sources.env = env;
	m.sources.changed = output;
	fief_arena_source_init(&m.memory, env->heap);
	m.service = (struct fief_service){
		.name = ROM_SERVICE,
		.type = &rom_rpc_type,
		.ops = &fief_rom_reader_ops,
		.size = sizeof(struct fief_rom_reader),
		.init = reader_init,
		.fini = fief_rom_reader_fini,
	};
	e = start(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
