/* SPDX-License-Identifier: MIT */
/* `fief ls`: the files of a component. */

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <fief/exit_code.h>

#include "looks.h"
#include <tools/fief/command.h>
#include <tools/fief/util.h>

enum { KEY_JSON = 256, TARGET_MAX = 4096 };

struct ls {
	struct looks looks;
	bool all, detail, recursive, itself, json;
	char **paths; /* as the user wrote them */
	size_t count;
	struct look *look; /* the one at hand */
	bool headed;       /* more than one directory is shown */
	size_t shown;
	int code;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ls *l = state->input;

	switch (key) {
	case 'a':
		l->all = true;
		return 0;
	case 'l':
		l->detail = true;
		return 0;
	case 'R':
		l->recursive = true;
		return 0;
	case 'd':
		l->itself = true;
		return 0;
	case KEY_JSON:
		l->json = true;
		return 0;
	case ARGP_KEY_ARG:
		l->paths =
			util_grow(l->paths, (l->count + 1) * sizeof(*l->paths));
		l->paths[l->count++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (!l->count)
			argp_error(state, "no COMPONENT:/path given");
		return 0;
	default:
		return look_parse_option(key, arg, &l->looks.options);
	}
}

/* ---- one file ---- */

struct item {
	char name[P9_NAME_MAX + 1];
	struct p9_stat st;
	char target[TARGET_MAX]; /* of a link */
};

static const struct {
	uint32_t type;
	char letter;
	const char *name;
} types[] = {
	{ S_IFDIR, 'd', "directory" }, { S_IFREG, '-', "file" },
	{ S_IFLNK, 'l', "symlink" },   { S_IFIFO, 'p', "fifo" },
	{ S_IFCHR, 'c', "stream" },    { S_IFBLK, 'b', "block" },
	{ S_IFSOCK, 's', "socket" },
};

static size_t type_of(uint32_t mode)
{
	size_t i = 0;

	while (i + 1 < sizeof(types) / sizeof(types[0]) &&
	       types[i].type != (mode & S_IFMT))
		i++;
	return i;
}

static void print_json(const char *dir, const struct item *it)
{
	const bool root = !*it->name || !*dir || dir[strlen(dir) - 1] == '/';
	char *path = util_text("%s%s%s", dir, root ? "" : "/", it->name);
	char *safe = util_utf8(path), *target = util_utf8(it->target), time[40];
	json_t *j = json_pack("{sssssisIsIsI}", "path", safe, "type",
	                      types[type_of(it->st.mode)].name, "mode",
	                      (int)(it->st.mode & 07777), "size",
	                      (json_int_t)it->st.size, "links",
	                      (json_int_t)it->st.links, "inode",
	                      (json_int_t)it->st.inode);

	util_time(time,
	          it->st.mtime.tv_sec * 1000000 + it->st.mtime.tv_nsec / 1000);
	json_object_set_new(j, "modified", json_string(time));
	if (*it->target)
		json_object_set_new(j, "target", json_string(target));
	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
	free(path);
	free(safe);
	free(target);
}

static void print_detail(const struct item *it)
{
	static const char letters[] = "rwxrwxrwx";
	char mode[] = "?---------", when[20];
	const time_t t = it->st.mtime.tv_sec;
	struct tm tm = { 0 };

	mode[0] = types[type_of(it->st.mode)].letter;
	for (unsigned i = 0; i < 9; i++)
		if (it->st.mode >> (8 - i) & 1)
			mode[i + 1] = letters[i];
	localtime_r(&t, &tm);
	if (!strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &tm))
		strcpy(when, "?");
	printf("%s %3llu %10llu %s ", mode, (unsigned long long)it->st.links,
	       (unsigned long long)it->st.size, when);
}

static void print(const struct ls *l, const char *dir, const struct item *it)
{
	char *name = util_safe(*it->name ? it->name : dir);
	char *target = util_safe(it->target);

	if (l->json) {
		print_json(dir, it);
	} else {
		if (l->detail)
			print_detail(it);
		printf("%s%s%s\n", name, l->detail && *it->target ? " -> " : "",
		       l->detail ? target : "");
	}
	free(name);
	free(target);
}

/* What is to be known of a file. */
static int look_at(struct ls *l, uint32_t fid, struct item *it)
{
	struct p9 *p = &l->look->p9;
	int e = p9_stat(p, fid, &it->st);

	it->target[0] = '\0';
	if (!e && S_ISLNK(it->st.mode))
		e = p9_read_link(p, fid, it->target, sizeof(it->target));
	return e;
}

/* ---- directories ---- */

struct names {
	struct p9_entry *entry; /* owned */
	size_t count;
};

static bool shown(const struct ls *l, const char *name)
{
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	return l->all || *name != '.';
}

static int list(struct ls *l, uint32_t fid, struct names *out)
{
	enum { ROOM = 1024 };
	struct p9_entry *page = util_alloc(ROOM * sizeof(*page));
	uint64_t position = 0;
	size_t n;
	int e;

	for (;;) {
		e = p9_list(&l->look->p9, fid, position, page, ROOM, &n);
		if (e || !n)
			break;
		out->entry =
			util_grow(out->entry, (out->count + n) * sizeof(*page));
		for (size_t i = 0; i < n; i++)
			if (shown(l, page[i].name))
				out->entry[out->count++] = page[i];
		position = page[n - 1].next;
	}
	free(page);
	return e;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct p9_entry *)a)->name,
	              ((const struct p9_entry *)b)->name);
}

