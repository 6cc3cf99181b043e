/* SPDX-License-Identifier: MIT */
/* The only place where compiler extensions are named. */
#pragma once

#define FIEF_MUST __attribute__((warn_unused_result))
#define FIEF_NORETURN __attribute__((noreturn))
#define FIEF_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define FIEF_ALIGNED(n) __attribute__((aligned(n)))
#define FIEF_HIDDEN __attribute__((visibility("hidden")))
#define FIEF_EXPORTED __attribute__((visibility("default"), used))
#define FIEF_USED __attribute__((used))
#define FIEF_LIKELY(x) __builtin_expect(!!(x), 1)
#define FIEF_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* The object of type `type` whose member `member` is at `ptr`. */
#define FIEF_CONTAINER_OF(ptr, type, member)                                   \
	((type *)(void *)((char *)(ptr)-offsetof(type, member)))
