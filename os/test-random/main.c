/* SPDX-License-Identifier: MIT */
/* Random bytes of several lives of several components; see README.md. */

#include <fief/config.h>
#include <fief/random.h>
#include <fief/reporter.h>
#include <lib/mem.h>
#include <os/check.h>

enum { BYTES = 16, DIGITS = 2 * BYTES, LIVES = 16 };

struct fief_env *check_env;

static struct main {
	struct fief_config config;
	struct fief_reporter report;
	struct fief_rom rom[2];
	struct fief_signal_handler changed;
	char text[LIVES * DIGITS + 1];
	size_t lives;
	uint64_t wanted;
} m;

static bool contains(const struct fief_rom *rom, const char *text)
{
	const size_t size = rom->data ? rom->size : 0;

	for (size_t at = 0; at + DIGITS <= size; at += DIGITS)
		if (!memcmp(rom->data + at, text, DIGITS))
			return true;
	return false;
}

/* ---- draw ---- */

static void draw(void)
{
	static const char digit[] = "0123456789abcdef";
	uint8_t bytes[BYTES];

	fief_random(bytes, sizeof(bytes));
	for (unsigned i = 0; i < BYTES; i++) {
		m.text[2 * i] = digit[bytes[i] >> 4];
		m.text[2 * i + 1] = digit[bytes[i] & 15];
	}
	CHECK_OK(fief_reporter_open(&m.report, check_env, "drawn"));
	CHECK_OK(fief_reporter_text(&m.report, m.text, DIGITS));
}

static void on_seen(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	CHECK_OK(fief_rom_update(&m.rom[0]));
	if (contains(&m.rom[0], m.text))
		fief_exit(check_env, 0);
}

/* ---- judge ---- */

/* True if it is of a life that was not seen yet. */
static bool collect(unsigned from)
{
	static char last[2][DIGITS];
	const struct fief_rom *rom = &m.rom[from];

	if (!rom->data || rom->size < DIGITS ||
	    !memcmp(last[from], rom->data, DIGITS))
		return false;
	memcpy(last[from], rom->data, DIGITS);
	for (size_t i = 0; i < m.lives; i++)
		CHECK(memcmp(m.text + i * DIGITS, last[from], DIGITS) != 0);
	CHECK(m.lives < LIVES);
	memcpy(m.text + m.lives++ * DIGITS, last[from], DIGITS);
	return true;
}

static void on_drawn(struct fief_signal_handler *self, unsigned count)
{
	bool more = false;

	(void)self, (void)count;
	for (unsigned i = 0; i < 2; i++) {
		CHECK_OK(fief_rom_update(&m.rom[i]));
		more |= collect(i);
	}
	if (more)
		CHECK_OK(fief_reporter_text(&m.report, m.text,
		                            m.lives * DIGITS));
	if (m.lives < m.wanted)
		return;
	fief_log("%u lives, no two draw the same", (unsigned)m.lives);
	fief_exit(check_env, 0);
}

static void watch(struct fief_rom *rom, const char *label)
{
	CHECK_OK(fief_rom_open(check_env, label, rom));
	CHECK_OK(fief_rom_sigh(rom, &m.changed));
}

void fief_component_construct(struct fief_env *env)
{
	bool judges;

	check_env = env;
	CHECK_OK(fief_config_open(env, &m.config));
	judges = node_attr(m.config.root, "judge", NULL) != NULL;
	CHECK_OK(node_attr_u64(m.config.root, "judge", 0, NULL, &m.wanted));
	m.changed.handle = judges ? on_drawn : on_seen;
	CHECK_OK(fief_signal_manage(env->ep, &m.changed));
	if (judges) {
		CHECK_OK(fief_reporter_open(&m.report, env, "seen"));
		watch(&m.rom[0], "first");
		watch(&m.rom[1], "second");
	} else {
		draw();
		watch(&m.rom[0], "seen");
	}
	m.changed.handle(&m.changed, 1);
}
