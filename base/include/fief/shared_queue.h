/* SPDX-License-Identifier: MIT */
/*
 * Queue of fixed-size entries in memory that two components share: one
 * produces, the other consumes. What packet streams and rings are made of.
 *
 * The other side is hostile. Each side keeps its own position privately and
 * believes the other one only as far as the distance fits the queue; beyond
 * that the queue is broken and says INVALID for good. Entries are copied out
 * before anything looks at them. The flags that tell who sleeps are hints:
 * spoiling them only makes that pair slow.
 *
 * A doorbell (a signal, say) wakes the other side up. To ring it once a batch:
 *
 *	producer: put, put, put, if (publish) ring
 *	consumer: on the bell: awake; get, get, get; if (release) ring back;
 *	          again unless sleep
 *
 * Each side of a queue belongs to one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fief/err.h>

enum {
	FIEF_QUEUE_MAX = 65536, /* entries, a power of two */
	FIEF_QUEUE_LINE = 64,   /* bytes that one side writes, alone */
};

struct fief_queue_shared;

struct fief_queue {
	struct fief_queue_shared *shared; /* borrowed: mapped by both */
	unsigned char *entries;           /* borrowed: behind `shared` */
	uint32_t capacity;                /* entries, a power of two */
	uint32_t entry_bytes;             /* a multiple of 8 */
	uint32_t own;   /* producer: entries put; consumer: entries taken */
	uint32_t other; /* of the other side, when last looked at */
	bool broken;    /* the other side does not keep to the protocol */
};

/* Bytes of shared memory that a queue takes; `capacity` is a power of two up
 * to FIEF_QUEUE_MAX, `entry_bytes` a multiple of 8. Aligned to a line. */
size_t fief_queue_bytes(uint32_t capacity, uint32_t entry_bytes);

/* Use shared memory that starts out zeroed, aligned to FIEF_QUEUE_LINE, as
 * queue. Both sides call this with the same numbers. */
void fief_queue_init(struct fief_queue *q, void *shared, uint32_t capacity,
                     uint32_t entry_bytes);

/* ---- producer ---- */

/* Entries that can be put; 0 if the queue is broken. */
uint32_t fief_queue_room(struct fief_queue *q);

/* Ask for a bell at the next release; look at the room again afterwards, it
 * may have come before. */
void fief_queue_want_room(struct fief_queue *q);

/* Add an entry; the consumer sees it after `publish`. Errors: AGAIN (full: the
 * consumer was asked to ring when there is room), INVALID (broken). */
FIEF_MUST enum fief_err fief_queue_put(struct fief_queue *q, const void *entry);

/* Show what was put. Returns whether the consumer sleeps and must be rung. */
FIEF_MUST bool fief_queue_publish(struct fief_queue *q);

/* ---- consumer ---- */

/* No bell is needed from now on. Call it first when woken up. */
void fief_queue_awake(struct fief_queue *q);

/* Copy the next entry out. Errors: AGAIN (empty), INVALID (broken). Bound the
 * entries that are taken in a row: a producer can go on for ever. */
FIEF_MUST enum fief_err fief_queue_get(struct fief_queue *q, void *entry);

/* Give the places of taken entries back. Returns whether the producer waits
 * for room and must be rung. */
FIEF_MUST bool fief_queue_release(struct fief_queue *q);

/* Ask to be rung for the next entry. False if one is there already: then go
 * on as after a bell. A broken queue always sleeps. */
FIEF_MUST bool fief_queue_sleep(struct fief_queue *q);
