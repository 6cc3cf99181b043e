/* SPDX-License-Identifier: MIT */
/* The stack that a program starts with; System V ABI for AMD64, 3.4.1. */

#include <fief/random.h>
#include <lib/mem.h>

#include "memory.h"
#include "stack.h"

enum {
	BYTES = 8 << 20,
	WORD = 8,
	/* Of <elf.h>. */
	AT_NULL = 0,
	AT_PHDR = 3,
	AT_PHENT = 4,
	AT_PHNUM = 5,
	AT_PAGESZ = 6,
	AT_BASE = 7,
	AT_FLAGS = 8,
	AT_ENTRY = 9,
	AT_UID = 11,
	AT_EUID = 12,
	AT_GID = 13,
	AT_EGID = 14,
	AT_PLATFORM = 15,
	AT_HWCAP = 16,
	AT_CLKTCK = 17,
	AT_SECURE = 23,
	AT_RANDOM = 25,
	AT_EXECFN = 31,
	USER = 1000,
	SEED = 16,
	TICKS = 100,
};

/* The program's address of a byte, from above, and that byte to us: the program
 * may have the page as it will, we write where it is mapped. */
struct stack {
	uint64_t sp, bottom;
};

static bool push(struct stack *s, const void *from, size_t len)
{
	if (len > s->sp - s->bottom)
		return false;
	s->sp -= len;
	memcpy((void *)s->sp, from, len);
	return true;
}

static bool push_word(struct stack *s, uint64_t word)
{
	return push(s, &word, sizeof(word));
}

static bool push_texts(struct stack *s, const char *const *text, size_t n,
                       uint64_t *at)
{
	for (size_t i = n; i--;) {
		if (!push(s, text[i], strlen(text[i]) + 1))
			return false;
		at[i] = s->sp;
	}
	return true;
}

static bool push_words(struct stack *s, const uint64_t *word, size_t n)
{
	return push_word(s, 0) && push(s, word, n * WORD);
}

static uint64_t hardware(void)
{
	uint32_t a = 1, b, c, d;

	__asm__("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	return d;
}

static bool push_facts(struct stack *s, const struct stack_facts *f,
                       uint64_t random, uint64_t path, uint64_t platform)
{
	const uint64_t facts[][2] = {
		{ AT_PHDR, f->headers },
		{ AT_PHENT, 56 },
		{ AT_PHNUM, f->header_count },
		{ AT_PAGESZ, KIF_PAGE },
		{ AT_BASE, f->base },
		{ AT_FLAGS, 0 },
		{ AT_ENTRY, f->entry },
		{ AT_UID, USER },
		{ AT_EUID, USER },
		{ AT_GID, USER },
		{ AT_EGID, USER },
		{ AT_PLATFORM, platform },
		{ AT_HWCAP, hardware() },
		{ AT_CLKTCK, TICKS },
		{ AT_SECURE, 0 },
		{ AT_RANDOM, random },
		{ AT_EXECFN, path },
		{ AT_NULL, 0 },
	};

	return push(s, facts, sizeof(facts));
}

static bool seed_push(struct stack *s)
{
	uint8_t seed[SEED];

	fief_random(seed, sizeof(seed));
	return push(s, seed, sizeof(seed));
}

/* Words that come below: their number decides how it is aligned. */
static void align(struct stack *s, size_t words)
{
	s->sp &= ~(uint64_t)15;
	if (words % 2)
		s->sp -= WORD;
}

enum linux_errno stack_make(const struct load_args *a,
                            const struct stack_facts *f, uint64_t *sp)
{
	static uint64_t arg[WORDS_MAX], env[WORDS_MAX];
	uint64_t path, platform, random;
	struct stack s;
	enum linux_errno e =
		memory_map(0, BYTES, PROT_READ | PROT_WRITE, &s.bottom);

	if (e)
		return e;
	s.sp = s.bottom + BYTES;
	if (!push_word(&s, 0) || !push(&s, a->path, strlen(a->path) + 1))
		return ENOMEM;
	path = s.sp;
	if (!push(&s, "x86_64", 7))
		return ENOMEM;
	platform = s.sp;
	if (!push_texts(&s, a->env, a->envs, env) ||
	    !push_texts(&s, a->arg, a->args, arg) || !seed_push(&s))
		return ENOMEM;
	random = s.sp;
	align(&s, a->args + a->envs + 3);
	if (!push_facts(&s, f, random, path, platform) ||
	    !push_words(&s, env, a->envs) || !push_words(&s, arg, a->args) ||
	    !push_word(&s, a->args))
		return ENOMEM;
	*sp = s.sp;
	return NO_ERROR;
}
