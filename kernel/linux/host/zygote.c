/* SPDX-License-Identifier: MIT */
/* The zygote from core's side: launch, spawn requests, decisions on clone,
 * reaping. */

#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kernel/linux/kif/serve.h>

enum { ZYGOTE_FD = 3, STACK_BYTES = 128 << 10 };

static void zygote_exec(const char *image, int sock)
{
	char *const argv[] = { (char *)(uintptr_t) "fief-component", NULL };
	char *const envp[] = { NULL };
	struct rlimit stack = { STACK_BYTES, STACK_BYTES };
	struct rlimit none = { 0, 0 };
	int exe = open(image, O_RDONLY | O_CLOEXEC);
	sigset_t set;

	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	setrlimit(RLIMIT_STACK, &stack);
	setrlimit(RLIMIT_CORE, &none);
	if (setsid() < 0 || chdir("/"))
		_exit(127);
	if (exe == ZYGOTE_FD)
		exe = fcntl(exe, F_DUPFD_CLOEXEC, ZYGOTE_FD + 1);
	if (sock == ZYGOTE_FD)
		fcntl(sock, F_SETFD, 0);
	else if (dup2(sock, ZYGOTE_FD) < 0)
		_exit(127);
	/* Nothing but the control socket: no inherited descriptors. */
	if (syscall(SYS_close_range, 0, ZYGOTE_FD - 1, 0) ||
	    syscall(SYS_close_range, ZYGOTE_FD + 1, ~0u, CLOSE_RANGE_CLOEXEC))
		_exit(127);
	syscall(SYS_execveat, exe, "", argv, envp, AT_EMPTY_PATH);
	_exit(127);
}

/* The zygote's first message: the listener of its filter, sent by its courier
 * (see kif/zygote.c), and the version of Landlock that it confined itself
 * with. It goes on when it hears that we have them. */
static enum fief_err receive_listener(int *landlock)
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

	if (recvmsg(host.zygote_sock, &h, MSG_CMSG_CLOEXEC) != sizeof(abi))
		return FIEF_UNSUPPORTED;
	c = CMSG_FIRSTHDR(&h);
	if (!c || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(int)))
		return FIEF_UNSUPPORTED;
	memcpy(&host.listener, CMSG_DATA(c), sizeof(host.listener));
	*landlock = abi;
	return write(host.zygote_sock, &go, sizeof(go)) == sizeof(go) ?
	               FIEF_OK :
	               FIEF_UNSUPPORTED;
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

/* `op` of epoll_ctl; level-triggered while core listens. */
static enum fief_err listener_watch(int op, bool listen)
{
	struct epoll_event ev = {
		.events = listen ? EPOLLIN : 0,
		.data.u64 = (uint64_t)HOST_TAG_LISTENER << 32,
	};

	return epoll_ctl(host.kif.ep[0].epoll, op, host.listener, &ev) ?
	               FIEF_LIMIT :
	               FIEF_OK;
}

