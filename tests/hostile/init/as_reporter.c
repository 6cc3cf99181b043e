/* SPDX-License-Identifier: MIT */
/* Report sessions of absurd size, reports beyond the buffer, and such that
 * change while they are read. */

#include "child.h"

#include <fief/attached.h>
#include <fief/rom.h>
#include <fief/session.h>
#include <fief/thread.h>
#include <lib/mem.h>
#include <session/report.h>

enum { BYTES = 65536, PATIENCE = 200, REPORTS = 20 };

static enum fief_err open_args(const char *args, struct fief_session *s)
{
	const struct fief_session_args a = { .service = REPORT_SERVICE,
		                             .label = "own",
		                             .args = args,
		                             .ram = 256 << 10,
		                             .caps = 10 };

	return fief_session_open(bad.env, &a, s);
}

static void sizes(void)
{
	static const char *const absurd[] = {
		"buffer_size=0",
		"buffer_size=18446744073709551615",
		"buffer_size=18446744073709551616",
		"buffer_size=9223372036854775808",
		"buffer_size=9223372036854779904",
		"buffer_size=1T",
		"buffer_size=1048577",
		"buffer_size=0xffffffffffff",
		"buffer_size=-1",
		"buffer_size=4096x",
		"buffer_size=900K", /* more than is donated */
	};

	for (size_t i = 0; i < sizeof(absurd) / sizeof(*absurd); i++) {
		struct fief_session s;

		if (open_args(absurd[i], &s))
			continue;
		fief_log("BREACH: a session with %s", absurd[i]);
		fief_session_close(bad.env, &s);
	}
}

static void lengths(struct report_cap report, uint64_t size)
{
	const uint64_t beyond[] = { size + 1,   2 * size,
		                    UINT64_MAX, (uint64_t)1 << 63,
		                    UINT32_MAX, (uint64_t)1 << 32,
		                    INT64_MAX,  UINT64_MAX - size,
		                    size + 4096 };

	for (size_t i = 0; i < sizeof(beyond) / sizeof(*beyond); i++)
		if (!report_submit(report, beyond[i]))
			fief_log("BREACH: a report of %llu bytes",
			         (unsigned long long)beyond[i]);
}

/* ---- what changes ---- */

static struct fief_attached buffer;
static char copy[BYTES];

static void scribble(struct fief_worker *self)
{
	volatile unsigned char *at = buffer.addr;

	(void)self;
	for (unsigned n = 0;; n++)
		at[n * 61 % BYTES] = (unsigned char)(n >> 16);
}

/* Until the reader has the report. */
static bool update(struct fief_rom *rom)
{
	for (unsigned i = 0; i < PATIENCE; i++) {
		if (!fief_rom_update(rom) && rom->size == BYTES)
			return true;
		bad_pause(1);
	}
	return false;
}

static void changing(struct report_cap report)
{
	static struct fief_worker worker = { .name = "scribble",
		                             .run = scribble };
	unsigned n = 0, differ = 0;
	struct fief_rom rom;

	if (fief_rom_open(bad.env, "own", &rom) ||
	    fief_worker_start(&worker, bad.env->ram, FIEF_THREAD_STACK)) {
		fief_log("SETUP: reader");
		return;
	}
	memset(copy, 0, sizeof(copy));
	for (; bad_time_left() || n < REPORTS; n++) {
		if (report_submit(report, BYTES) || !update(&rom)) {
			fief_log("SETUP: no report");
			return;
		}
		differ += memcmp(copy, rom.data, BYTES) != 0;
		memcpy(copy, rom.data, BYTES);
		bad_pause(1);
		if (memcmp(copy, rom.data, BYTES) != 0)
			fief_log("BREACH: a report changed while it is read");
	}
	fief_log("%s", differ > 1 ? "reports differ" : "nothing changed");
}

static void reports(void)
{
	struct fief_session s;
	struct report_cap report;
	struct dataspace_cap ds;
	uint64_t size;

	sizes();
	if (open_args("buffer_size=64K", &s)) {
		fief_log("SETUP: report");
		return;
	}
	report.cap = s.cap;
	if (report_dataspace(report, &ds, &size) || size != BYTES ||
	    fief_attach(&buffer, ds.cap, size, KIF_READ | KIF_WRITE)) {
		fief_log("SETUP: buffer");
		return;
	}
	lengths(report, size);
	changing(report);
}

const struct bad_attack bad_reporter[] = {
	{ "reports", reports },
	{ 0 },
};
