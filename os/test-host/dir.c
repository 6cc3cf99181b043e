/* SPDX-License-Identifier: MIT */
/* Steps on a directory. */

#include "test.h"

#include <lib/fmt.h>
#include <lib/mem.h>

static const char *path_of(const struct node *n)
{
	return node_attr(n, "path", "");
}

/* "read", "write", "create", ... in attribute `how`, as one text. */
static unsigned flags_of(const struct node *n)
{
	static const struct {
		const char *word;
		unsigned flag;
	} words[] = {
		{ "path", KIF_HOST_PATH },
		{ "read", KIF_HOST_READ },
		{ "write", KIF_HOST_READ_WRITE },
		{ "create", KIF_HOST_READ_WRITE | KIF_HOST_CREATE },
		{ "no-follow", KIF_HOST_READ | KIF_HOST_NO_FOLLOW },
		{ "no-symlinks", KIF_HOST_READ | KIF_HOST_NO_SYMLINKS },
		{ "directory", KIF_HOST_READ | KIF_HOST_DIRECTORY },
		{ "link", KIF_HOST_PATH | KIF_HOST_NO_FOLLOW },
	};
	const char *how = node_attr(n, "how", "read");

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i].word, how))
			return words[i].flag;
	return ~0u;
}

static enum kif_host_err take_open(const struct kif_host *h,
                                   const struct node *n, char *told)
{
	kif_host_file f;
	enum kif_host_err e =
		h->dir->open(KIF_HOST_GRANT, path_of(n), flags_of(n), &f);

	(void)told;
	return e ? e : h->close(f);
}

static enum kif_host_err take_read(const struct kif_host *h,
                                   const struct node *n, char *told)
{
	size_t got = 0;
	kif_host_file f;
	enum kif_host_err e =
		h->dir->open(KIF_HOST_GRANT, path_of(n), KIF_HOST_READ, &f);

	if (e)
		return e;
	e = h->dir->read(f, told, TOLD_MAX - 1, 0, &got);
	while (got && told[got - 1] == '\n')
		got--;
	told[got] = '\0';
	return e ? e : h->close(f);
}

static enum kif_host_err take_write(const struct kif_host *h,
                                    const struct node *n, char *told)
{
	const char *text = node_attr(n, "text", "");
	size_t got = 0;
	kif_host_file f;
	enum kif_host_err e =
		h->dir->open(KIF_HOST_GRANT, path_of(n),
	                     KIF_HOST_READ_WRITE | KIF_HOST_CREATE, &f);

	(void)told;
	if (e == KIF_HOST_EXISTS)
		e = h->dir->open(KIF_HOST_GRANT, path_of(n),
		                 KIF_HOST_READ_WRITE, &f);
	if (e)
		return e;
	e = h->dir->truncate(f, 0);
	if (!e)
		e = h->dir->write(f, text, strlen(text), 0, &got);
	if (!e)
		e = h->dir->sync(f, false);
	if (!e)
		e = h->dir->mode(f, 0640);
	return e ? e : h->close(f);
}

/* In the order of the host, which a test has to live with. */
static enum kif_host_err take_list(const struct kif_host *h,
                                   const struct node *n, char *told)
{
	_Alignas(8) char buf[512];
	struct fmt out;
	kif_host_file f;
	size_t got = 0;
	enum kif_host_err e =
		h->dir->open(KIF_HOST_GRANT, path_of(n),
	                     KIF_HOST_READ | KIF_HOST_DIRECTORY, &f);

	fmt_init(&out, told, TOLD_MAX);
	while (!e && !(e = h->dir->list(f, buf, sizeof(buf), &got)) && got)
		for (size_t at = 0; at < got;) {
			const struct kif_host_entry *d = (void *)(buf + at);

			if (d->name[0] != '.')
				fmt_add(&out, " %s:%u", d->name, d->type);
			at += d->len;
		}
	return e ? e : h->close(f);
}

static enum kif_host_err take_stat(const struct kif_host *h,
                                   const struct node *n, char *told)
{
	struct kif_host_stat s;
	struct fmt out;
	enum kif_host_err e = h->dir->stat_at(KIF_HOST_GRANT, path_of(n),
	                                      KIF_HOST_NO_FOLLOW, &s);

	fmt_init(&out, told, TOLD_MAX);
	if (!e)
		fmt_add(&out, "type %u, %llu bytes, mode %x, %u links", s.type,
		        (unsigned long long)s.size, s.mode, s.links);
	return e;
}

static enum kif_host_err take_link_read(const struct kif_host *h,
                                        const struct node *n, char *told)
{
	size_t got = 0;
	kif_host_file f;
	enum kif_host_err e =
		h->dir->open(KIF_HOST_GRANT, path_of(n),
	                     KIF_HOST_PATH | KIF_HOST_NO_FOLLOW, &f);

	if (e)
		return e;
	e = h->dir->link_read(f, told, TOLD_MAX - 1, &got);
	told[got] = '\0';
	return e ? e : h->close(f);
}

static enum kif_host_err take_mkdir(const struct kif_host *h,
                                    const struct node *n, char *told)
{
	(void)told;
	return h->dir->make_dir(KIF_HOST_GRANT, path_of(n), 0750);
}

static enum kif_host_err take_fifo(const struct kif_host *h,
                                   const struct node *n, char *told)
{
	(void)told;
	return h->dir->make_fifo(KIF_HOST_GRANT, path_of(n), 0600);
}

