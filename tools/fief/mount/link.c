/* SPDX-License-Identifier: MIT */
/*
 * Symbolic links. The host follows them, and they are a component's: what is
 * shown leads within what is mounted. "/" is its root, and ".." leads nowhere
 * out of it; names are followed by no "..", because they could be links, too,
 * from which it would lead elsewhere.
 */

#include <errno.h>
#include <string.h>

#include "mount.h"

enum { TARGET_BYTES = 4096 };

struct way {
	char *out;
	size_t len, size;
	unsigned ups;   /* at its beginning */
	unsigned names; /* behind them */
	bool full;
};

static void put(struct way *w, const char *name, size_t len)
{
	const size_t slash = w->len != 0;

	if (w->len + slash + len + 1 > w->size) {
		w->full = true;
		return;
	}
	if (slash)
		w->out[w->len++] = '/';
	memcpy(w->out + w->len, name, len);
	w->len += len;
	w->out[w->len] = '\0';
}

static void put_up(struct way *w)
{
	put(w, "..", 2);
	w->ups++;
}

static void take_name(struct way *w)
{
	while (w->len && w->out[w->len - 1] != '/')
		w->len--;
	if (w->len)
		w->len--;
	w->out[w->len] = '\0';
	w->names--;
}

static void go(struct way *w, const char *name, size_t len, unsigned depth)
{
	if (len == 1 && *name == '.')
		return;
	if (len == 2 && !memcmp(name, "..", 2)) {
		if (w->names)
			take_name(w);
		else if (w->ups < depth)
			put_up(w);
		return;
	}
	put(w, name, len);
	w->names++;
}

bool link_within(const char *target, unsigned depth, char *out, size_t size)
{
	struct way w = { .out = out, .size = size };

	*out = '\0';
	while (*target == '/' && w.ups < depth)
		put_up(&w);
	for (const char *at = target; *at && !w.full;) {
		const size_t len = strcspn(at, "/");

		if (len)
			go(&w, at, len, depth);
		at += len;
		at += strspn(at, "/");
	}
	if (!w.len)
		put(&w, ".", 1);
	return !w.full;
}

void do_readlink(fuse_req_t r, fuse_ino_t number)
{
	char target[TARGET_BYTES], shown[TARGET_BYTES];
	struct node *n = node_of(r, number);
	uint32_t fid;
	int e = node_fid(mount_of(r), n, &fid);

	if (!e)
		e = p9_read_link(p9_of(r), fid, target, sizeof(target));
	if (!e && (!n->name || !link_within(target, node_depth(n) - 1, shown,
	                                    sizeof(shown))))
		e = n->name ? ENAMETOOLONG : ESTALE;
	if (e)
		fuse_reply_err(r, mount_errno(e));
	else
		fuse_reply_readlink(r, shown);
}
