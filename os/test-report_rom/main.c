/* SPDX-License-Identifier: MIT */
/* Report and ROM of the same state, from one component. */

#include <fief/log.h>
#include <fief/reporter.h>
#include <fief/rom.h>
#include <lib/mem.h>

static struct main {
	struct fief_env *env;
	struct fief_signal_handler changed;
	unsigned changes;
} m;

#define MUST(expression)                                                       \
	do {                                                                   \
		enum fief_err e_ = (expression);                               \
		if (e_)                                                        \
			failed(#expression, fief_err_text(e_));                \
	} while (0)

static void failed(const char *what, const char *why)
{
	fief_error("%s: %s", what, why);
	fief_exit(m.env, 1);
}

static void on_changed(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	m.changes += count;
}

static void report(struct fief_reporter *r, const char *text)
{
	MUST(fief_reporter_text(r, text, strlen(text)));
	fief_log("Reporter: reported %s", text);
}

/* Wait for news, which must say that. */
static void expect(const char *who, struct fief_rom *rom, const char *text)
{
	while (!m.changes)
		fief_entrypoint_wait_io(m.env->ep);
	m.changes = 0;
	MUST(fief_rom_update(rom));
	if (rom->size != strlen(text) || memcmp(rom->data, text, rom->size))
		failed(who, "it shows something else");
	fief_log("%s: shows %s", who, text);
}

static void rom_open(const char *who, struct fief_rom *rom)
{
	MUST(fief_rom_open(m.env, "brightness", rom));
	MUST(fief_rom_sigh(rom, &m.changed));
	fief_log("%s: opened, %s", who, rom->data ? "has content" : "is empty");
}

static void reporter_open(struct fief_reporter *r)
{
	MUST(fief_reporter_open(r, m.env, "brightness"));
	fief_log("Reporter: opened");
}

static void run(void)
{
	struct fief_reporter reporter, second;
	struct fief_rom rom, late;

	rom_open("ROM client", &rom);
	reporter_open(&reporter);
	report(&reporter, "<brightness value=\"10\"/>");
	expect("ROM client", &rom, "<brightness value=\"10\"/>");
	report(&reporter, "<brightness value=\"20\"/>");
	expect("ROM client", &rom, "<brightness value=\"20\"/>");

	if (fief_reporter_open(&second, m.env, "brightness") != FIEF_DENIED)
		failed("second reporter", "it was let in");
	fief_log("Reporter: a second one is denied");

	fief_reporter_close(&reporter);
	fief_log("Reporter: closed");
	if (m.changes)
		failed("ROM client", "the report went with its reporter");
	rom_open("late ROM client", &late);
	m.changes = 1; /* what it opened with */
	expect("late ROM client", &late, "<brightness value=\"20\"/>");
	fief_rom_close(&late);

	reporter_open(&reporter);
	report(&reporter, "<brightness value=\"30\"/>");
	expect("ROM client", &rom, "<brightness value=\"30\"/>");
	fief_reporter_close(&reporter);
	fief_rom_close(&rom);
}

void fief_component_construct(struct fief_env *env)
{
	m.env = env;
	m.changed.handle = on_changed;
	m.changed.level = FIEF_SIGNAL_IO;
	MUST(fief_signal_manage(env->ep, &m.changed));
	run();
	fief_log("done");
	fief_exit(env, 0);
}
