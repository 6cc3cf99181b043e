/* SPDX-License-Identifier: MIT */
/* Fatal host signals: report to core with a backtrace, then end the PD. */

#include "crash.h"

#include "backend.h"
#include "sys.h"
#include <kernel/linux/abi/layout.h>

enum { STACK_MAX = 1 << 20 };

/* Parts of the host's ABI that the report needs. */
struct host_siginfo {
	int32_t signo, err, code, pad;
	uint64_t addr; /* SIGSYS: address of the call, then its number */
	int32_t syscall;
};

struct host_ucontext {
	uint64_t flags, link;
	uint64_t stack[3];
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t di, si, bp, bx, dx, ax, cx, sp, ip;
};

/* Walk saved frame pointers, within the stack only. */
static uint32_t backtrace(uint64_t bp, uint64_t sp, uint64_t *frame)
{
	uint64_t end = sp + STACK_MAX;
	uint32_t n = 0;

	while (n < KOP_FRAMES && bp > sp && bp < end - 16 && !(bp & 7)) {
		const uint64_t *f = (const uint64_t *)bp;

		if (!f[1])
			break;
		frame[n++] = f[1];
		if (f[0] <= bp)
			break;
		bp = f[0];
	}
	return n;
}

/*
 * A dataspace may be destroyed while it is mapped here: the host raises SIGBUS
 * at the first access. A server must not die of that, so the page is replaced
 * by zeros, once for each page, and counted.
 */
static bool heal_lost_page(struct kif_pd *pd, uint64_t address)
{
	enum { PROT_RW = 3, SHARED_FIXED = 0x11 };
	uint64_t page = address & ~(uint64_t)(KIF_PAGE - 1);

	if (page < LAYOUT_ARENA || page >= LAYOUT_ARENA_END)
		return false;
	if (sys_mmap((void *)page, KIF_PAGE, PROT_RW, SHARED_FIXED, pd->boot_fd,
	             LAYOUT_BOOT_SINK) != (long)page)
		return false;
	atomic_fetch_add(&pd->boot.lost_pages, 1);
	return true;
}

void kif_crash_handler(int signo, struct host_siginfo *info,
                       struct host_ucontext *uc)
{
	struct kif_pd *pd = kif_pd_self();
	struct kop_crash crash = {
		.signal = (uint32_t)signo,
		.thread = kif_self()->number,
		.address = info->addr,
		.ip = uc->ip,
		.sp = uc->sp,
	};
	struct kop op = { 0 };

	if (signo == 7 && heal_lost_page(pd, info->addr))
		return;
	if (signo == 31) /* SIGSYS */
		crash.syscall = (uint32_t)info->syscall;
	for (unsigned i = 0; i < KIF_THREAD_NAME; i++)
		crash.name[i] = kif_self()->name[i];
	crash.frames = backtrace(uc->bp, uc->sp, crash.frame);
	if (kif_kop(pd, KOP_CRASH, &op, &crash, sizeof(crash)))
		crash.frames = 0; /* core is gone too: nobody left to tell */
	for (;;)
		sys_call3(__NR_exit_group, 128 + signo, 0, 0);
}
