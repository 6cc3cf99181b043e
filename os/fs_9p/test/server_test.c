/* SPDX-License-Identifier: MIT */
/* The server of 9P2000.L: order, waiting, giving up, bounds. What messages do to
 * files is shown by tests/cli/files.py. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

enum { ENOENT_9P = 2, EINTR_9P = 4, EBADF_9P = 9, EROFS_9P = 30 };

static struct talk t;
static unsigned char buf[4096];
static struct p9_out rest;

static struct p9_out *words(void)
{
	rest = (struct p9_out){ .at = buf, .size = sizeof(buf) };
	return &rest;
}

static void put(struct p9_out *out, const char *text)
{
	p9_put_text(out, text, strlen(text));
}

static bool say(uint8_t type, uint16_t tag)
{
	return talk_say(&t, type, tag, buf, rest.len);
}

/* The next answer is of that type, or an error of that number. */
static void hear(uint16_t tag, uint8_t type, uint32_t error)
{
	struct heard h;

	assert_true(talk_hear(&t, &h));
	assert_int_equal(h.tag, tag);
	assert_int_equal(h.type, error ? P9_LERROR + 1 : type + 1);
	if (error)
		assert_int_equal(p9_u32(&h.in), error);
}

static void silence(void)
{
	struct heard h;

	assert_false(talk_hear(&t, &h));
}

static bool version(const char *text, uint32_t message)
{
	p9_put_u32(words(), message);
	put(&rest, text);
	return say(P9_VERSION, P9_NO_TAG);
}

static void attach(uint32_t fid)
{
	p9_put_u32(words(), fid);
	p9_put_u32(&rest, P9_NO_FID);
	put(&rest, "me");
	put(&rest, "");
	p9_put_u32(&rest, 0);
	assert_true(say(P9_ATTACH, 1));
}

