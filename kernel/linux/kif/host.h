/* SPDX-License-Identifier: MIT */
/* The tables of <fief/kif_host.h>: host calls of driver components. */
#pragma once

#include <fief/kif_host_dir.h>

#include "state.h"
#include "sys.h"
#include <kernel/linux/abi/host_class.h>

/* What a PD of that class has in its boot record; NULL: nothing. */
const struct kif_host *kif_host_of(enum host_class);

extern const struct kif_host_dir_ops kif_dir_ops;
extern const struct kif_host_file_ops kif_file_ops;
extern const struct kif_host_tty_ops kif_tty_ops;
extern const struct kif_host_stream_ops kif_stream_ops;

/* A result of the host: not negative is OK. */
enum kif_host_err kif_host_result(long result);
/* The same; how much it is goes to `*got` if it is OK. */
enum kif_host_err kif_host_count(long result, size_t *got);

/* May this PD change what it was granted? The filter has no such calls
 * otherwise: to make one would end the PD. */
static inline bool kif_host_writeable(void)
{
	return kif_pd_self()->boot.host->writeable;
}

/* Submit a signal when the descriptor can be read or written again; `in` or
 * both ways. */
enum kif_host_err kif_host_ready(int fd, bool out, fief_cap signal);
/* The descriptor with that tag is. */
void kif_host_became_ready(struct kif_pd *, uint64_t tag);

/* ---- host_watch.c; members of kif_dir_ops ---- */
enum kif_host_err kif_host_watch(kif_host_file, unsigned changes,
                                 int32_t *watch);
enum kif_host_err kif_host_unwatch(int32_t watch);
enum kif_host_err kif_host_events(void *out, size_t len, size_t *got);
enum kif_host_err kif_host_events_signal(fief_cap signal);

/* ---- host_change.c: what changes a directory; members of kif_dir_ops ---- */
enum kif_host_err kif_host_truncate(kif_host_file, uint64_t size);
enum kif_host_err kif_host_allocate(kif_host_file, enum kif_host_allocate,
                                    uint64_t off, uint64_t len);
enum kif_host_err kif_host_sync(kif_host_file, bool data_only);
enum kif_host_err kif_host_make_dir(kif_host_file, const char *, unsigned mode);
enum kif_host_err kif_host_make_fifo(kif_host_file, const char *,
                                     unsigned mode);
enum kif_host_err kif_host_make_symlink(kif_host_file, const char *name,
                                        const char *text);
enum kif_host_err kif_host_make_link(kif_host_file, const char *name,
                                     kif_host_file new_dir,
                                     const char *new_name);
enum kif_host_err kif_host_remove(kif_host_file, const char *, bool directory);
enum kif_host_err kif_host_rename(kif_host_file, const char *name,
                                  kif_host_file new_dir, const char *new_name,
                                  enum kif_host_rename);
enum kif_host_err kif_host_mode(kif_host_file, unsigned mode);
enum kif_host_err kif_host_times(kif_host_file, const struct kif_host_time *,
                                 const struct kif_host_time *);
