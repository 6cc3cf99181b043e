/* SPDX-License-Identifier: MIT */
/* The configuration of a system: read once, checked, kept in a memfd. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fief/exit_code.h>
#include <init/config.h>

#include "config_text.h"
#include "image_check.h"
#include "system_file.h"
#include "util.h"

/* ---- checking ---- */

/* Of a component other than init we know only what all configs have. */
static enum fief_err parse_plain(const struct node_xml_input *in,
                                 struct arena *a, struct node_error *err)
{
	struct node *root;
	enum fief_err e = node_xml_parse(in, a, err, &root);

	if (e || node_has_type(root, "config"))
		return e;
	return node_error_set(err, FIEF_INVALID, root->at,
	                      "found <%s>, expected <config>", root->name);
}

/* What init would say, before anything runs and with the name of the file. */
static enum fief_err parse_system(const struct system_file *c,
                                  const struct node_xml_input *in,
                                  struct arena *a, struct node_error *err)
{
	const struct config *config;
	enum fief_err e = config_parse(in, a, err, &config);

	/* Of a system that runs, a part may come later; init tells then. */
	if (!e && config->warnings && !c->loaded) {
		*err = config->warnings->what;
		return FIEF_INVALID;
	}
	if (!e)
		image_check(c->core, config, image_warn,
		            (void *)(uintptr_t)config_text_shown(c->file));
	return e;
}

static int check(const struct system_file *c, const struct config_text *t)
{
	struct node_xml_input in = config_text_input(t);
	struct arena_source source = config_text_memory;
	struct node_error err = { 0 };
	struct arena arena;
	enum fief_err e;

	arena_init(&arena, &source);
	e = !strcmp(c->core->init, "init") ?
	            parse_system(c, &in, &arena, &err) :
	            parse_plain(&in, &arena, &err);
	if (e)
		config_text_refuse(c->file, &err);
	arena_fini(&arena);
	return e ? FIEF_EXIT_CONFIG : 0;
}

/* ---- memory ---- */

static int store(int memfd, const struct config_text *t)
{
	if (!ftruncate(memfd, 0) &&
	    pwrite(memfd, t->bytes, t->len, 0) == (ssize_t)t->len)
		return 0;
	util_error("no memory for the configuration: %s", strerror(errno));
	return FIEF_EXIT_FRAMEWORK;
}

static int load(struct system_file *c)
{
	struct config_text t;
	int code = config_text_read(c->file, &t);

	if (code)
		return code;
	code = check(c, &t);
	if (!code)
		code = store(c->memfd, &t);
	c->loaded |= !code;
	free(t.bytes);
	return code;
}

int system_file_open(struct system_file *c, const char *file,
                     const struct core_params *core)
{
	int code;

	*c = (struct system_file){ .file = file, .core = core };
	c->memfd = memfd_create("config", MFD_CLOEXEC);
	if (c->memfd < 0) {
		util_error("no memory for the configuration: %s",
		           strerror(errno));
		return FIEF_EXIT_FRAMEWORK;
	}
	code = load(c);
	if (code)
		system_file_close(c);
	return code;
}

void system_file_close(struct system_file *c)
{
	util_close(&c->memfd);
}

int system_file_reload(struct system_file *c)
{
	return load(c);
}
