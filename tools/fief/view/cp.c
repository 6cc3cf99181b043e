/* SPDX-License-Identifier: MIT */
/* `fief cp`: files into a component, out of it, and from one to another. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "copy.h"
#include "looks.h"
#include <tools/fief/command.h>
#include <tools/fief/util.h>

struct cp {
	struct looks looks;
	bool recursive, preserve;
	char **arg; /* as the user wrote them; the last one is the target */
	size_t count;
	int code;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct cp *c = state->input;

	switch (key) {
	case 'r':
		c->recursive = true;
		return 0;
	case 'p':
		c->preserve = true;
		return 0;
	case ARGP_KEY_ARG:
		c->arg = util_grow(c->arg, (c->count + 1) * sizeof(*c->arg));
		c->arg[c->count++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (c->count < 2)
			argp_error(state, "expected are what to copy, and "
			                  "where to");
		return 0;
	default:
		return look_parse_option(key, arg, &c->looks.options);
	}
}

static bool failed(void *ctx, struct side *s, const char *path, int error)
{
	struct cp *c = ctx;
	char *safe;

	if (s->look) {
		c->code = look_failed(s->look, path, error);
		return error != P9_BROKEN;
	}
	safe = util_safe(path);
	util_error("%s: %s", safe, strerror(error));
	free(safe);
	c->code = 1;
	return true;
}

/* False, after an exit code: there is no such side. */
static bool side_of(struct cp *c, const struct look_place *p, struct side *out)
{
	struct look *l = NULL;

	if (p->component)
		l = looks_get(&c->looks, p->component, &c->code);
	side_init(out, l);
	return l || !p->component;
}

/* ---- where to ---- */

struct goal {
	struct look_place place;
	struct side side;
	int64_t dir;
	bool into; /* it is a directory, which keeps the names */
	char name[P9_NAME_MAX + 1]; /* else */
};

static bool target_is_dir(struct goal *t, struct side_stat *st)
{
	int64_t node;
	int e = t->side.ops->find(&t->side, t->place.path, true, &node);

	if (e)
		return false;
	e = t->side.ops->stat(&t->side, node, st);
	if (!e && st->type == SIDE_DIR) {
		t->dir = node;
		return true;
	}
	t->side.ops->drop(&t->side, node);
	return false;
}

static int target_find(struct cp *c, struct goal *t, struct side_stat *st)
{
	int e;

	t->into = target_is_dir(t, st);
	if (t->into)
		return 0;
	if (c->count > 2)
		return ENOTDIR;
	e = t->side.ops->parent(&t->side, t->place.path, &t->dir, t->name);
	return e ? e : t->side.ops->stat(&t->side, t->dir, st);
}

/* ---- one argument ---- */

static char *last_name(const char *path)
{
	size_t end = strlen(path), from;

	while (end && path[end - 1] == '/')
		end--;
	for (from = end; from && path[from - 1] != '/';)
		from--;
	return util_text("%.*s", (int)(end - from), path + from);
}

/* What is copied keeps its name; all of a tree, and "..", have none. */
static void copy_into(struct copy *copy, const struct goal *t, int64_t node,
                      const char *path)
{
	char *name = last_name(path);
	const bool named = *name && strcmp(name, ".") && strcmp(name, "..");
	char *to = util_text(
		"%s%s%s", t->place.path,
		t->place.path[strlen(t->place.path) - 1] == '/' ? "" : "/",
		name);

	if (named)
		copy_node(copy, node, path, t->dir, name, to);
	else
		copy->failed(copy->ctx, &copy->from, path, EINVAL);
	free(name);
	free(to);
}

static void copy_place(struct cp *c, struct copy *copy, const struct goal *t,
                       const char *path)
{
	int64_t node;
	int e = copy->from.ops->find(&copy->from, path, !c->recursive, &node);

	if (e) {
		failed(c, &copy->from, path, e);
		return;
	}
	if (t->into)
		copy_into(copy, t, node, path);
	else
		copy_node(copy, node, path, t->dir, t->name, t->place.path);
	copy->from.ops->drop(&copy->from, node);
}

static void copy_argument(struct cp *c, struct copy *copy, const struct goal *t,
                          const char *arg)
{
	struct look_place place;

	look_parse(arg, &place);
	if (side_of(c, &place, &copy->from))
		copy_place(c, copy, t, place.path);
	look_place_fini(&place);
}

/* ---- all ---- */

static void copy_all(struct cp *c)
{
	struct copy copy = { .recursive = c->recursive,
		             .preserve = c->preserve,
		             .failed = failed,
		             .ctx = c };
	struct goal t = { .dir = -1 };
	int e;

	look_parse(c->arg[c->count - 1], &t.place);
	c->looks.options.writeable = t.place.component != NULL;
	if (!side_of(c, &t.place, &t.side)) {
		look_place_fini(&t.place);
		return;
	}
	e = target_find(c, &t, &copy.into);
	if (e) {
		failed(c, &t.side, t.place.path, e);
	} else {
		c->looks.options.writeable = false;
		copy.to = t.side;
		copy.piece = util_alloc(COPY_PIECE);
		for (size_t i = 0; i + 1 < c->count; i++)
			copy_argument(c, &copy, &t, c->arg[i]);
		free(copy.piece);
		t.side.ops->drop(&t.side, t.dir);
	}
	look_place_fini(&t.place);
}

static bool names_component(const struct cp *c)
{
	bool named = false;

	for (size_t i = 0; i < c->count; i++) {
		struct look_place p;

		look_parse(c->arg[i], &p);
		named |= p.component != NULL;
		look_place_fini(&p);
	}
	return named;
}

int command_cp(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "recursive", 'r', NULL, 0,
		  "directories with all that is in them; links as links", 0 },
		{ "preserve", 'p', NULL, 0, "rights and times, too", 0 },
		LOOK_OPTIONS,
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "SOURCE... TARGET",
		.doc = "Copy files into a component of a running system, out "
		       "of it, or from one to another: COMPONENT:/path names "
		       "those of a component, another path (./a:/b if in "
		       "doubt) those of the host. Owners are not kept, and "
		       "neither are set-id bits.",
	};
	struct cp c = { 0 };

	command_parse(&argp, argc, argv, &c);
	if (names_component(&c)) {
		copy_all(&c);
	} else {
		util_error("none of these is in a component: expected is "
		           "COMPONENT:/path at one side, at least");
		c.code = FIEF_EXIT_USAGE;
	}
	looks_fini(&c.looks);
	free(c.arg);
	return c.code;
}
