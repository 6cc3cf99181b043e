/* SPDX-License-Identifier: MIT */
/* Decisions on clone: the filter of a class asks core before each thread. */

#include "host.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

/* `op` of epoll_ctl; level-triggered while core listens. */
static enum fief_err listener_watch(const struct host_zygote *z, int op,
                                    bool listen)
{
	struct epoll_event ev = {
		.events = listen ? EPOLLIN : 0,
		.data.u64 = (uint64_t)HOST_TAG_LISTENER << 32 | z->number,
	};

	return epoll_ctl(host.kif.ep[0].epoll, op, z->listener, &ev) ?
	               FIEF_LIMIT :
	               FIEF_OK;
}

enum fief_err host_listener_add(struct host_zygote *z)
{
	return listener_watch(z, EPOLL_CTL_ADD, true);
}

static long proc_status(int tid, const char *field)
{
	char path[48], line[128];
	size_t len = strlen(field);
	long value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (value < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, field, len))
			value = strtol(line + len, NULL, 10);
	fclose(f);
	return value;
}

static void undecided_count(struct host_zygote *z)
{
	struct host_undecided *u = &z->undecided;
	const bool full = u->n == HOST_UNDECIDED;

	if (full != u->full && !listener_watch(z, EPOLL_CTL_MOD, !full))
		u->full = full;
}

static bool somebody_starts(void)
{
	for (uint32_t i = 1; i < host.npds; i++)
		if (host.pd[i] && host.pd[i]->asked)
			return true;
	return false;
}

static struct kcore_pd *pd_of_thread(int tid)
{
	struct kcore_pd *pd = host_pd_by_pid(tid);

	return pd ? pd : host_pd_by_pid((int)proc_status(tid, "Tgid:"));
}

static bool clone_allowed(const struct host_zygote *z,
                          const struct seccomp_notif *req,
                          const struct kcore_pd *pd)
{
	long threads;

	if ((int)req->pid == z->pid)
		return true;
	if (!(req->data.args[0] & 0x10000)) /* not CLONE_THREAD */
		return false;
	threads = proc_status((int)req->pid, "Threads:");
	return pd && pd->state != HOST_FREE && threads > 0 &&
	       host.events->thread(pd->ctx, (unsigned)threads);
}

/* False: nobody knows yet whose thread asks. */
static bool clone_decide(const struct host_zygote *z,
                         const struct seccomp_notif *req)
{
	const struct kcore_pd *pd = pd_of_thread((int)req->pid);
	struct seccomp_notif_resp resp;

	if (!pd && (int)req->pid != z->pid && somebody_starts())
		return false;
	memset(&resp, 0, sizeof(resp));
	resp.id = req->id;
	/* Only register values decide, so CONTINUE cannot be raced. */
	if (clone_allowed(z, req, pd))
		resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else
		resp.error = -EAGAIN;
	ioctl(z->listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
	return true;
}

void host_undecided_again(struct host_zygote *z)
{
	struct host_undecided *u = &z->undecided;
	const unsigned n = u->n;

	u->n = 0;
	for (unsigned i = 0; i < n; i++) {
		const struct seccomp_notif *req = &u->req[i];

		if (!ioctl(z->listener, SECCOMP_IOCTL_NOTIF_ID_VALID,
		           &req->id) &&
		    !clone_decide(z, req))
			u->req[u->n++] = *req;
	}
	undecided_count(z);
}

/* The set is level-triggered for the listener: a few decisions, then others
 * get their turn, however many threads somebody tries to make. What is one too
 * many to keep waits in the listener. */
void host_listener_ready(struct host_zygote *z)
{
	enum { DECISIONS = 4 };
	struct pollfd p = { .fd = z->listener, .events = POLLIN };
	struct host_undecided *u = &z->undecided;
	struct seccomp_notif req;

	for (unsigned i = 0; i < DECISIONS && u->n < HOST_UNDECIDED; i++) {
		if (poll(&p, 1, 0) != 1 || !(p.revents & POLLIN))
			return;
		memset(&req, 0, sizeof(req));
		if (ioctl(z->listener, SECCOMP_IOCTL_NOTIF_RECV, &req))
			return; /* the caller died meanwhile */
		if (!clone_decide(z, &req))
			u->req[u->n++] = req;
	}
	undecided_count(z);
}
