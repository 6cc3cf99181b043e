/* SPDX-License-Identifier: MIT */
/*
 * The second half of the kernel contract: what only core may do. Core is one
 * thread; all functions are called from it and none blocks. On Linux a PD is
 * a process made by the zygote; on an own kernel these are control calls.
 */
#pragma once

#include <fief/kif_host.h>

struct kcore_pd;    /* a protection domain */
struct kcore_ds;    /* memory that can be mapped by PDs */
struct kcore_grant; /* something of the host that drivers are started with */

enum kcore_death {
	KCORE_EXITED,      /* `code` is the exit code */
	KCORE_KILLED,      /* `code` is the host's signal number */
	KCORE_CRASHED,     /* the same, and on_crash was called before */
	KCORE_NOT_STARTED, /* ended before the component's first instruction:
	                    * `code` tells why, see start.c of the binding */
};

struct kcore_crash {
	unsigned signal, refused_call, thread, frames;
	uint64_t address, ip, sp;
	const uint64_t *frame; /* return addresses, innermost first */
	const char *name;      /* of the thread: KIF_THREAD_NAME bytes at most,
	                        * which the PD chose */
};

/* Memory that shows in a managed dataspace. */
struct kcore_part {
	uint64_t at, end; /* in: what is looked for; out: its place there */
	struct kcore_ds *ds;
	uint64_t off;    /* in `ds`, of what is at `at` */
	unsigned rights; /* enum kif_rights */
};

/* What core is told. `ctx` is that of kcore_pd_create. */
struct kcore_events {
	/* The PD is gone; all its channels are closed. The record stays until
	 * kcore_pd_destroy. */
	void (*died)(void *ctx, enum kcore_death, int code);
	/* See kcore_pd_starting. Also told where nobody asked. */
	void (*begun)(void *ctx);
	void (*crash)(void *ctx, const struct kcore_crash *);
	void (*log)(void *ctx, const char *text, size_t len);
	void (*exit)(void *ctx, int code);
	/* Take or return quota of the PD; OUT_OF_RAM, OUT_OF_CAPS. */
	enum fief_err (*charge)(void *ctx, int64_t ram, int64_t caps);
	/* May one thread more run, given that `threads` exist? */
	bool (*thread)(void *ctx, unsigned threads);
	/* The dataspace behind a capability of core, or NULL; `rights` are
	 * reduced to what the capability allows. */
	struct kcore_ds *(*dataspace)(uint64_t badge, unsigned *rights);
	/* Size of the managed dataspace behind a capability of core; 0 if it
	 * is none. */
	size_t (*managed)(uint64_t badge);
	/* The first part of it within [at, end), cut to that. NOT_FOUND: only
	 * a hole; LIMIT; INVALID: not managed, or no range. */
	enum fief_err (*part)(uint64_t badge, struct kcore_part *);
	/* A descriptor given to kcore_watch became readable. */
	void (*readable)(int fd);
};

struct kcore_info {
	const char *isolation; /* what the host offered, for people */
	unsigned landlock_abi; /* 0: none */
};

/*
 * Start the binding in this process: afterwards `*kif` works for core, with
 * endpoint 0. `image` is the path of the kif image. Errors are reported on
 * stderr in full; the result says whether to go on.
 */
FIEF_MUST enum fief_err kcore_init(const struct kcore_events *,
                                   const char *image, const struct kif **kif,
                                   struct kcore_info *);
void kcore_fini(void); /* kills every PD and the zygote */

/* One to run `binary`, which may say what it needs to be like
 * (<fief/kif_guest.h>). Errors: LIMIT (host descriptors, memory), OUT_OF_RAM. */
FIEF_MUST enum fief_err
kcore_pd_create(void *ctx, const struct kcore_ds *binary, struct kcore_pd **);
/* One that is started with a grant, and its table of <fief/kif_host.h>. The
 * first one of each takes longer. */
