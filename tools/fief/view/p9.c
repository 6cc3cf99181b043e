/* SPDX-License-Identifier: MIT */
/* A client of 9P2000.L. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "p9_message.h"
#include <tools/fief/util.h>

static void put_text(struct p9 *p, const char *text)
{
	p9_put_text(&p->request, text, strlen(text));
}

/* ---- what many answers are ---- */

/* Nothing. */
static int ask_nothing(struct p9 *p)
{
	struct p9_in a;
	int e = p9_ask(p, &a);

	return e ? e : p9_end(p, &a);
}

/* A qid, and perhaps more that does not matter. */
static int ask_qid(struct p9 *p, size_t more)
{
	struct p9_in a;
	int e = p9_ask(p, &a);

	if (e)
		return e;
	p9_bytes(&a, P9_QID + more);
	return p9_end(p, &a);
}

/* ---- the connection ---- */

static int version(struct p9 *p)
{
	static const char ours[] = "9P2000.L";
	const unsigned char *theirs;
	struct p9_in a;
	uint32_t message;
	size_t len;
	int e;

	p9_begin(p, P9_VERSION);
	p9_put_u32(&p->request, P9_MESSAGE_MAX);
	put_text(p, ours);
	e = p9_ask(p, &a);
	if (e)
		return e;
	message = p9_u32(&a);
	len = p9_u16(&a);
	theirs = p9_bytes(&a, len);
	if (p9_end(p, &a))
		return P9_BROKEN;
	if (message < P9_MESSAGE_MIN || message > P9_MESSAGE_MAX ||
	    len != sizeof(ours) - 1 || memcmp(theirs, ours, len) != 0)
		return p9_break(p, "it speaks no 9P2000.L");
	p->message = message;
	return 0;
}

static int attach(struct p9 *p)
{
	p9_begin(p, P9_ATTACH);
	p9_put_u32(&p->request, P9_ROOT);
	p9_put_u32(&p->request, P9_NO_FID);
	put_text(p, "");
	put_text(p, "");
	p9_put_u32(&p->request, (uint32_t)getuid());
	return ask_qid(p, 0);
}

