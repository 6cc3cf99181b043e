/* SPDX-License-Identifier: MIT */
/* The parts of `fief` that can be tested without a system. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <lib/label.h>

#include "control.h"
#include "listing.h"
#include "log_reader.h"
#include "suggest.h"
#include "util.h"

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned want;
	} cases[] = {
		{ "", "", 0 },        { "run", "run", 0 },
		{ "rnu", "run", 1 },  { "rn", "run", 1 },
		{ "runn", "run", 1 }, { "ron", "run", 1 },
		{ "", "abc", 3 },     { "abc", "", 3 },
		{ "abc", "xyz", 3 },  { "tree", "stop", 4 },
		{ "ps", "tree", 4 },
	};
	char longest[SUGGEST_WORD_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(suggest_distance(cases[i].a, cases[i].b),
		                 cases[i].want);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(suggest_distance(longest, longest), SUGGEST_WORD_MAX);
}

static const char *nearest(const char *word)
{
	static const char *const words[] = { "run", "ps", "tree", "stop",
		                             "version" };
	struct suggest s;

	suggest_init(&s, word);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		suggest_offer(&s, words[i]);
	return suggest_result(&s);
}

static void suggestions(void **state)
{
	(void)state;
	assert_string_equal(nearest("rnu"), "run");
	assert_string_equal(nearest("vers"), "version");
	assert_string_equal(nearest("stpo"), "stop");
	assert_null(nearest("dance"));
	assert_null(nearest("x"));
	assert_null(nearest(""));
}

static void safe_text(void **state)
{
	static const struct {
		const char *in, *want;
		size_t len;
	} cases[] = {
		{ "plain", "plain", 5 },
		{ "tab\tis", "tab\tis", 6 },
		{ "\033[0m\n\r", "\\x1b[0m\\x0a\\x0d", 6 },
		{ "a\0b", "a\\x00b", 3 },
		{ "\x7f\xc2\x9b", "\\x7f\\x9b", 3 }, /* DEL, 8-bit CSI */
		{ "\xff\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 3 },
		{ "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd", 2 },
		{ "\xe2\x82\xac", "\xe2\x82\xac", 3 },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(util_safe_text(out, cases[i].in, cases[i].len),
		                 strlen(cases[i].want));
		assert_string_equal(out, cases[i].want);
	}
	assert_int_equal(util_utf8_text(out, "\033\xff", 2), 4);
	assert_string_equal(out, "\033\xef\xbf\xbd");
}

static void names(void **state)
{
	static const struct {
		const char *file, *want;
	} cases[] = {
		{ "a.xml", "a" },
		{ "/x/y/my system.xml", "my-system" },
		{ "run/seed-1/system.xml", "seed-1" },
		{ "system.xml", "system" },
		{ "/system.xml", "system" },
		{ "plain", "plain" },
		{ ".xml", "xml" },
		{ "...", "system" },
		{ "dir/", "system" },
		{ "", "system" },
		{ "\xc3\xa9t\xc3\xa9.xml", "t--" },
	};
	char out[INSTANCE_NAME_MAX + 1], longest[300];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		instance_name_from_file(out, cases[i].file);
		assert_string_equal(out, cases[i].want);
		assert_true(instance_name_valid(out));
	}
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_false(instance_name_valid(longest));
	instance_name_from_file(out, longest);
	assert_true(instance_name_valid(out));
}

/* ---- log ---- */

/* Feed records in pieces of `step` bytes; the lines are in `out`. */
static void feed(struct log_reader *r, struct output *out, const char *text,
                 size_t len, size_t step)
{
	int pipe_fd[2];

	assert_int_equal(pipe(pipe_fd), 0);
	log_reader_init(r, pipe_fd[0]);
	*out = (struct output){ .fd = -1 };
	r->out = out;
	for (size_t at = 0; at < len; at += step) {
		size_t n = len - at < step ? len - at : step;

		assert_int_equal(write(pipe_fd[1], text + at, n), n);
		assert_true(log_reader_read(r));
	}
	close(pipe_fd[1]);
	assert_false(log_reader_read(r));
	close(pipe_fd[0]);
	output_add(out, "", 1);
}

