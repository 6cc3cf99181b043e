/* SPDX-License-Identifier: MIT */
/* A granted directory: looking at it. The flags of `open` are the place of what
 * the host is asked for in the page of constants, see host_class.h. */

#include "host.h"

#include <asm/errno.h>
#include <asm/statfs.h>
#include <linux/fcntl.h>
#include <linux/stat.h>

#include "mem.h"

enum {
	FLAGS = PIN_HOWS - 1,
	RETRIES = 16, /* of a walk that a rename got in the way of */
	S_TYPE = 0170000,
	S_SHIFT = 12,
	MODE = 07777,
	READ_ONLY_FLAG = 1, /* of statfs */
};

static const char *empty(void)
{
	return (const char *)PINS_EMPTY;
}

/* ---- open ---- */

static long open_beneath(kif_host_file dir, const char *path, unsigned flags)
{
	const unsigned long how = PINS_HOW + flags * PIN_STRIDE;
	long fd = -EAGAIN;

	for (unsigned i = 0; fd == -EAGAIN && i < RETRIES; i++)
		fd = sys_call6(__NR_openat2, dir, (long)path, (long)how,
		               PIN_HOW_BYTES, 0, 0);
	return fd == -EAGAIN ? -EBUSY : fd;
}

static enum kif_host_err dir_open(kif_host_file dir, const char *path,
                                  unsigned flags, kif_host_file *out)
{
	long fd;

	if (dir < 0 || flags > FLAGS)
		return KIF_HOST_INVALID;
	if (flags & KIF_HOST_WRITE && !kif_host_writeable())
		return KIF_HOST_DENIED;
	fd = open_beneath(dir, path, flags);
	if (fd >= 0)
		*out = (kif_host_file)fd;
	return kif_host_result(fd);
}

/* ---- stat ---- */

/* By the four bits of the mode that tell. */
static const uint8_t types[16] = {
	[1] = KIF_HOST_T_FIFO,    [2] = KIF_HOST_T_CHAR,
	[4] = KIF_HOST_T_DIR,     [6] = KIF_HOST_T_BLOCK,
	[8] = KIF_HOST_T_FILE,    [10] = KIF_HOST_T_SYMLINK,
	[12] = KIF_HOST_T_SOCKET,
};

static struct kif_host_time time_of(const struct statx_timestamp *t)
{
	return (struct kif_host_time){ .s = t->tv_sec, .ns = t->tv_nsec };
}

static void stat_of(const struct statx *s, struct kif_host_stat *out)
{
	*out = (struct kif_host_stat){
		.device = (uint64_t)s->stx_dev_major << 32 | s->stx_dev_minor,
		.node = s->stx_ino,
		.size = s->stx_size,
		.allocated = s->stx_blocks * 512,
		.type = types[(s->stx_mode & S_TYPE) >> S_SHIFT],
		.mode = s->stx_mode & MODE,
		.links = s->stx_nlink,
		.block = s->stx_blksize,
		.owner = s->stx_uid,
		.group = s->stx_gid,
		.accessed = time_of(&s->stx_atime),
		.modified = time_of(&s->stx_mtime),
		.changed = time_of(&s->stx_ctime),
	};
	if (s->stx_mask & STATX_BTIME)
		out->born = time_of(&s->stx_btime);
}

static enum kif_host_err dir_stat(kif_host_file file, struct kif_host_stat *out)
{
	struct statx s;
	long e;

	if (file < 0)
		return KIF_HOST_INVALID;
	e = sys_call6(__NR_statx, file, (long)empty(), AT_EMPTY_PATH,
	              STATX_BASIC_STATS | STATX_BTIME, (long)&s, 0);
	if (!e)
		stat_of(&s, out);
	return kif_host_result(e);
}

/* Not by path, which could be any by the time the host reads it. */
static enum kif_host_err dir_stat_at(kif_host_file dir, const char *path,
                                     unsigned flags, struct kif_host_stat *out)
{
	enum kif_host_err e;
	kif_host_file file;

	if (flags & ~(unsigned)(KIF_HOST_NO_FOLLOW | KIF_HOST_NO_SYMLINKS))
		return KIF_HOST_INVALID;
	e = dir_open(dir, path, flags | KIF_HOST_PATH, &file);
	if (e)
		return e;
	e = dir_stat(file, out);
	sys_close(file);
	return e;
}

/* ---- lists, links ---- */

/* The host's entries have our layout, but for the type. */
static void entries_translate(char *at, const char *end)
{
	while (at < end) {
		struct kif_host_entry *e = (struct kif_host_entry *)(void *)at;

		e->type = types[e->type & 15];
		at += e->len;
	}
}