static void patience(struct p9 *p, int seconds)
{
	const struct timeval t = { .tv_sec = seconds };

	setsockopt(p->fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
	setsockopt(p->fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
}

void p9_be_patient(struct p9 *p)
{
	patience(p, 0);
}

int p9_open(struct p9 *p, int fd)
{
	int e;

	*p = (struct p9){ .fd = fd, .message = P9_MESSAGE_MAX };
	p->in = util_alloc(P9_MESSAGE_MAX);
	p->out = util_alloc(P9_MESSAGE_MAX);
	patience(p, P9_START_S);
	e = version(p);
	if (!e)
		e = attach(p);
	patience(p, P9_PATIENCE_S);
	return e;
}

void p9_close(struct p9 *p)
{
	util_close(&p->fd);
	free(p->in);
	free(p->out);
	p->in = p->out = NULL;
}

/* ---- names ---- */

int p9_walk(struct p9 *p, uint32_t dir, const char *name, uint32_t *fid)
{
	const uint16_t names = name != NULL;
	struct p9_in a;
	int e;

	if (name && strlen(name) > P9_NAME_MAX)
		return ENAMETOOLONG;
	*fid = ++p->fids;
	p9_begin(p, P9_WALK);
	p9_put_u32(&p->request, dir);
	p9_put_u32(&p->request, *fid);
	p9_put_u16(&p->request, names);
	if (name)
		put_text(p, name);
	e = p9_ask(p, &a);
	if (e)
		return e;
	if (p9_u16(&a) != names)
		return p9_break(p, "its answer is malformed");
	p9_bytes(&a, (size_t)names * P9_QID);
	return p9_end(p, &a);
}

/* It cannot fail: after an error the fid is gone, too. */
void p9_clunk(struct p9 *p, uint32_t fid)
{
	p9_begin(p, P9_CLUNK);
	p9_put_u32(&p->request, fid);
	(void)ask_nothing(p);
}

static int name_request(struct p9 *p, enum p9_type type, uint32_t dir,
                        const char *name)
{
	if (strlen(name) > P9_NAME_MAX)
		return ENAMETOOLONG;
	p9_begin(p, type);
	p9_put_u32(&p->request, dir);
	put_text(p, name);
	return 0;
}

int p9_make_dir(struct p9 *p, uint32_t dir, const char *name, uint32_t mode)
{
	int e = name_request(p, P9_MKDIR, dir, name);

	if (e)
		return e;
	p9_put_u32(&p->request, mode);
	p9_put_u32(&p->request, (uint32_t)getgid());
	return ask_qid(p, 0);
}

int p9_make_node(struct p9 *p, uint32_t dir, const char *name, uint32_t mode)
{
	int e = name_request(p, P9_MKNOD, dir, name);

	if (e)
		return e;
	p9_put_u32(&p->request, mode);
	p9_put_u32(&p->request, 0); /* major, */
	p9_put_u32(&p->request, 0); /* and minor number: it is no device */
	p9_put_u32(&p->request, (uint32_t)getgid());
	return ask_qid(p, 0);
}

int p9_make_symlink(struct p9 *p, uint32_t dir, const char *name,
                    const char *target)
{
	int e = name_request(p, P9_SYMLINK, dir, name);

	if (e)
		return e;
	put_text(p, target);
	p9_put_u32(&p->request, (uint32_t)getgid());
	return ask_qid(p, 0);
}

int p9_link(struct p9 *p, uint32_t dir, const char *name, uint32_t fid)
{
	if (strlen(name) > P9_NAME_MAX)
		return ENAMETOOLONG;
	p9_begin(p, P9_LINK);
	p9_put_u32(&p->request, dir);
	p9_put_u32(&p->request, fid);
	put_text(p, name);
	return ask_nothing(p);
}

int p9_rename(struct p9 *p, uint32_t dir, const char *name, uint32_t new_dir,
              const char *new_name)
{
	int e = name_request(p, P9_RENAMEAT, dir, name);

	if (e)
		return e;
	if (strlen(new_name) > P9_NAME_MAX)
		return ENAMETOOLONG;
	p9_put_u32(&p->request, new_dir);
	put_text(p, new_name);
	return ask_nothing(p);
}

int p9_remove(struct p9 *p, uint32_t dir, const char *name, bool directory)
{
	enum { REMOVE_DIR = 0x200 };
	int e = name_request(p, P9_UNLINKAT, dir, name);

	if (e)
		return e;
	p9_put_u32(&p->request, directory ? REMOVE_DIR : 0);
	return ask_nothing(p);
}

int p9_read_link(struct p9 *p, uint32_t fid, char *to, size_t size)
{
	const unsigned char *from;
	struct p9_in a;
	size_t len;
	int e;

	p9_begin(p, P9_READLINK);
	p9_put_u32(&p->request, fid);
	e = p9_ask(p, &a);
	if (e)
		return e;
	len = p9_u16(&a);
	from = p9_bytes(&a, len);
	if (p9_end(p, &a))
		return P9_BROKEN;
	if (len >= size)
		return ENAMETOOLONG;
	if (!len || memchr(from, '\0', len))
		return EINVAL;
	memcpy(to, from, len);
	to[len] = '\0';
	return 0;
}

/* ---- attributes ---- */

static struct timespec get_time(struct p9_in *a)
{
	enum { NANOSECONDS = 1000000000 };
	const uint64_t s = p9_u64(a), ns = p9_u64(a);

	return (struct timespec){ (time_t)s, (long)(ns % NANOSECONDS) };
}

int p9_stat(struct p9 *p, uint32_t fid, struct p9_stat *out)
{
	enum { BASIC = 0x7ff, UNUSED = 4 * 8 }; /* birth time, gen, version */
	struct p9_in a;
	int e;

	p9_begin(p, P9_GETATTR);
	p9_put_u32(&p->request, fid);
	p9_put_u64(&p->request, BASIC);
	e = p9_ask(p, &a);
	if (e)
		return e;
	p9_u64(&a); /* what is valid: all that was asked for */
	out->kind = p9_u8(&a);
	p9_u32(&a);
	out->inode = p9_u64(&a);
	out->mode = p9_u32(&a);
	out->uid = p9_u32(&a);
	out->gid = p9_u32(&a);
	out->links = p9_u64(&a);
	p9_u64(&a); /* device number */
	out->size = p9_u64(&a);
	out->block_size = p9_u64(&a);
	out->blocks = p9_u64(&a);
	out->atime = get_time(&a);
	out->mtime = get_time(&a);
	out->ctime = get_time(&a);
	p9_bytes(&a, UNUSED);
	return p9_end(p, &a);
}

static void put_time(struct p9 *p, struct timespec t)
{
	p9_put_u64(&p->request, (uint64_t)t.tv_sec);
	p9_put_u64(&p->request, (uint64_t)t.tv_nsec);
}

int p9_set(struct p9 *p, uint32_t fid, const struct p9_set *s)
{
	p9_begin(p, P9_SETATTR);
	p9_put_u32(&p->request, fid);
	p9_put_u32(&p->request, s->valid);
	p9_put_u32(&p->request, s->mode);
	p9_put_u32(&p->request, 0); /* owner, */
	p9_put_u32(&p->request, 0); /* and group are not set */
	p9_put_u64(&p->request, s->size);
	put_time(p, s->atime);
	put_time(p, s->mtime);
	return ask_nothing(p);
}

/* ---- the file system ---- */

int p9_space(struct p9 *p, uint32_t fid, struct p9_space *out)
{
	struct p9_in a;
	int e;

	p9_begin(p, P9_STATFS);
	p9_put_u32(&p->request, fid);
	e = p9_ask(p, &a);
	if (e)
		return e;
	p9_u32(&a); /* type */
	out->block_size = p9_u32(&a);
	out->blocks = p9_u64(&a);
	out->free = p9_u64(&a);
	out->available = p9_u64(&a);
	out->files = p9_u64(&a);
	out->files_free = p9_u64(&a);
	p9_u64(&a); /* its number */
	out->name_max = p9_u32(&a);
	return p9_end(p, &a);
}

/* ---- content ---- */

int p9_open_file(struct p9 *p, uint32_t fid, uint32_t flags)
{
	p9_begin(p, P9_LOPEN);
	p9_put_u32(&p->request, fid);
	p9_put_u32(&p->request, flags);
	return ask_qid(p, sizeof(uint32_t));
}

int p9_create(struct p9 *p, uint32_t fid, const char *name, uint32_t flags,
              uint32_t mode)
{
	int e = name_request(p, P9_LCREATE, fid, name);

	if (e)
		return e;
	p9_put_u32(&p->request, flags);
	p9_put_u32(&p->request, mode);
	p9_put_u32(&p->request, (uint32_t)getgid());
	return ask_qid(p, sizeof(uint32_t));
}

static uint32_t at_most(const struct p9 *p, size_t len)
{
	const uint32_t most = p->message - P9_IO_HEADER;

	return len < most ? (uint32_t)len : most;
}

int p9_read(struct p9 *p, uint32_t fid, uint64_t off, void *to, size_t len,
            size_t *got)
{
	const uint32_t want = at_most(p, len);
	const unsigned char *from;
	struct p9_in a;
	int e;

	p9_begin(p, P9_READ);
	p9_put_u32(&p->request, fid);
	p9_put_u64(&p->request, off);
	p9_put_u32(&p->request, want);
	e = p9_ask(p, &a);
	if (e)
		return e;
	*got = p9_u32(&a);
	from = p9_bytes(&a, *got);
	if (*got > want || p9_end(p, &a))
		return p9_break(p, "its answer is malformed");
	memcpy(to, from, *got);
	return 0;
}

int p9_write(struct p9 *p, uint32_t fid, uint64_t off, const void *from,
             size_t len, size_t *got)
{
	const uint32_t want = at_most(p, len);
	struct p9_in a;
	int e;

	p9_begin(p, P9_WRITE);
	p9_put_u32(&p->request, fid);
	p9_put_u64(&p->request, off);
	p9_put_u32(&p->request, want);
	p9_put(&p->request, from, want);
	e = p9_ask(p, &a);
	if (e)
		return e;
	*got = p9_u32(&a);
	return *got > want ? p9_break(p, "its answer is malformed") :
	                     p9_end(p, &a);
}

int p9_sync(struct p9 *p, uint32_t fid)
{
	p9_begin(p, P9_FSYNC);
	p9_put_u32(&p->request, fid);
	p9_put_u32(&p->request, 0); /* all of it, not the data alone */
	return ask_nothing(p);
}

/* ---- directories ---- */

/* A name leads nowhere but into its directory. */
static bool name_valid(const unsigned char *name, size_t len)
{
	return len && len <= P9_NAME_MAX && !memchr(name, '/', len) &&
	       !memchr(name, '\0', len);
}

static void get_entry(struct p9_in *a, struct p9_entry *out)
{
	const unsigned char *name;
	size_t len;

	out->kind = p9_u8(a);
	p9_u32(a);
	out->inode = p9_u64(a);
	out->next = p9_u64(a);
	out->type = p9_u8(a);
	len = p9_u16(a);
	name = p9_bytes(a, len);
	if (!name || !name_valid(name, len)) {
		a->bad = true;
		return;
	}
	memcpy(out->name, name, len);
	out->name[len] = '\0';
}

int p9_list(struct p9 *p, uint32_t fid, uint64_t position,
            struct p9_entry *entries, size_t room, size_t *count)
{
	struct p9_in a;
	int e;

	*count = 0;
	p9_begin(p, P9_READDIR);
	p9_put_u32(&p->request, fid);
	p9_put_u64(&p->request, position);
	p9_put_u32(&p->request, at_most(p, P9_MESSAGE_MAX));
	e = p9_ask(p, &a);
	if (e)
		return e;
	if (p9_u32(&a) != a.left)
		return p9_break(p, "its answer is malformed");
	while (a.left && *count < room && !a.bad)
		get_entry(&a, &entries[(*count)++]);
	return a.bad ? p9_break(p, "its answer is malformed") : 0;
}

/* ---- locks ---- */

static void put_range(struct p9 *p, const struct p9_lock *l)
{
	p9_put_u64(&p->request, l->start);
	p9_put_u64(&p->request, l->length);
	p9_put_u32(&p->request, l->process);
	put_text(p, l->owner);
}

int p9_lock(struct p9 *p, uint32_t fid, const struct p9_lock *l)
{
	enum { SUCCESS, BLOCKED };
	struct p9_in a;
	uint8_t status;
	int e;

	p9_begin(p, P9_LOCK);
	p9_put_u32(&p->request, fid);
	p9_put_u8(&p->request, l->type);
	p9_put_u32(&p->request, 0); /* it does not wait there */
	put_range(p, l);
	e = p9_ask(p, &a);
	if (e)
		return e;
	status = p9_u8(&a);
	if (p9_end(p, &a))
		return P9_BROKEN;
	return status == SUCCESS ? 0 : status == BLOCKED ? EAGAIN : EIO;
}

int p9_lock_test(struct p9 *p, uint32_t fid, struct p9_lock *l)
{
	struct p9_in a;
	int e;

	p9_begin(p, P9_GETLOCK);
	p9_put_u32(&p->request, fid);
	p9_put_u8(&p->request, l->type);
	put_range(p, l);
	e = p9_ask(p, &a);
	if (e)
		return e;
	l->type = p9_u8(&a);
	l->start = p9_u64(&a);
	l->length = p9_u64(&a);
	l->process = p9_u32(&a);
	p9_bytes(&a, p9_u16(&a));
	return p9_end(p, &a);
}
