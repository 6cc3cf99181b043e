/* SPDX-License-Identifier: MIT */
/*
 * Watches of drivers. inotify takes a path, which in a driver could be any, and
 * no descriptor; so core adds the watch, by the name that the host gives to an
 * open file of the driver. What is watched is open there, and so within the
 * grant, whatever the driver does meanwhile. The driver reads the events itself.
 *
 * Core must not wait: watches are for the file system of the grant alone, and
 * that must not be one whose answers come from elsewhere.
 */

#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

enum {
	WATCHES_MAX = 4096, /* of one PD; the host has a limit of each user */
	MASK = IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_MOVED_TO | IN_DELETE |
	       IN_MOVED_FROM | IN_DELETE_SELF,
};

/* File systems that a program, or another host, answers for. Not all have a name
 * in Debian 12. */
static const unsigned long elsewhere[] = {
	FUSE_SUPER_MAGIC, NFS_SUPER_MAGIC,    SMB_SUPER_MAGIC, CIFS_SUPER_MAGIC,
	SMB2_SUPER_MAGIC, V9FS_MAGIC,         AFS_SUPER_MAGIC, CEPH_SUPER_MAGIC,
	CODA_SUPER_MAGIC, AUTOFS_SUPER_MAGIC,
};

void host_watch_prepare(struct host_zygote *z)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(z->grant, &fs) || fstat(z->grant, &st))
		return;
	z->device = st.st_dev;
	z->watchable = true;
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		z->watchable &= (unsigned long)fs.f_type != elsewhere[i];
}

/* Those that ended with what they watched are not known to have. */
static unsigned watches_count(const struct kcore_pd *pd)
{
	char path[48], line[256];
	unsigned n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pd->inotify);
	f = fopen(path, "re");
	if (!f)
		return pd->watches;
	while (fgets(line, sizeof(line), f))
		n += !strncmp(line, "inotify ", 8);
	fclose(f);
	return n;
}

/* Without asking the file system, which may be any. */
static bool on_device(const char *path, uint64_t device)
{
	struct statx s;

	return !statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_TYPE, &s) &&
	       makedev(s.stx_dev_major, s.stx_dev_minor) == device;
}

static enum fief_err watch_add(struct kcore_pd *pd, struct kop *op)
{
	char path[48];
	int wd;

	snprintf(path, sizeof(path), "/proc/%d/fd/%u", pd->pid, op->a);
	if (!on_device(path, pd->zygote->device))
		return FIEF_UNSUPPORTED;
	wd = inotify_add_watch(pd->inotify, path, op->b & MASK);
	if (wd < 0)
		return errno == ENOSPC || errno == ENOMEM ? FIEF_LIMIT :
		       errno == EACCES                    ? FIEF_DENIED :
		                                            FIEF_INVALID;
	pd->watches++;
	op->a = (uint32_t)wd;
	return FIEF_OK;
}

enum fief_err host_kop_watch(struct kcore_pd *pd, struct kop *op,
                             const struct kif_msg *in)
{
	enum fief_err e;

	(void)in;
	if (!pd->zygote->watchable || pd->pid <= 0 || !(op->b & MASK))
		return FIEF_UNSUPPORTED;
	if (pd->inotify < 0)
		pd->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (pd->inotify < 0)
		return FIEF_LIMIT;
	if (pd->watches >= WATCHES_MAX)
		pd->watches = watches_count(pd);
	if (pd->watches >= WATCHES_MAX)
		return FIEF_LIMIT;
	e = watch_add(pd, op);
	op->b = 0;
	/* It asks for the descriptor until it has got one. */
	if (!e && op->size)
		e = host_send_fds(pd, &pd->inotify, 1, &op->b);
	return e;
}

enum fief_err host_kop_unwatch(struct kcore_pd *pd, struct kop *op,
                               const struct kif_msg *in)
{
	(void)in;
	if (inotify_rm_watch(pd->inotify, (int)op->a))
		return FIEF_INVALID;
	pd->watches -= pd->watches > 0;
	return FIEF_OK;
}
