/* SPDX-License-Identifier: MIT */
/*
 * Private state of the fake binding. One lock guards all of a world; it is
 * held from fake_op_begin to fake_op_end, except while a thread is blocked or
 * another one has its turn.
 */
#pragma once

#include <pthread.h>

#include "fake.h"

enum { FAKE_EPS = 16, FAKE_THREADS = 64, FAKE_TICK_NS = 100 };

enum fake_kind { FAKE_RPC, FAKE_SIGNAL, FAKE_DATASPACE };

struct fake_object {
	struct fake_object *next; /* of the owner's live objects */
	struct fake_pd *owner;    /* NULL: dead, or core's dataspace */
	uint32_t ep;
	enum fake_kind kind;
	uint64_t badge;
	fief_cap own; /* the owner's handle */
	bool dead;
	uint32_t signals; /* submitted, not yet reported */
	unsigned refs;    /* handles, parcels, the owner */
	int fd;           /* dataspace */
	size_t size;
	unsigned rights;
};

struct fake_handle {
	struct fake_object *object; /* counted; NULL: free */
	unsigned refs;
	uint32_t tag; /* upper bits of the handle, raised when freed */
};

/* A message under way: capabilities are counted objects. */
struct fake_parcel {
	uint32_t label;
	uint16_t len;
	uint8_t ncaps;
	struct fake_object *object[KIF_CAPS_MAX];
	uint64_t data[KIF_DATA_MAX / sizeof(uint64_t)];
};

/* A call that has not ended; lives on the stack of its caller. */
struct fake_call {
	struct fake_call *next; /* at its endpoint, oldest first */
	struct fake_thread *client;
	struct fake_ep *ep;
	struct fake_object *object; /* borrowed: queued calls end with it */
	struct fake_parcel parcel;  /* empty when taken */
	fief_reply token;           /* FIEF_REPLY_NULL: not yet taken */
	struct kif_msg *msg;        /* of the caller: the reply goes here */
	enum fief_err outcome;
	bool ended;
};

struct fake_ep {
	bool used;
	struct fake_pd *pd;
	struct fake_call *calls;
	bool signaled;              /* the last event was a signal */
	struct fake_thread *waiter; /* in reply_wait */
};

struct fake_mapping {
	struct fake_mapping *next;
	void *at;
	size_t len;
};

struct fake_pd {
	struct fake_pd *next;
	struct fake *world;
	const char *name;
	bool dead, seed_taken;
	int exit_code;
	struct fake_ep ep[FAKE_EPS];
	struct fake_thread *thread[FAKE_THREADS];
	struct fake_object *objects; /* live ones of this PD */
	struct fake_handle *handle;  /* owned; [0] is never used */
	uint32_t nhandles;
	struct fake_mapping *mappings; /* owned */
	unsigned window;
	struct fake_limits limits, used;
	unsigned allocations, fail_at;
};

enum fake_state { FAKE_RUNNABLE, FAKE_BLOCKED, FAKE_ENDED };

struct fake_thread {
	struct fake_thread *next; /* of the world's threads */
	struct fake *world;
	struct fake_pd *pd; /* NULL: in none */
	uint32_t number;    /* in `pd` */
	pthread_t host;
	bool owned;  /* started by the fake; all but the driver */
	bool doomed; /* its PD was killed */
	enum fake_state state;
	uint64_t deadline; /* while blocked */
	const char *doing; /* the same, for people */
	pthread_cond_t cond;
	void (*entry)(void *);
	void *arg;
	void *local;
	uint64_t call_nr, cancel_nr;
	struct fake_call *call; /* the one it waits in */
	bool unparked;
};

struct fake {
	pthread_mutex_t lock; /* the only one: guards everything */
	struct fake_options options;
	bool deterministic;
	uint64_t random, schedule, clock, tokens, seeds;
	struct fake_thread *threads, *current;
	struct fake_thread driver;
	struct fake_pd *pds;
	struct fake_thread *joiner; /* waits for threads to end */
};

/* ---- schedule.c ---- */
/* The calling thread, with the lock held and its turn come. A thread whose PD
 * died does not return. */
struct fake_thread *fake_op_begin(void);
void fake_op_end(struct fake_thread *);
/* The same for a thread that needs to be in a live PD: NULL, and nothing to
 * end, for a driver that is not. */
struct fake_thread *fake_pd_op_begin(void);
/* Sleep until fake_wake or the deadline; may also return early. */
void fake_block(struct fake_thread *, uint64_t deadline, const char *doing);
void fake_wake(struct fake_thread *);
uint64_t fake_now(struct fake *);
/* A number below n that the seed decides; 0 when running freely. */
uint32_t fake_choose(struct fake *, uint32_t n);
FIEF_NORETURN void fake_misuse(const char *what);
FIEF_NORETURN void fake_thread_end(struct fake_thread *);
/* Lock held. Errors: LIMIT, OUT_OF_RAM. */
FIEF_MUST enum fief_err fake_thread_new(struct fake_pd *, void (*)(void *),
                                        void *arg, fief_thread *);

/* ---- pd.c ---- */
/* Zeroed memory on behalf of a PD; NULL: quota, injected fault, host. */
void *fake_alloc(struct fake_pd *, size_t bytes);
void fake_free(struct fake_pd *, void *, size_t bytes);
void fake_kill_locked(struct fake_pd *);
FIEF_NORETURN void fake_exit(int code);

/* ---- object.c ---- */
FIEF_MUST enum fief_err fake_handle_add(struct fake_pd *, struct fake_object *,
                                        fief_cap *);
struct fake_object *fake_handle_get(struct fake_pd *, fief_cap);
void fake_handles_fini(struct fake_pd *);
void fake_object_put(struct fake_object *);
void fake_object_kill(struct fake_object *);
void fake_parcel_pack(struct fake_pd *, const struct kif_msg *,
                      struct fake_parcel *);
/* Leaves the parcel empty. Errors: LIMIT; then nothing arrived. */
FIEF_MUST enum fief_err
fake_parcel_unpack(struct fake_pd *, struct fake_parcel *, struct kif_msg *);
void fake_parcel_fini(struct fake_parcel *);
enum fief_err fake_export(fief_ep, uint64_t badge, enum kif_object, fief_cap *);
void fake_revoke(fief_cap);
void fake_drop(fief_cap, unsigned count);
void fake_ref(fief_cap);
enum fief_err fake_badge(fief_cap, uint64_t *);
enum fief_err fake_recv_window(unsigned);

/* ---- ipc.c ---- */
void fake_call_end(struct fake_call *, enum fief_err);
/* End with GONE: calls to `object` not yet taken, or (NULL) all at `ep`. */
void fake_calls_gone(struct fake_ep *, const struct fake_object *);
enum fief_err fake_call(fief_cap, struct kif_msg *);
enum fief_err fake_reply_wait(fief_ep, struct kif_msg *, struct kif_wait *);
enum fief_err fake_ep_create(fief_ep *);
void fake_ep_destroy(fief_ep);
void fake_signal(fief_cap);
void fake_cancel(fief_thread, uint64_t call_nr);

/* ---- memory.c ---- */
enum fief_err fake_map(fief_cap, size_t off, size_t len, void *at,
                       unsigned rights, void **out);
enum fief_err fake_unmap(void *at, size_t len);
void fake_mappings_fini(struct fake_pd *);
