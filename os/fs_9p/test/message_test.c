/* SPDX-License-Identifier: MIT */
/* Messages of 9P2000.L: what they do, answer, refuse. Those of directories are in
 * entry_test.c. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ask.h"

/* ---- sessions ---- */

static void test_version(void **state)
{
	char text[10];

	(void)state;
	ask(INVALID, P9_VERSION, "4s", P9_MESSAGE_MIN - 1u, "9P2000.L");
	ask(INVALID, P9_VERSION, "4", 8192u);
	ask(OK, P9_VERSION, "4s", UINT32_MAX, "9P2000.L");
	assert_int_equal(p9_u32(&answer.in), P9_MESSAGE_MAX);
	ask(OK, P9_VERSION, "4s", 8192u, "9P2000.u");
	p9_u32(&answer.in);
	p9_text(&answer.in, text, sizeof(text));
	assert_string_equal(text, "unknown");
}

static void test_attach(void **state)
{
	(void)state;
	ask(UNSUPPORTED, P9_AUTH, "4ss4", 9u, "me", "", 0u);
	ask(INVALID, P9_ATTACH, "44ss4", 1u, 9u, "me", "", 0u);
	ask(EXISTS, P9_ATTACH, "44ss4", ROOT, P9_NO_FID, "me", "", 0u);
	ask(EXISTS, P9_ATTACH, "44ss4", P9_NO_FID, P9_NO_FID, "me", "", 0u);
	ask(OK, P9_CLUNK, "4", ROOT);
	ask(BAD_FID, P9_CLUNK, "4", ROOT);
	ask(OK, P9_ATTACH, "44ss4", ROOT, P9_NO_FID, "me", "/", 0u);
}

static void test_walk(void **state)
{
	static const unsigned char many[17 * 3] = { 1, 0, 'd', 1, 0, 'd' };
	unsigned char buf[100];
	struct p9_out out = { .at = buf, .size = sizeof(buf) };

	(void)state;
	ask(OK, P9_MKDIR, "4s44", ROOT, "d", 0755u, 0u);
	ask_file(8, "f");
	ask(OK, P9_WALK, "442ss", ROOT, 1u, 2u, "d", "no");
	assert_int_equal(p9_u16(&answer.in), 1);
	assert_int_equal(p9_u8(&answer.in), 0x80);
	ask(BAD_FID, P9_CLUNK, "4", 1u); /* not all of it: no fid */
	ask(NO_ENTRY, P9_WALK, "442s", ROOT, 1u, 1u, "no");
	ask(BAD_FID, P9_WALK, "442", 99u, 1u, 0u);
	ask(EXISTS, P9_WALK, "442", ROOT, 8u, 0u);
	ask(INVALID, P9_WALK, "442", 8u, 1u, 0u); /* it is open */
	ask(INVALID, P9_WALK, "442s", ROOT, 1u, 2u, "d");
	ask_walk(1, "f");
	ask(NOT_DIR, P9_WALK, "442s", 1u, 2u, 1u, "x");
	ask(NOT_DIR, P9_WALK, "442s", 1u, 2u, 1u, "..");
	ask(OK, P9_WALK, "442s", ROOT, ROOT, 1u, "d"); /* the same fid */
	assert_int_equal(ask_attributes(ROOT).qid_type, 0x80);
	p9_put_u32(&out, ROOT);
	p9_put_u32(&out, 2);
	p9_put_u16(&out, 17);
	p9_put(&out, many, sizeof(many));
	assert_true(talk_say(&talk, P9_WALK, TAG, buf, out.len));
	assert_true(talk_hear(&talk, &answer));
	assert_int_equal(p9_u32(&answer.in), INVALID);
}

static void test_way_up_has_a_qid(void **state)
{
	uint64_t root;

	(void)state;
	root = ask_attributes(ROOT).qid;
	ask(OK, P9_MKDIR, "4s44", ROOT, "d", 0755u, 0u);
	ask(OK, P9_WALK, "442ss", ROOT, 1u, 2u, "d", "..");
	assert_int_equal(p9_u16(&answer.in), 2);
	p9_bytes(&answer.in, P9_QID);
	assert_int_equal(p9_u8(&answer.in), 0x80);
	p9_u32(&answer.in);
	assert_int_equal(p9_u64(&answer.in), root);
}

/* ---- content ---- */

static void test_open(void **state)
{
	(void)state;
	ask_file(1, "f");
	ask_write(OK, 1, 0, "hello");
	ask(OK, P9_SYMLINK, "4ss4", ROOT, "l", "f", 0u);
	ask_walk(2, "l");
	ask(LINK, P9_LOPEN, "44", 2u, TO_READ);
	ask_clone(3);
	ask(IS_DIR, P9_LOPEN, "44", 3u, TO_WRITE);
	ask(OK, P9_LOPEN, "44", 3u, TO_READ);
	ask(INVALID, P9_LOPEN, "44", 3u, TO_READ);
	ask_walk(4, "f");
	ask_walk(5, "f");
	ask(OK, P9_LOPEN, "44", 4u, TO_WRITE | TRUNC);
	assert_int_equal(ask_attributes(1).size, 0);
	ask(BAD_FID, P9_READ, "484", 4u, (uint64_t)0, 10u);
	ask(OK, P9_UNLINKAT, "4s4", ROOT, "f", 0u);
	ask(NO_ENTRY, P9_LOPEN, "44", 5u, TO_READ);
}

