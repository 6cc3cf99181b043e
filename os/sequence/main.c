/* SPDX-License-Identifier: MIT */
/* Runs components one after the other, each in the same sandbox. */

#include <fief/config.h>
#include <fief/exit_code.h>
#include <fief/log.h>
#include <init/config.h>
#include <init/sandbox.h>

#include "step.h"

enum { TEXT_MIN = 4096, TEXT_MAX = 1 << 20 };

static struct main {
	struct fief_env *env;
	struct fief_config text; /* as it is now */
	struct fief_signal_handler config_changed;
	struct fief_signal_handler step_done; /* local: after the hook */
	struct fief_arena_source memory;
	struct arena arena;  /* of `config` */
	struct node *config; /* that is in force */
	struct sandbox *sandbox;
	const struct node *step; /* that runs; in `config` */
	uint64_t run;            /* counts started steps */
	bool ended;              /* the step did, with this code: */
	int code;
	int first_failure;
	bool repeat, keep_going, restart;
} m;

FIEF_NORETURN static void end(int code)
{
	fief_exit(m.env, code);
}

/* ---- one step ---- */

/* Does a sandbox take the text? It tells what is wrong with it. */
static enum fief_err text_check(const char *text, size_t len)
{
	const struct node_xml_input in = { .text = text, .len = len };
	const struct config *config;
	struct node_error fault = { 0 };
	struct arena arena;
	enum fief_err e;

	arena_init(&arena, &m.memory.source);
	e = config_parse(&in, &arena, &fault, &config);
	if (e)
		fief_error("config: step \"%s\": %s",
		           node_attr(m.step, "name", ""), fault.text);
	arena_fini(&arena);
	return e;
}

static enum fief_err text_apply(const char *text, size_t len)
{
	return sandbox_apply(m.sandbox, node_attr(m.step, "name", "step"), text,
	                     len);
}

/* Make the configuration of m.step and do that with it. */
static enum fief_err with_text(enum fief_err (*use)(const char *, size_t))
{
	enum fief_err e = FIEF_TOO_LONG;

	for (size_t bytes = TEXT_MIN; e == FIEF_TOO_LONG && bytes <= TEXT_MAX;
	     bytes *= 2) {
		size_t len;
		void *mem;

		e = fief_alloc(m.env->heap, bytes, &mem);
		if (e)
			return e;
		e = step_config(m.config, m.step, m.run, mem, bytes, &len);
		if (!e)
			e = use(mem, len);
		fief_free(m.env->heap, mem, bytes);
	}
	return e;
}

static void step_start(void)
{
	enum fief_err e;

	m.run++;
	e = with_text(text_apply);
	if (!e)
		return;
	fief_error("step \"%s\" cannot start: %s",
	           node_attr(m.step, "name", ""), fief_err_text(e));
	end(e == FIEF_OUT_OF_RAM || e == FIEF_OUT_OF_CAPS ? FIEF_EXIT_QUOTA :
	                                                    FIEF_EXIT_CONFIG);
}

/* ---- from step to step ---- */

static void begin(void)
{
	m.ended = false; /* a step that just did does not count any more */
	m.first_failure = 0;
	m.step = step_next(m.config, NULL);
	step_start();
}

/* Out of the sandbox's hands: it is changed now. */
static void on_step_done(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	if (!m.ended)
		return;
	m.ended = false;
	if (m.code)
		fief_log("step \"%s\" failed with code %d",
		         node_attr(m.step, "name", ""), m.code);
	if (m.code && !m.first_failure)
		m.first_failure = m.code;
	if (m.code && !m.keep_going)
		end(m.code);
	m.step = step_next(m.config, m.step);
	if (m.step)
		step_start();
	else if (m.repeat)
		begin();
	else
		end(m.first_failure);
}

static void exited(void *arg, int code)
{
	(void)arg;
	m.code = code;
	m.ended = true;
	fief_signal_local_submit(&m.step_done);
}

/* ---- configuration ---- */

static enum fief_err steps_check(void)
{
	enum fief_err e = FIEF_OK;

	for (m.step = step_next(m.config, NULL); m.step && !e;
	     m.step = step_next(m.config, m.step))
		e = with_text(text_check);
	return e;
}

static bool flag(const char *name)
{
	bool value = false; /* step_check saw to it that it is one */

	return !node_attr_bool(m.config, name, false, NULL, &value) && value;
}

/* Put the text in force. Nothing changes unless all of it is right. */
static enum fief_err config_take(void)
{
	struct node *const config = m.config;
	const struct node *const step = m.step;
	struct node_error fault = { 0 };
	struct arena arena;
	enum fief_err e = step_check(m.text.root, &fault);

	if (e) {
		fief_error("config:%u:%u: %s", fault.at.line, fault.at.column,
		           fault.text);
		return e;
	}
	arena_init(&arena, &m.memory.source);
	e = node_copy(&arena, m.text.root, &m.config);
	if (!e)
		e = steps_check();
	if (e) {
		m.config = config;
		m.step = step;
		arena_fini(&arena);
		return e;
	}
	arena_fini(&m.arena);
	m.arena = arena;
	m.repeat = flag("repeat");
	m.keep_going = flag("keep_going");
	m.restart = flag("restart");
	return FIEF_OK;
}

static void on_config(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	if (!m.restart)
		return;
	if (fief_config_update(&m.text) || config_take()) {
		fief_error("config not applied");
		return;
	}
	begin();
}

static enum fief_err start(struct fief_env *env)
{
	const struct sandbox_hooks hooks = { .exited = exited };
	enum fief_err e = fief_config_open(env, &m.text);

	if (!e)
		e = config_take();
	if (e)
		return e;
	m.config_changed.handle = on_config;
	m.step_done.handle = on_step_done;
	e = fief_signal_manage(env->ep, &m.config_changed);
	if (!e)
		e = fief_signal_manage(env->ep, &m.step_done);
	if (!e)
		e = fief_rom_sigh(&m.text.rom, &m.config_changed);
	return e ? e : sandbox_create(env, &hooks, &m.sandbox);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	fief_arena_source_init(&m.memory, env->heap);
	e = start(env);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		end(e == FIEF_INVALID ? FIEF_EXIT_CONFIG : FIEF_EXIT_QUOTA);
	}
	begin();
}
