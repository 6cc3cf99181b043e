/* SPDX-License-Identifier: MIT */
/* Reports that become files, and come back as ROM modules. */

#include <fief/reporter.h>
#include <fief/rom.h>
#include <lib/mem.h>
#include <os/check.h>

enum { ROUNDS = 300, LARGE = 300000 };

struct fief_env *check_env;

static struct main {
	struct fief_signal_handler changed;
	unsigned signals;
	char text[LARGE];
} m;

static void on_changed(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	m.signals += count;
}

static bool shows(const struct fief_rom *rom, size_t len)
{
	return rom->size == len && (!len || !memcmp(rom->data, m.text, len));
}

static void await(struct fief_rom *rom, size_t len)
{
	do {
		while (!m.signals)
			fief_entrypoint_wait_io(check_env->ep);
		m.signals = 0;
		CHECK_OK(fief_rom_update(rom));
	} while (!shows(rom, len));
}

static void report(struct fief_reporter *r, char c, size_t len)
{
	memset(m.text, c, len);
	CHECK_OK(fief_reporter_text(r, m.text, len));
}

/* The file is not there before, then it follows. */
static void follows(struct fief_reporter *r, struct fief_rom *rom)
{
	CHECK(!rom->data);
	report(r, 'a', 10);
	await(rom, 10);
	report(r, 'b', 5);
	await(rom, 5);
	report(r, 'c', LARGE); /* by a session with a larger buffer */
	await(rom, LARGE);
	report(r, 'd', 0);
	await(rom, 0);
}

/* Who looks sees a report as a whole, the last one. */
static void whole(struct fief_reporter *r, struct fief_rom *rom)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		const size_t len = i * 7919 % 30000;

		report(r, (char)('a' + i % 26), len);
		CHECK_OK(fief_rom_update(rom));
		CHECK(shows(rom, len));
	}
}

static void refused(const char *name)
{
	struct fief_reporter r;

	CHECK(fief_reporter_open(&r, check_env, name) == FIEF_DENIED);
}

void fief_component_construct(struct fief_env *env)
{
	struct fief_reporter r, deep;
	struct fief_rom rom, deep_rom;

	check_env = env;
	m.changed.handle = on_changed;
	m.changed.level = FIEF_SIGNAL_IO;
	CHECK_OK(fief_signal_manage(env->ep, &m.changed));
	CHECK_OK(fief_rom_open(env, "test/state", &rom));
	CHECK_OK(fief_rom_sigh(&rom, &m.changed));
	CHECK_OK(fief_reporter_open(&r, env, "state"));
	follows(&r, &rom);
	whole(&r, &rom);
	/* An element of a label is a name, whatever is in it. */
	CHECK_OK(fief_rom_open(env, "test/sub/a_.._b", &deep_rom));
	CHECK_OK(fief_reporter_open(&deep, env, "sub -> a/../b"));
	report(&deep, 'x', 20);
	CHECK_OK(fief_rom_update(&deep_rom));
	CHECK(shows(&deep_rom, 20));
	refused("..");
	refused(".. -> state");
	refused("state"); /* there is a reporter */
	refused("secret");
	fief_reporter_close(&r);
	CHECK_OK(fief_reporter_open(&r, env, "state"));
	report(&r, 'y', 30);
	CHECK_OK(fief_rom_update(&rom));
	CHECK(shows(&rom, 30));
	/* A directory cannot be replaced by a report. */
	CHECK_OK(fief_reporter_open(&r, env, "sub"));
	CHECK(fief_reporter_text(&r, "z", 1) == FIEF_GONE);
	fief_log("all reports came back");
	fief_exit(env, 0);
}
