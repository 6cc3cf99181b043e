/* SPDX-License-Identifier: MIT */
/*
 * Host calls of a native component: the whole surface between hostile code
 * and the host kernel. Everything else raises SIGSYS, which ends the PD with
 * a crash report. In order of frequency. `RULE(call, condition)`; conditions
 * are explained and built in generate.c.
 */
#pragma once

#define SECCOMP_NATIVE(RULE)                                                   \
	RULE(futex, FUTEX_PLAIN)     /* sleep, wake: channels, locks */        \
	RULE(write, ANY)             /* ring a doorbell */                     \
	RULE(epoll_pwait, ANY)       /* wait for doorbells */                  \
	RULE(epoll_pwait2, ANY)      /* the same with a deadline */            \
	RULE(recvmsg, ANY)           /* descriptors from core */               \
	RULE(mmap, SHARED_FILE)      /* no anonymous, no private memory */     \
	RULE(munmap, UNMAP)          /* */                                     \
	RULE(close, ANY)             /* */                                     \
	RULE(read, ANY)              /* zygote: core is ready */               \
	RULE(epoll_ctl, ANY)         /* watch a new channel */                 \
	RULE(clone, THREAD_OR_CHILD) /* core decides, by user notification */  \
	RULE(arch_prctl, SET_GS)     /* thread block of a new thread */        \
	RULE(sigaltstack, ANY)       /* crash stack of a new thread */         \
	RULE(rt_sigreturn, ANY)      /* */                                     \
	RULE(restart_syscall, ANY)   /* after SIGSTOP of a debugger */         \
	RULE(clock_gettime, ANY)     /* where the vDSO cannot help */          \
	RULE(prctl, DIE_WITH_PARENT) /* only that */                           \
	RULE(exit, ANY)              /* end of a thread */                     \
	RULE(exit_group, ANY)        /* end of the PD */
