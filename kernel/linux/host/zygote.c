/* SPDX-License-Identifier: MIT */
/* Zygotes from core's side: launch, what they tell, reaping. */

#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kernel/linux/kif/serve.h>

enum { ZYGOTE_FD = 3, STACK_BYTES = 128 << 10 };

/* Its PDs can open files of the host, which nobody pays for. */
static void limit_files(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) || r.rlim_cur <= KIF_HOST_FILES_MAX)
		return;
	r.rlim_cur = r.rlim_max = KIF_HOST_FILES_MAX;
	setrlimit(RLIMIT_NOFILE, &r);
}

/* The first descriptor that is not the zygote's. */
static int place_descriptors(const struct host_zygote *z, int sock, int *exe)
{
	int grant = z->grant;

	/* Out of each other's way first. */
	*exe = fcntl(*exe, F_DUPFD_CLOEXEC, CLASS_GRANT_FD + 1);
	sock = fcntl(sock, F_DUPFD_CLOEXEC, CLASS_GRANT_FD + 1);
	if (grant >= 0)
		grant = fcntl(grant, F_DUPFD_CLOEXEC, CLASS_GRANT_FD + 1);
	if (*exe < 0 || dup2(sock, ZYGOTE_FD) < 0)
		return -1;
	if (z->grant < 0)
		return ZYGOTE_FD + 1;
	return dup2(grant, CLASS_GRANT_FD) < 0 ? -1 : CLASS_GRANT_FD + 1;
}

static void zygote_exec(const struct host_zygote *z, int sock)
{
	char class[] = { (char)('0' + z->class), '\0' };
	char *const argv[] = { (char *)(uintptr_t) "fief-component", class,
		               NULL };
	char *const envp[] = { NULL };
	struct rlimit stack = { STACK_BYTES, STACK_BYTES };
	struct rlimit none = { 0, 0 };
	int exe = open(host.image, O_RDONLY | O_CLOEXEC);
	int others;
	sigset_t set;

	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	setrlimit(RLIMIT_STACK, &stack);
	setrlimit(RLIMIT_CORE, &none);
	if (setsid() < 0 || chdir("/"))
		_exit(127);
	if (z->grant >= 0)
		limit_files();
	others = place_descriptors(z, sock, &exe);
	/* Nothing but the control socket and the grant is inherited. */
	if (others < 0 || syscall(SYS_close_range, 0, ZYGOTE_FD - 1, 0) ||
	    syscall(SYS_close_range, others, ~0u, CLOSE_RANGE_CLOEXEC))
		_exit(127);
	syscall(SYS_execveat, exe, "", argv, envp, AT_EMPTY_PATH);
	_exit(127);
}

/* A zygote's first message: the listener of its filter, sent by its courier
 * (see kif/zygote.c), and the version of Landlock that it confined itself
 * with. It goes on when it hears that we have them. */
static enum fief_err receive_listener(struct host_zygote *z, int flags)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	int32_t abi = 0, go = 1;
	struct iovec iov = { &abi, sizeof(abi) };
	struct msghdr h = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	ssize_t n;

	n = recvmsg(z->sock, &h, MSG_CMSG_CLOEXEC | flags);
	if (n < 0 && errno == EAGAIN)
		return FIEF_AGAIN;
	if (n != sizeof(abi))
		return FIEF_UNSUPPORTED;
	c = CMSG_FIRSTHDR(&h);
	if (!c || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(int)))
		return FIEF_UNSUPPORTED;
	memcpy(&z->listener, CMSG_DATA(c), sizeof(z->listener));
	host.landlock = abi;
	if (write(z->sock, &go, sizeof(go)) != sizeof(go))
		return FIEF_UNSUPPORTED;
	z->ready = true;
	return host_listener_add(z);
}

static enum fief_err children_watch(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return FIEF_UNSUPPORTED;
	host.children = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return host.children < 0 ? FIEF_UNSUPPORTED : FIEF_OK;
}

enum fief_err host_zygote_start(struct host_zygote *z)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return FIEF_LIMIT;
	z->sock = pair[0];
	z->listener = -1;
	z->ready = false;
	z->pid = fork();
	if (z->pid == 0)
		zygote_exec(z, pair[1]);
	close(pair[1]);
	if (z->pid > 0 &&
	    !kif_ep_watch(&host.kif.ep[0], z->sock,
	                  (uint64_t)HOST_TAG_ZYGOTE << 32 | z->number))
		return FIEF_OK;
	close(z->sock);
	if (z->pid > 0)
		kill(z->pid, SIGKILL);
	z->pid = 0;
	return FIEF_LIMIT;
}

