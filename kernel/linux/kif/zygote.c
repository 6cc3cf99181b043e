/* SPDX-License-Identifier: MIT */
/*
 * The zygote: entry of the kif image when core executes it. It puts on the
 * sandbox once (Landlock, signal handlers, seccomp) and then forks a locked
 * down child for each component core asks for. It never runs component code,
 * never writes to its data (it has none), and its only descriptors are the
 * socket to core and, in a class with one, the grant, which its children have,
 * too.
 *
 * The filter has a listener, through which core decides on threads. Once the
 * filter is in force the zygote cannot send the listener itself, and
 * pidfd_getfd is a call that container runtimes deny to all. So a courier does
 * it: a process that was forked before, shares the descriptors, and ends with
 * its one message.
 */

#include "confine.h"
#include "crash.h"
#include "mem.h"
#include "start.h"
#include "sys.h"
#include "sysmsg.h"
#include "vdso.h"
#include <kernel/linux/abi/layout.h>

enum {
	CONTROL_FD = 3,
	SIGKILL_NR = 9,
	PR_PDEATHSIG = 1,
	PR_NO_NEW_PRIVS = 38,
	ARCH_GS = 0x1001,
	ARCH_FS = 0x1002,
	SA_FLAGS = 0x4 | 0x04000000 | 0x08000000, /* SIGINFO RESTORER ONSTACK */
	CLONE_CHILD = 0x8000 | 17,                /* CLONE_PARENT, SIGCHLD */
	CLONE_COURIER = 0x400 | 17,               /* CLONE_FILES, SIGCHLD */
	SIGCHLD_NR = 17,
	SIGPIPE_NR = 13,
	IGNORE = 1,
	SOL_SOCKET_NR = 1,
	SCM_RIGHTS_NR = 1,
	RECV_CLOEXEC = 0x40000000,
};

struct host_sigaction {
	void (*handler)(int, struct host_siginfo *, struct host_ucontext *);
	uint64_t flags;
	void (*restorer)(void);
	uint64_t mask;
};

struct host_stack {
	void *sp;
	int32_t flags;
	size_t size;
};

FIEF_NORETURN static void fail(int code)
{
	for (;;)
		sys_call3(__NR_exit_group, code, 0, 0);
}

__asm__(".globl kif_restorer\n"
        "kif_restorer:\n\t"
        "mov $15, %eax\n\t" /* rt_sigreturn */
        "syscall\n\t");
void kif_restorer(void);

static void ignoring(struct host_sigaction *sa)
{
	*sa = (struct host_sigaction){ .flags = SA_FLAGS,
		                       .restorer = kif_restorer };
	sa->handler = (void (*)(int, struct host_siginfo *,
	                        struct host_ucontext *))IGNORE;
}

static void signals(void)
{
	static const uint8_t fatal[] = { 4, 5, 7, 8, 11, 31 };
	struct host_sigaction ignore;
	struct host_sigaction sa = {
		.handler = kif_crash_handler,
		.flags = SA_FLAGS,
		.restorer = kif_restorer,
	};
	struct host_stack alt = { (char *)LAYOUT_STATE + START_ALTSTACK, 0,
		                  START_ALTSTACK_SIZE };

	ignoring(&ignore);
	/* Who writes where nobody reads is told so by the call. */
	if (sys_call6(__NR_rt_sigaction, SIGPIPE_NR, (long)&ignore, 0, 8, 0, 0))
		fail(112);
	for (unsigned i = 0; i < sizeof(fatal); i++)
		if (sys_call6(__NR_rt_sigaction, fatal[i], (long)&sa, 0, 8, 0,
		              0))
			fail(112);
	if (sys_call3(__NR_sigaltstack, (long)&alt, 0, 0))
		fail(112);
}

/* ---- the listener's way to core ---- */

struct courier_control {
	size_t len;
	int32_t level, type;
	int32_t fd;
	int32_t pad;
};

FIEF_NORETURN static void courier(int from, int32_t landlock_abi, long zygote)
{
	struct courier_control control = { 16 + sizeof(int32_t), SOL_SOCKET_NR,
		                           SCM_RIGHTS_NR, -1, 0 };
	struct host_iovec iov = { &landlock_abi, sizeof(landlock_abi) };
	struct host_msghdr h = {
		.iov = &iov,
		.iovlen = 1,
		.control = &control,
		.controllen = sizeof(control),
	};

	sys_call3(__NR_prctl, PR_PDEATHSIG, SIGKILL_NR, 0);
	if (sys_call3(__NR_getppid, 0, 0, 0) != zygote)
		fail(0); /* it died before that, and the pipe has no end */
	if (sys_call3(__NR_read, from, (long)&control.fd, 4) == 4)
		sys_call3(__NR_sendmsg, CONTROL_FD, (long)&h, 0);
	fail(0);
}

