/* SPDX-License-Identifier: MIT */
/*
 * Processes of PDs, asked for from the zygote. What finds no room on its socket
 * waits here, in order; each holds a handful of descriptors, which is why who
 * starts components hears of it (kcore_pd_starting).
 */

#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <kernel/linux/abi/layout.h>

/* 0, or the error of the host. */
static int spawn_send(const struct host_zygote *z, const struct host_spawn *s)
{
	union {
		char bytes[CMSG_SPACE(SPAWN_FDS * sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec iov = { (void *)(uintptr_t)&s->msg, sizeof(s->msg) };
	struct msghdr h = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = CMSG_SPACE(SPAWN_FDS * sizeof(int)),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(SPAWN_FDS * sizeof(int));
	memcpy(CMSG_DATA(c), s->fd, SPAWN_FDS * sizeof(int));
	return sendmsg(z->sock, &h, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? errno :
	                                                               0;
}

void host_spawns_pump(struct host_zygote *z)
{
	struct kcore_pd *pd;
	int error;

	while (z->ready && z->spawns) {
		pd = z->spawns->pd;
		error = spawn_send(z, z->spawns);
		if (error == EAGAIN)
			return; /* host_zygote_ready tries again */
		host_spawn_drop(pd);
		if (error) /* the host has no descriptors or memory left */
			host_pd_died(pd, true, SIGKILL);
		else if (pd->ctx)
			host.events->begun(pd->ctx);
	}
}

void host_spawn_drop(struct kcore_pd *pd)
{
	struct host_spawn **at = &pd->zygote->spawns;
	struct host_spawn *s = pd->spawn;

	if (!s)
		return;
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	for (unsigned i = 0; i < SPAWN_FDS; i++)
		close(s->fd[i]);
	free(s);
	pd->spawn = NULL;
}

static void spawn_add(struct host_spawn *s)
{
	struct host_spawn **at = &s->pd->zygote->spawns;

	while (*at)
		at = &(*at)->next;
	*at = s;
}

/* The eventfd that rings a PD. Core keeps one to it, which is quicker than a
 * message on the socket, for as many PDs as leave most of its descriptors to
 * other things: of 20,000, two a PD would not do for 10,000 of them. */
static int spawn_wake(struct kcore_pd *pd)
{
	const int own = pd->wake;
	int fd = fcntl(own, F_DUPFD_CLOEXEC, 0);

	if (fd < 0 || (unsigned)fd < host.max_files / 8)
		return fd;
	close(fd);
	pd->wake = -1;
	return own;
}

/* The boot dataspace, with what only the new PD may know. */
static int spawn_boot(void)
{
	uint8_t seed[KIF_SEED];
	int fd = host_memfd("boot", LAYOUT_BOOT_SIZE);

	if (fd >= 0 &&
	    (host_kif.seed(seed) ||
	     pwrite(fd, seed, KIF_SEED, LAYOUT_BOOT_SEED) != KIF_SEED)) {
		close(fd);
		fd = -1;
	}
	explicit_bzero(seed, sizeof(seed));
	return fd;
}

/* A spawn message owns all its descriptors, and takes from the PD those that
 * are of no use to core from then on. */
static enum fief_err spawn_fds(struct kcore_pd *pd, struct host_spawn *s)
{
	s->fd[SPAWN_BOOT] = spawn_boot();
	if (s->fd[SPAWN_BOOT] < 0)
		return FIEF_LIMIT;
	s->fd[SPAWN_WAKE] = spawn_wake(pd);
	if (s->fd[SPAWN_WAKE] < 0) {
		close(s->fd[SPAWN_BOOT]);
		return FIEF_LIMIT;
	}
	s->fd[SPAWN_SOCK] = pd->child_sock;
	s->fd[SPAWN_PD_PAGE] = pd->page_fd;
	s->fd[SPAWN_CHANNEL] = pd->chan_fd;
	s->fd[SPAWN_BELL] = pd->bell;
	s->fd[SPAWN_EPOLL] = pd->epoll;
	pd->child_sock = pd->page_fd = pd->chan_fd = pd->bell = -1;
	pd->epoll = -1;
	return FIEF_OK;
}

enum fief_err host_spawn(struct kcore_pd *pd)
{
	struct host_spawn *s;
	enum fief_err e;

	if (pd->asked || pd->pid > 0)
		return FIEF_OK;
	if (pd->zygote->ended)
		return FIEF_GONE;
	if (!pd->zygote->pid) {
		e = host_zygote_start(pd->zygote);
		if (e)
			return e;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return FIEF_LIMIT;
	s->pd = pd;
	s->msg.tag = pd->id;
	e = spawn_fds(pd, s);
	if (e) {
		free(s);
		return e;
	}
	pd->spawn = s;
	pd->asked = true;
	spawn_add(s);
	host_spawns_pump(pd->zygote);
	return FIEF_OK;
}

bool kcore_pd_starting(const struct kcore_pd *pd)
{
	return pd->spawn != NULL;
}
