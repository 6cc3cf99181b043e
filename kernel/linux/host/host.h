/* SPDX-License-Identifier: MIT */
/*
 * Core's side of the Linux binding: PDs as processes, channels between them,
 * introductions. Core maps every channel page, because it must be able to end
 * the calls of a dead server; it holds one descriptor a PD, the socket that
 * brings descriptors, and as long as there are many one more, the eventfd that
 * rings it.
 */
#pragma once

#include <fief/kcore.h>

#include <kernel/linux/kif/state.h>

#include "zygote.h"

enum {
	HOST_RETIRED = 64,
	HOST_POOL = 8,  /* channels made ahead */
	HOST_READY = 2, /* PDs made ahead, with their processes */
};

enum host_state {
	HOST_FREE,
	HOST_CREATED, /* it may have a process, which waits */
	HOST_RUNNING, /* started; the zygote may still be at its process */
	HOST_DEAD,
};

struct host_channel {
	struct host_channel *next; /* of all channels */
	struct host_channel **at;
	struct kcore_pd *client, *server;
	uint32_t client_number, server_number;
	uint32_t ep;
	struct ch_page *page;
	struct host_numbers *signals; /* owned; NULL: none introduced */
};

/* Numbers of introduced signals at one receiver of one owner. */
struct host_numbers {
	uint64_t used;
	uint32_t from[PDP_INTRODUCED]; /* name of the introducer */
};

/* The ends of its channels that a PD knows, by its own numbers. */
struct host_end {
	struct host_channel *channel; /* NULL: free */
	uint32_t dead_notice; /* free: reusable once the PD read this notice */
	uint32_t peer;        /* free: name of the PD that it led to */
	bool used_before, reserved; /* reserved: never free */
};

struct kcore_pd {
	uint32_t id;   /* place in host.pd, and core's channel number */
	uint32_t name; /* for peers; never given to another PD */
	struct host_zygote *zygote; /* borrowed: of its class */
	int inotify;                /* owned: of its watches; -1: none */
	unsigned watches;           /* at most; some may be gone */
	enum host_state state;
	void *ctx;
	int pid;
	int sock;
	int wake; /* eventfd that rings the PD; -1: the socket does */
	int child_sock, bell, epoll, chan_fd, page_fd; /* until started */
	struct pd_page *page;
	struct ch_page *core;
	uint32_t notice_head, bell_sent;
	uint32_t fds_sent;            /* numbers of SOCK_FD messages */
	struct host_numbers *signals; /* of signals introduced to core */
	bool crashed, exiting;        /* as it told itself */
	bool killed;                  /* before its process was known */
	bool ready;                   /* made ahead, without an owner so far */
	bool asked;                   /* the zygote has not told its pid yet */
	int exit_code;
	int priority; /* see kcore_pd_schedule */
	uint64_t cpu_mask;
	struct host_end *end;
	uint32_t nends;
	fief_cap kernel; /* kernel object that serves this PD */
	uint8_t eps;     /* endpoints in use, bit mask */
	uint32_t eps_made;
	struct host_spawn *spawn; /* owned: not yet sent to the zygote */
	struct pdp_notice *queue; /* owned: found no room in the page */
	uint32_t queued, queue_max;
};

/* A spawn message with its descriptors, which it owns. */
struct host_spawn {
	struct host_spawn *next; /* waits behind this one */
	struct kcore_pd *pd;
	struct spawn_msg msg;
	int fd[SPAWN_FDS];
};

struct kcore_ds {
	int fd;
	size_t size;
	bool sealed;
};

struct host {
	const struct kcore_events *events;
	struct kif_pd kif; /* core as a PD of its own */
	struct kif_thread thread;
	struct kcore_pd **pd; /* by id; [0] is NULL */
	uint32_t npds, maxpds;
	uint32_t free_id; /* all lower ones are taken; 0 at the start */
	struct host_channel *channels;
	const char *image; /* borrowed: path of the kif image */
	int landlock;      /* version; 0: none */
	struct host_zygote native;
	struct host_zygote guest; /* of PDs that run guests */
	struct host_zygote *zygote[KCORE_GRANTS + HOST_CLASSES];
	unsigned nzygotes;
	int children;
	struct kcore_pd *ready[HOST_READY];
	unsigned nready;
	uint64_t max_files; /* of core */
	bool ready_failed; /* no PD is made ahead until something else happens */
	bool nameless;     /* a child died before the zygote told its name */
	uint32_t grants;   /* numbers of grants */
	uint32_t spin_ticks;
	struct host_prepared {
		int memfd, bell;
		struct ch_page *page;
	} pool[HOST_POOL];
	unsigned npool;
	struct {
		fief_cap cap; /* FIEF_CAP_NULL: none */
		const struct kcore_ds *ds;
	} push;             /* see kcore_ds_push */
	struct kmap by_pid; /* process id -> PD id */
	struct kmap by_name;
	uint32_t names; /* given last */
};

extern struct host host;

