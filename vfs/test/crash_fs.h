/* SPDX-License-Identifier: MIT */
/*
 * A file system whose machine loses its power: content counts when its file was
 * synced, names count when their directory was. It works up to a given number of
 * changes, and fails from then on; what is there at the next start is chosen among
 * all that a disk may have kept: of each name and each file, the old or the new one,
 * of new content also the first part.
 */
#pragma once

#include <vfs/node.h>

struct crash_disk;

struct crash_disk *crash_disk_create(void);
void crash_disk_destroy(struct crash_disk *);

/* What crash_type mounts from now on. */
void crash_disk_use(struct crash_disk *);

/* Fail at that change, counted from now; 0: never. */
void crash_disk_arm(struct crash_disk *, unsigned changes);
/* Changes since it was armed. */
unsigned crash_disk_changes(const struct crash_disk *);

enum crash_keep {
	CRASH_KEEP_NONE,  /* what was not synced is lost */
	CRASH_KEEP_ALL,   /* nothing is lost */
	CRASH_KEEP_NAMES, /* names are there, content is not */
	CRASH_KEEP_SOME,  /* by lot */
};

/* The power is back. Nothing of it is mounted. */
void crash_disk_restart(struct crash_disk *, enum crash_keep, uint64_t lot);

extern const struct vfs_type crash_type; /* <crash/> */
