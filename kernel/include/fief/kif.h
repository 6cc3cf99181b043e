/* SPDX-License-Identifier: MIT */
/*
 * kif, the kernel interface: THE contract that every kernel binding
 * implements (linux, fake, later the own microkernel) and the only way for a
 * component to reach anything outside its own memory.
 *
 * A component is entered with a pointer to `struct kif_boot`. The binding's
 * image is mapped into the protection domain (PD) beside the component; its
 * functions are reached through the table `struct kif`. A component image
 * holds no system-call instruction, so the same ELF runs on every kernel.
 *
 * Contract, tested for each binding by tests/kif:
 *  - a call ends exactly once: with the reply, GONE (object revoked or owner
 *    dead) or CANCELED;
 *  - a call has no deadline; deadlines are built from `cancel`;
 *  - signals carry no data, coalesce, are counted, never block the sender and
 *    may overtake calls; the sum received equals the sum sent once idle;
 *  - a capability that reaches its owner is the owner's own handle, and
 *    `badge` tells its badge; nobody else learns a badge;
 *  - a capability for which the receiver opened no window slot arrives as
 *    FIEF_CAP_NULL with KIF_MSG_CAPS_LOST set; the rest of the message is
 *    unharmed;
 *  - a message is at most KIF_DATA_MAX bytes and KIF_CAPS_MAX capabilities on
 *    every kernel, even where more would be possible.
 *
 * Unless said otherwise a function may be called from any thread, does not
 * block, and leaves its outputs untouched on failure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fief/err.h>

enum {
	KIF_VERSION = 1,
	KIF_DATA_MAX = 512, /* bytes of payload in one message */
	KIF_CAPS_MAX = 4,   /* capabilities in one message */
	KIF_PAGE = 4096,
	KIF_THREAD_NAME = 15, /* bytes */
	KIF_SEED = 32,        /* bytes */
};

/* A capability: meaningful only inside the PD that holds it. */
typedef uint32_t fief_cap;
/* An endpoint: a queue of calls and signals, served by one thread. */
typedef uint32_t fief_ep;
/* A thread of this PD. */
typedef uint32_t fief_thread;
/* The right to answer one call, once. Private to the PD, not transferable. */
typedef uint64_t fief_reply;

#define FIEF_CAP_NULL ((fief_cap)0)
#define FIEF_REPLY_NULL ((fief_reply)0)
#define FIEF_NEVER UINT64_MAX /* a deadline that does not come */

enum kif_msg_flags {
	KIF_MSG_CAPS_LOST = 1, /* received: a capability met no window slot */
};

/*
 * A message. `data` is opaque to kif; session stubs put one canonical
 * single-segment Cap'n Proto message there. Only `len` bytes and `ncaps`
 * capabilities are transferred; the rest of a received message is undefined.
 */
struct kif_msg {
	uint32_t label; /* call: method number; reply: enum fief_err */
	uint16_t len;   /* bytes valid in `data`, at most KIF_DATA_MAX */
	uint8_t ncaps;  /* entries valid in `cap`, at most KIF_CAPS_MAX */
	uint8_t flags;  /* enum kif_msg_flags, received messages only */
	fief_cap cap[KIF_CAPS_MAX];
	uint64_t data[KIF_DATA_MAX / sizeof(uint64_t)];
};

enum kif_wait_flags {
	KIF_REPLY = 1,    /* first answer `reply` with the message */
	KIF_WAIT = 2,     /* then wait for the next event */
	KIF_POLL = 4,     /* with WAIT: do not block, `event` may be NONE */
	KIF_SAVE = 8,     /* the request in `reply` stays open, answer later */
	KIF_SIGNALS = 16, /* report signals only; calls stay queued */
};

enum kif_event_kind {
	KIF_EVENT_NONE,   /* deadline reached, or nothing there to POLL */
	KIF_EVENT_CALL,   /* message, badge and reply are valid */
	KIF_EVENT_SIGNAL, /* badge and count are valid */
};

struct kif_wait {
	fief_reply reply;  /* in: for REPLY or SAVE; out: of a CALL event */
	uint64_t deadline; /* in: absolute, ns, clock of `time`; FIEF_NEVER */
	uint64_t badge;    /* out: of the object called or signalled */
	uint32_t flags;    /* in: enum kif_wait_flags */
	uint32_t event;    /* out: enum kif_event_kind */
	uint32_t count;    /* out: number of coalesced signals, at least 1 */
};

enum kif_object {
	KIF_OBJECT_RPC,
	KIF_OBJECT_SIGNAL,
};

enum kif_rights {
	KIF_READ = 1,
	KIF_WRITE = 2,
	KIF_EXEC = 4,
	KIF_HOLES = 8, /* no right; see `map` */
};

struct kif {
	uint32_t version; /* KIF_VERSION */
	uint32_t size;    /* bytes of this table; newer ones are longer */

	/*
	 * Call the object behind `cap` and wait for the outcome. On OK the
	 * message holds the reply; the capabilities in it belong to the
	 * caller. Blocks for as long as the server takes.
	 * Errors: GONE, CANCELED, INVALID (null or bad capability, sizes),
	 * LIMIT (introducing a capability exceeded a limit of the receiver).
	 */
	enum fief_err (*call)(fief_cap cap, struct kif_msg *msg);

	/*
	 * Serve an endpoint: answer a request, wait for the next event, or
	 * both in one step. To be used by one thread at a time an endpoint.
	 * A reply to a vanished client succeeds and does nothing. Calls and
	 * signals take turns: none of them waits for ever, not even beside a
	 * thread that always signals itself.
	 * Errors: INVALID (endpoint, flags), GONE (endpoint destroyed).
	 */
	enum fief_err (*reply_wait)(fief_ep ep, struct kif_msg *msg,
	                            struct kif_wait *wait);

