/* SPDX-License-Identifier: MIT */
/* Steps on a file, and on a terminal or stream. */

#include "test.h"

#include <lib/fmt.h>
#include <lib/mem.h>

static uint64_t offset_of(const struct node *n)
{
	uint64_t off = 0;

	return node_attr_u64(n, "at", 0, NULL, &off) ? 0 : off;
}

static enum kif_host_err take_info(const struct kif_host *h,
                                   const struct node *n, char *told)
{
	struct kif_host_block b;
	struct fmt out;
	enum kif_host_err e = h->file->info(&b);

	(void)n;
	fmt_init(&out, told, TOLD_MAX);
	if (!e)
		fmt_add(&out, "%llu bytes in blocks of %u",
		        (unsigned long long)b.bytes, b.block);
	return e;
}

static enum kif_host_err take_pread(const struct kif_host *h,
                                    const struct node *n, char *told)
{
	enum { BYTES = 8 };
	size_t got = 0;
	enum kif_host_err e = h->file->read(told, BYTES, offset_of(n), &got);

	told[got] = '\0';
	for (size_t i = 0; i < got; i++)
		if (told[i] < ' ')
			told[i] = '.';
	return e;
}

static enum kif_host_err take_pwrite(const struct kif_host *h,
                                     const struct node *n, char *told)
{
	const char *text = node_attr(n, "text", "");
	size_t got;
	enum kif_host_err e =
		h->file->write(text, strlen(text), offset_of(n), &got);

	(void)told;
	return e ? e : h->file->sync();
}

static enum kif_host_err take_punch(const struct kif_host *h,
                                    const struct node *n, char *told)
{
	(void)told;
	return h->file->punch(offset_of(n), 4096);
}

/* ---- a terminal ---- */

struct line line;

static const char *unsaid = "";

/* AGAIN also where another process is just writing there. */
enum kif_host_err say_rest(void)
{
	enum kif_host_err e = KIF_HOST_OK;
	size_t got = 0;

	while (*unsaid && !e) {
		e = line.write(unsaid, strlen(unsaid), &got);
		unsaid += e ? 0 : got;
	}
	if (e == KIF_HOST_DENIED)
		unsaid = "";
	return e;
}

static enum kif_host_err take_say(const struct kif_host *h,
                                  const struct node *n, char *told)
{
	enum kif_host_err e;

	(void)h, (void)told;
	unsaid = node_attr(n, "text", "");
	e = say_rest();
	return e == KIF_HOST_AGAIN ? KIF_HOST_OK : e; /* see on_ready */
}

static enum kif_host_err take_take(const struct kif_host *h,
                                   const struct node *n, char *told)
{
	size_t got = 0;
	enum kif_host_err e = line.read(told, TOLD_MAX - 1, &got);

	(void)h, (void)n;
	told[got] = '\0';
	return e;
}

static enum kif_host_err take_size(const struct kif_host *h,
                                   const struct node *n, char *told)
{
	struct kif_host_tty_size s;
	struct fmt out;
	enum kif_host_err e = h->tty->size(&s);

	(void)n;
	fmt_init(&out, told, TOLD_MAX);
	if (!e)
		fmt_add(&out, "%u rows, %u columns", s.rows, s.columns);
	return e;
}

static enum kif_host_err take_raw(const struct kif_host *h,
                                  const struct node *n, char *told)
{
	(void)told;
	return h->tty->raw(strcmp(node_attr(n, "on", "yes"), "no") != 0);
}

static enum kif_host_err take_hear(const struct kif_host *h,
                                   const struct node *n, char *told)
{
	(void)h, (void)n, (void)told;
	return line.signal(ready_signal);
}

const struct step other_steps[] = {
	{ "info", take_info },     { "pread", take_pread },
	{ "pwrite", take_pwrite }, { "punch", take_punch },
	{ "say", take_say },       { "take", take_take },
	{ "size", take_size },     { "raw", take_raw },
	{ "hear", take_hear },     { 0 },
};
