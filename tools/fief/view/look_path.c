/* SPDX-License-Identifier: MIT */
/* Paths in a tree that is looked at. Links are followed here, within it. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "look.h"
#include <tools/fief/util.h>

enum { LINKS_MAX = 40, PATH_BYTES = 4096 };

/* A way to go on. */
struct way {
	struct look *l;
	char rest[PATH_BYTES]; /* what is still to walk */
	unsigned links;
	bool follow;
};

static bool rest_set(struct way *w, const char *target, const char *rest)
{
	char *text = util_text("%s/%s", target, rest);
	const bool fits = strlen(text) < sizeof(w->rest);

	if (fits)
		strcpy(w->rest, text);
	free(text);
	return fits;
}

/* The first name of the rest, which is taken from it. False: there is none. */
static bool next_name(struct way *w, char name[P9_NAME_MAX + 1], int *error)
{
	const char *from = w->rest + strspn(w->rest, "/");
	const size_t len = strcspn(from, "/");

	*error = len > P9_NAME_MAX ? ENAMETOOLONG : 0;
	if (!len || *error)
		return false;
	memcpy(name, from, len);
	name[len] = '\0';
	from += len;
	memmove(w->rest, from, strlen(from) + 1);
	return true;
}

/* From `*at`, which is taken over, to the fid of a name in it. */
static int step(struct way *w, uint32_t *at, const char *name)
{
	uint32_t next;
	int e;

	if (!strcmp(name, "."))
		return 0;
	e = p9_walk(&w->l->p9, *at, name, &next);
	if (!e) {
		p9_clunk(&w->l->p9, *at);
		*at = next;
	}
	return e;
}

static int from_root(struct way *w, uint32_t *at)
{
	p9_clunk(&w->l->p9, *at);
	return p9_walk(&w->l->p9, P9_ROOT, NULL, at);
}

/* `link` is in `*at`; what it says comes before the rest. */
static int follow(struct way *w, uint32_t *at, uint32_t link)
{
	char target[PATH_BYTES], rest[PATH_BYTES];
	int e = p9_read_link(&w->l->p9, link, target, sizeof(target));

	if (!e && ++w->links > LINKS_MAX)
		e = ELOOP;
	strcpy(rest, w->rest);
	if (!e && !rest_set(w, target, rest))
		e = ENAMETOOLONG;
	if (!e && *target == '/')
		e = from_root(w, at);
	return e;
}

/* A link that is to be followed leaves `*at` where it is. */
static int step_or_follow(struct way *w, uint32_t *at, const char *name)
{
	struct p9 *p = &w->l->p9;
	const bool last = !w->rest[strspn(w->rest, "/")];
	struct p9_stat st;
	uint32_t old;
	int e = p9_walk(p, *at, NULL, &old), e2;

	if (e)
		return e;
	e = step(w, at, name);
	if (!e)
		e = p9_stat(p, *at, &st);
	if (e || !S_ISLNK(st.mode) || (last && !w->follow && !*w->rest)) {
		p9_clunk(p, old);
		return e;
	}
	e2 = follow(w, &old, *at);
	p9_clunk(p, *at);
	*at = old;
	return e2;
}

static int walk(struct way *w, uint32_t *fid)
{
	char name[P9_NAME_MAX + 1];
	int e = p9_walk(&w->l->p9, P9_ROOT, NULL, fid), bad = 0;

	if (e)
		return e;
	while (!e && next_name(w, name, &bad))
		e = step_or_follow(w, fid, name);
	if (!e)
		e = bad;
	if (e)
		p9_clunk(&w->l->p9, *fid);
	return e;
}

int look_find(struct look *l, const char *path, bool follow, uint32_t *fid)
{
	struct way w = { .l = l, .follow = follow };

	if (!rest_set(&w, "", path))
		return ENAMETOOLONG;
	return walk(&w, fid);
}

int look_find_parent(struct look *l, const char *path, uint32_t *dir,
                     char *name)
{
	struct way w = { .l = l, .follow = true };
	size_t end = strlen(path), from;

	while (end && path[end - 1] == '/')
		end--;
	for (from = end; from && path[from - 1] != '/';)
		from--;
	if (!end)
		return EEXIST; /* the root, which has no name */
	if (end - from > P9_NAME_MAX || end >= sizeof(w.rest))
		return ENAMETOOLONG;
	memcpy(name, path + from, end - from);
	name[end - from] = '\0';
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return EINVAL;
	memcpy(w.rest, path, from);
	w.rest[from] = '\0';
	return walk(&w, dir);
}
