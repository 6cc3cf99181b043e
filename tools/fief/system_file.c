/* SPDX-License-Identifier: MIT */
/* The configuration of a system: read once, checked, kept in a memfd. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fief/exit_code.h>
#include <init/config.h>

#include "image_check.h"
#include "system_file.h"
#include "util.h"

struct text {
	char *bytes; /* owned */
	size_t len;
};

static const char *shown(const char *file)
{
	return strcmp(file, "-") ? file : "standard input";
}

/* ---- reading ---- */

static int read_all(int fd, const char *file, struct text *out)
{
	enum { ROOM = NODE_XML_MAX + 1 };
	ssize_t n = 1;

	out->bytes = util_alloc(ROOM + 1);
	out->len = 0;
	while (n > 0 && out->len < ROOM) {
		n = read(fd, out->bytes + out->len, ROOM - out->len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			out->len += (size_t)n;
	}
	if (n >= 0 && out->len <= NODE_XML_MAX)
		return 0;
	if (n < 0)
		util_error("cannot read \"%s\": %s", shown(file),
		           strerror(errno));
	else
		util_error("\"%s\" is longer than %d bytes, the limit of a "
		           "configuration",
		           shown(file), (int)NODE_XML_MAX);
	free(out->bytes);
	return n < 0 ? FIEF_EXIT_NOT_RUNNABLE : FIEF_EXIT_CONFIG;
}

static int read_file(const char *file, struct text *out)
{
	bool std = !strcmp(file, "-");
	int fd = std ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int code;

	if (fd < 0) {
		code = errno == ENOENT || errno == ENOTDIR ?
		               FIEF_EXIT_NOT_FOUND :
		               FIEF_EXIT_NOT_RUNNABLE;
		util_error("cannot open the configuration \"%s\": %s", file,
		           strerror(errno));
		return code;
	}
	if (std && isatty(fd))
		util_error("reading the configuration from the terminal; end "
		           "it with Ctrl-D");
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode)) {
		util_error("\"%s\" is a folder; name the configuration file in "
		           "it",
		           shown(file));
		code = FIEF_EXIT_NOT_RUNNABLE;
	} else {
		code = read_all(fd, file, out);
	}
	if (!std)
		close(fd);
	return code;
}

/* ---- checking ---- */

static enum fief_err chunk_get(struct arena_source *self, size_t size,
                               void **out)
{
	(void)self;
	*out = util_alloc(size);
	return FIEF_OK;
}

static void chunk_put(struct arena_source *self, void *chunk, size_t size)
{
	(void)self, (void)size;
	free(chunk);
}

static void refuse(const char *file, const struct node_error *err)
{
	char line[NODE_ERROR_MAX + 64];
	char safe[sizeof(line) * UTIL_SAFE_GROWTH];
	struct fmt f;

	fmt_init(&f, line, sizeof(line));
	node_error_print(&f, "", err);
	util_safe_text(safe, line, strlen(line));
	fprintf(stderr, "%s%s\n", shown(file), safe);
}

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
		image_check(c->core, shown(c->file), config);
	return e;
}

static int check(const struct system_file *c, const struct text *t)
{
	struct node_xml_input in = { .text = t->bytes, .len = t->len };
	struct arena_source source = { chunk_get, chunk_put };
	struct node_error err = { 0 };
	struct arena arena;
	enum fief_err e;

	if (getrandom(&in.salt, sizeof(in.salt), 0) != sizeof(in.salt))
		in.salt = (uint64_t)util_now_ms();
	arena_init(&arena, &source);
	e = !strcmp(c->core->init, "init") ?
	            parse_system(c, &in, &arena, &err) :
	            parse_plain(&in, &arena, &err);
	if (e)
		refuse(c->file, &err);
	arena_fini(&arena);
	return e ? FIEF_EXIT_CONFIG : 0;
}

/* ---- memory ---- */

static int store(int memfd, const struct text *t)
{
	if (!ftruncate(memfd, 0) &&
	    pwrite(memfd, t->bytes, t->len, 0) == (ssize_t)t->len)
		return 0;
	util_error("no memory for the configuration: %s", strerror(errno));
	return FIEF_EXIT_FRAMEWORK;
}

static int load(struct system_file *c)
{
	struct text t;
	int code = read_file(c->file, &t);

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
