/* SPDX-License-Identifier: MIT */
/* A granted file or block device. */

#include "host.h"

#include <asm/errno.h>
#include <asm/stat.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/stat.h>

static long device_info(struct kif_host_block *out)
{
	uint64_t bytes = 0;
	unsigned physical = 0;
	int block = 0;
	long e = sys_call3(__NR_ioctl, KIF_HOST_GRANT, (long)BLKGETSIZE64,
	                   (long)&bytes);

	if (!e)
		e = sys_call3(__NR_ioctl, KIF_HOST_GRANT, (long)BLKSSZGET,
		              (long)&block);
	if (!e)
		e = sys_call3(__NR_ioctl, KIF_HOST_GRANT, (long)BLKPBSZGET,
		              (long)&physical);
	if (!e)
		*out = (struct kif_host_block){ bytes, (uint32_t)block,
			                        physical };
	return e;
}

static enum kif_host_err file_info(struct kif_host_block *out)
{
	struct stat s;
	long e = sys_call3(__NR_fstat, KIF_HOST_GRANT, (long)&s, 0);

	if (!e && S_ISBLK(s.st_mode))
		e = device_info(out);
	else if (!e)
		*out = (struct kif_host_block){ (uint64_t)s.st_size, 1,
			                        (uint32_t)s.st_blksize };
	return kif_host_result(e);
}

static enum kif_host_err file_read(void *to, size_t len, uint64_t off,
                                   size_t *got)
{
	return kif_host_count(sys_call6(__NR_pread64, KIF_HOST_GRANT, (long)to,
	                                (long)len, (long)off, 0, 0),
	                      got);
}

static enum kif_host_err file_write(const void *from, size_t len, uint64_t off,
                                    size_t *got)
{
	if (!kif_host_writeable())
		return KIF_HOST_DENIED;
	return kif_host_count(sys_call6(__NR_pwrite64, KIF_HOST_GRANT,
	                                (long)from, (long)len, (long)off, 0, 0),
	                      got);
}

static enum kif_host_err file_sync(void)
{
	if (!kif_host_writeable())
		return KIF_HOST_DENIED;
	return kif_host_result(sys_call3(__NR_fdatasync, KIF_HOST_GRANT, 0, 0));
}

static enum kif_host_err file_punch(uint64_t off, uint64_t len)
{
	if (!kif_host_writeable())
		return KIF_HOST_DENIED;
	return kif_host_result(
		sys_call6(__NR_fallocate, KIF_HOST_GRANT,
	                  FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (long)off,
	                  (long)len, 0, 0));
}

const struct kif_host_file_ops kif_file_ops = {
	.info = file_info,
	.read = file_read,
	.write = file_write,
	.sync = file_sync,
	.punch = file_punch,
};
