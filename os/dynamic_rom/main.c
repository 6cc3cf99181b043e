/* SPDX-License-Identifier: MIT */
/* ROM modules whose content follows a script in the configuration. */

#include <fief/config.h>
#include <fief/log.h>
#include <fief/rom_server.h>
#include <fief/timeout.h>
#include <lib/label.h>
#include <lib/mem.h>
#include <lib/node_gen.h>
#include <session/rom.h>

enum { CONTENT_MAX = 16384, US_PER_MS = 1000, SLEEP_DEFAULT_MS = 0 };

struct module {
	struct list_elem elem;
	struct fief_rom_module rom;
	struct fief_timeout timeout;
	const struct node *script; /* borrowed: in the config */
	const struct node *step;   /* the next one */
	char *content;             /* owned: CONTENT_MAX bytes */
};

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct fief_timeouts timeouts;
	struct fief_root root;
	struct fief_service service;
	struct list modules; /* owned */
} m;

static const char *module_name(const struct module *module)
{
	return node_attr(module->script, "name", "");
}

/* ---- steps ---- */

/* The first node in it as a document of its own, or else its text. */
static void step_inline(struct module *module)
{
	const struct node *content = node_first(module->step, NULL);
	const char *text;
	size_t len;

	if (content) {
		if (node_gen_document(content, module->content, CONTENT_MAX,
		                      &len)) {
			fief_error("rom \"%s\": content is too long",
			           module_name(module));
			return;
		}
	} else {
		text = node_text(module->step, &len);
		if (len > CONTENT_MAX) {
			fief_error("rom \"%s\": content is too long",
			           module_name(module));
			return;
		}
		memcpy(module->content, text, len);
	}
	fief_rom_module_set(&module->rom, module->content, len);
}

static uint64_t step_sleep_us(const struct module *module)
{
	uint64_t ms = SLEEP_DEFAULT_MS;

	if (node_attr_u64(module->step, "milliseconds", SLEEP_DEFAULT_MS, NULL,
	                  &ms))
		fief_warning("rom \"%s\": sleep for how long?",
		             module_name(module));
	return ms <= UINT64_MAX / US_PER_MS ? ms * US_PER_MS : UINT64_MAX;
}

/* Run steps up to the next sleep. A script without sleep is run once. */
static void module_run(struct module *module)
{
	while (module->step) {
		if (node_has_type(module->step, "sleep")) {
			fief_timeout_once(&m.timeouts, &module->timeout,
			                  step_sleep_us(module));
			return;
		}
		if (node_has_type(module->step, "inline"))
			step_inline(module);
		else if (node_has_type(module->step, "empty"))
			fief_rom_module_set(&module->rom, NULL, 0);
		else
			fief_warning("rom \"%s\": unknown step <%s>",
			             module_name(module), module->step->name);
		module->step = node_next(module->step, NULL);
	}
}

static void on_timeout(struct fief_timeout *self, uint64_t late_ns)
{
	struct module *module = FIEF_CONTAINER_OF(self, struct module, timeout);

	(void)late_ns;
	module->step = node_next(module->step, NULL);
	if (!module->step)
		module->step = node_first(module->script, NULL);
	module_run(module);
}

/* ---- sessions ---- */

static struct module *module_find(const char *name)
{
	LIST_FOR_EACH(module, &m.modules, struct module, elem)
		if (!strcmp(module_name(module), name))
			return module;
	return NULL;
}

static enum fief_err reader_init(struct fief_service_session *s,
                                 const struct fief_service_request *request)
{
	struct module *module = module_find(label_last(request->label));

	if (!module)
		return FIEF_NOT_FOUND;
	fief_rom_reader_select((struct fief_rom_reader *)s, &module->rom);
	return FIEF_OK;
}

/* ---- start ---- */

static enum fief_err module_add(const struct node *script)
{
	struct module *module;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(m.env->heap, sizeof(*module), &mem);
	if (e)
		return e;
	module = mem;
	e = fief_alloc(m.env->heap, CONTENT_MAX, &mem);
	if (e) {
		fief_free(m.env->heap, module, sizeof(*module));
		return e;
	}
	module->content = mem;
	module->script = script;
	module->step = node_first(script, NULL);
	module->timeout.handle = on_timeout;
	list_add_last(&m.modules, &module->elem);
	return FIEF_OK;
}

static enum fief_err start(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);

	if (!e)
		e = fief_timeouts_open(&m.timeouts, env);
	if (e)
		return e;
	NODE_FOR_EACH(script, m.config.root, "rom") {
		e = module_add(script);
		if (e)
			return e;
	}
	LIST_FOR_EACH(module, &m.modules, struct module, elem)
		module_run(module);
	e = fief_root_init(&m.root, env);
	return e ? e : fief_root_announce(&m.root, &m.service);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
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