static enum kif_host_err dir_list(kif_host_file dir, void *out, size_t len,
                                  size_t *got)
{
	long n;

	if (dir < 0)
		return KIF_HOST_INVALID;
	n = sys_call3(__NR_getdents64, dir, (long)out, (long)len);
	if (n > 0)
		entries_translate(out, (char *)out + n);
	return kif_host_count(n, got);
}

static enum kif_host_err dir_list_seek(kif_host_file dir, int64_t position)
{
	if (dir < 0)
		return KIF_HOST_INVALID;
	return kif_host_result(sys_call3(__NR_lseek, dir, position, 0));
}

static enum kif_host_err dir_link_read(kif_host_file file, char *out,
                                       size_t len, size_t *got)
{
	long n;

	if (file < 0)
		return KIF_HOST_INVALID;
	n = sys_call6(__NR_readlinkat, file, (long)empty(), (long)out,
	              (long)len, 0, 0);
	if (n == -ENOENT)
		n = -EINVAL; /* what is open is no symlink */
	return n == (long)len ? KIF_HOST_TOO_LONG : kif_host_count(n, got);
}

/* ---- content ---- */

static enum kif_host_err dir_read(kif_host_file file, void *to, size_t len,
                                  uint64_t off, size_t *got)
{
	if (file < 0)
		return KIF_HOST_INVALID;
	return kif_host_count(sys_call6(__NR_pread64, file, (long)to, (long)len,
	                                (long)off, 0, 0),
	                      got);
}

static enum kif_host_err dir_write(kif_host_file file, const void *from,
                                   size_t len, uint64_t off, size_t *got)
{
	if (!kif_host_writeable())
		return KIF_HOST_DENIED;
	if (file < 0)
		return KIF_HOST_INVALID;
	return kif_host_count(sys_call6(__NR_pwrite64, file, (long)from,
	                                (long)len, (long)off, 0, 0),
	                      got);
}

static enum kif_host_err dir_fifo_read(kif_host_file file, void *to, size_t len,
                                       size_t *got)
{
	return kif_host_count(sys_call3(__NR_read, file, (long)to, (long)len),
	                      got);
}

static enum kif_host_err dir_fifo_write(kif_host_file file, const void *from,
                                        size_t len, size_t *got)
{
	return kif_host_count(sys_write(file, from, len), got);
}

static enum kif_host_err dir_fifo_signal(kif_host_file file, fief_cap signal)
{
	return kif_host_ready(file, true, signal);
}

static enum kif_host_err dir_seek(kif_host_file file, enum kif_host_seek what,
                                  uint64_t off, uint64_t *out)
{
	static const uint8_t whence[] = {
		[KIF_HOST_DATA] = 3, [KIF_HOST_HOLE] = 4
	};
	long at;

	if (file < 0 || (unsigned)what >= sizeof(whence))
		return KIF_HOST_INVALID;
	at = sys_call3(__NR_lseek, file, (long)off, whence[what]);
	if (at >= 0)
		*out = (uint64_t)at;
	return kif_host_result(at);
}

static enum kif_host_err dir_space(kif_host_file file,
                                   struct kif_host_space *out)
{
	struct statfs s;
	long e;

	if (file < 0)
		return KIF_HOST_INVALID;
	e = sys_call3(__NR_fstatfs, file, (long)&s, 0);
	if (e)
		return kif_host_result(e);
	*out = (struct kif_host_space){
		.block = (uint64_t)s.f_bsize,
		.blocks = (uint64_t)s.f_blocks,
		.free = (uint64_t)s.f_bfree,
		.available = (uint64_t)s.f_bavail,
		.nodes = (uint64_t)s.f_files,
		.nodes_free = (uint64_t)s.f_ffree,
		.name_max = (uint32_t)s.f_namelen,
		.read_only = s.f_flags & READ_ONLY_FLAG,
	};
	return KIF_HOST_OK;
}

const struct kif_host_dir_ops kif_dir_ops = {
	.open = dir_open,
	.stat = dir_stat,
	.stat_at = dir_stat_at,
	.list = dir_list,
	.list_seek = dir_list_seek,
	.link_read = dir_link_read,
	.read = dir_read,
	.write = dir_write,
	.fifo_read = dir_fifo_read,
	.fifo_write = dir_fifo_write,
	.truncate = kif_host_truncate,
	.allocate = kif_host_allocate,
	.seek = dir_seek,
	.sync = kif_host_sync,
	.make_dir = kif_host_make_dir,
	.make_fifo = kif_host_make_fifo,
	.make_symlink = kif_host_make_symlink,
	.make_link = kif_host_make_link,
	.remove = kif_host_remove,
	.rename = kif_host_rename,
	.mode = kif_host_mode,
	.times = kif_host_times,
	.space = dir_space,
	.watch = kif_host_watch,
	.unwatch = kif_host_unwatch,
	.events = kif_host_events,
	.events_signal = kif_host_events_signal,
	.fifo_signal = dir_fifo_signal,
};
