/* SPDX-License-Identifier: MIT */
/* The wall clock by three ways; see README.md. */

#include <fief/config.h>
#include <fief/wall_clock.h>
#include <lib/calendar.h>
#include <lib/fmt.h>
#include <lib/mem.h>
#include <os/check.h>
#include <os/test-files/sync.h>

#define SECOND INT64_C(1000000000)
#define YEAR_2020 (INT64_C(1577836800) * SECOND)

struct fief_env *check_env;

static struct main {
	struct fief_config config;
	struct fief_wall_clock clock;
} m;

static bool near(int64_t a, int64_t b)
{
	return a - b < 2 * SECOND && b - a < 2 * SECOND;
}

static void line_of(int64_t ns, char *buf, size_t size)
{
	const struct calendar c = calendar_of(ns / SECOND);
	struct fmt f;

	fmt_init(&f, buf, size);
	fmt_add(&f, "%04lld-%02u-%02u %02u:%02u:%02u\n", (long long)c.year,
	        c.month, c.day, c.hour, c.minute, c.second);
}

/* The second may end in between, twice if this component is slow. */
static void file(void)
{
	char text[32], before[32], after[32];
	struct vfs_file *f;
	size_t len;

	for (unsigned i = 0; i < 100; i++) {
		line_of(fief_wall_clock_now(&m.clock), before, sizeof(before));
		CHECK(!sync_open("/rtc", VFS_READ, &f));
		CHECK(!sync_pread(f, 0, text, sizeof(text), &len));
		vfs_close(f);
		line_of(fief_wall_clock_now(&m.clock), after, sizeof(after));
		CHECK(len == strlen(before));
		if (strcmp(before, after))
			continue;
		CHECK(!memcmp(text, before, len));
		fief_log("rtc: %.*s", (int)len - 1, text);
		return;
	}
	CHECK(!"every second ended while a file was read");
}

static void time_of_file(void)
{
	struct vfs_stat st;

	CHECK(!sync_put("/files/new", "x", 1));
	CHECK(!sync_stat("/files/new", &st));
	CHECK(near(st.mtime, fief_wall_clock_now(&m.clock)));
	CHECK(near(st.btime, st.mtime));
	fief_log("a file of the server has that time, too");
}

void fief_component_construct(struct fief_env *env)
{
	check_env = env;
	CHECK_OK(fief_config_open(env, &m.config));
	CHECK_OK(fief_wall_clock_open(&m.clock, env));
	CHECK(fief_wall_clock_now(&m.clock) > YEAR_2020);
	sync_init(env, m.config.root);
	file();
	time_of_file();
	sync_fini();
	fief_wall_clock_close(&m.clock);
	fief_exit(env, 0);
}