static void records(void **state)
{
	static const char text[] = "init\x1fhello\n"
				   "init -> a\x1f\n"
				   "\x1fno label\n"
				   "no separator\n"
				   "init\x1f"
				   "a\x1f"
				   "b\n";
	static const char want[] = "[init] hello\n[init -> a] \n[] no label\n"
				   "[?] no separator\n[init] a\\x1fb\n";
	struct log_reader r;
	struct output out;

	(void)state;
	for (size_t step = 1; step < sizeof(text); step++) {
		feed(&r, &out, text, sizeof(text) - 1, step);
		assert_string_equal(out.buf, want);
		log_reader_fini(&r);
		output_fini(&out);
	}
}

/* A stream without line ends cannot make us hold more and more. */
static void endless_record(void **state)
{
	enum { LEN = 60000 };
	char *text = malloc(LEN);
	struct log_reader r;
	struct output out;

	(void)state;
	memset(text, 'x', LEN);
	feed(&r, &out, text, LEN, 1000);
	assert_true(r.len < 8192);
	assert_true(out.len > LEN / 2);
	log_reader_fini(&r);
	output_fini(&out);
	free(text);
}

/* ---- control ---- */

static void answer_pages(void **state)
{
	static const char *const pages[] = { "a\nb\nmore 2\n", "\n", "c\n",
		                             "\n" };
	char request[64];
	struct control c;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	control_init(&c, pair[0]);
	assert_true(control_send(&c, "ps 0"));
	assert_false(control_send(&c, "stop")); /* one at a time */
	assert_int_equal(recv(pair[1], request, sizeof(request), 0), 4);
	for (size_t i = 0; i < 4; i++) {
		send(pair[1], pages[i], strlen(pages[i]), 0);
		assert_int_equal(control_readable(&c), i == 3);
		if (i == 1) {
			assert_int_equal(
				recv(pair[1], request, sizeof(request), 0), 4);
			assert_memory_equal(request, "ps 2", 4);
		}
	}
	assert_string_equal(c.answer, "a\nb\nc\n");
	assert_true(control_send(&c, "stop"));
	send(pair[1], "\n", 1, 0);
	assert_true(control_readable(&c));
	assert_string_equal(c.answer, "");
	close(pair[1]);
	assert_false(control_readable(&c));
	assert_true(c.ended);
	assert_false(control_send(&c, "ps 0"));
	close(pair[0]);
	control_fini(&c);
}

/* ---- listing ---- */

static void tree(void **state)
{
	static const char *const want[] = { "init", "a",   "b",
		                            "a b",  "a-b", "z -> lost" };
	static const unsigned depth[] = { 0, 1, 2, 1, 1, 1 };
	struct listing l;

	(void)state;
	assert_true(listing_parse(
		&l, util_text("instance\tn\t1\t2\t3\t4\t5\tsystem.xml\n"
	                      "init -> z -> lost\trunning\t0\t4\t5\t6\t7\t8\n"
	                      "init -> a-b\trunning\t0\t4\t5\t6\t7\t8\n"
	                      "init\trunning\t0\t4\t5\t6\t7\t8\n"
	                      "init -> a b\texited\t-3\t0\t5\t6\t7\t8\n"
	                      "init -> a -> b\trunning\t0\t4\t5\t6\t7\t8\n"
	                      "init -> a\trunning\t0\t4\t5\t6\t7\t8\n")));
	listing_arrange(&l);
	assert_int_equal(l.components, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_string_equal(l.component[i].name, want[i]);
		assert_int_equal(l.component[i].depth, depth[i]);
	}
	assert_int_equal(l.component[3].code, -3);
	listing_fini(&l);
}

static void strange_listings(void **state)
{
	static const char *const cases[] = {
		"",
		"\n",
		"instance\n",
		"instance\ta\t1\t2\t3\t4\t5\n",
		"init\trunning\t0\t4\t5\t6\t7\t8\n",
		"instance\tn\t1\t2\t3\t4\t5\tf\nx\n",
		"instance\tn\t1\t2\t3\t4\t5\tf\na\tb\tc\td\te\tf\tg\n",
	};
	struct listing l;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_false(listing_parse(&l, util_text("%s", cases[i])));
	assert_true(listing_parse(
		&l, util_text("instance\tn\t1\t2\t3\t4\t5\tf\n")));
	listing_arrange(&l);
	assert_int_equal(l.components, 0);
	listing_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances),
		cmocka_unit_test(suggestions),
		cmocka_unit_test(safe_text),
		cmocka_unit_test(names),
		cmocka_unit_test(records),
		cmocka_unit_test(endless_record),
		cmocka_unit_test(answer_pages),
		cmocka_unit_test(tree),
		cmocka_unit_test(strange_listings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
