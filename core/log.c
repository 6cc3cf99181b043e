/* SPDX-License-Identifier: MIT */
/* LOG sessions, and core's own messages. Lines go to `fief` as records
 * "label US text LF" through a pipe that never blocks core; so do events, as
 * "RS what US label US code LF". A label has no control characters, so that no
 * line begins like an event. */

#include <stdarg.h>

#include <fief/kif_table.h>
#include <lib/fmt.h>
#include <lib/mem.h>
#include <session/log.h>

#include "core.h"

enum {
	RECORD_SEPARATOR = 0x1e,
	UNIT_SEPARATOR = 0x1f,
	RECORD_MAX = LABEL_MAX + 600,
};

static void record(const char *label, const char *text, size_t len)
{
	char buf[RECORD_MAX];
	struct fmt f;

	fmt_init(&f, buf, sizeof(buf));
	fmt_string(&f, label);
	fmt_char(&f, UNIT_SEPARATOR);
	for (size_t i = 0; i < len; i++)
		fmt_char(&f,
		         text[i] == UNIT_SEPARATOR || !text[i] ? '?' : text[i]);
	fmt_char(&f, '\n');
	if (!core_log_record(buf, f.len))
		core.log_lost++;
}

static void report_lost(void)
{
	uint64_t lost = core.log_lost;
	char text[80];
	struct fmt f;

	if (!lost)
		return;
	core.log_lost = 0;
	fmt_init(&f, text, sizeof(text));
	fmt_add(&f, "Warning: %llu lines lost, the reader of the log is slow",
	        (unsigned long long)lost);
	record("core", text, f.len);
	if (core.log_lost)
		core.log_lost = lost;
}

uint64_t core_log_finish(void)
{
	if (core.log_lost && core_log_wait())
		report_lost();
	return core.log_lost;
}

void core_log_text(const char *label, const char *text, size_t len)
{
	enum { PIECE = 500 };

	report_lost();
	while (len) {
		const char *nl = memchr(text, '\n', len);
		size_t line = nl ? (size_t)(nl - text) : len;
		size_t piece = line > PIECE ? PIECE : line;

		record(label, text, piece);
		if (piece == line && nl)
			piece++;
		text += piece;
		len -= piece;
	}
}

void core_log(const char *format, ...)
{
	char line[500];
	va_list args;
	struct fmt f;

	fmt_init(&f, line, sizeof(line));
	va_start(args, format);
	fmt_add_args(&f, format, args);
	va_end(args);
	core_log_text("core", line, strlen(line));
}

void core_log_event(const char *what, const char *label, int code)
{
	char buf[RECORD_MAX];
	struct fmt f;

	if (!core.events)
		return;
	report_lost();
	fmt_init(&f, buf, sizeof(buf));
	fmt_add(&f, "%c%s%c%s%c%d\n", RECORD_SEPARATOR, what, UNIT_SEPARATOR,
	        label, UNIT_SEPARATOR, code);
	if (!core_log_record(buf, f.len))
		core.log_lost++;
}

/* ---- sessions ---- */

struct log_session {
	struct fief_rpc_obj obj;
	struct core_session *session;
};

static enum fief_err op_write(struct fief_rpc_obj *self, struct capnp_text text)
{
	struct log_session *s =
		FIEF_CONTAINER_OF(self, struct log_session, obj);

	core_log_text(s->session->label.text, text.s, text.len);
	return FIEF_OK;
}

static const struct log_ops log_ops = { .write = op_write };

static enum fief_err log_open(struct core_session *s, fief_cap *cap)
{
	struct log_session *log;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(core.alloc, sizeof(*log), &mem);
	if (e)
		return e;
	log = mem;
	*log = (struct log_session){
		.obj = { .type = &log_rpc_type, .ops = &log_ops },
		.session = s,
	};
	e = fief_entrypoint_manage(&core.ep, &log->obj);
	if (e) {
		fief_free(core.alloc, log, sizeof(*log));
		return e;
	}
	s->object = log;
	*cap = log->obj.cap;
	return FIEF_OK;
}

static void log_close(struct core_session *s)
{
	struct log_session *log = s->object;

	fief_entrypoint_dissolve(&core.ep, &log->obj);
	fief_free(core.alloc, log, sizeof(*log));
}

const struct core_service core_log_service = {
	.name = LOG_SERVICE,
	.ram = LOG_RAM_QUOTA,
	.caps = LOG_CAP_QUOTA,
	.open = log_open,
	.close = log_close,
};
