/* SPDX-License-Identifier: MIT */
/*
 * What the kif image of a component and core say to each other below the
 * session layer: operations of the kernel object that each PD reaches as
 * entry 0 of its core channel (channel number 0), messages on the PD's
 * socket, which carry descriptors, and the spawn message of a zygote.
 */
#pragma once

#include <stdint.h>

#include <fief/kif.h>

enum { CORE_PEER = 0, CORE_CHANNEL = 0 };

/* Labels of the kernel object. Requests and results are `struct kop` in the
 * message's data; no capabilities. */
enum kop_label {
	KOP_REVERSE = 1, /* peer, a = endpoint; result a = channel number */
	KOP_INTRODUCE,   /* chan (that leads to PD `owner`), index, gen -> peer,
	                  * as `number`; if slot is not KOP_NO_SLOT: for the
	                  * call in that slot of out-channel `via`, which core
	                  * rings or ends */
	KOP_MAP,         /* index, gen, a = rights; result a = descriptor
	                  * number on the socket, 0 if it is managed, size */
	KOP_PART,        /* of a managed one: index, gen, a = rights, first
	                  * part in [at, end); result at, end, off in its
	                  * memory, b = rights, a = descriptor number, 0 if
	                  * there are no rights */
	KOP_HEAP,        /* size; result a = descriptor number */
	KOP_EP,          /* result a = descriptor number, b = endpoint */
	KOP_EP_DESTROY,  /* a = endpoint */
	KOP_CAPS,        /* a = exports to charge for (or b = to return) */
	KOP_LOG,         /* text follows `struct kop`, a = bytes */
	KOP_EXIT,        /* a = exit code */
	KOP_CRASH,       /* struct kop_crash */
	KOP_NEWS,        /* put notices that wait into the PD page */
	KOP_WATCH,       /* of drivers with a directory: have changes of what is
	                  * open as descriptor `a` told, b = inotify mask,
	                  * size = 1: and send that descriptor; result
	                  * a = watch, b = its number on the socket */
	KOP_UNWATCH,     /* a = watch */
	KOP_COUNT
};

struct kop {
	uint32_t chan, index, gen, peer;
	uint32_t a, b;
	uint64_t size;
	uint32_t number, via, slot, seq;
	uint32_t owner, unused;
	uint64_t at, end, off;
};

enum { KOP_NO_SLOT = 255 };

enum { KOP_FRAMES = 16 };

struct kop_crash {
	uint32_t signal;  /* of the host: SIGSEGV, ... */
	uint32_t syscall; /* SIGSYS: the refused number */
	uint32_t thread;
	uint32_t frames; /* valid in `frame` */
	uint64_t address, ip, sp;
	uint64_t frame[KOP_FRAMES]; /* return addresses, innermost first */
	char name[KIF_THREAD_NAME]; /* of the thread; zeros behind it */
};

enum sock_kind {
	SOCK_CHANNEL, /* memfd [, eventfd]: new channel */
	SOCK_FD,      /* descriptors that answer a kop, by `number` */
	SOCK_DS,      /* memfd of the dataspace behind entry `index`, `gen` of
	               * the core channel, which a reply is going to bring */
	SOCK_RING,    /* nothing: rings a PD whose eventfd core has not kept */
};

enum { SOCK_FDS = 2 };

struct sock_msg {
	uint32_t kind;
	uint32_t number;     /* SOCK_FD */
	uint32_t index, gen; /* SOCK_DS */
	uint32_t chan;       /* SOCK_CHANNEL: PD-local channel number */
	uint32_t peer;       /* opaque id of the peer PD */
	uint32_t inbound;    /* 1: this PD is the server */
	uint32_t ep;         /* inbound: its endpoint */
	uint64_t size;       /* SOCK_DS: bytes */
};

/*
 * A spawn message makes the process of a PD, which sets up all that does not
 * depend on the component and then waits until `started` in the PD's page says
 * that the rest is there: the binary on the socket, the capabilities in the
 * page. Descriptors, in this order:
 */
enum spawn_fd {
	SPAWN_SOCK,
	SPAWN_BOOT,
	SPAWN_PD_PAGE,
	SPAWN_CHANNEL, /* core channel, number 0 */
	SPAWN_BELL,
	SPAWN_EPOLL,
	SPAWN_WAKE, /* eventfd: core rings the initial endpoint */
	SPAWN_FDS
};

struct spawn_msg {
	uint32_t tag; /* core's name for the PD */
};

struct spawned_msg {
	uint32_t tag;
	int32_t pid; /* or negative host error */
};