static int begin(void **state)
{
	(void)state;
	talk_init(&t);
	assert_true(version("9P2000.L", 8192));
	hear(P9_NO_TAG, P9_VERSION, 0);
	attach(0);
	hear(1, P9_ATTACH, 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	talk_fini(&t);
	return 0;
}

static void walk(uint16_t tag, uint32_t from, uint32_t to, const char *name)
{
	p9_put_u32(words(), from);
	p9_put_u32(&rest, to);
	p9_put_u16(&rest, name != NULL);
	if (name)
		put(&rest, name);
	assert_true(say(P9_WALK, tag));
}

/* A fifo "p" as fid 1, whose opening waits with that tag. */
static void open_fifo(uint16_t tag, uint32_t flags)
{
	p9_put_u32(words(), 0);
	put(&rest, "p");
	p9_put_u32(&rest, 0010600);
	p9_put_u32(&rest, 0);
	p9_put_u32(&rest, 0);
	p9_put_u32(&rest, 0);
	assert_true(say(P9_MKNOD, 2));
	hear(2, P9_MKNOD, 0);
	walk(2, 0, 1, "p");
	hear(2, P9_WALK, 0);
	p9_put_u32(words(), 1);
	p9_put_u32(&rest, flags);
	assert_true(say(P9_LOPEN, tag));
}

static void flush(uint16_t tag, uint16_t old)
{
	p9_put_u16(words(), old);
	assert_true(say(P9_FLUSH, tag));
}

static void test_order(void **state)
{
	(void)state;
	assert_false(talk_say(&t, P9_CLUNK, P9_NO_TAG, "", 0));
	assert_false(talk_say(&t, P9_TYPES, 3, "", 0));
	assert_false(talk_say(&t, 1, 3, "", 0));
	assert_true(version("9P2000", 8192));
	hear(P9_NO_TAG, P9_VERSION, 0);
	assert_false(talk_say(&t, P9_CLUNK, 3, "\0\0\0\0", 4));
	assert_true(version("9P2000.L", 8192));
	hear(P9_NO_TAG, P9_VERSION, 0);
	walk(3, 0, 1, NULL); /* fids are gone */
	hear(3, P9_WALK, EBADF_9P);
}

static void test_malformed(void **state)
{
	(void)state;
	for (unsigned type = 0; type < P9_TYPES; type++) {
		struct heard h;

		if (!messages[type].run || type == P9_VERSION ||
		    type == P9_FLUSH)
			continue;
		for (size_t len = 0; len < 24; len++) {
			memset(buf, 0, sizeof(buf));
			assert_true(talk_say(&t, (uint8_t)type, 9, buf, len));
			while (talk_hear(&t, &h))
				;
			attach(0); /* whatever became of it */
			while (talk_hear(&t, &h))
				;
		}
	}
}

static void test_flush_of_one_that_waits(void **state)
{
	(void)state;
	open_fifo(7, 0);
	silence();
	flush(8, 7);
	hear(7, P9_LOPEN, EINTR_9P);
	hear(8, P9_FLUSH, 0);
	flush(8, 7); /* there is none any more */
	hear(8, P9_FLUSH, 0);
	flush(9, 9); /* itself */
	hear(9, P9_FLUSH, 0);
	silence();
}

static void test_flush_of_a_read(void **state)
{
	(void)state;
	open_fifo(7, 2); /* both ends */
	hear(7, P9_LOPEN, 0);
	p9_put_u32(words(), 1);
	p9_put_u64(&rest, 0);
	p9_put_u32(&rest, 100);
	assert_true(say(P9_READ, 7));
	silence();
	assert_false(say(P9_READ, 7)); /* a tag that is in use */
	flush(8, 7);
	hear(7, P9_READ, EINTR_9P);
	hear(8, P9_FLUSH, 0);
}

static void test_clunk_of_what_is_used(void **state)
{
	(void)state;
	open_fifo(7, 0);
	p9_put_u32(words(), 1);
	assert_true(say(P9_CLUNK, 3));
	hear(3, P9_CLUNK, 0);
	walk(3, 0, 1, "p"); /* its number is free */
	hear(3, P9_WALK, 0);
	p9_put_u32(words(), 1);
	p9_put_u32(&rest, 1); /* to write: both are open now */
	assert_true(say(P9_LOPEN, 3));
	hear(3, P9_LOPEN, 0);
	hear(7, P9_LOPEN, 0);
}

static void test_version_gives_all_up(void **state)
{
	(void)state;
	open_fifo(7, 0);
	assert_true(version("9P2000.L", 8192));
	hear(7, P9_LOPEN, EINTR_9P);
	hear(P9_NO_TAG, P9_VERSION, 0);
	silence();
}

static void test_room(void **state)
{
	uint16_t tag = 10;

	(void)state;
	open_fifo(7, 2);
	hear(7, P9_LOPEN, 0);
	for (; server_room(&t.server) && tag < 1000; tag++) {
		p9_put_u32(words(), 1);
		p9_put_u64(&rest, 0);
		p9_put_u32(&rest, 1);
		assert_true(say(P9_READ, tag));
	}
	assert_int_equal(tag - 10, REQUESTS_MAX);
	silence();
}

static void test_fids(void **state)
{
	uint32_t fid = 1;
	struct heard h;

	(void)state;
	for (; fid < 2 * FIDS_MAX; fid++) {
		walk(3, 0, fid, NULL);
		assert_true(talk_hear(&t, &h));
		if (h.type != P9_WALK + 1)
			break;
	}
	assert_int_equal(fid, FIDS_MAX);
	walk(3, 0, 1, NULL);
	assert_true(talk_hear(&t, &h));
	assert_int_equal(h.type, P9_LERROR + 1);
}

static void test_ways_out(void **state)
{
	static const char *const names[] = { "../x", "/", "a/b", "", "." };

	(void)state;
	walk(3, 0, 1, "..");
	hear(3, P9_WALK, 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		walk(3, 0, 2, names[i]);
		hear(3, P9_WALK, ENOENT_9P);
	}
}

static void test_read_only(void **state)
{
	(void)state;
	t.server.writeable = false;
	p9_put_u32(words(), 0);
	put(&rest, "d");
	p9_put_u32(&rest, 0755);
	p9_put_u32(&rest, 0);
	assert_true(say(P9_MKDIR, 3));
	hear(3, P9_MKDIR, EROFS_9P);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(test_order),
		TEST(test_malformed),
		TEST(test_flush_of_one_that_waits),
		TEST(test_flush_of_a_read),
		TEST(test_clunk_of_what_is_used),
		TEST(test_version_gives_all_up),
		TEST(test_room),
		TEST(test_fids),
		TEST(test_ways_out),
		TEST(test_read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
