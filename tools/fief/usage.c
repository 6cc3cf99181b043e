/* SPDX-License-Identifier: MIT */
/* What the components of a running system use. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "usage.h"
#include "util.h"

/* ---- looking ---- */

/* User and system time of a process; 0 if it is gone. */
static uint64_t cpu_ms(long pid)
{
	char path[40], text[1024];
	unsigned long user, system;
	const char *rest;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	f = pid > 0 ? fopen(path, "re") : NULL;
	if (!f)
		return 0;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	/* The name, in brackets, may have anything in it. */
	rest = strrchr(text, ')');
	if (!rest || sscanf(rest + 1,
	                    " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
	                    "%lu %lu",
	                    &user, &system) != 2)
		return 0;
	return (user + system) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK);
}

static const struct usage_row *row_before(const struct usage *u, long pid)
{
	for (size_t i = 0; i < u->rows; i++)
		if (u->row[i].c->pid == pid)
			return &u->row[i];
	return NULL;
}

static void rows_fill(const struct usage *before, struct usage *u)
{
	const int64_t passed = u->at - before->at;

	for (size_t i = 0; i < u->rows; i++) {
		struct usage_row *r = &u->row[i];
		const struct usage_row *old;

		r->c = &u->listing.component[i];
		r->cpu_ms = cpu_ms(r->c->pid);
		old = row_before(before, r->c->pid);
		if (old && passed > 0 && r->cpu_ms > old->cpu_ms)
			r->cpu = 100.0 * (double)(r->cpu_ms - old->cpu_ms) /
			         (double)passed;
	}
}

int usage_look(const struct target *t, const struct usage *before,
               struct usage *out)
{
	char *text;
	int code = target_ask(t, "ps", false, &text);

	*out = (struct usage){ .at = util_now_ms() };
	if (code)
		return code;
	if (!listing_parse(&out->listing, text)) {
		util_error("system \"%s\" answers what this version of fief "
		           "does not understand",
		           t->name);
		return FIEF_EXIT_FRAMEWORK;
	}
	out->rows = out->listing.components;
	out->row = util_alloc((out->rows + 1) * sizeof(*out->row));
	rows_fill(before, out);
	return 0;
}

void usage_fini(struct usage *u)
{
	free(u->row);
	listing_fini(&u->listing);
	*u = (struct usage){ 0 };
}

/* ---- order ---- */

static int greater(uint64_t a, uint64_t b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int by_name(const void *pa, const void *pb)
{
	const struct usage_row *a = pa, *b = pb;

	return strcmp(a->c->label, b->c->label);
}

static int by_cpu(const void *pa, const void *pb)
{
	const struct usage_row *a = pa, *b = pb;
	int d = a->cpu < b->cpu ? 1 : a->cpu > b->cpu ? -1 : 0;

	d = d ? d : greater(a->cpu_ms, b->cpu_ms);
	return d ? d : by_name(pa, pb);
}

static int by_ram(const void *pa, const void *pb)
{
	const struct usage_row *a = pa, *b = pb;
	int d = greater(a->c->ram_used, b->c->ram_used);

	return d ? d : by_name(pa, pb);
}

static int by_caps(const void *pa, const void *pb)
{
	const struct usage_row *a = pa, *b = pb;
	int d = greater(a->c->caps_used, b->c->caps_used);

	return d ? d : by_name(pa, pb);
}

void usage_sort(struct usage *u, enum usage_order order)
{
	static int (*const by[])(const void *, const void *) = {
		[USAGE_CPU] = by_cpu,
		[USAGE_RAM] = by_ram,
		[USAGE_CAPS] = by_caps,
		[USAGE_NAME] = by_name,
	};

	if (u->rows)
		qsort(u->row, u->rows, sizeof(*u->row), by[order]);
}

/* ---- text ---- */

enum { WIDE = 80 }; /* columns of a terminal that nobody made smaller */

static const char head_wide[] =
	"  %CPU      TIME    RAM            CAPS          "
	"STATE        COMPONENT";
static const char head_narrow[] = "  %CPU    RAM COMPONENT";

static bool wide(size_t columns)
{
	return columns >= WIDE;
}

const char *usage_head(size_t columns)
{
	return wide(columns) ? head_wide : head_narrow;
}

/* What of a label, after `used` columns, fits: its end tells most. */
static const char *label_end(const char *label, size_t columns, size_t used)
{
	const size_t len = strlen(label);
	const size_t room = columns > used ? columns - used : 1;
	const char *end = label;

	if (len > room)
		end += len - room;
	while (((unsigned char)*end & 0xc0) == 0x80)
		end++; /* a whole character */
	return end;
}

static int figures_wide(const struct usage_row *r, char *out, size_t size)
{
	char used[16], limit[16], state[48];

	util_bytes(used, r->c->ram_used);
	util_bytes(limit, r->c->ram);
	if (component_ended(r->c))
		snprintf(state, sizeof(state), "%s %ld", r->c->state,
		         r->c->code);
	else
		snprintf(state, sizeof(state), "%s", r->c->state);
	return snprintf(out, size, "%6.1f %9.2f %6s/%-6s %6llu/%-6llu  %-12s ",
	                r->cpu, (double)r->cpu_ms / 1000, used, limit,
	                (unsigned long long)r->c->caps_used,
	                (unsigned long long)r->c->caps, state);
}

static int figures_narrow(const struct usage_row *r, char *out, size_t size)
{
	char used[16];

	util_bytes(used, r->c->ram_used);
	return snprintf(out, size, "%6.1f %6s ", r->cpu, used);
}

void usage_line(const struct usage_row *r, size_t columns, char *out,
                size_t size)
{
	char *label = util_safe(r->c->label);
	size_t used = (size_t)(wide(columns) ? figures_wide(r, out, size) :
	                                       figures_narrow(r, out, size));

	if (used < size)
		snprintf(out + used, size - used, "%s",
		         label_end(label, columns, used));
	free(label);
}
