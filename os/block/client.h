/* SPDX-License-Identifier: MIT */
/*
 * A Block session from the side of its client: many requests at once, each a
 * job that is owned by the caller and told when it is done. All runs on one
 * entrypoint.
 *
 *	block_job_init(&j, c, bytes)   room in the shared buffer: j.data
 *	block_job_submit(&j, op, first, count), then block_client_flush(c)
 *	... j.done(&j, status)         from a signal handler; submit again, or
 *	block_job_fini(&j)
 *
 * The server may be hostile: what it acknowledges has to be a job that is under
 * way, and each one once; else the session is broken, and all its jobs end
 * with INVALID. The content of a payload is the server's to change until
 * the job is over, and afterwards: copy it before deciding by it.
 *
 * A server that never answers keeps jobs waiting; deadlines are up to the
 * caller, who ends them all by block_client_fail.
 */
#pragma once

#include <fief/attached.h>
#include <fief/session.h>
#include <lib/bit_alloc.h>

#include <os/block/block.h>

enum {
	BLOCK_CLIENT_JOBS = 64, /* under way at once; a server may allow less */
	BLOCK_CHUNK_MIN = 4096, /* bytes, at least, of a piece of the buffer */
	BLOCK_CHUNKS_MAX = 1024, /* pieces that it has, at most */
};

struct block_job;

struct block_client {
	struct fief_env *env; /* borrowed: outlives us */
	struct fief_session session;
	struct block_info info; /* checked */
	struct fief_attached memory;
	struct fief_packet_stream stream;
	struct fief_signal_handler acknowledged;
	fief_cap bell;            /* owned: of the server */
	bool broken;              /* no job is taken any more */
	enum fief_err why_broken; /* status of those that were under way */
	size_t chunk_bytes;       /* a power of two */
	struct bit_alloc chunks;  /* of the buffer, in use */
	uint64_t chunk_words[BITSET_WORDS(BLOCK_CHUNKS_MAX)];
	struct block_job *job[BLOCK_CLIENT_JOBS]; /* borrowed: under way */
	unsigned open;                            /* of them */
	/* Called after the jobs of a batch were told; may be NULL. */
	void (*batch_done)(struct block_client *self);
};

struct block_job {
	struct block_client *client; /* borrowed; NULL: not initialised */
	/* Set by the caller. May submit this job again, or end it. */
	void (*done)(struct block_job *self, enum fief_err status);
	void *done_arg;  /* the caller's own */
	void *data;      /* payload, in the shared buffer */
	size_t capacity; /* bytes there */
	size_t chunk;    /* the first one of `chunks` */
	size_t nchunks;
	struct block_range range; /* of what is under way */
	unsigned slot;            /* in the client's `job` */
	bool busy;
	enum fief_err status; /* of block_job_wait */
};

struct block_client_args {
	const char *label;   /* NULL: none */
	size_t buffer;       /* bytes shared with the server; donated */
	bool writeable;      /* wanted; c->info tells whether it is so */
	uint64_t offset;     /* first block of the view */
	uint64_t num_blocks; /* of the view; 0: up to the end */
};

/*
 * Open a session; `c` is zero but for `batch_done`. Errors: those of
 * fief_session_open, INVALID (what the server tells cannot be). Blocks on the
 * server.
 */
FIEF_MUST enum fief_err block_client_open(struct block_client *c,
                                          struct fief_env *env,
                                          const struct block_client_args *args);

/* Jobs that are under way are forgotten, not told. No effect on {0}. */
void block_client_close(struct block_client *c);

/* Let the session be broken: all jobs end with that status. */
void block_client_fail(struct block_client *c, enum fief_err status);

/* Ask the server for a sign of life, and fail all jobs if it is gone. Blocks on
 * it. */
FIEF_MUST enum fief_err block_client_probe(struct block_client *c);

/* Room for payloads of up to `bytes`, which may be 0; all of `j` is zero but
 * for `done`. Errors: AGAIN (when another job ends there may be room), LIMIT
 * (larger than the buffer). */
FIEF_MUST enum fief_err block_job_init(struct block_job *j,
                                       struct block_client *c, size_t bytes);

/* The room is free again. The job is not under way. No effect on {0}. */
void block_job_fini(struct block_job *j);

/*
 * Begin; the payload of a write is in j->data. Errors: AGAIN (too many under
 * way), INVALID (payload beyond the capacity, or the session is broken),
 * LIMIT, DENIED as of the device.
 */
FIEF_MUST enum fief_err block_job_submit(struct block_job *j, enum block_op op,
                                         uint64_t first, uint64_t count);

/* Show the server what was submitted. */
void block_client_flush(struct block_client *c);

/*
 * For programs that do one thing at a time, and at a start: wait for a request
 * of `count` blocks. Only I/O-level signals are handled meanwhile. `j` is
 * initialised; its `done` is replaced. Errors: those of the job.
 */
FIEF_MUST enum fief_err block_job_wait(struct block_job *j, enum block_op op,
                                       uint64_t first, uint64_t count);
