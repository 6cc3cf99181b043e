/* SPDX-License-Identifier: MIT */
/* Lines for the LOG session. */

#include <fief/log.h>

#include <lib/fmt.h>
#include <lib/mem.h>

#include <fief/kif_table.h>
#include <session/log.h>

#include "log_sink.h"

static struct log_cap sink;

void fief_log_sink_init(fief_cap log)
{
	sink.cap = log;
}

FIEF_PRINTF(2, 0)
static void write_line(const char *prefix, const char *format, va_list args)
{
	char line[FIEF_LOG_LINE + 5];
	struct capnp_text text;
	struct fmt f;

	fmt_init(&f, line, FIEF_LOG_LINE);
	fmt_string(&f, prefix);
	fmt_add_args(&f, format, args);
	text.s = line;
	text.len = f.len;
	if (!fmt_fits(&f)) {
		memcpy(line + FIEF_LOG_LINE - 1, "...", 4);
		text.len = FIEF_LOG_LINE + 2;
	}
	if (sink.cap != FIEF_CAP_NULL && !log_write(sink, text))
		return;
	line[text.len] = '\n';
	fief_kif->log(line, text.len + 1);
}

#define LOG_FUNCTION(name, prefix)                                             \
	void name(const char *format, ...)                                     \
	{                                                                      \
		va_list args;                                                  \
                                                                               \
		va_start(args, format);                                        \
		write_line(prefix, format, args);                              \
		va_end(args);                                                  \
	}

LOG_FUNCTION(fief_log, "")
LOG_FUNCTION(fief_warning, "Warning: ")
LOG_FUNCTION(fief_error, "Error: ")