static enum kif_host_err take_symlink(const struct kif_host *h,
                                      const struct node *n, char *told)
{
	(void)told;
	return h->dir->make_symlink(KIF_HOST_GRANT, path_of(n),
	                            node_attr(n, "text", ""));
}

static enum kif_host_err take_link(const struct kif_host *h,
                                   const struct node *n, char *told)
{
	(void)told;
	return h->dir->make_link(KIF_HOST_GRANT, path_of(n), KIF_HOST_GRANT,
	                         node_attr(n, "to", ""));
}

static enum kif_host_err take_remove(const struct kif_host *h,
                                     const struct node *n, char *told)
{
	(void)told;
	return h->dir->remove(KIF_HOST_GRANT, path_of(n),
	                      !strcmp(node_attr(n, "what", ""), "dir"));
}

/* `to` may be "dir/name": its directory is opened, as a driver has to. */
static enum kif_host_err take_rename(const struct kif_host *h,
                                     const struct node *n, char *told)
{
	const char *into = node_attr(n, "into", ".");
	kif_host_file dir;
	enum kif_host_err e =
		h->dir->open(KIF_HOST_GRANT, into, KIF_HOST_DIRECTORY, &dir);

	(void)told;
	if (e)
		return e;
	e = h->dir->rename(KIF_HOST_GRANT, path_of(n), dir,
	                   node_attr(n, "to", ""), KIF_HOST_NO_REPLACE);
	return e ? e : h->close(dir);
}

static enum kif_host_err take_times(const struct kif_host *h,
                                    const struct node *n, char *told)
{
	const struct kif_host_time t = { .s = 86400, .ns = 5 };
	struct kif_host_stat s = { 0 };
	kif_host_file f;
	struct fmt out;
	enum kif_host_err e =
		h->dir->open(KIF_HOST_GRANT, path_of(n),
	                     KIF_HOST_PATH | KIF_HOST_NO_FOLLOW, &f);

	if (e)
		return e;
	e = h->dir->times(f, NULL, &t);
	if (!e)
		e = h->dir->stat(f, &s);
	fmt_init(&out, told, TOLD_MAX);
	fmt_add(&out, "modified %lld.%u", (long long)s.modified.s,
	        s.modified.ns);
	return e ? e : h->close(f);
}

/* A file with a hole in the middle. */
static enum kif_host_err take_sparse(const struct kif_host *h,
                                     const struct node *n, char *told)
{
	enum { MB = 1 << 20 };
	uint64_t hole = 0, data = 0;
	size_t got;
	struct fmt out;
	kif_host_file f;
	enum kif_host_err e =
		h->dir->open(KIF_HOST_GRANT, path_of(n),
	                     KIF_HOST_READ_WRITE | KIF_HOST_CREATE, &f);

	if (e)
		return e;
	e = h->dir->allocate(f, KIF_HOST_ALLOCATE, 0, 3 * MB);
	for (unsigned i = 0; i < 3 && !e; i++)
		e = h->dir->write(f, "x", 1, i * (uint64_t)MB, &got);
	if (!e)
		e = h->dir->allocate(f, KIF_HOST_PUNCH, MB, MB);
	if (!e)
		e = h->dir->seek(f, KIF_HOST_HOLE, 0, &hole);
	if (!e)
		e = h->dir->seek(f, KIF_HOST_DATA, hole, &data);
	fmt_init(&out, told, TOLD_MAX);
	fmt_add(&out, "hole at %llu, data at %llu",
	        (unsigned long long)hole >> 20, (unsigned long long)data >> 20);
	return e ? e : h->close(f);
}

static enum kif_host_err take_space(const struct kif_host *h,
                                    const struct node *n, char *told)
{
	struct kif_host_space s;
	struct fmt out;
	enum kif_host_err e = h->dir->space(KIF_HOST_GRANT, &s);

	(void)n;
	fmt_init(&out, told, TOLD_MAX);
	if (!e)
		fmt_add(&out, "names of %u bytes, %s blocks", s.name_max,
		        s.blocks >= s.free ? "sane" : "odd");
	return e;
}

/* The step's path, from now on; what happens is logged by main.c. */
static enum kif_host_err take_watch(const struct kif_host *h,
                                    const struct node *n, char *told)
{
	int32_t watch;
	kif_host_file f;
	enum kif_host_err e =
		h->dir->open(KIF_HOST_GRANT, path_of(n), KIF_HOST_PATH, &f);

	(void)told;
	if (e)
		return e;
	e = h->dir->watch(f,
	                  KIF_HOST_CONTENT | KIF_HOST_ADDED | KIF_HOST_REMOVED,
	                  &watch);
	if (!e)
		e = h->dir->events_signal(ready_signal);
	return e ? e : h->close(f);
}

static enum kif_host_err take_unwatch(const struct kif_host *h,
                                      const struct node *n, char *told)
{
	uint64_t watch = 0;

	(void)told;
	if (node_attr_u64(n, "watch", 0, NULL, &watch))
		return KIF_HOST_INVALID;
	return h->dir->unwatch((int32_t)watch);
}

const struct step dir_steps[] = {
	{ "open", take_open },       { "read", take_read },
	{ "write", take_write },     { "list", take_list },
	{ "stat", take_stat },       { "link-read", take_link_read },
	{ "mkdir", take_mkdir },     { "fifo", take_fifo },
	{ "symlink", take_symlink }, { "link", take_link },
	{ "remove", take_remove },   { "rename", take_rename },
	{ "times", take_times },     { "sparse", take_sparse },
	{ "space", take_space },     { "watch", take_watch },
	{ "unwatch", take_unwatch }, { 0 },
};
