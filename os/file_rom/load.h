/* SPDX-License-Identifier: MIT */
/*
 * The whole content of a file, read without waiting for anybody. What changed
 * while it was read is read again, so that no half of one version is put beside
 * half of another.
 */
#pragma once

#include <fief/err.h>
#include <vfs/vfs.h>

#include "stamp.h"

enum { LOAD_TRIES = 8 }; /* of a file that changes while it is read */

struct load {
	/* Memory for that many bytes, maybe 0; asked again for each try. Errors
	 * end the load. */
	enum fief_err (*room)(struct load *, size_t bytes, void **addr);
	/* It has ended that was FIEF_LATE. It may be started again. */
	void (*done)(struct load *, enum fief_err);
	uint64_t most; /* bytes that a file may have */

	/* ---- what came of it ---- */
	size_t size;
	struct stamp stamp;
	enum vfs_err why; /* with NOT_FOUND: why there is no content */

	/* ---- its own ---- */
	struct vfs *vfs;
	struct vfs_op op;
	struct vfs_file *file; /* owned, while it runs */
	char *addr;
	size_t filled;
	unsigned tries;
	bool running;
	enum fief_err result;
	enum vfs_err (*next)(struct load *, enum vfs_err);
};

/*
 * Begin; `path` stays until the end. `flags` may have VFS_NOLINKS. -> LATE, or
 * what came of it: OK; NOT_FOUND (no file, or one that cannot be read: see
 * `why`); LIMIT (more than `most` bytes); AGAIN (it changes all the time); those
 * of `room`.
 */
FIEF_MUST enum fief_err load_start(struct load *, struct vfs *,
                                   const char *path, uint32_t flags);

/* End it now; `done` is not called. No effect on one that does not run. */
void load_cancel(struct load *);

/*
 * What is known of the file when that came of reading it: another one than what
 * `followed` is now is worth another try. What cannot be read, whatever it is
 * like, is not tried again before it is another one.
 */
struct stamp load_seen(const struct load *, enum fief_err,
                       const struct stamp *followed);

/* Say why a file has no content, but for those that are not there. Clients can
 * ask as often as they like: what is too much is left out. */
void load_log(const struct load *, enum fief_err, const char *path);
