/* SPDX-License-Identifier: MIT */
/* Private parts of the ram file system. */
#pragma once

#include <fief/attached.h>
#include <fief/budget.h>
#include <lib/tree.h>
#include <vfs/dirent.h>

struct ram_fs {
	struct vfs_fs fs;
	struct fief_alloc *alloc; /* `guard`: for all that is in it */
	struct fief_guarded_alloc guard;
	struct fief_guarded_ram ram; /* for content that is mapped */
	struct fief_budget budget;   /* how much that may be */
	struct list dying;           /* nodes that nobody refers to */
	bool draining;
	uint64_t inos;  /* given so far */
	uint64_t bytes; /* of content that memory is taken for */
};

struct ram_node {
	struct vfs_node node;
	struct list_elem in_dying;
	uint64_t ino;
	uint64_t rdev;
	int64_t atime, mtime, ctime, btime;
	uint32_t mode, uid, gid, links;
	union {
		struct ram_dir {
			struct ram_entry **bucket; /* owned: by hash */
			uint32_t buckets;          /* a power of two, or 0 */
			uint32_t subdirs;
			struct tree by_pos; /* owned: struct ram_entry */
			uint64_t last_pos;
			struct ram_node *parent; /* borrowed: it has us */
			struct ram_entry *entry; /* there; NULL: none */
		} dir;
		struct ram_data {
			struct tree extents;     /* owned: by their position */
			struct ram_extent *last; /* that was used; or NULL */
			uint64_t size;
			uint64_t bytes; /* that memory is taken for */
			struct ram_shared *shared; /* owned, or NULL */
		} data;
		struct {
			char *text; /* owned; terminated */
			size_t len;
		} target;
	};
};

/* A name; holds a reference to its node. */
struct ram_entry {
	struct tree_elem in_pos;
	uint64_t pos;
	struct ram_entry *next; /* of the same bucket */
	struct ram_node *node;
	uint32_t hash;
	uint8_t len;
	char name[];
};

static inline struct ram_node *ram_node(struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n, struct ram_node, node);
}

static inline struct ram_fs *ram_fs(const struct ram_node *n)
{
	return FIEF_CONTAINER_OF(n->node.fs, struct ram_fs, fs);
}

/* ---- ram.c ---- */

/* A node with op->mode and so on, not yet named: one reference, the caller's. */
enum vfs_err ram_node_make(struct ram_fs *, enum vfs_kind,
                           const struct vfs_op *, struct ram_node **out);
void ram_changed(struct ram_node *); /* its content: mtime, ctime */
void ram_touched(struct ram_node *); /* what is known of it: ctime */
enum vfs_err ram_stat(struct vfs_node *, struct vfs_op *);
enum vfs_err ram_change(struct vfs_node *, struct vfs_op *);
void ram_put(struct vfs_node *);

/* ---- dir.c ---- */

extern const struct vfs_node_ops ram_dir_ops;
void ram_dir_init(struct ram_node *);
void ram_dir_fini(struct ram_node *);

/* ---- file.c ---- */

extern const struct vfs_node_ops ram_file_ops;

/* ---- data.c: bytes ---- */

void ram_data_init(struct ram_data *);
void ram_data_fini(struct ram_fs *, struct ram_data *);
/* Bytes at `pos`, which are all below the size. */
void ram_data_read(struct ram_data *, uint64_t pos, char *to, size_t len);
/* Returns how many were written: less than `len` if memory ran out. */
size_t ram_data_write(struct ram_fs *, struct ram_data *, uint64_t pos,
                      const char *from, size_t len);
void ram_data_resize(struct ram_fs *, struct ram_data *, uint64_t size);
/* Memory for that range, zeroed where there was none. */
enum vfs_err ram_data_reserve(struct ram_fs *, struct ram_data *, uint64_t pos,
                              uint64_t len);
/* Zeros; where nothing but them is, memory is given back if `punch`. */
void ram_data_zero(struct ram_fs *, struct ram_data *, uint64_t pos,
                   uint64_t len, bool punch);
/* The first bytes of it as a dataspace, which all of its content moves to that is
 * there now. UNSUPPORTED: there is no PD to get it from. */
enum vfs_err ram_data_share(struct ram_fs *, struct ram_data *, fief_cap *ds);
/* Bytes that are together from `pos` on, up to `len`; NULL: a hole. */
const char *ram_data_at(struct ram_data *, uint64_t pos, size_t *len);
/* Next data, or hole, from `pos` on; the end of the file is a hole. False: there
 * is no data. */
bool ram_data_seek(struct ram_data *, bool hole, uint64_t *pos);
