/* SPDX-License-Identifier: MIT */
/*
 * For components that run programs made for Linux ("guests") in their own
 * addresses below those of kif. An image says that it is one:
 *
 *     KIF_GUEST_IMAGE;
 *
 * Its `struct kif_boot` then has the table below; that of all others has NULL.
 * It reaches nothing that others do not: the difference is that a host call
 * from a guest's code is not made, whatever its number, but handed to the
 * component. That is for programs to work. What the component's process can do
 * is decided below, by its filter, whatever code runs in it.
 */
#pragma once

#include <fief/kif.h>

/* Addresses of guests: from the first, to before the second. */
#define KIF_GUEST_BEGIN 0x10000ul
#define KIF_GUEST_END 0x7fc000000000ul

enum { KIF_GUEST_VERSION = 1, KIF_GUEST_NOTE = 1 };

/* ELF note "fief", of that type: its image is that of such a component. */
struct kif_guest_note {
	uint32_t name_size, bytes, type;
	char name[8];
};

#define KIF_GUEST_IMAGE                                                        \
	__attribute__((used, section(".note.fief")))                           \
	const struct kif_guest_note kif_guest_image = { 5, 0, KIF_GUEST_NOTE,  \
		                                        "fief" }

/* Memory that can be mapped for guests. */
typedef int32_t kif_guest_memory;

/*
 * Unless said otherwise a function may be called from any thread, and leaves its
 * outputs untouched on failure. `at`, `len`, `off` are multiples of KIF_PAGE, and
 * within the addresses of guests: INVALID otherwise.
 */
struct kif_guest {
	uint32_t version; /* KIF_GUEST_VERSION */
	uint32_t unused;

	/*
	 * A host call by code of a guest goes on at `entry` instead, with all
	 * registers as they were but RCX, which is where the guest goes on (the
	 * host's own calls clobber it, too), in the stack of the guest. It
	 * costs about 2 us, most of it the host's signal. NULL: such a call is
	 * a crash, as at the start.
	 */
	void (*enter)(void (*entry)(void));

	/*
	 * An access to an address of guests that fails is tried again if `heal`
	 * returns true; else, and with NULL as at the start, it is a crash. It
	 * runs in the thread that made the access, on a stack of 8 KiB, in
	 * the middle of whatever that did: it may map, and touch what nobody
	 * else writes.
	 */
	void (*faults)(bool (*heal)(uint64_t address, bool write));

	/* The FS base of the calling thread, which is its guest's. */
	enum fief_err (*fs)(uint64_t base);

	/*
	 * Memory of a dataspace, to map with `rights` at most, until `close`;
	 * as `map` of kif, but not managed ones. May block on core. Errors:
	 * GONE, INVALID, DENIED, LIMIT.
	 */
	enum fief_err (*open)(fief_cap ds, unsigned rights,
	                      kif_guest_memory *out);
	void (*close)(kif_guest_memory);

	/* In place of whatever is there. Does not ask core. Errors: INVALID,
	 * DENIED (rights), LIMIT (mappings, of the host). */
	enum fief_err (*map)(kif_guest_memory, size_t off, size_t len, void *at,
	                     unsigned rights);
	/* Nothing is there any more. */
	enum fief_err (*unmap)(void *at, size_t len);
};
