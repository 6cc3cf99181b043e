/* SPDX-License-Identifier: MIT */
/* Host grants, from the command line and from the configuration. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fief/exit_code.h>
#include <init/config_host.h>
#include <lib/label.h>

#include "host_grant.h"
#include "suggest.h"
#include "terminal.h"
#include "util.h"

struct wanted {
	/* path: absolute, "-" of a tty, or a number */
	const char *name, *kind, *path;
	bool writeable;
	const char *where; /* for messages: "--grant", "system.xml:3:5" */
};

/* ---- kinds ---- */

static bool is_dir(mode_t mode)
{
	return S_ISDIR(mode);
}

static bool is_content(mode_t mode)
{
	return S_ISREG(mode) || S_ISBLK(mode);
}

static bool is_line(mode_t mode)
{
	return S_ISCHR(mode);
}

static bool is_stream(mode_t mode)
{
	return S_ISFIFO(mode) || S_ISSOCK(mode) || S_ISREG(mode) ||
	       S_ISCHR(mode);
}

static const struct kind {
	const char *name, *what;
	bool (*fits)(mode_t);
} kinds[] = {
	{ "dir", "folder", is_dir },
	{ "file", "file or block device", is_content },
	{ "tty", "terminal", is_line },
	{ "stream", "pipe, socket, file or device of characters", is_stream },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const struct kind *kind_find(const char *word)
{
	for (size_t i = 0; i < KINDS; i++)
		if (!strcmp(kinds[i].name, word))
			return &kinds[i];
	return NULL;
}

static const char *kind_near(const char *word)
{
	struct suggest s;

	suggest_init(&s, word);
	for (size_t i = 0; i < KINDS; i++)
		suggest_offer(&s, kinds[i].name);
	return suggest_result(&s);
}

/* ---- what is at the path ---- */

/* What is there instead and may have been meant, to be freed; or NULL. */
static char *path_near(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? util_text("%.*s/", (int)(slash - path), path) :
	                    util_text("./");
	DIR *d = opendir(dir);
	const struct dirent *entry;
	char *near = NULL;
	struct suggest s;

	suggest_init(&s, slash ? slash + 1 : path);
	while (d && (entry = readdir(d))) {
		suggest_offer(&s, entry->d_name);
		if (suggest_result(&s) == entry->d_name) {
			free(near); /* the entry is gone with the next one */
			near = util_text("%s%s", slash ? dir : "",
			                 entry->d_name);
			s.best = strrchr(near, '/') ? strrchr(near, '/') + 1 :
			                              near;
		}
	}
	if (d)
		closedir(d);
	free(dir);
	return near;
}

static int refuse(const struct wanted *w, const char *why, int code)
{
	util_error("%s: \"%s\", %s \"%s\": %s", w->where, w->name, w->kind,
	           w->path, why);
	return code;
}

static int code_of(int error)
{
	return error == EACCES || error == EPERM ? FIEF_EXIT_NOT_RUNNABLE :
	                                           FIEF_EXIT_NOT_FOUND;
}

static int refuse_path(const struct wanted *w, int error)
{
	char *near = error == ENOENT ? path_near(w->path) : NULL;
	char *text = near ? util_text("%s; did you mean \"%s\"?",
	                              strerror(error), near) :
	                    util_text("%s", strerror(error));

	refuse(w, text, 0);
	free(text);
	free(near);
	return code_of(error);
}

/* The terminal that we are started in, by its own name: "/dev/tty" would be
 * another one in core. */
static char *own_terminal(void)
{
	const int fd = terminal_own();
	const char *name = fd < 0 ? NULL : ttyname(fd);

	return name ? strdup(name) : NULL;
}

static char *resolve(const struct wanted *w)
{
	if (!strcmp(w->kind, "tty") && !strcmp(w->path, "-"))
		return own_terminal();
	return realpath(w->path, NULL);
}

static int look(const struct wanted *w, mode_t mode)
{
	const struct kind *kind = kind_find(w->kind);
	char *text;

	if (kind->fits(mode))
		return 0;
	text = util_text("it is no %s", kind->what);
	refuse(w, text, FIEF_EXIT_NOT_FOUND);
	free(text);
	return FIEF_EXIT_NOT_FOUND;
}

/* What core is told to open; NULL, after a message: *code. */
static char *by_path(const struct wanted *w, int *code)
{
	struct stat st;
	char *real;

	errno = ENOTTY;
	real = resolve(w);
	if (!real) {
		*code = refuse_path(w, errno);
		return NULL;
	}
	*code = stat(real, &st) ? refuse(w, strerror(errno), code_of(errno)) :
	                          look(w, st.st_mode);
	if (!*code)
		return real;
	free(real);
	return NULL;
}

/* ---- what is open ---- */

/* Of whoever started us: what we opened ourselves ends with exec. */
static int inherited(const char *number)
{
	char *end;
	const long fd = strtol(number, &end, 10);
	const int flags = fcntl((int)fd, F_GETFD);

	return *end || fd < 0 || fd > INT_MAX || flags < 0 ||
	                       flags & FD_CLOEXEC ?
	               -1 :
	               (int)fd;
}

/* Core has it at its next number, and a name for its messages. */
static char *by_number(struct core_params *p, const struct wanted *w, int *code)
{
	const int fd = inherited(w->path);
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		*code = refuse(w, "no open descriptor of that number",
		               FIEF_EXIT_NOT_FOUND);
		return NULL;
	}
	*code = look(w, st.st_mode);
	if (*code)
		return NULL;
	/* Later we may do with our own what we like. */
	p->stream[p->streams] = fcntl(fd, F_DUPFD_CLOEXEC, CORE_STREAM_FD);
	if (p->stream[p->streams] < 0) {
		*code = refuse(w, strerror(errno), FIEF_EXIT_FRAMEWORK);
		return NULL;
	}
	return util_text("%d/%d", CORE_STREAM_FD + (int)p->streams++, fd);
}

