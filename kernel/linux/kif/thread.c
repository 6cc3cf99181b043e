/* SPDX-License-Identifier: MIT */
/* Threads of a PD, parking, time. */

#include "thread.h"

#include "lock.h"
#include "sys.h"
#include "table.h"

enum {
	/* VM FS FILES SIGHAND THREAD SYSVSEM SETTLS CHILD_CLEARTID; the
	 * seccomp filter lets exactly this value ask core. */
	CLONE_THREAD_FLAGS = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 |
	                     0x80000 | 0x200000,
	ARCH_SET_GS_OP = 0x1001,
	ALTSTACK = 16 << 10,
};

struct host_stack {
	void *sp;
	int32_t flags;
	size_t size;
};

/* First code of a thread, on its own stack; FS was set by the host. */
FIEF_NORETURN FIEF_USED static void thread_main(struct kif_thread *t)
{
	struct host_stack alt = { t->altstack, 0, ALTSTACK };

	sys_call3(__NR_arch_prctl, ARCH_SET_GS_OP, (long)t, 0);
	sys_call3(__NR_sigaltstack, (long)&alt, 0, 0);
	t->entry(t->arg);
	kif_thread_exit();
}

/* clone with the child starting in thread_main(t). */
static long thread_clone(struct kif_thread *t, void *stack_top)
{
	register long tid_at __asm__("r10") = (long)&t->used;
	register long tls __asm__("r8") = (long)t;
	long ret;

	__asm__ volatile("syscall\n\t"
	                 "test %%eax, %%eax\n\t"
	                 "jnz 1f\n\t"
	                 "xor %%ebp, %%ebp\n\t"
	                 "mov %%r8, %%rdi\n\t"
	                 "call thread_main\n\t"
	                 "1:"
	                 : "=a"(ret)
	                 : "a"(__NR_clone), "D"(CLONE_THREAD_FLAGS),
	                   "S"(stack_top), "d"(0), "r"(tid_at), "r"(tls)
	                 : "rcx", "r11", "memory");
	return ret;
}

static enum fief_err thread_block_locked(struct kif_pd *pd,
                                         struct kif_thread **out)
{
	struct kif_thread *t;
	enum fief_err e;
	void *mem;
	uint32_t i;

	for (i = 1; i < KIF_THREADS && pd->thread[i]; i++)
		if (!atomic_load(&pd->thread[i]->used))
			break;
	if (i == KIF_THREADS)
		return FIEF_LIMIT;
	if (!pd->thread[i]) {
		e = kif_grow(pd, sizeof(*t) + ALTSTACK, &mem);
		if (e)
			return e;
		pd->thread[i] = mem;
		pd->thread[i]->altstack = (char *)mem + sizeof(*t);
	}
	t = pd->thread[i];
	t->self = t;
	t->pd = pd;
	t->number = i;
	for (unsigned k = 0; k < KIF_THREAD_NAME; k++)
		t->name[k] = '\0'; /* that of who had the record before */
	t->canary = pd->thread[0]->canary;
	t->local = NULL;
	t->parked = 0;
	t->call_nr = 0;
	t->cancel_nr = 0;
	atomic_store(&t->used, 1);
	pd->threaded = true;
	*out = t;
	return FIEF_OK;
}

enum fief_err kif_thread_start(void (*entry)(void *), void *arg,
                               void *stack_top, fief_thread *thread)
{
	struct kif_pd *pd = kif_pd_self();
	struct kif_thread *t;
	enum fief_err e;

	kif_lock(pd);
	e = thread_block_locked(pd, &t);
	kif_unlock(pd);
	if (e)
		return e;
	t->entry = entry;
	t->arg = arg;
	stack_top = (void *)((uint64_t)stack_top & ~15ul);
	if (thread_clone(t, stack_top) < 0) {
		atomic_store(&t->used, 0);
		return FIEF_LIMIT;
	}
	*thread = t->number;
	return FIEF_OK;
}

void kif_thread_exit(void)
{
	for (;;)
		sys_call3(__NR_exit, 0, 0, 0);
}

fief_thread kif_thread_self(void)
{
	return kif_self()->number;
}

void kif_thread_name(const char *name)
{
	char *to = kif_self()->name;

	for (unsigned i = 0; i < KIF_THREAD_NAME; i++) {
		to[i] = *name;
		name += *name != '\0';
	}
}

void **kif_thread_local_slot(void)
{
	return &kif_self()->local;
}

void kif_park(uint64_t deadline)
{
	struct kif_thread *t = kif_self();

	while (!atomic_exchange(&t->parked, 0)) {
		kif_futex_wait(&t->parked, 0, deadline);
		if (atomic_exchange(&t->parked, 0) ||
		    (deadline != FIEF_NEVER && kif_time() >= deadline))
			return;
	}
}

void kif_unpark(fief_thread thread)
{
	struct kif_pd *pd = kif_pd_self();

	if (thread >= KIF_THREADS || !pd->thread[thread])
		return;
	if (!atomic_exchange(&pd->thread[thread]->parked, 1))
		kif_futex_wake(&pd->thread[thread]->parked);
}

uint64_t kif_time(void)
{
	int (*gettime)(long, void *) = kif_pd_self()->gettime;
	struct {
		long sec, ns;
	} ts = { 0, 0 };

	if (!gettime || gettime(1, &ts))
		sys_call3(__NR_clock_gettime, 1, (long)&ts, 0);
	return (uint64_t)ts.sec * 1000000000u + (uint64_t)ts.ns;
}