/* It waits for the number of the listener in the pipe. */
static void courier_start(int32_t landlock_abi, int pipe[2])
{
	struct host_sigaction ignore;
	const long self = sys_call3(__NR_getpid, 0, 0, 0);
	long pid;

	/* Nobody waits for the courier. */
	ignoring(&ignore);
	if (sys_call6(__NR_rt_sigaction, SIGCHLD_NR, (long)&ignore, 0, 8, 0,
	              0) ||
	    sys_call3(__NR_pipe2, (long)pipe, 0, 0))
		fail(115);
	pid = sys_call6(__NR_clone, CLONE_COURIER, 0, 0, 0, 0, 0);
	if (pid == 0)
		courier(pipe[0], landlock_abi, self);
	if (pid < 0)
		fail(115);
}

/* ---- spawning ---- */

struct spawn_control {
	size_t len;
	int32_t level, type;
	int32_t fd[SPAWN_FDS + 1];
};

static bool spawn_receive(struct spawn_msg *m, int fd[SPAWN_FDS])
{
	struct spawn_control control;
	struct host_iovec iov = { m, sizeof(*m) };
	struct host_msghdr h = {
		.iov = &iov,
		.iovlen = 1,
		.control = &control,
		.controllen = sizeof(control),
	};
	long n = sys_call3(__NR_recvmsg, CONTROL_FD, (long)&h, RECV_CLOEXEC);

	if (n == -4) /* -EINTR */
		return false;
	if (n != sizeof(*m))
		fail(n ? 113 : 0); /* 0: core is gone */
	for (unsigned i = 0; i < SPAWN_FDS; i++)
		fd[i] = control.fd[i];
	return true;
}

static void spawn(int (*gettime)(long, void *), enum host_class class)
{
	struct spawned_msg done;
	struct spawn_msg m;
	int fd[SPAWN_FDS];
	long pid;

	if (!spawn_receive(&m, fd))
		return;
	pid = sys_call6(__NR_clone, CLONE_CHILD, 0, 0, 0, 0, 0);
	if (pid == 0) {
		sys_close(CONTROL_FD);
		/* If core died before this, kif_start meets a closed socket. */
		sys_call3(__NR_prctl, PR_PDEATHSIG, SIGKILL_NR, 0);
		kif_start(fd, gettime, class);
	}
	for (unsigned i = 0; i < SPAWN_FDS; i++)
		sys_close(fd[i]);
	done.tag = m.tag;
	done.pid = (int32_t)pid;
	sys_write(CONTROL_FD, &done, sizeof(done));
}

/* From here on the filter is in force, and core has its listener. */
static void confine(enum host_class class)
{
	int32_t abi = (int32_t)confine_landlock(class), listener, go;
	int pipe[2] = { -1, -1 };

	if (abi < 0)
		fail(111);
	if (confine_pins(class))
		fail(116);
	signals();
	courier_start(abi, pipe);
	listener = (int32_t)confine_filter(class);
	if (listener < 0)
		fail(114);
	sys_write(pipe[1], &listener, sizeof(listener));
	/* Core got the listener when it says so; then nobody here may answer
	 * for core. */
	sys_call3(__NR_read, CONTROL_FD, (long)&go, sizeof(go));
	sys_close(listener);
	sys_close(pipe[0]);
	sys_close(pipe[1]);
}

/* Core names it in the second argument. */
static enum host_class class_of(const uint64_t *stack)
{
	const char *name = stack[0] > 1 ? (const char *)stack[2] : "0";
	const unsigned class = (unsigned)(name[0] - '0');

	if (class >= CLASSES)
		fail(117);
	return (enum host_class) class;
}

FIEF_NORETURN FIEF_USED static void zygote_main(const uint64_t *stack)
{
	const enum host_class class = class_of(stack);
	int (*gettime)(long, void *);

	gettime = vdso_clock_gettime(stack);
	sys_call3(__NR_prctl, PR_PDEATHSIG, SIGKILL_NR, 0);
	sys_call6(__NR_prctl, PR_NO_NEW_PRIVS, 1, 0, 0, 0, 0);
	sys_call3(__NR_arch_prctl, ARCH_FS, LAYOUT_STATE, 0);
	sys_call3(__NR_arch_prctl, ARCH_GS, LAYOUT_STATE, 0);
	confine(class);
	for (;;)
		spawn(gettime, class);
}

__asm__(".globl kif_zygote_start\n"
        "kif_zygote_start:\n\t"
        "xor %ebp, %ebp\n\t"
        "mov %rsp, %rdi\n\t"
        "and $-16, %rsp\n\t"
        "call zygote_main\n\t"
        "ud2");
