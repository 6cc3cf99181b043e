/* SPDX-License-Identifier: MIT */
/* The text of a configuration: read, and refused. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "config_text.h"
#include "util.h"

const char *config_text_shown(const char *file)
{
	return strcmp(file, "-") ? file : "standard input";
}

/* ---- reading ---- */

static int read_all(int fd, const char *file, struct config_text *out)
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
		util_error("cannot read \"%s\": %s", config_text_shown(file),
		           strerror(errno));
	else
		util_error("\"%s\" is longer than %d bytes, the limit of a "
		           "configuration",
		           config_text_shown(file), (int)NODE_XML_MAX);
	free(out->bytes);
	return n < 0 ? FIEF_EXIT_NOT_RUNNABLE : FIEF_EXIT_CONFIG;
}

int config_text_read(const char *file, struct config_text *out)
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
		           config_text_shown(file));
		code = FIEF_EXIT_NOT_RUNNABLE;
	} else {
		code = read_all(fd, file, out);
	}
	if (!std)
		close(fd);
	return code;
}

/* ---- parsing ---- */

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

const struct arena_source config_text_memory = { chunk_get, chunk_put };

struct node_xml_input config_text_input(const struct config_text *t)
{
	struct node_xml_input in = { .text = t->bytes, .len = t->len };

	if (getrandom(&in.salt, sizeof(in.salt), 0) != sizeof(in.salt))
		in.salt = (uint64_t)util_now_ms();
	return in;
}

void config_text_refuse(const char *file, const struct node_error *err)
{
	char line[NODE_ERROR_MAX + 64];
	char safe[sizeof(line) * UTIL_SAFE_GROWTH];
	struct fmt f;

	fmt_init(&f, line, sizeof(line));
	node_error_print(&f, "", err);
	util_safe_text(safe, line, strlen(line));
	fprintf(stderr, "%s%s\n", config_text_shown(file), safe);
}