enum fief_err host_zygotes_init(const char *image)
{
	struct host_zygote *z = &host.native;
	enum fief_err e;

	host.image = image;
	z->grant = -1;
	host.zygote[host.nzygotes++] = z;
	host.guest.number = host.nzygotes;
	host.guest.class = CLASS_GUEST;
	host.guest.grant = host.guest.sock = host.guest.listener = -1;
	host.zygote[host.nzygotes++] = &host.guest;
	e = children_watch();
	if (!e)
		e = host_zygote_start(z);
	if (!e)
		e = receive_listener(z, 0);
	if (e)
		fprintf(stderr,
		        "fief: cannot start components: the kif image "
		        "%s did not come up\n",
		        image);
	return e ? e :
	           kif_ep_watch(&host.kif.ep[0], host.children,
	                        (uint64_t)HOST_TAG_CHILDREN << 32);
}

/* ---- its answers ---- */

static void spawned(const struct spawned_msg *m)
{
	struct kcore_pd *pd = host_pd_record(m->tag);

	if (!pd)
		return;
	if (m->pid < 0) {
		host_pd_died(pd, true, SIGKILL);
		return;
	}
	pd->pid = m->pid;
	pd->asked = false;
	if (kmap_put(&host.kif, &host.by_pid, (uint32_t)m->pid, pd->id))
		abort(); /* core's own memory */
	if (pd->state == HOST_FREE || pd->killed)
		kill(pd->pid, SIGKILL);
	else if (pd->priority || pd->cpu_mask)
		host_schedule(pd);
}

/* Of those for which no process was made, and those it may have made. */
static void zygote_lost(struct host_zygote *z)
{
	close(z->sock);
	if (z->listener >= 0)
		close(z->listener);
	z->sock = z->listener = -1;
	z->ready = false;
	z->pid = 0;
	z->undecided = (struct host_undecided){ .n = 0 };
	for (uint32_t i = 1; i < host.npds; i++) {
		struct kcore_pd *pd = host.pd[i];

		if (!pd || pd->zygote != z)
			continue;
		host_spawn_drop(pd);
		if (pd->pid > 0)
			kill(pd->pid, SIGKILL);
		else if (pd->asked)
			host_pd_died(pd, true, SIGKILL);
	}
}

static void zygote_died(struct host_zygote *z)
{
	if (z == &host.native) {
		fprintf(stderr, "fief: the zygote died; ending\n");
		exit(125);
	}
	fprintf(stderr, "fief: the zygote of a host grant died\n");
	host_zygote_end(z);
}

void host_zygote_end(struct host_zygote *z)
{
	if (!z->pid)
		return;
	kill(z->pid, SIGKILL);
	kill(-z->pid, SIGKILL); /* children whose names it has not told */
	zygote_lost(z);
}

void host_zygote_ready(struct host_zygote *z)
{
	struct spawned_msg m;
	enum fief_err e;
	ssize_t n = -1;

	if (!z->pid)
		return;
	e = z->ready ? FIEF_OK : receive_listener(z, MSG_DONTWAIT);
	if (e) {
		if (e != FIEF_AGAIN)
			zygote_died(z);
		return;
	}
	while ((n = recv(z->sock, &m, sizeof(m), MSG_DONTWAIT)) == sizeof(m))
		spawned(&m);
	host_undecided_again(z);
	if (n == 0) {
		zygote_died(z);
		return;
	}
	host_spawns_pump(z);
	if (host.nameless)
		host_children_ready();
}

bool host_zygote_pid(int pid)
{
	for (unsigned i = 0; i < host.nzygotes; i++)
		if (host.zygote[i] && host.zygote[i]->pid == pid)
			return true;
	return false;
}

/* ---- reaping ---- */

/* Is there a PD whose process nobody has named yet? */
static bool names_due(void)
{
	for (uint32_t i = 1; i < host.npds; i++)
		if (host.pd[i] && host.pd[i]->asked)
			return true;
	return false;
}

void host_children_ready(void)
{
	struct signalfd_siginfo sink[8];
	siginfo_t info;
	struct kcore_pd *pd;

	while (read(host.children, sink, sizeof(sink)) > 0)
		;
	host.nameless = false;
	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) ||
		    !info.si_pid)
			return;
		pd = host_pd_by_pid(info.si_pid);
		if (!pd && !host_zygote_pid(info.si_pid) && names_due()) {
			host.nameless = true;
			return; /* its name is still on the way; stays waitable */
		}
		waitid(P_PID, (id_t)info.si_pid, &info, WEXITED | WNOHANG);
		if (pd)
			host_pd_died(pd, info.si_code != CLD_EXITED,
			             info.si_status);
	}
}