/* ---- all that there are ---- */

static bool taken(const struct core_params *p, const char *name)
{
	const size_t len = strlen(name);

	for (size_t i = 0; i < p->grants; i++)
		if (!strncmp(p->grant[i], name, len) && p->grant[i][len] == '=')
			return true;
	return false;
}

static int add(struct core_options *r, const struct wanted *w)
{
	struct core_params *p = r->params;
	char *real, *text;
	int code;

	if (taken(p, w->name))
		return refuse(w, "there is another grant of that name",
		              FIEF_EXIT_USAGE);
	if (p->grants == CORE_GRANTS)
		return refuse(w, "more than 64 grants", FIEF_EXIT_USAGE);
	real = strcmp(w->kind, "stream") != 0 ? by_path(w, &code) :
	                                        by_number(p, w, &code);
	if (real) {
		text = util_text("%s=%s:%s,%s", w->name, w->kind, real,
		                 w->writeable ? "rw" : "ro");
		r->real[r->reals++] = text;
		p->grant[p->grants++] = text;
	}
	free(real);
	return code;
}

/* ---- the command line ---- */

/* What is behind the last comma: rights, or a part of the name of a file. */
static void take_rights(struct argp_state *state, const char *text, char *path,
                        bool *writeable)
{
	char *comma = strrchr(path, ',');
	struct stat st;

	*writeable = false;
	if (!comma || strchr(comma, '/'))
		return;
	if (!strcmp(comma, ",ro") || !strcmp(comma, ",rw")) {
		*writeable = comma[2] == 'w';
		*comma = '\0';
	} else if (stat(path, &st)) {
		argp_error(state,
		           "--grant is \"%s\": there is \"%s\" at the end; "
		           "expected is ,ro or ,rw",
		           text, comma);
	}
}

static void usage(struct argp_state *state, const char *text)
{
	argp_error(state,
	           "--grant is \"%s\"; expected is NAME=KIND:PATH[,rw], such "
	           "as home=dir:/srv/data",
	           text);
}

static void check_words(struct argp_state *state, const char *text,
                        const struct wanted *w)
{
	const char *near = kind_near(w->kind);

	if (!label_name_valid(w->name))
		argp_error(state,
		           "--grant is \"%s\": a name has up to %d bytes, "
		           "and no \" -> \" or control characters in it",
		           text, (int)LABEL_NAME_MAX);
	if (kind_find(w->kind))
		return;
	argp_error(state, "--grant is \"%s\": there is no kind \"%s\"%s%s%s",
	           text, w->kind,
	           near ? "; did you mean \"" : ", only dir, file, tty, stream",
	           near ? near : "", near ? "\"?" : "");
}

void host_grant_option(struct argp_state *state, struct core_options *r,
                       const char *text)
{
	struct wanted w = { .where = "--grant" };
	char *name = util_text("%s", text);
	char *kind = strchr(name, '=');
	char *path = kind ? strchr(kind, ':') : NULL;
	int code;

	if (!path || kind == name || path == kind + 1 || !path[1])
		usage(state, text);
	*kind++ = *path++ = '\0';
	w.name = name;
	w.kind = kind;
	w.path = path;
	check_words(state, text, &w);
	take_rights(state, text, path, &w.writeable);
	code = *path ? add(r, &w) : FIEF_EXIT_USAGE;
	if (!r->code)
		r->code = code;
	free(name);
}

/* ---- the configuration ---- */

/* Relative to the folder of the file; of standard input, to ours. */
static char *path_beside(const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');

	if (path[0] == '/' || !strcmp(path, "-") || !slash)
		return util_text("%s", path);
	return util_text("%.*s/%s", (int)(slash - file), file, path);
}

static int add_of_file(struct core_options *r, const struct system_file *c,
                       const struct config_grant *g)
{
	char *where = util_text("%s:%u:%u", config_text_shown(c->file),
	                        g->at.line, g->at.column);
	char *path = path_beside(c->file, g->path);
	const struct wanted w = { g->name, g->kind, path, g->writeable, where };
	const int code = add(r, &w);

	free(path);
	free(where);
	return code;
}

int host_grants_of_file(struct core_options *r, const struct system_file *c)
{
	struct arena_source source = config_text_memory;
	struct node_error err = { 0 };
	const struct config *config;
	struct node_xml_input in;
	struct config_text t;
	struct arena arena;
	int code = system_file_text(c, &t);

	if (code)
		return code;
	in = config_text_input(&t);
	arena_init(&arena, &source);
	if (!config_parse(&in, &arena, &err, &config)) /* it was before */
		for (const struct config_grant *g = config->grants; g && !code;
		     g = g->next)
			code = add_of_file(r, c, g);
	arena_fini(&arena);
	free(t.bytes);
	return code;
}
