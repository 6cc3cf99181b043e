/* SPDX-License-Identifier: MIT */
/* Failed assertions and backtraces. */

#include <fief/assert.h>

#include <stddef.h>
#include <stdint.h>

#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/fmt.h>

enum {
	FRAMES_MAX = 16,
	FRAME_MAX = 65536, /* bytes between two frames that we believe */
};

/* What a function with frame pointer keeps on the stack. */
struct frame {
	const struct frame *caller;
	void *return_address;
};

/* A frame lies above the one it called, not far, and aligned. */
static const struct frame *frame_caller(const struct frame *f)
{
	const uintptr_t at = (uintptr_t)f, up = (uintptr_t)f->caller;

	if (up <= at || up - at > FRAME_MAX || up % sizeof(void *))
		return NULL;
	return f->caller;
}

void fief_backtrace(void)
{
	const struct frame *f = __builtin_frame_address(0);
	char text[FRAMES_MAX * 20];
	struct fmt out;

	fmt_init(&out, text, sizeof(text));
	for (unsigned i = 0; f && i < FRAMES_MAX && f->return_address; i++) {
		fmt_add(&out, " %p", f->return_address);
		f = frame_caller(f);
	}
	fief_error("backtrace:%s", text);
}

void fief_assert_failed(const char *condition, const char *file, unsigned line)
{
	fief_error("%s:%u: assertion failed: %s", file, line, condition);
	fief_backtrace();
	fief_kif->exit(FIEF_ASSERT_EXIT);
}
