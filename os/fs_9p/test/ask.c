/* SPDX-License-Identifier: MIT */
/* Messages that are answered at once. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ask.h"

struct talk talk;
static unsigned char buf[8192];
struct heard answer;

static bool put(struct p9_out *out, char what, va_list *args)
{
	const char *text;

	switch (what) {
	case '1':
		p9_put_u8(out, (uint8_t)va_arg(*args, unsigned));
		return true;
	case '2':
		p9_put_u16(out, (uint16_t)va_arg(*args, unsigned));
		return true;
	case '4':
		p9_put_u32(out, va_arg(*args, unsigned));
		return true;
	case '8':
		p9_put_u64(out, va_arg(*args, uint64_t));
		return true;
	default:
		text = va_arg(*args, const char *);
		p9_put_text(out, text, strlen(text));
		return what == 's';
	}
}

void ask(uint32_t error, uint8_t type, const char *format, ...)
{
	struct p9_out out = { .at = buf, .size = sizeof(buf) };
	va_list args;

	va_start(args, format);
	for (const char *f = format; *f; f++)
		assert_true(put(&out, *f, &args));
	va_end(args);
	assert_true(talk_say(&talk, type, type == P9_VERSION ? P9_NO_TAG : TAG,
	                     buf, out.len));
	assert_true(talk_hear(&talk, &answer));
	if (answer.type == P9_LERROR + 1)
		assert_int_equal(p9_u32(&answer.in), error);
	else
		assert_int_equal(error, OK);
	assert_int_equal(answer.type, (error ? P9_LERROR : type) + 1);
}

int ask_begin(void **state)
{
	(void)state;
	talk_init(&talk);
	ask(OK, P9_VERSION, "4s", 8192u, "9P2000.L");
	ask(OK, P9_ATTACH, "44ss4", ROOT, P9_NO_FID, "me", "", 0u);
	return 0;
}

int ask_end(void **state)
{
	(void)state;
	talk_fini(&talk);
	return 0;
}

void ask_walk(uint32_t fid, const char *name)
{
	ask(OK, P9_WALK, "442s", ROOT, fid, 1u, name);
}

void ask_clone(uint32_t fid)
{
	ask(OK, P9_WALK, "442", ROOT, fid, 0u);
}

void ask_file(uint32_t fid, const char *name)
{
	ask_clone(fid);
	ask(OK, P9_LCREATE, "4s444", fid, name, BOTH, 0640u, 0u);
}

void ask_write(uint32_t error, uint32_t fid, uint64_t pos, const char *text)
{
	struct p9_out out = { .at = buf, .size = sizeof(buf) };

	p9_put_u32(&out, fid);
	p9_put_u64(&out, pos);
	p9_put_u32(&out, (uint32_t)strlen(text));
	p9_put(&out, text, strlen(text));
	assert_true(talk_say(&talk, P9_WRITE, TAG, buf, out.len));
	assert_true(talk_hear(&talk, &answer));
	assert_int_equal(answer.type, (error ? P9_LERROR : P9_WRITE) + 1);
	assert_int_equal(p9_u32(&answer.in), error ? error : strlen(text));
}

void ask_reads(uint32_t fid, uint64_t pos, const char *bytes, size_t len)
{
	ask(OK, P9_READ, "484", fid, pos, 100u);
	assert_int_equal(p9_u32(&answer.in), len);
	assert_int_equal(answer.in.left, len);
	assert_memory_equal(answer.in.at, bytes, len);
}

struct attributes ask_attributes(uint32_t fid)
{
	struct attributes a = { 0 };

	ask(OK, P9_GETATTR, "48", fid, UINT64_MAX);
	assert_int_equal(p9_u64(&answer.in), 0x7ff);
	a.qid_type = p9_u8(&answer.in);
	a.version = p9_u32(&answer.in);
	a.qid = p9_u64(&answer.in);
	a.mode = p9_u32(&answer.in);
	p9_u64(&answer.in); /* user, group */
	a.links = p9_u64(&answer.in);
	p9_u64(&answer.in); /* device */
	a.size = p9_u64(&answer.in);
	p9_bytes(&answer.in, 16); /* blocks */
	a.atime = p9_u64(&answer.in);
	p9_u64(&answer.in);
	a.mtime = p9_u64(&answer.in);
	a.mtime_ns = p9_u64(&answer.in);
	p9_bytes(&answer.in, 6 * 8);
	assert_true(p9_done(&answer.in));
	return a;
}
