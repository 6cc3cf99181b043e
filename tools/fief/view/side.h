/* SPDX-License-Identifier: MIT */
/*
 * One side of a copy: files of the host, or of a component. Nodes are files
 * and directories that stay what they are, whatever happens to their names, so
 * that nobody can lead a copy elsewhere by a link that comes in between.
 *
 * All functions return 0 or an errno value; of the side of a component also
 * P9_BROKEN.
 */
#pragma once

#include "look.h"

enum side_type { SIDE_FILE, SIDE_DIR, SIDE_LINK, SIDE_FIFO, SIDE_OTHER };

struct side_stat {
	enum side_type type;
	uint32_t mode; /* rights only */
	uint64_t inode, device;
	struct timespec atime, mtime;
};

struct side_names {
	char **name; /* owned, and each of them */
	size_t count;
};

struct side {
	const struct side_ops *ops;
	struct look *look; /* borrowed; NULL: of the host */
};

struct side_ops {
	/* What is at a path. `follow`: a link at its end. */
	int (*find)(struct side *, const char *path, bool follow,
	            int64_t *node);
	/* Where the last name of the path is, or shall be; of P9_NAME_MAX + 1
	 * bytes. */
	int (*parent)(struct side *, const char *path, int64_t *dir,
	              char *name);
	/* In a directory, no link followed. */
	int (*at)(struct side *, int64_t dir, const char *name, int64_t *node);
	void (*drop)(struct side *, int64_t node);

	int (*stat)(struct side *, int64_t node, struct side_stat *);
	int (*list)(struct side *, int64_t dir, struct side_names *);
	int (*link_text)(struct side *, int64_t node, char *to, size_t size);

	/* Of a file: another node, open. */
	int (*open)(struct side *, int64_t node, int64_t *file);
	/* The same to write, empty; it is made if it is not there. A link is
	 * not followed: ELOOP. */
	int (*create)(struct side *, int64_t dir, const char *name,
	              uint32_t mode, int64_t *file);
	int (*read)(struct side *, int64_t file, uint64_t off, void *to,
	            size_t len, size_t *got);
	int (*write)(struct side *, int64_t file, uint64_t off,
	             const void *from, size_t len, size_t *got);
	int (*make_dir)(struct side *, int64_t dir, const char *name,
	                uint32_t mode);
	int (*make_fifo)(struct side *, int64_t dir, const char *name,
	                 uint32_t mode);
	int (*make_link)(struct side *, int64_t dir, const char *name,
	                 const char *text);
	/* Rights and times as there. */
	int (*settle)(struct side *, int64_t node, const struct side_stat *);
};

/* Those of the host, or of what is looked at. */
void side_init(struct side *, struct look *look);

void side_name_add(struct side_names *, const char *name);
void side_names_free(struct side_names *);

extern const struct side_ops side_host, side_look;