static void test_create(void **state)
{
	(void)state;
	ask_file(1, "f");
	ask_clone(2);
	ask(EXISTS, P9_LCREATE, "4s444", 2u, "f", TO_READ | EXCL, 0600u, 0u);
	ask(INVALID, P9_LCREATE, "4s444", 2u, "a/b", TO_READ, 0600u, 0u);
	ask(INVALID, P9_LCREATE, "4s444", 2u, "..", TO_READ, 0600u, 0u);
	ask(INVALID, P9_LCREATE, "4s444", 2u, "", TO_READ, 0600u, 0u);
	ask(OK, P9_LCREATE, "4s444", 2u, "g", TO_WRITE | EXCL, 0604u, 0u);
	assert_int_equal(ask_attributes(2).mode, 0100604);
	ask(INVALID, P9_LCREATE, "4s444", 2u, "h", TO_READ, 0600u, 0u);
	ask_walk(3, "f");
	ask(NOT_DIR, P9_LCREATE, "4s444", 3u, "h", TO_READ, 0600u, 0u);
}

static void test_bytes(void **state)
{
	(void)state;
	ask_file(1, "f");
	ask_write(OK, 1, 0, "hello");
	ask_write(OK, 1, 7, "world");
	ask_reads(1, 0, "hello\0\0world", 12);
	ask_reads(1, 9, "rld", 3);
	ask_reads(1, 12, "", 0);
	ask_reads(1, 1000, "", 0);
}

static void test_refused_bytes(void **state)
{
	(void)state;
	ask_file(1, "f");
	ask_walk(2, "f");
	ask(BAD_FID, P9_READ, "484", 2u, (uint64_t)0, 10u);
	ask_write(BAD_FID, 2, 0, "x");
	ask(BAD_FID, P9_FSYNC, "44", 2u, 0u);
	ask(OK, P9_LOPEN, "44", 2u, TO_READ);
	ask_write(BAD_FID, 2, 0, "x");
	ask(INVALID, P9_READ, "484", 1u, UINT64_MAX, 10u);
	ask_write(INVALID, 1, UINT64_MAX - 1, "x");
	ask(INVALID, P9_WRITE, "484", 1u, (uint64_t)0, 10u); /* no bytes */
	ask(INVALID, P9_WRITE, "4841", 1u, (uint64_t)0, 0u, 1u);
	ask(OK, P9_READ, "484", 1u, (uint64_t)0, UINT32_MAX);
	ask(OK, P9_FSYNC, "44", 1u, 0u);
	ask_clone(3);
	ask(OK, P9_LOPEN, "44", 3u, TO_READ);
	ask(IS_DIR, P9_READ, "484", 3u, (uint64_t)0, 10u);
	ask(NOT_DIR, P9_READDIR, "484", 1u, (uint64_t)0, 1000u);
	ask(INVALID, P9_READDIR, "484", 3u, (uint64_t)0, 10u);
	ask_clone(4);
	ask(BAD_FID, P9_READDIR, "484", 4u, (uint64_t)0, 1000u);
}

/* ---- attributes ---- */

enum { MODE = 1, SIZE = 8, ATIME = 16, MTIME = 32, GIVEN = 384 };

static void set(uint32_t error, uint32_t fid, uint32_t what, uint32_t mode,
                uint64_t size, int64_t time, uint64_t ns)
{
	ask(error, P9_SETATTR, "4444488888", fid, what, mode, 0u, 0u, size,
	    (uint64_t)time, ns, (uint64_t)time, ns);
}

static void test_attributes(void **state)
{
	struct attributes a, b;

	(void)state;
	ask_file(1, "f");
	ask_write(OK, 1, 0, "hello");
	a = ask_attributes(1);
	assert_int_equal(a.mode, 0100640);
	assert_int_equal(a.size, 5);
	ask_write(OK, 1, 0, "HELLO");
	b = ask_attributes(1);
	assert_true(a.qid == b.qid && a.version != b.version);
	set(OK, 1, MODE | ATIME | MTIME | GIVEN, 0604, 0, 1000, 7);
	a = ask_attributes(1);
	assert_int_equal(a.mode, 0100604);
	assert_true(a.atime == 1000 && a.mtime == 1000 && a.mtime_ns == 7);
	set(OK, 1, MTIME | GIVEN, 0, 0, -2, 7); /* before 1970 */
	a = ask_attributes(1);
	assert_true(a.mtime == (uint64_t)-2 && a.mtime_ns == 7);
	set(INVALID, 1, MTIME | GIVEN, 0, 0, 0, 1000000000);
	set(INVALID, 1, MTIME | GIVEN, 0, 0, INT64_MAX, 0);
	set(INVALID, 1, MTIME | GIVEN, 0, 0, INT64_MIN, 0);
	set(OK, 1, 0, 0, 0, 0, 0);
}