static void fail(struct ls *l, const char *path, int e)
{
	l->code = look_failed(l->look, path, e);
}

static char *below(const char *dir, const char *name)
{
	const size_t len = strlen(dir);

	return util_text("%s%s%s", dir, len && dir[len - 1] == '/' ? "" : "/",
	                 name);
}

/* Of an entry that is gone meanwhile there is nothing to show. */
static void show_entry(struct ls *l, uint32_t dir, const char *path,
                       const struct p9_entry *entry)
{
	struct item it = { 0 };
	uint32_t fid;
	int e = 0;

	strcpy(it.name, entry->name);
	if (l->detail || l->json) {
		e = p9_walk(&l->look->p9, dir, it.name, &fid);
		if (!e) {
			e = look_at(l, fid, &it);
			p9_clunk(&l->look->p9, fid);
		}
	}
	if (!e) {
		print(l, path, &it);
	} else if (e != ENOENT) {
		char *whole = below(path, it.name);

		fail(l, whole, e);
		free(whole);
	}
}

static void show_dir(struct ls *l, uint32_t fid, const char *path);

static void show_below(struct ls *l, uint32_t dir, const char *path,
                       const struct p9_entry *entry)
{
	char *whole = below(path, entry->name);
	uint32_t fid;
	int e = p9_walk(&l->look->p9, dir, entry->name, &fid);

	if (!e) {
		show_dir(l, fid, whole);
		p9_clunk(&l->look->p9, fid);
	} else if (e != ENOENT) {
		fail(l, whole, e);
	}
	free(whole);
}

static void show_head(struct ls *l, const char *path)
{
	char *safe = util_safe(path), *who = util_safe(l->look->component);

	if (l->headed && !l->json)
		printf("%s%s:%s:\n", l->shown ? "\n" : "", who, safe);
	l->shown++;
	free(safe);
	free(who);
}

/* The directory is opened by a fid of its own: an open one cannot be walked. */
static int list_sorted(struct ls *l, uint32_t dir, struct names *names)
{
	enum { READ_DIRECTORY = 0200000 };
	uint32_t fid;
	int e = p9_walk(&l->look->p9, dir, NULL, &fid);

	if (e)
		return e;
	e = p9_open_file(&l->look->p9, fid, READ_DIRECTORY);
	if (!e)
		e = list(l, fid, names);
	p9_clunk(&l->look->p9, fid);
	if (names->count)
		qsort(names->entry, names->count, sizeof(*names->entry),
		      by_name);
	return e;
}

static void show_dir(struct ls *l, uint32_t fid, const char *path)
{
	struct names names = { 0 };
	int e = list_sorted(l, fid, &names);

	show_head(l, path);
	if (e)
		fail(l, path, e);
	for (size_t i = 0; i < names.count && !l->look->p9.broken; i++)
		show_entry(l, fid, path, &names.entry[i]);
	for (size_t i = 0; l->recursive && i < names.count; i++)
		if (names.entry[i].kind & P9_KIND_DIR && !l->look->p9.broken)
			show_below(l, fid, path, &names.entry[i]);
	free(names.entry);
}

/* ---- arguments ---- */

static void show(struct ls *l, const char *path)
{
	struct item it = { 0 };
	uint32_t fid;
	int e = look_find(l->look, path, !l->itself, &fid);

	if (e) {
		fail(l, path, e);
		return;
	}
	e = look_at(l, fid, &it);
	if (e)
		fail(l, path, e);
	else if (S_ISDIR(it.st.mode) && !l->itself)
		show_dir(l, fid, path);
	else
		print(l, path, &it);
	p9_clunk(&l->look->p9, fid);
}

static void show_argument(struct ls *l, const char *arg)
{
	struct look_place place;
	int code = 0;

	look_parse(arg, &place);
	/* "fs" is all of it. */
	l->look = looks_get(&l->looks,
	                    place.component ? place.component : place.path,
	                    &code);
	if (l->look)
		show(l, place.component ? place.path : "/");
	else
		l->code = code;
	look_place_fini(&place);
}

int command_ls(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "all", 'a', NULL, 0, "names that begin with a dot, too", 0 },
		{ "long", 'l', NULL, 0,
		  "mode, links, size and time of the last change", 0 },
		{ "recursive", 'R', NULL, 0, "directories below, too", 0 },
		{ "directory", 'd', NULL, 0,
		  "a directory or link itself, not what it leads to", 0 },
		{ "json", KEY_JSON, NULL, 0, "one JSON object a line", 0 },
		LOOK_OPTIONS,
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "COMPONENT[:/path]...",
		.doc = "Show files of a component of a running system: those "
		       "that it serves, or else those that its <vfs> is made "
		       "of.",
	};
	struct ls l = { 0 };

	command_parse(&argp, argc, argv, &l);
	l.headed = l.count > 1 || l.recursive;
	for (size_t i = 0; i < l.count; i++)
		show_argument(&l, l.paths[i]);
	looks_fini(&l.looks);
	free(l.paths);
	return l.code;
}
