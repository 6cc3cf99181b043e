/* SPDX-License-Identifier: MIT */
/*
 * The generator as a program: golden files, refused schemas, what its code
 * does not let through the compiler. Arguments: generator, source root,
 * build root.
 */
#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { TEXT = 65536 };

static const char *tool, *source, *build;
static char scratch[] = "/tmp/fief-generator-XXXXXX";

/* Run a shell command; its output, standard error too, lands in `out`. */
__attribute__((format(printf, 2, 3))) static int run(char out[static TEXT],
                                                     const char *format, ...)
{
	char command[4096];
	va_list ap;
	size_t n;
	FILE *f;

	va_start(ap, format);
	n = (size_t)vsnprintf(command, sizeof(command), format, ap);
	va_end(ap);
	assert_true(n + 6 < sizeof(command));
	memcpy(command + n, " 2>&1", 6);
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(out, 1, TEXT - 1, f);
	out[n] = '\0';
	return pclose(f);
}

static char out[TEXT];

static void test_golden(void **state)
{
	static const char *const files[] = { "tiny.h", "tiny.c", "tiny.md" };

	(void)state;
	assert_int_equal(run(out,
	                     "cd %s/tools/capnpc-fief/test && %s -I %s -o %s "
	                     "tiny.capnp",
	                     source, tool, source, scratch),
	                 0);
	assert_string_equal(out, "");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int differ = run(out,
		                 "diff -u %s/tools/capnpc-fief/test/golden/"
		                 "%s.golden %s/%s",
		                 source, files[i], scratch, files[i]);

		if (differ)
			print_error("%s", out);
		assert_int_equal(differ, 0);
	}
}

/* The same through `capnp compile -o`, from another folder. */
static void test_plugin(void **state)
{
	(void)state;
	assert_int_equal(run(out,
	                     "mkdir -p %s/plugin && "
	                     "cd %s/tools/capnpc-fief/test && "
	                     "capnp compile -I%s -o%s:%s/plugin tiny.capnp && "
	                     "for i in h c md; do cmp %s/plugin/tiny.$i "
	                     "golden/tiny.$i.golden || exit 1; done",
	                     scratch, source, source, tool, scratch, scratch),
	                 0);
	assert_string_equal(out, "");
}

static void test_unchanged(void **state)
{
	char path[256];
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/plugin/tiny.h", scratch);
	assert_int_equal(run(out,
	                     "touch -d @1000 %s && "
	                     "cd %s/tools/capnpc-fief/test && "
	                     "%s -I %s -o %s/plugin tiny.capnp",
	                     path, source, tool, source, scratch),
	                 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mtime, 1000); /* the same text: not written */
}

/* Third line of each refused schema: what the error begins with. */
static void expected(const char *name, char *line, int size)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tools/capnpc-fief/test/bad/%s", source,
	         name);
	f = fopen(path, "r");
	assert_non_null(f);
	for (int i = 0; i < 3; i++)
		assert_non_null(fgets(line, size, f));
	fclose(f);
	line[strcspn(line, "\n")] = '\0';
	assert_memory_equal(line, "# expect: ", 10);
	memmove(line, line + 10, strlen(line + 10) + 1);
}

static void test_refused(void **state)
{
	char path[1024], line[512];
	unsigned count = 0;
	struct dirent *d;
	DIR *dir;

	(void)state;
	snprintf(path, sizeof(path), "%s/tools/capnpc-fief/test/bad", source);
	dir = opendir(path);
	assert_non_null(dir);
	while ((d = readdir(dir))) {
		if (!strstr(d->d_name, ".capnp"))
			continue;
		expected(d->d_name, line, sizeof(line));
		assert_int_not_equal(run(out, "cd %s && %s -I %s -o %s %s",
		                         path, tool, source, scratch,
		                         d->d_name),
		                     0);
		if (strncmp(out, line, strlen(line)) != 0)
			print_error("wanted %s\ngot %s", line, out);
		assert_int_equal(strncmp(out, line, strlen(line)), 0);
		count++;
	}
	closedir(dir);
	assert_true(count >= 15);
}

/* Not even a request: an error, never a crash. */
static void test_broken_request(void **state)
{
	static const char *const inputs[] = {
		"printf ''",
		"printf '\\0\\0\\0\\0'",
		"printf '\\377\\377\\377\\377\\0\\0\\0\\0'",
		"head -c 4096 /dev/zero",
		"head -c 100 /bin/sh",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		run(out, "%s | (cd %s && %s)", inputs[i], scratch, tool);
		assert_null(strstr(out, "Sanitizer"));
		assert_null(strstr(out, "runtime error"));
	}
}

/* A good request with bytes changed: the generator is fed by hand, too. */
static void test_mutated_request(void **state)
{
	(void)state;
	assert_int_equal(run(out,
	                     "cd %s/tools/capnpc-fief/test && "
	                     "capnp compile -I%s -o- tiny.capnp > %s/request",
	                     source, source, scratch),
	                 0);
	for (unsigned at = 8; at < 4000; at += 97) {
		run(out,
		    "cd %s && cp request bent && "
		    "printf '\\%o' | dd of=bent bs=1 seek=%u conv=notrunc "
		    "status=none && mkdir -p bend && cd bend && %s < ../bent",
		    scratch, at % 255 + 1, at, tool);
		assert_null(strstr(out, "Sanitizer"));
		assert_null(strstr(out, "runtime error"));
	}
}

static void test_compile_fail(void **state)
{
	static const struct {
		const char *name, *says;
	} cases[] = {
		{ "wrong_cap", "incompatible type for argument 1 of" },
		{ "raw_cap", "incompatible type for argument 1 of" },
		{ "wrong_server", "incompatible pointer type" },
		{ "ignored", "warn_unused_result" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_not_equal(
			run(out,
		            "LC_ALL=C gcc -std=c17 -ffreestanding -Werror "
		            "-c -o /dev/null -I%s -I%s -I%s/kernel/include "
		            "-I%s/base/include "
		            "%s/tools/capnpc-fief/test/fail/%s.c",
		            build, source, source, source, source,
		            cases[i].name),
			0);
		if (!strstr(out, cases[i].says))
			print_error("%s", out);
		assert_non_null(strstr(out, cases[i].says));
	}
}

static int make_scratch(void **state)
{
	(void)state;
	return mkdtemp(scratch) ? 0 : -1;
}

static int remove_scratch(void **state)
{
	(void)state;
	return run(out, "rm -rf %s", scratch);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_plugin),
		cmocka_unit_test(test_unchanged),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_broken_request),
		cmocka_unit_test(test_mutated_request),
		cmocka_unit_test(test_compile_fail),
	};

	static char path[PATH_MAX];

	if (argc < 4)
		return 2;
	tool = realpath(argv[1], path); /* tests change folders */
	source = argv[2];
	build = argv[3];
	return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