/* Endpoint tags of core beyond those of kif/serve.h. */
enum host_tag {
	HOST_TAG_ZYGOTE = 16,
	HOST_TAG_LISTENER,
	HOST_TAG_CHILDREN,
	HOST_TAG_FD
};

/* ---- memory.c ---- */
/* A sealable memfd of `size` bytes that cannot be executed as a program;
 * -1 with errno. */
int host_memfd(const char *name, size_t size);

/* ---- channel.c ---- */
FIEF_MUST enum fief_err host_prepare(struct host_prepared *);
/* Make the channels ahead that the next requests will want. */
void host_pool_fill(void);
/* What is made ahead must not take the last descriptors from what is wanted
 * now. The host gives the lowest number that is free: `lowest`. */
bool host_descriptors_scarce(int lowest);
struct host_channel *host_channel_find(const struct kcore_pd *client,
                                       const struct kcore_pd *server,
                                       uint32_t ep);
FIEF_MUST enum fief_err host_channel_create(struct kcore_pd *client,
                                            struct kcore_pd *server,
                                            uint32_t ep,
                                            struct host_channel **);
/* Close all channels of a dead PD and tell the others. */
void host_channels_close(struct kcore_pd *);
void host_channel_close(struct host_channel *);
/* End all calls on a channel page whose server is gone. */
void host_page_dead(struct ch_page *);
/* A number for a channel to `other`, NULL: core. LIMIT also if too many of
 * the ends of channels between the two are still to be read by the PD. */
FIEF_MUST enum fief_err host_end_take(struct kcore_pd *,
                                      const struct kcore_pd *other,
                                      uint32_t *number);
/* Is there a channel between the two? */
bool host_talks(const struct kcore_pd *, const struct kcore_pd *);

/* ---- notice.c ---- */
/* Put a notice into the PD's page, or keep it until there is room. LIMIT: too
 * many are kept; never for the death of a channel. */
FIEF_MUST enum fief_err host_notify(struct kcore_pd *,
                                    const struct pdp_notice *);
void host_bell(struct kcore_pd *);
/* Hand out notices that found no room before. */
void host_notices_pump(struct kcore_pd *);
FIEF_MUST enum fief_err host_send(struct kcore_pd *, const struct sock_msg *,
                                  const int *fd, unsigned nfds);
/* Descriptors that something else names by a number, which goes ahead of that. */
FIEF_MUST enum fief_err host_send_fds(struct kcore_pd *, const int *fd,
                                      unsigned nfds, uint32_t *number);
void host_signal(struct kcore_pd *, uint32_t index);

/* ---- introduce.c ---- */
/* Core's entry `index` for an introduced signal of `owner` is free again. */
void host_signal_returned(struct kcore_pd *owner, uint32_t index);
/* What core gave to a PD, and that PD as kif of core knows it. */
struct kpeer *host_peer(const struct kcore_pd *);
/* `from` NULL is core. `owner` serves the object; NULL is core. */
struct host_intro {
	struct kcore_pd *from, *owner, *to;
	uint32_t ep; /* of the owner */
	uint32_t index, gen;
	uint32_t number; /* the holder's name for the introduction */
	bool dead;       /* the owner is known to be gone */
};
/* `grant` (may be NULL) receives the owner's name for it; without it the
 * receiver gets a notice. */
FIEF_MUST enum fief_err host_introduce(const struct host_intro *,
                                       uint32_t *grant);

/* ---- kernel_object.c ---- */
/* Serve one request to a PD's kernel object. */
void host_kernel_object(struct kcore_pd *, struct kif_msg *in,
                        struct kif_msg *out);

/* ---- schedule.c ---- */
/* Apply priority and CPU mask to the running threads. */
void host_schedule(const struct kcore_pd *);

/* ---- spawn.c ---- */
/* Have the zygote make its process, if nobody did so far. The PD may be dead
 * when this returns. */
FIEF_MUST enum fief_err host_spawn(struct kcore_pd *);
/* The zygote has room, maybe: send what waits. */
void host_spawns_pump(struct host_zygote *);
void host_spawn_drop(struct kcore_pd *);

/* ---- pd.c ---- */
bool host_pds_ready(void); /* as many as can be, for now */
void host_pd_prepare(void);
struct kcore_pd *host_pd_by_pid(int pid);
/* The PD that peers know by that name, or NULL. */
struct kcore_pd *host_pd_by_name(uint32_t name);
/* The PD of that id, unless it was destroyed. */
struct kcore_pd *host_pd_by_id(uint32_t id);
/* The same, or what is left of it until its process is reaped. */
struct kcore_pd *host_pd_record(uint32_t id);
void host_pd_died(struct kcore_pd *, bool signaled, int code);

/* ---- kif_core.c ---- */
/* The kernel-object badge of a PD; told apart by its lowest bit. */
static inline uint64_t host_kernel_badge(struct kcore_pd *pd)
{
	return (uint64_t)(uintptr_t)pd | 1;
}
void host_ready(struct kif_pd *, uint64_t tag);
extern const struct kif_backend host_backend;
extern const struct kif host_kif;
