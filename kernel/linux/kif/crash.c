/* SPDX-License-Identifier: MIT */
/* Fatal host signals: report to core with a backtrace, then end the PD. */

#include "crash.h"

#include "backend.h"
#include "guest.h"
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
	uint64_t eflags, segments, err; /* of the fault */
};

enum {
	SIGNAL_ILL = 4,
	SIGNAL_BUS = 7,
	SIGNAL_SEGV = 11,
	SIGNAL_SYS = 31,
	BY_KERNEL = 0x80, /* si_code: no instruction was illegal */
	CALL_URETPROBE = 335,
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

/* ---- guests ---- */

static bool of_guest(uint64_t address)
{
	return address >= KIF_GUEST_BEGIN && address < KIF_GUEST_END;
}

/* A host call that the filter of guests did not make: it goes on where the
 * component wants it to. The host's own code makes one, too, where its clock
 * cannot be read otherwise: that is made up for. */
static bool call_redirect(const struct kif_pd *pd, struct host_ucontext *uc,
                          int32_t number)
{
	if (!pd->boot.guest)
		return false;
	if (of_guest(uc->ip) && pd->guest_entry) {
		uc->cx = uc->ip;
		uc->ip = (uint64_t)pd->guest_entry;
		return true;
	}
	if (of_guest(uc->ip) || number != __NR_clock_gettime ||
	    uc->ip < LAYOUT_ARENA_END)
		return false;
	uc->ax = (uint64_t)sys_call3(number, (long)uc->di, (long)uc->si, 0);
	return true;
}

/* One number passes each filter, since Linux 6.14: its own probes call it. From
 * elsewhere it is answered by this signal, and the number is lost. */
static bool probe_redirect(const struct kif_pd *pd, struct host_ucontext *uc,
                           int32_t code)
{
	if (code != BY_KERNEL || !of_guest(uc->ip))
		return false;
	uc->ax = CALL_URETPROBE;
	return call_redirect(pd, uc, CALL_URETPROBE);
}

static bool fault_heal(const struct kif_pd *pd, uint64_t address, uint64_t err)
{
	enum { WRITE = 2 };

	return of_guest(address) && pd->guest_heal &&
	       pd->guest_heal(address, err & WRITE);
}

/* Was it nothing that ends the PD? */
static bool mended(struct kif_pd *pd, int signo,
                   const struct host_siginfo *info, struct host_ucontext *uc)
{
	switch (signo) {
	case SIGNAL_BUS:
		return heal_lost_page(pd, info->addr);
	case SIGNAL_SEGV:
		return fault_heal(pd, info->addr, uc->err);
	case SIGNAL_ILL:
		return probe_redirect(pd, uc, info->code);
	case SIGNAL_SYS:
		return call_redirect(pd, uc, info->syscall);
	default:
		return false;
	}
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

	if (mended(pd, signo, info, uc))
		return;
	if (signo == SIGNAL_SYS)
		crash.syscall = (uint32_t)info->syscall;
	for (unsigned i = 0; i < KIF_THREAD_NAME; i++)
		crash.name[i] = kif_self()->name[i];
	crash.frames = backtrace(uc->bp, uc->sp, crash.frame);
	if (kif_kop(pd, KOP_CRASH, &op, &crash, sizeof(crash)))
		crash.frames = 0; /* core is gone too: nobody left to tell */
	for (;;)
		sys_call3(__NR_exit_group, 128 + signo, 0, 0);
}
