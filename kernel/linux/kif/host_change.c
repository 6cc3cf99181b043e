/* SPDX-License-Identifier: MIT */
/* A granted directory: changing it. What takes a name takes the last element of
 * a path only, so that no symlink leads anywhere else; Landlock sees to it that
 * whoever goes around this gets nowhere. */

#include "host.h"

#include <asm/errno.h>
#include <linux/falloc.h>
#include <linux/fcntl.h>
#include <linux/stat.h>

enum {
	MODE = 0777,
	CHMOD = 01777,
	AS_IT_IS = (1 << 30) - 2, /* UTIME_OMIT */
};

static bool plain_name(const char *name)
{
	if (!name[0] ||
	    (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]))))
		return false;
	while (*name && *name != '/')
		name++;
	return !*name;
}

/* OK: the host may be asked. */
static enum kif_host_err changing(kif_host_file file)
{
	if (!kif_host_writeable())
		return KIF_HOST_DENIED;
	return file < 0 ? KIF_HOST_INVALID : KIF_HOST_OK;
}

static enum kif_host_err naming(kif_host_file dir, const char *name)
{
	enum kif_host_err e = changing(dir);

	return e || plain_name(name) ? e : KIF_HOST_INVALID;
}

/* ---- content ---- */

enum kif_host_err kif_host_truncate(kif_host_file file, uint64_t size)
{
	enum kif_host_err e = changing(file);

	return e ? e :
	           kif_host_result(
			   sys_call3(__NR_ftruncate, file, (long)size, 0));
}

enum kif_host_err kif_host_allocate(kif_host_file file,
                                    enum kif_host_allocate how, uint64_t off,
                                    uint64_t len)
{
	static const uint8_t modes[] = {
		[KIF_HOST_ALLOCATE] = 0,
		[KIF_HOST_KEEP_SIZE] = FALLOC_FL_KEEP_SIZE,
		[KIF_HOST_PUNCH] = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		[KIF_HOST_ZERO] = FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
	};
	enum kif_host_err e = changing(file);

	if (e)
		return e;
	if ((unsigned)how >= sizeof(modes))
		return KIF_HOST_INVALID;
	return kif_host_result(sys_call6(__NR_fallocate, file, modes[how],
	                                 (long)off, (long)len, 0, 0));
}

enum kif_host_err kif_host_sync(kif_host_file file, bool data_only)
{
	enum kif_host_err e = changing(file);

	return e ? e :
	           kif_host_result(
			   sys_call3(data_only ? __NR_fdatasync : __NR_fsync,
	                             file, 0, 0));
}

/* ---- names ---- */

enum kif_host_err kif_host_make_dir(kif_host_file dir, const char *name,
                                    unsigned mode)
{
	enum kif_host_err e = naming(dir, name);

	return e ? e :
	           kif_host_result(sys_call3(__NR_mkdirat, dir, (long)name,
	                                     mode & MODE));
}

enum kif_host_err kif_host_make_fifo(kif_host_file dir, const char *name,
                                     unsigned mode)
{
	enum kif_host_err e = naming(dir, name);

	return e ? e :
	           kif_host_result(sys_call3(__NR_mknodat, dir, (long)name,
	                                     S_IFIFO | (mode & MODE)));
}

enum kif_host_err kif_host_make_symlink(kif_host_file dir, const char *name,
                                        const char *text)
{
	enum kif_host_err e = naming(dir, name);

	return e ? e :
	           kif_host_result(sys_call3(__NR_symlinkat, (long)text, dir,
	                                     (long)name));
}

/* Two places: the second is as good as the first? */
static enum kif_host_err naming_both(kif_host_file dir, const char *name,
                                     kif_host_file new_dir,
                                     const char *new_name)
{
	enum kif_host_err e = naming(dir, name);

	return e ? e : naming(new_dir, new_name);
}

enum kif_host_err kif_host_make_link(kif_host_file dir, const char *name,
                                     kif_host_file new_dir,
                                     const char *new_name)
{
	enum kif_host_err e = naming_both(dir, name, new_dir, new_name);

	return e ? e :
	           kif_host_result(sys_call6(__NR_linkat, dir, (long)name,
	                                     new_dir, (long)new_name, 0, 0));
}

enum kif_host_err kif_host_remove(kif_host_file dir, const char *name,
                                  bool directory)
{
	enum kif_host_err e = naming(dir, name);

	return e ? e :
	           kif_host_result(sys_call3(__NR_unlinkat, dir, (long)name,
	                                     directory ? AT_REMOVEDIR : 0));
}

enum kif_host_err kif_host_rename(kif_host_file dir, const char *name,
                                  kif_host_file new_dir, const char *new_name,
                                  enum kif_host_rename how)
{
	enum kif_host_err e = naming_both(dir, name, new_dir, new_name);

	if (e)
		return e;
	if ((unsigned)how > KIF_HOST_EXCHANGE)
		return KIF_HOST_INVALID;
	return kif_host_result(sys_call6(__NR_renameat2, dir, (long)name,
	                                 new_dir, (long)new_name, (long)how,
	                                 0));
}

/* ---- what stat tells ---- */

enum kif_host_err kif_host_mode(kif_host_file file, unsigned mode)
{
	enum kif_host_err e = changing(file);

	if (e)
		return e;
	if (mode & ~(unsigned)CHMOD)
		return KIF_HOST_DENIED;
	return kif_host_result(sys_call3(__NR_fchmod, file, mode, 0));
}

enum kif_host_err kif_host_times(kif_host_file file,
                                 const struct kif_host_time *accessed,
                                 const struct kif_host_time *modified)
{
	struct {
		int64_t s, ns;
	} t[2] = { { 0, AS_IT_IS }, { 0, AS_IT_IS } };
	enum kif_host_err e = changing(file);

	if (e)
		return e;
	if (accessed) {
		t[0].s = accessed->s;
		t[0].ns = accessed->ns;
	}
	if (modified) {
		t[1].s = modified->s;
		t[1].ns = modified->ns;
	}
	return kif_host_result(sys_call6(__NR_utimensat, file, (long)PINS_EMPTY,
	                                 (long)t, AT_EMPTY_PATH, 0, 0));
}