	/* Errors of create: OUT_OF_RAM, LIMIT. Destroy revokes all objects
	 * and answers all open requests with GONE. */
	enum fief_err (*ep_create)(fief_ep *ep);
	void (*ep_destroy)(fief_ep ep);

	/*
	 * Make an object that is served by `ep` and reported there by
	 * `badge` (not 0). The handle is both the owner's name for the object
	 * and a capability that can be passed on. Calls (kind RPC) or signals
	 * (kind SIGNAL) to it arrive at `ep`; the other use is refused.
	 * Errors: OUT_OF_RAM, OUT_OF_CAPS, INVALID.
	 */
	enum fief_err (*export)(fief_ep ep, uint64_t badge,
	                        enum kif_object kind, fief_cap *cap);

	/* Revoke an own object: all holders read GONE from now on, the handle
	 * is free for reuse. No event of it is reported any more. */
	void (*revoke)(fief_cap own);

	/* Give up `count` references that this PD received. FIEF_CAP_NULL and
	 * own handles are ignored. */
	void (*drop)(fief_cap cap, unsigned count);

	/* One reference more to a received capability. FIEF_CAP_NULL and own
	 * handles are ignored. */
	void (*ref)(fief_cap cap);

	/* Badge of one of this PD's own, live objects. INVALID otherwise. */
	enum fief_err (*badge)(fief_cap cap, uint64_t *badge);

	/* Number of capabilities that messages to this PD may bring in at
	 * once, at most KIF_CAPS_MAX, which is also the initial value. */
	enum fief_err (*recv_window)(unsigned n);

	/* Submit one signal to the object. Never blocks, never fails visibly:
	 * a signal to a dead object is lost. */
	void (*signal)(fief_cap cap);

	/* Block this thread until `unpark` or the deadline (ns, absolute).
	 * An unpark that came before is remembered, once. */
	void (*park)(uint64_t deadline);
	void (*unpark)(fief_thread thread);

	/* End the call number `call_nr` of a thread with CANCELED if it is
	 * still waiting in it. Calls of a thread, refused ones included, are
	 * numbered 1, 2, ...; `call_nr` below tells the current number. A
	 * cancel for the call after the current one may be kept for it, in
	 * place of one kept before; to be sure, repeat it until the call
	 * ended. */
	void (*cancel)(fief_thread thread, uint64_t call_nr);
	uint64_t (*call_nr)(void);

	/*
	 * Start a thread at `entry(arg)`; the stack grows down from
	 * `stack_top` and is the caller's to provide and, after the thread
	 * ended, to reuse. Errors: LIMIT (thread quota), OUT_OF_RAM.
	 */
	enum fief_err (*thread_start)(void (*entry)(void *), void *arg,
	                              void *stack_top, fief_thread *thread);
	FIEF_NORETURN void (*thread_exit)(void);
	fief_thread (*thread_self)(void);
	/* What the calling thread is called in a crash report: at most
	 * KIF_THREAD_NAME bytes of the text, which is copied. */
	void (*thread_name)(const char *name);

	/* One word that belongs to the calling thread. */
	void **(*thread_local_slot)(void);

	/*
	 * Map `len` bytes at `off` of a dataspace. `at` NULL lets kif choose;
	 * otherwise the range must be free. `off`, `len`, `at` are multiples
	 * of KIF_PAGE. Errors: GONE, INVALID, DENIED (rights), CONFLICT, LIMIT.
	 * May block on core.
	 *
	 * A managed dataspace shows the parts that its region map has now.
	 * With KIF_HOLES in `rights` holes in it are mapped inaccessible, and
	 * parts that give fewer rights with those. Without, they are refused
	 * (INVALID, DENIED): all of a mapping can be accessed.
	 */
	enum fief_err (*map)(fief_cap ds, size_t off, size_t len, void *at,
	                     unsigned rights, void **out);
	/* Unmap what one `map` returned, whole. */
	enum fief_err (*unmap)(void *at, size_t len);

	/* Monotonic time in ns. */
	uint64_t (*time)(void);

	/*
	 * KIF_SEED bytes that nobody else knows, from the best source of the
	 * machine: other ones for each PD, and for each start of it. They are
	 * handed out once, and forgotten here by that: GONE from then on.
	 * <fief/random.h> makes more of them. (Linux: core takes them from
	 * getrandom. The own microkernel: root from virtio-rng with RDRAND mixed
	 * in, and from its own generator for the PDs that it makes.)
	 */
	enum fief_err (*seed)(uint8_t out[KIF_SEED]);

	/* Text for whoever debugs this PD before or without a LOG session. */
	void (*log)(const char *text, size_t len);

	/* End the whole PD at once; the parent learns `code`. */
	FIEF_NORETURN void (*exit)(int code);
};

/* Capabilities that a component starts with; any but PARENT may be null. */
enum kif_boot_cap {
	KIF_BOOT_PARENT,
	KIF_BOOT_PD,
	KIF_BOOT_CPU,
	KIF_BOOT_LOG,
	KIF_BOOT_CAPS
};

struct kif_host;
struct kif_guest;

struct kif_boot {
	const struct kif *kif;
	fief_ep ep; /* endpoint of the initial thread */
	fief_cap cap[KIF_BOOT_CAPS];
	/* Raised, by kif, for each page that its owner destroyed while it was
	 * mapped here: it reads as zeros from then on, and what is written to
	 * it is lost. The only member that changes. */
	_Atomic uint32_t lost_pages;
	/* What a driver was started with, <fief/kif_host.h>; or NULL. */
	const struct kif_host *host;
	/* <fief/kif_guest.h>, of a component that runs guests; or NULL. */
	const struct kif_guest *guest;
};