FIEF_MUST enum fief_err kcore_pd_create_granted(void *ctx, struct kcore_grant *,
                                                struct kcore_pd **);
/*
 * Run `binary`. `parent` and the other boot capabilities are capabilities of
 * core's, own or received. Errors: CONFLICT (already started), LIMIT.
 */
FIEF_MUST enum fief_err kcore_pd_start(struct kcore_pd *,
                                       const struct kcore_ds *binary,
                                       const fief_cap cap[KIF_BOOT_CAPS]);
/* Kill at once; `died` follows. */
void kcore_pd_kill(struct kcore_pd *);
/* Kill without further events and free the record. */
void kcore_pd_destroy(struct kcore_pd *);
/* Its process is not under way: the host is behind with those of others, and
 * keeps descriptors for each. `begun` or `died` follows. */
bool kcore_pd_starting(const struct kcore_pd *);
void *kcore_pd_ctx(const struct kcore_pd *);
/* Host's process id, 0 if not running; for people only. */
int kcore_pd_pid(const struct kcore_pd *);
/* Threads that run in it now; 0 if it does not run. */
unsigned kcore_pd_threads(const struct kcore_pd *);
/* CPU time that its threads used, ended ones included; 0 if it does not run. */
uint64_t kcore_pd_cpu_ns(const struct kcore_pd *);
/*
 * Priority (0 highest .. 19) and CPU mask (0: all) of all threads, now and
 * later. Hints on Linux: an ordinary user cannot raise a priority again.
 */
void kcore_pd_schedule(struct kcore_pd *, int priority, uint64_t cpu_mask);
/* The CPUs that mask 0 stands for, up to number 63. */
uint64_t kcore_cpus(void);

/* Bytes that the host spends on every PD, for quota constants. */
enum { KCORE_PD_RAM = 16 * KIF_PAGE + 192 * 1024 };

enum { KCORE_GRANTS = 64 };

/*
 * Make a grant of descriptor `fd`, which is taken over: a directory (opened
 * with O_PATH), or a file, device, terminal or stream with the rights that
 * drivers are to have. Errors: UNSUPPORTED (a directory to
 * write, on a host without Landlock), LIMIT.
 */
FIEF_MUST enum fief_err kcore_grant_create(enum kif_host_kind, bool writeable,
                                           int fd, struct kcore_grant **);

/* What was started with it is killed; none can be made with it any more. */
void kcore_grant_destroy(struct kcore_grant *);

/* Zeroed memory of `size` bytes (rounded up to pages). */
FIEF_MUST enum fief_err kcore_ds_create(size_t size, struct kcore_ds **);
/* A private copy of a host file; NOT_FOUND, LIMIT. Sealed. */
FIEF_MUST enum fief_err kcore_ds_from_file(const char *path,
                                           struct kcore_ds **);
/* The memory is returned at once; mappings read zeros from then on. */
void kcore_ds_destroy(struct kcore_ds *);
size_t kcore_ds_size(const struct kcore_ds *);
/* From now on nobody gets a new writable mapping. */
FIEF_MUST enum fief_err kcore_ds_seal(struct kcore_ds *);
/* Read or write content from core; false if out of range. */
bool kcore_ds_read(const struct kcore_ds *, size_t off, void *to, size_t n);
bool kcore_ds_write(struct kcore_ds *, size_t off, const void *from, size_t n);

/*
 * The PD whose request has reply token `token` is about to receive `cap`,
 * core's capability for `ds`, in the reply, and will map it: send along what
 * it needs for that, which saves it a call. A hint.
 */
void kcore_ds_push(fief_reply token, fief_cap cap, const struct kcore_ds *ds);
/* The PD that made the request; NULL if it is gone. */
struct kcore_pd *kcore_requester(fief_reply token);

/* Call events->readable when `fd` becomes readable (edge-triggered). */
FIEF_MUST enum fief_err kcore_watch(int fd);
