/* SPDX-License-Identifier: MIT */
/* The server of 9P2000.L: order, waiting, giving up, bounds, and that nothing
 * leads out. What each message does is in message_test.c. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

enum {
	ENOENT_9P = 2,
	EINTR_9P = 4,
	EBADF_9P = 9,
	ENOMEM_9P = 12,
	EBUSY_9P = 16,
	EEXIST_9P = 17,
	ENOTDIR_9P = 20,
	EINVAL_9P = 22,
	ENFILE_9P = 23,
	EROFS_9P = 30,
};

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

static void attach_at(uint32_t fid, const char *path)
{
	p9_put_u32(words(), fid);
	p9_put_u32(&rest, P9_NO_FID);
	put(&rest, "me");
	put(&rest, path);
	p9_put_u32(&rest, 0);
	assert_true(say(P9_ATTACH, 1));
}

static void attach(uint32_t fid)
{
	attach_at(fid, "");
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
	assert_int_equal(p9_u32(&h.in), ENFILE_9P);
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

/* ---- nothing leads out of what is served ---- */

static void make_dir(uint32_t fid, const char *name)
{
	p9_put_u32(words(), fid);
	put(&rest, name);
	p9_put_u32(&rest, 0755);
	p9_put_u32(&rest, 0);
	assert_true(say(P9_MKDIR, 3));
	hear(3, P9_MKDIR, 0);
}

static void make_symlink(uint32_t fid, const char *name, const char *to)
{
	p9_put_u32(words(), fid);
	put(&rest, name);
	put(&rest, to);
	p9_put_u32(&rest, 0);
	assert_true(say(P9_SYMLINK, 3));
	hear(3, P9_SYMLINK, 0);
}

static void rename_at(uint32_t from, const char *name, uint32_t to,
                      const char *to_name)
{
	p9_put_u32(words(), from);
	put(&rest, name);
	p9_put_u32(&rest, to);
	put(&rest, to_name);
	assert_true(say(P9_RENAMEAT, 3));
	hear(3, P9_RENAMEAT, 0);
}

/* /out/secret, and /in/sub, which is served from now on as fid 10. */
static void export_in(void)
{
	make_dir(0, "out");
	make_dir(0, "in");
	walk(3, 0, 1, "out");
	hear(3, P9_WALK, 0);
	walk(3, 0, 2, "in");
	hear(3, P9_WALK, 0);
	make_dir(1, "secret");
	make_dir(2, "sub");
	talk_export(&t, "/in");
	attach(10);
	hear(1, P9_ATTACH, 0);
}

static void test_attach_follows_nothing(void **state)
{
	static const char *const ways[] = { "link", "/link", "abs", "sub/up",
		                            "link/secret" };

	(void)state;
	export_in();
	make_symlink(10, "link", "../out");
	make_symlink(10, "abs", "/out");
	walk(3, 10, 11, "sub");
	hear(3, P9_WALK, 0);
	make_symlink(11, "up", "../../out");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		attach_at(20, ways[i]);
		hear(1, P9_ATTACH, ENOTDIR_9P);
	}
	attach_at(20, "nothing");
	hear(1, P9_ATTACH, ENOENT_9P);
}

static void test_attach_below(void **state)
{
	(void)state;
	export_in();
	walk(3, 10, 11, "sub");
	hear(3, P9_WALK, 0);
	make_dir(11, "deep");
	attach_at(20, "/sub//deep/");
	hear(1, P9_ATTACH, 0);
	attach_at(21, "sub/../../../sub/deep/../..");
	hear(1, P9_ATTACH, 0);
	walk(3, 21, 22, "sub");
	hear(3, P9_WALK, 0);
	walk(3, 21, 22, "out");
	hear(3, P9_WALK, ENOENT_9P);
	attach_at(21, ""); /* a number that is in use */
	hear(1, P9_ATTACH, EEXIST_9P);
}

/* A directory that others moved elsewhere has a way up that is not served. */
static void test_moved_out(void **state)
{
	(void)state;
	export_in();
	walk(3, 10, 11, "sub");
	hear(3, P9_WALK, 0);
	rename_at(2, "sub", 1, "moved");
	walk(3, 11, 12, "..");
	hear(3, P9_WALK, 0);
	walk(3, 12, 13, "secret");
	hear(3, P9_WALK, ENOENT_9P);
	walk(3, 12, 13, NULL);
	hear(3, P9_WALK, 0);
}

/* ---- two requests with one fid ---- */

static void say_open(uint16_t tag, uint32_t fid, uint32_t flags)
{
	p9_put_u32(words(), fid);
	p9_put_u32(&rest, flags);
	assert_true(say(P9_LOPEN, tag));
}

static void say_create(uint16_t tag, uint32_t fid, const char *name,
                       uint32_t flags)
{
	p9_put_u32(words(), fid);
	put(&rest, name);
	p9_put_u32(&rest, flags);
	p9_put_u32(&rest, 0644);
	p9_put_u32(&rest, 0);
	assert_true(say(P9_LCREATE, tag));
}

