/* SPDX-License-Identifier: MIT */
/*
 * Entries of directories of the host. Its positions are opaque and may take 63 bits.
 * Ours are to be small: each server on the way to who asks needs some bits of its own.
 * One that is too large is kept in a table of its directory, and its place there is
 * the position that we tell.
 */

#include <lib/mem.h>

#include "host.h"

#define IN_TABLE (UINT64_C(1) << 40)

static const enum vfs_kind kinds[] = {
	[KIF_HOST_T_UNKNOWN] = VFS_FILE, [KIF_HOST_T_FILE] = VFS_FILE,
	[KIF_HOST_T_DIR] = VFS_DIR,      [KIF_HOST_T_SYMLINK] = VFS_SYMLINK,
	[KIF_HOST_T_FIFO] = VFS_FIFO,    [KIF_HOST_T_SOCKET] = VFS_SOCKET,
	[KIF_HOST_T_CHAR] = VFS_CHAR,    [KIF_HOST_T_BLOCK] = VFS_BLOCK,
};

enum vfs_kind host_kind(unsigned type)
{
	return type < sizeof(kinds) / sizeof(kinds[0]) ? kinds[type] : VFS_FILE;
}

/* ---- positions ---- */

static enum vfs_err cookies_grow(struct host_fs *fs, struct host_cookies *c)
{
	const size_t room = c->room ? 2 * c->room : 64;
	void *mem;

	if (fief_alloc_array(fs->alloc, room, sizeof(*c->at), &mem))
		return VFS_NO_MEMORY;
	if (c->count)
		memcpy(mem, c->at, c->count * sizeof(*c->at));
	fief_free(fs->alloc, c->at, c->room * sizeof(*c->at));
	c->at = mem;
	c->room = room;
	return VFS_OK;
}

/* The position that we tell for one of the host, which comes behind `after`. */
static enum vfs_err told(struct host_node *n, int64_t cookie, uint64_t after,
                         uint64_t *out)
{
	struct host_cookies *c = &n->cookies;
	size_t next = 0;

	if (cookie >= 0 && (uint64_t)cookie < IN_TABLE) {
		*out = (uint64_t)cookie;
		return VFS_OK;
	}
	if (after & IN_TABLE)
		next = (size_t)(after & ~IN_TABLE) + 1;
	if (next >= c->count || c->at[next] != cookie) {
		enum vfs_err e = c->count == c->room ?
		                         cookies_grow(host_fs(&n->node), c) :
		                         VFS_OK;

		if (e)
			return e;
		next = c->count++;
		c->at[next] = cookie;
	}
	*out = IN_TABLE | next;
	return VFS_OK;
}

static enum vfs_err cookie_of(const struct host_node *n, uint64_t pos,
                              int64_t *out)
{
	const uint64_t at = pos & ~IN_TABLE;

	if (!(pos & IN_TABLE))
		*out = (int64_t)pos;
	else if (at < n->cookies.count)
		*out = n->cookies.at[at];
	else
		return VFS_INVALID;
	return VFS_OK;
}

/* ---- listing ---- */

static bool dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static enum vfs_err seek(struct host_fs *fs, struct host_node *n, uint64_t pos)
{
	int64_t cookie;
	enum vfs_err e = cookie_of(n, pos, &cookie);

	if (!e && n->list == NO_FILE)
		e = host_reopen(n, KIF_HOST_READ, &n->list);
	if (!e)
		e = host_err(fs->dir->list_seek(n->list, cookie));
	return e;
}

/* False: there is no room for more. */
static bool put(struct host_node *n, struct vfs_op *op,
                const struct kif_host_entry *d, uint64_t *pos, enum vfs_err *e)
{
	const size_t len = strlen(d->name);
	uint64_t next;

	*e = told(n, d->next, *pos, &next);
	if (*e)
		return false;
	if (!dots(d->name) && len <= VFS_NAME_MAX &&
	    !vfs_dirent_add(op, (struct vfs_name){ d->name, (uint32_t)len, 0 },
	                    d->node, host_kind(d->type), next))
		return false;
	*pos = next;
	return true;
}

enum vfs_err host_list(struct vfs_node *node, struct vfs_op *op)
{
	static _Alignas(8) char buf[8192];
	struct host_node *n = host_node(node);
	struct host_fs *fs = host_fs(node);
	const size_t before = op->count;
	uint64_t pos = op->pos;
	size_t got = 0, at = 0;
	enum vfs_err e = seek(fs, n, pos);

	while (!e) {
		const struct kif_host_entry *d = (const void *)(buf + at);

		if (at == got) {
			e = host_err(
				fs->dir->list(n->list, buf, sizeof(buf), &got));
			at = 0;
			if (e || !got)
				break;
			continue;
		}
		at += d->len;
		if (!put(n, op, d, &pos, &e))
			break;
	}
	return op->count > before ? VFS_OK : e;
}