enum fief_err host_zygote_start(const char *image, int *landlock)
{
	struct kif_ep *ep = &host.kif.ep[0];
	enum fief_err e = FIEF_UNSUPPORTED;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return FIEF_LIMIT;
	host.zygote_pid = fork();
	if (host.zygote_pid == 0)
		zygote_exec(image, pair[1]);
	close(pair[1]);
	host.zygote_sock = pair[0];
	if (host.zygote_pid > 0)
		e = receive_listener(landlock);
	if (e) {
		fprintf(stderr,
		        "fief: cannot start components: the kif image "
		        "%s did not come up\n",
		        image);
		return e;
	}
	e = children_watch();
	if (!e)
		e = kif_ep_watch(ep, host.zygote_sock,
		                 (uint64_t)HOST_TAG_ZYGOTE << 32);
	if (!e)
		e = listener_watch(EPOLL_CTL_ADD, true);
	if (!e)
		e = kif_ep_watch(ep, host.children,
		                 (uint64_t)HOST_TAG_CHILDREN << 32);
	return e;
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

static void undecided_again(void);

void host_zygote_ready(void)
{
	struct spawned_msg m;
	ssize_t n;

	while ((n = recv(host.zygote_sock, &m, sizeof(m), MSG_DONTWAIT)) ==
	       sizeof(m))
		spawned(&m);
	undecided_again();
	if (n == 0) {
		fprintf(stderr, "fief: the zygote died; ending\n");
		exit(125);
	}
	host_spawns_pump();
	if (host.nameless)
		host_children_ready();
}

/* ---- decisions on clone ---- */

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

/* A component may run, and make threads, before the zygote has told its name:
 * what it asks is answered then. */
enum { UNDECIDED = 16 };

static struct undecided {
	struct seccomp_notif req[UNDECIDED];
	unsigned n;
	bool full; /* and nobody listens, or core could not sleep */
} undecided;

static void undecided_count(void)
{
	const bool full = undecided.n == UNDECIDED;

	if (full != undecided.full && !listener_watch(EPOLL_CTL_MOD, !full))
		undecided.full = full;
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

static bool clone_allowed(const struct seccomp_notif *req,
                          const struct kcore_pd *pd)
{
	long threads;

	if ((int)req->pid == host.zygote_pid)
		return true;
	if (!(req->data.args[0] & 0x10000)) /* not CLONE_THREAD */
		return false;
	threads = proc_status((int)req->pid, "Threads:");
	return pd && pd->state != HOST_FREE && threads > 0 &&
	       host.events->thread(pd->ctx, (unsigned)threads);
}

/* False: nobody knows yet whose thread asks. */
static bool clone_decide(const struct seccomp_notif *req)
{
	const struct kcore_pd *pd = pd_of_thread((int)req->pid);
	struct seccomp_notif_resp resp;

	if (!pd && (int)req->pid != host.zygote_pid && somebody_starts())
		return false;
	memset(&resp, 0, sizeof(resp));
	resp.id = req->id;
	/* Only register values decide, so CONTINUE cannot be raced. */
	if (clone_allowed(req, pd))
		resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else
		resp.error = -EAGAIN;
	ioctl(host.listener, SECCOMP_IOCTL_NOTIF_SEND, &resp);
	return true;
}

/* The zygote told names. */
static void undecided_again(void)
{
	const unsigned n = undecided.n;

	undecided.n = 0;
	for (unsigned i = 0; i < n; i++) {
		const struct seccomp_notif *req = &undecided.req[i];

		if (!ioctl(host.listener, SECCOMP_IOCTL_NOTIF_ID_VALID,
		           &req->id) &&
		    !clone_decide(req))
			undecided.req[undecided.n++] = *req;
	}
	undecided_count();
}

/* The set is level-triggered for the listener: a few decisions, then others
 * get their turn, however many threads somebody tries to make. What is one too
 * many to keep waits in the listener. */
void host_listener_ready(void)
{
	enum { DECISIONS = 4 };
	struct pollfd p = { .fd = host.listener, .events = POLLIN };
	struct seccomp_notif req;

	for (unsigned i = 0; i < DECISIONS && undecided.n < UNDECIDED; i++) {
		if (poll(&p, 1, 0) != 1 || !(p.revents & POLLIN))
			return;
		memset(&req, 0, sizeof(req));
		if (ioctl(host.listener, SECCOMP_IOCTL_NOTIF_RECV, &req))
			return; /* the caller died meanwhile */
		if (!clone_decide(&req))
			undecided.req[undecided.n++] = req;
	}
	undecided_count();
}

/* ---- reaping ---- */

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
		if (!pd && info.si_pid != host.zygote_pid) {
			host.nameless = true;
			return; /* its name is still on the way; stays waitable */
		}
		waitid(P_PID, (id_t)info.si_pid, &info, WEXITED | WNOHANG);
		if (pd)
			host_pd_died(pd, info.si_code != CLD_EXITED,
			             info.si_status);
	}
}
