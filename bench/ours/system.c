/* SPDX-License-Identifier: MIT */
/* Core as `fief run` starts it; the log is read as it arrives. */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "starts.h"

enum { DEADLINE_MS = 20000, TEXT_MAX = 1 << 20, RAM_BYTES = 1 << 30 };

static const char head[] =
	"<config><parent-provides> <service name=\"LOG\"/> "
	"<service name=\"ROM\"/> <service name=\"CPU\"/> "
	"<service name=\"PD\"/> </parent-provides>\n"
	"<default-route> <any-service> <parent/> </any-service> "
	"</default-route>\n"
	"<default ram=\"512K\" caps=\"30\"/>\n";
static const char tail[] = "</config>\n";

/* ---- configuration ---- */

static void add(struct system *s, const char *text)
{
	const size_t n = strlen(text);

	if (s->len + n > TEXT_MAX)
		bench_fail("the configuration is too long");
	memcpy(s->text + s->len, text, n);
	s->len += n;
}

static void add_start(struct system *s, unsigned number)
{
	char line[96];

	snprintf(line, sizeof(line),
	         "<start name=\"c%u\"> <binary name=\"bench-up\"/> </start>\n",
	         number);
	add(s, line);
}

static void save(const struct system *s)
{
	bench_must(pwrite(s->config, s->text, s->len, 0), "pwrite");
	bench_must(ftruncate(s->config, (off_t)s->len), "ftruncate");
}

void system_write(struct system *s, unsigned first, unsigned last)
{
	s->len = 0;
	add(s, head);
	for (unsigned i = first; i <= last; i++)
		add_start(s, i);
	add(s, tail);
	save(s);
}

void system_append(struct system *s, unsigned number)
{
	s->len -= sizeof(tail) - 1;
	add_start(s, number);
	add(s, tail);
	save(s);
}

/* ---- control and log ---- */

static void await(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n = poll(&p, 1, DEADLINE_MS);

	bench_must(n, "poll");
	if (!n) {
		errno = ETIME;
		bench_fail("no answer");
	}
}

/* The answer of an earlier request, an empty line, is skipped. */
void system_reload(struct system *s)
{
	static const char request[] = "reload config";
	char answer[256];

	bench_must(send(s->core.control, request, sizeof(request) - 1, 0),
	           "send");
	while (recv(s->core.control, answer, sizeof(answer), MSG_DONTWAIT) > 0)
		;
}

/* Records are "label US text LF"; those of events begin with RS. */
static bool line_of_event(const char *line)
{
	return *line == 0x1e;
}

static bool line_says(const char *line, const char *what)
{
	const char *text = strchr(line, 0x1f);

	return text && !strcmp(text + 1, what);
}

/* Count the components that are up, drop the whole lines. */
static unsigned lines_take(struct system *s)
{
	char *line = s->log, *end;
	unsigned n = 0;

	s->log[s->logged] = '\0';
	while ((end = strchr(line, '\n'))) {
		*end = '\0';
		if (line_says(line, "up")) {
			n++;
		} else if (!line_of_event(line) &&
		           !line_says(line, "config applied")) {
			fprintf(stderr, "not expected: %s\n", line);
			exit(1);
		}
		line = end + 1;
	}
	s->logged -= (size_t)(line - s->log);
	memmove(s->log, line, s->logged);
	return n;
}

void system_wait(struct system *s, unsigned n)
{
	while (n) {
		unsigned lines;
		ssize_t got;

		await(s->core.log);
		got = read(s->core.log, s->log + s->logged,
		           sizeof(s->log) - 1 - s->logged);
		if (got <= 0)
			bench_fail("the log ended");
		s->logged += (size_t)got;
		lines = lines_take(s);
		if (lines > n)
			bench_fail("a line too many");
		n -= lines;
	}
}

/* ---- start and end ---- */

void system_start(struct system *s)
{
	struct core_params p = { .layout = &s->layout,
		                 .init = "init",
		                 .ram = RAM_BYTES,
		                 .caps = 100000 };

	*s = (struct system){ .text = malloc(TEXT_MAX) };
	s->config =
		(int)bench_must(memfd_create("config", MFD_CLOEXEC), "memfd");
	if (!s->text || !layout_find(&s->layout))
		bench_fail("cannot start");
	system_write(s, 1, 0);
	p.config = s->config;
	if (core_process_start(&s->core, &p))
		bench_fail("cannot start core");
}

void system_stop(struct system *s)
{
	core_process_fini(&s->core);
	close(s->config);
	free(s->text);
}