static void test_opened_twice(void **state)
{
	(void)state;
	open_fifo(7, 0);
	say_open(8, 1, 2); /* both ends: the first would open, too */
	hear(8, P9_LOPEN, EBUSY_9P);
	walk(3, 0, 2, "p");
	hear(3, P9_WALK, 0);
	say_open(8, 2, 1);
	hear(8, P9_LOPEN, 0);
	hear(7, P9_LOPEN, 0);
	say_open(8, 1, 0);
	hear(8, P9_LOPEN, EINVAL_9P);
}

static void test_created_twice(void **state)
{
	(void)state;
	open_fifo(7, 0);
	walk(3, 0, 2, NULL);
	hear(3, P9_WALK, 0);
	say_create(8, 2, "p", 0);
	say_create(9, 2, "p", 0);
	hear(9, P9_LCREATE, EBUSY_9P);
	walk(3, 0, 3, "p");
	hear(3, P9_WALK, 0);
	say_open(3, 3, 1);
	hear(3, P9_LOPEN, 0);
	hear(7, P9_LOPEN, 0);
	hear(8, P9_LCREATE, 0);
	make_dir(0, "d"); /* fid 2 is the fifo now, and nothing else */
	walk(3, 2, 4, "d");
	hear(3, P9_WALK, EINVAL_9P);
}

/* ---- bounds ---- */

static void say_read(uint16_t tag, uint32_t fid, uint64_t pos, uint32_t count)
{
	p9_put_u32(words(), fid);
	p9_put_u64(&rest, pos);
	p9_put_u32(&rest, count);
	assert_true(say(P9_READ, tag));
}

/* What waits for somebody else does not keep that one from being heard. */
static void test_waiting_is_no_end(void **state)
{
	(void)state;
	open_fifo(7, 2);
	hear(7, P9_LOPEN, 0);
	for (uint16_t i = 0; i < WAITING_MAX; i++)
		say_read((uint16_t)(100 + i), 1, 0, 1);
	silence();
	assert_true(server_room(&t.server));
	say_read(7, 1, 0, 1); /* one too many */
	hear(7, P9_READ, ENFILE_9P);
	flush(7, 100);
	hear(100, P9_READ, EINTR_9P);
	hear(7, P9_FLUSH, 0);
	say_read(100, 1, 0, 1);
	silence();
	p9_put_u32(words(), 1);
	p9_put_u64(&rest, 0);
	p9_put_u32(&rest, 1);
	p9_put_u8(&rest, 'x');
	assert_true(say(P9_WRITE, 7));
	hear(7, P9_WRITE, 0);
	hear(101, P9_READ, 0);
}

/* Memory is bounded, whatever is asked for and however little of it is there. */
static void test_bytes_that_wait(void **state)
{
	uint16_t tag = 100;

	(void)state;
	assert_true(version("9P2000.L", P9_MESSAGE_MAX));
	hear(P9_NO_TAG, P9_VERSION, 0);
	attach(0);
	hear(1, P9_ATTACH, 0);
	open_fifo(7, 2);
	hear(7, P9_LOPEN, 0);
	for (; tag < 100 + WAITING_MAX; tag++)
		say_read(tag, 1, 0, P9_MESSAGE_MAX);
	assert_true(t.bytes < WAITING_BYTES + (1 << 20));
	assert_true(server_room(&t.server));
}

static void test_answers_that_nobody_reads(void **state)
{
	uint16_t tag = 100;

	(void)state;
	assert_true(version("9P2000.L", P9_MESSAGE_MAX));
	hear(P9_NO_TAG, P9_VERSION, 0);
	attach(0);
	hear(1, P9_ATTACH, 0);
	walk(3, 0, 1, NULL);
	hear(3, P9_WALK, 0);
	say_create(3, 1, "empty", 2);
	hear(3, P9_LCREATE, 0);
	for (; server_room(&t.server) && tag < 10000; tag++)
		say_read(tag, 1, 0, P9_MESSAGE_MAX); /* answers of 11 bytes */
	assert_true(t.bytes < ANSWERS_BYTES + (1 << 20));
	for (uint16_t i = 100; i < tag; i++)
		hear(i, P9_READ, 0);
	assert_true(server_room(&t.server));
}

static void test_no_memory(void **state)
{
	(void)state;
	t.limit = t.bytes + 1000; /* enough to say so */
	walk(3, 0, 1, NULL);
	hear(3, P9_WALK, ENOMEM_9P);
	t.limit = t.bytes;
	p9_put_u32(words(), 0);
	assert_false(say(P9_CLUNK, 3));
	t.limit = SIZE_MAX;
	walk(3, 0, 1, NULL);
	hear(3, P9_WALK, 0);
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
		TEST(test_fids),
		TEST(test_ways_out),
		TEST(test_read_only),
		TEST(test_attach_follows_nothing),
		TEST(test_attach_below),
		TEST(test_moved_out),
		TEST(test_opened_twice),
		TEST(test_created_twice),
		TEST(test_waiting_is_no_end),
		TEST(test_bytes_that_wait),
		TEST(test_answers_that_nobody_reads),
		TEST(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