/* What is open is meant, even if its name is another file's by now. */
static void test_change_of_what_is_open(void **state)
{
	(void)state;
	ask_file(1, "f");
	ask_write(OK, 1, 0, "hello");
	ask(OK, P9_UNLINKAT, "4s4", ROOT, "f", 0u);
	ask_file(2, "f");
	ask_write(OK, 2, 0, "another");
	set(OK, 1, SIZE, 0, 2, 0, 0);
	assert_int_equal(ask_attributes(1).size, 2);
	assert_int_equal(ask_attributes(2).size, 7);
	ask_walk(3, "f");
	ask(OK, P9_LOPEN, "44", 3u, TO_READ);
	set(OK, 3, SIZE, 0, 1, 0, 0); /* by name */
	assert_int_equal(ask_attributes(2).size, 1);
	set(IS_DIR, ROOT, SIZE, 0, 0, 0, 0);
}

static void test_unsupported(void **state)
{
	(void)state;
	ask(UNSUPPORTED, P9_XATTRWALK, "44s", ROOT, 1u, "user.x");
	ask(UNSUPPORTED, P9_XATTRCREATE, "4s84", ROOT, "user.x", (uint64_t)1,
	    0u);
	ask(OK, P9_STATFS, "4", ROOT);
	assert_int_equal(p9_u32(&answer.in), 0x01021997);
	ask(INVALID, P9_STATFS, "41", ROOT, 0u);
}

/* ---- locks ---- */

enum { SHARED, EXCLUSIVE, NONE };

static void lock(uint32_t fid, unsigned kind, uint32_t process, unsigned status)
{
	ask(OK, P9_LOCK, "414884s", fid, kind, 0u, (uint64_t)10, (uint64_t)5,
	    process, "host");
	assert_int_equal(p9_u8(&answer.in), status);
}

static void has_lock(uint32_t fid, unsigned kind, uint32_t process)
{
	ask(OK, P9_GETLOCK, "41884s", fid, EXCLUSIVE, (uint64_t)0, (uint64_t)0,
	    99u, "host");
	assert_int_equal(p9_u8(&answer.in), kind);
	if (kind == NONE)
		return;
	assert_int_equal(p9_u64(&answer.in), 10);
	assert_int_equal(p9_u64(&answer.in), 5);
	assert_int_equal(p9_u32(&answer.in), process);
}

static void test_locks(void **state)
{
	(void)state;
	ask_file(1, "f");
	ask_walk(2, "f");
	ask(BAD_FID, P9_LOCK, "414884s", 2u, SHARED, 0u, (uint64_t)0,
	    (uint64_t)0, 1u, "host");
	ask(OK, P9_LOPEN, "44", 2u, BOTH);
	lock(1, EXCLUSIVE, 1, 0);
	lock(2, SHARED, 2, 1); /* another one has it */
	has_lock(2, EXCLUSIVE, 1);
	lock(1, NONE, 1, 0);
	lock(2, SHARED, 2, 0);
	lock(2, SHARED, 3, 0);
	lock(1, EXCLUSIVE, 1, 1);
	ask(OK, P9_CLUNK, "4", 2u); /* all of its locks go */
	has_lock(1, NONE, 0);
	lock(1, EXCLUSIVE, 1, 0);
	ask(INVALID, P9_LOCK, "414884s", 1u, 3u, 0u, (uint64_t)0, (uint64_t)0,
	    1u, "host");
}

/* ---- all of them ---- */

static void test_changes_are_refused(void **state)
{
	unsigned count = 0;

	(void)state;
	ask_file(1, "f");
	talk.server.writeable = false;
	for (unsigned type = 0; type < P9_TYPES; type++)
		if (messages[type].changes) {
			ask(READ_ONLY, (uint8_t)type, "4", ROOT);
			count++;
		}
	assert_int_equal(count, 10);
	ask_walk(2, "f");
	ask(READ_ONLY, P9_LOPEN, "44", 2u, TO_WRITE);
	ask(READ_ONLY, P9_LOPEN, "44", 2u, TO_READ | TRUNC);
	ask(OK, P9_LOPEN, "44", 2u, TO_READ);
}

static void test_unknown_fids(void **state)
{
	(void)state;
	for (unsigned type = 0; type < P9_TYPES; type++) {
		if (messages[type].fid)
			ask(BAD_FID, (uint8_t)type, ""); /* not fid 0 */
		if (messages[type].fid)
			ask(BAD_FID, (uint8_t)type, "4888", 77u, (uint64_t)0,
			    (uint64_t)0, (uint64_t)0);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, ask_begin, ask_end)
	static const struct CMUnitTest tests[] = {
		TEST(test_version),
		TEST(test_attach),
		TEST(test_walk),
		TEST(test_way_up_has_a_qid),
		TEST(test_open),
		TEST(test_create),
		TEST(test_bytes),
		TEST(test_refused_bytes),
		TEST(test_attributes),
		TEST(test_change_of_what_is_open),
		TEST(test_unsupported),
		TEST(test_locks),
		TEST(test_changes_are_refused),
		TEST(test_unknown_fids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
