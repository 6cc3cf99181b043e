/* SPDX-License-Identifier: MIT */
/* The options that say what a system is made of. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <fief/exit_code.h>
#include <lib/label.h>
#include <lib/number.h>

#include "core_options.h"
#include "host_grant.h"
#include "util.h"

static uint64_t number(struct argp_state *state, const char *option,
                       const char *text, uint64_t max)
{
	enum fief_err e;
	uint64_t n = 0;

	e = number_parse(text, max, &n);
	if (e == FIEF_LIMIT)
		argp_error(state, "%s is \"%s\"; the limit is %llu", option,
		           text, (unsigned long long)max);
	else if (e || !n)
		argp_error(state,
		           "%s is \"%s\"; expected is a number above 0, "
		           "such as 64 or 256M",
		           option, text);
	return n;
}

static char *real(struct core_options *r, const char *option, const char *path)
{
	char *p = realpath(path, NULL);

	if (!p && !r->code) {
		util_error("%s: \"%s\": %s", option, path, strerror(errno));
		r->code = errno == EACCES ? FIEF_EXIT_NOT_RUNNABLE :
		                            FIEF_EXIT_NOT_FOUND;
	}
	return p;
}

static void rom_path(struct argp_state *state, struct core_options *r,
                     const char *path)
{
	struct stat st;
	char *p;

	if (r->params->rom_dirs == CORE_ROM_DIRS)
		argp_error(state, "at most %d --rom-path", (int)CORE_ROM_DIRS);
	p = real(r, "--rom-path", path);
	if (!p)
		return;
	if (!r->code && !stat(p, &st) && !S_ISDIR(st.st_mode)) {
		util_error("--rom-path: \"%s\" is a file; name one with --rom "
		           "NAME=FILE",
		           path);
		r->code = FIEF_EXIT_NOT_FOUND;
	}
	r->real[r->reals++] = p;
	r->params->rom_dir[r->params->rom_dirs++] = p;
}

static void rom(struct argp_state *state, struct core_options *r,
                const char *text)
{
	const char *eq = strchr(text, '=');
	size_t len = eq ? (size_t)(eq - text) : 0;
	char *p, *pair;

	if (!len || !eq[1])
		argp_error(state, "--rom is \"%s\"; expected is NAME=FILE",
		           text);
	if (len > LABEL_NAME_MAX)
		argp_error(state,
		           "--rom: the name has %zu bytes, the limit "
		           "is %d",
		           len, (int)LABEL_NAME_MAX);
	if (r->params->roms == CORE_ROMS)
		argp_error(state, "at most %d --rom", (int)CORE_ROMS);
	p = real(r, "--rom", eq + 1);
	if (!p)
		return;
	pair = util_text("%.*s=%s", (int)len, text, p);
	free(p);
	r->real[r->reals++] = pair;
	r->params->rom[r->params->roms++] = pair;
}

error_t core_options_parse(int key, char *arg, struct argp_state *state,
                           struct core_options *r)
{
	switch (key) {
	case CORE_OPTION_RAM:
		r->params->ram = number(state, "--ram", arg, CORE_RAM_MAX);
		return 0;
	case CORE_OPTION_CAPS:
		r->params->caps = number(state, "--caps", arg, CORE_CAPS_MAX);
		return 0;
	case CORE_OPTION_ROM_PATH:
		rom_path(state, r, arg);
		return 0;
	case CORE_OPTION_ROM:
		rom(state, r, arg);
		return 0;
	case CORE_OPTION_GRANT:
		host_grant_option(state, r, arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void core_options_fini(struct core_options *r)
{
	for (size_t i = 0; i < r->reals; i++)
		free(r->real[i]);
	r->reals = 0;
	while (r->params->streams)
		util_close(&r->params->stream[--r->params->streams]);
}
