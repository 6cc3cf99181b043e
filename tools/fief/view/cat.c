/* SPDX-License-Identifier: MIT */
/* `fief cat`: what is in a file of a component. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "looks.h"
#include <tools/fief/command.h>
#include <tools/fief/util.h>

enum { KEY_RAW = 256, PIECE = P9_MESSAGE_MAX };

struct cat {
	struct looks looks;
	char **paths;
	size_t count;
	bool raw;
	unsigned char *piece;
	int code;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct cat *c = state->input;

	switch (key) {
	case KEY_RAW:
		c->raw = true;
		return 0;
	case ARGP_KEY_ARG:
		c->paths =
			util_grow(c->paths, (c->count + 1) * sizeof(*c->paths));
		c->paths[c->count++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (!c->count)
			argp_error(state, "no COMPONENT:/path given");
		return 0;
	default:
		return look_parse_option(key, arg, &c->looks.options);
	}
}

/* A component cannot write escape sequences to a terminal. */
static bool harmless(unsigned char c)
{
	return c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f);
}

static bool put(struct cat *c, size_t len)
{
	if (c->raw)
		return fwrite(c->piece, 1, len, stdout) == len;
	for (size_t i = 0; i < len; i++) {
		if (harmless(c->piece[i]))
			putchar(c->piece[i]);
		else
			printf("\\x%02x", c->piece[i]);
	}
	return !ferror(stdout);
}

/* Bytes that are there go out before waiting for more: it may be a pipe. */
static int content(struct cat *c, struct look *l, uint32_t fid)
{
	uint64_t off = 0;
	size_t got;
	int e;

	p9_be_patient(&l->p9);
	do {
		e = p9_read(&l->p9, fid, off, c->piece, PIECE, &got);
		if (!e && (!put(c, got) || fflush(stdout))) {
			util_error("cannot write: %s", strerror(errno));
			c->code = 1;
			return 0;
		}
		off += e ? 0 : got;
	} while (!e && got);
	return e;
}

static void show(struct cat *c, struct look *l, const char *path)
{
	uint32_t fid;
	int e = look_find(l, path, true, &fid);

	if (e) {
		c->code = look_failed(l, path, e);
		return;
	}
	e = p9_open_file(&l->p9, fid, O_RDONLY);
	if (!e)
		e = content(c, l, fid);
	if (e)
		c->code = look_failed(l, path, e);
	p9_clunk(&l->p9, fid);
}

static void show_argument(struct cat *c, const char *arg)
{
	struct look_place place;
	struct look *l = NULL;
	int code = FIEF_EXIT_USAGE;

	look_parse(arg, &place);
	if (place.component)
		l = looks_get(&c->looks, place.component, &code);
	else
		util_error("\"%s\" names no file of a component; expected is "
		           "COMPONENT:/path",
		           arg);
	if (l)
		show(c, l, place.path);
	else
		c->code = code;
	look_place_fini(&place);
}

int command_cat(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "raw", KEY_RAW, NULL, 0,
		  "control characters as they are, even on a terminal", 0 },
		LOOK_OPTIONS,
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "COMPONENT:/path...",
		.doc = "Show what is in files of a component of a running "
		       "system. On a terminal, control characters appear as "
		       "\\xNN.",
	};
	struct cat c = { .raw = !isatty(STDOUT_FILENO) };

	command_parse(&argp, argc, argv, &c);
	c.piece = util_alloc(PIECE);
	for (size_t i = 0; i < c.count; i++)
		show_argument(&c, c.paths[i]);
	looks_fini(&c.looks);
	free(c.piece);
	free(c.paths);
	return c.code;
}
