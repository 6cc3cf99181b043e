/* SPDX-License-Identifier: MIT */
/* `fief mount`: the files of a component as a directory. What serves it is
 * another program, which this one becomes. */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "mounts.h"
#include <tools/fief/command.h>
#include <tools/fief/layout.h>
#include <tools/fief/util.h>

enum { KEY_JSON = 256, KEY_PIPES };

struct mount {
	struct look_options options;
	const char *component, *dir; /* as the user wrote them */
	bool pipes, json;
};

static void argument(struct mount *m, char *arg, struct argp_state *state)
{
	if (m->dir)
		argp_error(state,
		           "unexpected argument \"%s\"; expected is "
		           "COMPONENT[:/path] [DIR]",
		           arg);
	else if (m->component)
		m->dir = arg;
	else
		m->component = arg;
}

static void check(const struct mount *m, struct argp_state *state)
{
	if (!m->component)
		argp_error(state, "no COMPONENT given; `fief ps` lists them");
	else if (m->json && m->dir)
		argp_error(state, "--json is for what is mounted in a "
		                  "component; there is no DIR then");
	else if (!m->dir && (m->pipes || m->options.writeable || m->options.as))
		argp_error(state, "no DIR given, at which it could be mounted");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct mount *m = state->input;

	switch (key) {
	case 'w':
		m->options.writeable = true;
		return 0;
	case 'r':
		m->options.writeable = false;
		return 0;
	case KEY_PIPES:
		m->pipes = true;
		return 0;
	case KEY_JSON:
		m->json = true;
		return 0;
	case ARGP_KEY_ARG:
		argument(m, arg, state);
		return 0;
	case ARGP_KEY_END:
		check(m, state);
		return 0;
	default:
		return look_parse_option(key, arg, &m->options);
	}
}

/* ---- the directory ---- */

/* Returns an errno value; `*empty` only with 0. */
static int look_inside(const char *dir, bool *empty)
{
	DIR *d = opendir(dir);
	const struct dirent *e;

	if (!d)
		return errno;
	*empty = true;
	while (*empty && (e = readdir(d)))
		*empty = !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..");
	closedir(d);
	return 0;
}

/* Its root is on another device than what it is in. */
static bool is_mount(const char *dir)
{
	char *up = util_text("%s/..", dir);
	struct stat above, st;
	const bool other = !stat(up, &above) && !stat(dir, &st) &&
	                   above.st_dev != st.st_dev;

	free(up);
	return other;
}

/* Why nothing can be mounted there: true, after having said it. */
static bool unfit(const char *dir)
{
	bool empty = false;
	const int e = look_inside(dir, &empty);

	if (e == ENOTCONN)
		util_error("%s is a mount whose program is gone; `fusermount3 "
		           "-u %s` removes it",
		           dir, dir);
	else if (e)
		util_error("cannot mount at %s: %s", dir, strerror(e));
	else if (is_mount(dir))
		util_error("%s is a mount already", dir);
	else if (!empty)
		util_error("%s is not empty; what is in it would be hidden",
		           dir);
	return e || !empty || is_mount(dir);
}

/* ---- the program ---- */

static int become(const struct mount *m, const char *dir)
{
	char *as = util_text("%s%s", m->options.as ? "=" : "",
	                     m->options.as ? m->options.as : "");
	const char *system = m->options.system ? m->options.system : "";
	char flags[3], *const end = flags;
	struct look_place place;
	struct layout layout;

	if (!layout_find(&layout))
		return FIEF_EXIT_FRAMEWORK;
	snprintf(end, sizeof(flags), "%s%s", m->options.writeable ? "w" : "",
	         m->pipes ? "p" : "");
	look_parse(m->component, &place);
	/* "fs" is all of it. */
	execl(layout.mount, "fief-mount", system,
	      place.component ? place.component : place.path,
	      place.component ? place.path : "/", dir, as, flags, (char *)NULL);
	util_error("cannot start %s: %s; it is built where libfuse3 is, and "
	           "the Debian package libfuse3-dev",
	           layout.mount, strerror(errno));
	look_place_fini(&place);
	free(as);
	return FIEF_EXIT_FRAMEWORK;
}

static int mount_at(const struct mount *m)
{
	char *dir;
	int code;

	if (unfit(m->dir))
		return FIEF_EXIT_NOT_RUNNABLE;
	dir = realpath(m->dir, NULL);
	code = become(m, dir ? dir : m->dir);
	free(dir);
	return code;
}

int command_mount(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "writeable", 'w', NULL, 0, "files can be changed", 0 },
		{ "read-only", 'r', NULL, 0,
		  "they cannot, which is so if nothing is said", 0 },
		{ "pipes", KEY_PIPES, NULL, 0,
		  "fifos as files, whose other end is in the component", 0 },
		{ "json", KEY_JSON, NULL, 0,
		  "what is mounted in the component, as JSON", 0 },
		LOOK_OPTIONS,
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "COMPONENT[:/path] [DIR]",
		.doc = "Show files of a component of a running system as a "
		       "directory of the host, an empty one, until Ctrl-C or "
		       "until the system ends. Without DIR: print what the "
		       "<vfs> of the component is made of.",
	};
	struct mount m = { 0 };

	command_parse(&argp, argc, argv, &m);
	return m.dir ? mount_at(&m) :
	               mounts_print(&m.options, m.component, m.json);
}
