/* SPDX-License-Identifier: MIT */
/* Uses services that do nothing, well and badly. */

#include <fief/attached.h>
#include <fief/log.h>
#include <fief/reporter.h>
#include <fief/rom.h>
#include <lib/mem.h>
#include <session/log.h>
#include <session/report.h>
#include <session/shared_buffer.h>
#include <session/timer.h>

static struct main {
	struct fief_env *env;
	struct fief_signal_handler never; /* nothing must come here */
} m;

#define CHECK(condition) ((condition) ? (void)0 : failed(#condition, __LINE__))

static void failed(const char *what, int line)
{
	fief_error("line %d: %s", line, what);
	fief_exit(m.env, 1);
}

static void on_never(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	failed("a signal came", __LINE__);
}

static struct signal_cap never(void)
{
	return (struct signal_cap){ m.never.cap };
}

static enum fief_err open(const char *service, const char *label,
                          const char *args, uint64_t ram,
                          struct fief_session *out)
{
	const struct fief_session_args a = {
		.service = service,
		.label = label,
		.args = args,
		.ram = ram,
		.caps = 4,
	};

	return fief_session_open(m.env, &a, out);
}

static void use_log(void)
{
	struct fief_session s;

	CHECK(!open(LOG_SERVICE, "hidden", NULL, LOG_RAM_QUOTA, &s));
	CHECK(!log_write((struct log_cap){ s.cap },
	                 capnp_text_of("hidden text\nhidden text\n")));
	fief_session_close(m.env, &s);
}

static void use_rom(void)
{
	struct fief_rom rom;

	CHECK(!fief_rom_open(m.env, "anything", &rom));
	CHECK(!rom.data && !rom.size);
	CHECK(!fief_rom_sigh(&rom, &m.never));
	CHECK(!fief_rom_update(&rom));
	CHECK(!rom.data);
	fief_rom_close(&rom);
}

static void use_report(void)
{
	static const char text[10000];
	struct fief_reporter r;
	struct fief_session s;
	struct report_cap cap;
	struct dataspace_cap ds;
	uint64_t size;

	CHECK(!fief_reporter_open(&r, m.env, "anything"));
	CHECK(!fief_reporter_text(&r, text, 100));
	CHECK(!fief_reporter_text(&r, text, sizeof(text)));
	fief_reporter_close(&r);

	CHECK(!open(REPORT_SERVICE, "bad", "buffer_size=5000", 16384, &s));
	cap.cap = s.cap;
	CHECK(!report_dataspace(cap, &ds, &size));
	CHECK(size >= 5000 && size <= 8192);
	CHECK(report_submit(cap, size + 1) == FIEF_TOO_LONG);
	CHECK(report_submit(cap, UINT64_MAX) == FIEF_TOO_LONG);
	CHECK(!report_submit(cap, size));
	CHECK(!report_response_sigh(cap, never()));
	CHECK(!report_obtain_response(cap, &size) && !size);
	fief_session_close(m.env, &s);
	CHECK(open(REPORT_SERVICE, "none", "buffer_size=0", 16384, &s));
	CHECK(open(REPORT_SERVICE, "huge", "buffer_size=1T", 16384, &s));
	CHECK(open(REPORT_SERVICE, "words", "buffer_size=much", 16384, &s));
}

static void use_timer(void)
{
	struct fief_session s;
	struct timer_cap timer;
	uint64_t before, after;

	CHECK(!open(TIMER_SERVICE, NULL, NULL, TIMER_RAM_QUOTA, &s));
	timer.cap = s.cap;
	CHECK(!timer_sigh(timer, never()));
	CHECK(!timer_trigger_once(timer, 1));
	CHECK(!timer_trigger_periodic(timer, 1000));
	CHECK(!timer_elapsed_us(timer, &before));
	do
		CHECK(!timer_elapsed_us(timer, &after));
	while (after < before + 2000);
}

static void use_shared_buffer(void)
{
	struct fief_session s;
	struct shared_buffer_cap cap;
	struct dataspace_cap ds;
	struct fief_attached a;
	uint64_t size;

	CHECK(!open(SHARED_BUFFER_SERVICE, NULL, NULL, SHARED_BUFFER_RAM_QUOTA,
	            &s));
	cap.cap = s.cap;
	CHECK(!shared_buffer_map(cap, &ds, &size));
	CHECK(!fief_attach(&a, ds.cap, size, KIF_READ | KIF_WRITE));
	memset(a.addr, 0xff, a.bytes);
	CHECK(!shared_buffer_signal(cap, 0, size));
	CHECK(shared_buffer_signal(cap, 1, size) == FIEF_INVALID);
	CHECK(shared_buffer_signal(cap, UINT64_MAX, 2) == FIEF_INVALID);
	fief_detach(&a);
	fief_session_close(m.env, &s);
}

void fief_component_construct(struct fief_env *env)
{
	m.env = env;
	m.never.handle = on_never;
	CHECK(!fief_signal_manage(env->ep, &m.never));
	use_log();
	use_rom();
	use_report();
	use_timer();
	use_shared_buffer();
	fief_log("Finished");
	fief_exit(env, 0);
}
