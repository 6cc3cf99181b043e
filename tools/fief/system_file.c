/* SPDX-License-Identifier: MIT */
/* The configuration of a system: read once, checked, kept in a memfd. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

int system_file_check(const struct system_file *c, const struct config_text *t)
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

int system_file_store(const struct system_file *c, const struct config_text *t)
{
	if (!ftruncate(c->memfd, 0) &&
	    pwrite(c->memfd, t->bytes, t->len, 0) == (ssize_t)t->len)
		return 0;
	util_error("no memory for the configuration: %s", strerror(errno));
	return FIEF_EXIT_FRAMEWORK;
}

int system_file_text(const struct system_file *c, struct config_text *out)
{
	struct stat st;

	if (!fstat(c->memfd, &st)) {
		out->len = (size_t)st.st_size;
		out->bytes = util_alloc(out->len + 1);
		if (pread(c->memfd, out->bytes, out->len, 0) ==
		    (ssize_t)out->len)
			return 0;
		free(out->bytes);
	}
	util_error("no memory for the configuration: %s", strerror(errno));
	return FIEF_EXIT_FRAMEWORK;
}

int system_file_again(struct system_file *c, struct config_text *out)
{
	int code = config_text_read(c->file, out);

	if (code)
		return code;
	code = system_file_check(c, out);
	if (code)
		free(out->bytes);
	return code;
}

static int load(struct system_file *c)
{
	struct config_text t;
	int code = system_file_again(c, &t);

	if (code)
		return code;
	code = system_file_store(c, &t);
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
