/* SPDX-License-Identifier: MIT */
/* Reports, with a buffer that grows. */

#include <fief/reporter.h>

#include <lib/mem.h>
#include <session/report.h>

static struct report_cap report_of(const struct fief_reporter *r)
{
	return (struct report_cap){ r->session.cap };
}

static void release(struct fief_reporter *r)
{
	fief_detach(&r->buffer);
	fief_session_close(r->env, &r->session);
}

/* The buffer of the server, which may be larger than wished for. */
static enum fief_err attach(struct fief_reporter *r)
{
	struct dataspace_cap ds;
	enum fief_err e;
	uint64_t size;

	e = report_dataspace(report_of(r), &ds, &size);
	return e ? e :
	           fief_attach(&r->buffer, ds.cap, size, KIF_READ | KIF_WRITE);
}

/* Have a session with a buffer of at least `bytes`. */
static enum fief_err open_with(struct fief_reporter *r, size_t bytes)
{
	char text[40];
	struct fief_session_args args = {
		.service = REPORT_SERVICE,
		.label = r->name,
		.args = text,
		/* The buffer, and the copy that others read. */
		.ram = REPORT_RAM_QUOTA + 2 * bytes,
		.caps = REPORT_CAP_QUOTA + 1,
	};
	enum fief_err e;

	if (fmt_text(text, sizeof(text), "buffer_size=%zu", bytes) >=
	    sizeof(text))
		return FIEF_TOO_LONG;
	/* First give the old one back: a server may refuse a second reporter
	 * of one name. */
	release(r);
	e = fief_session_open(r->env, &args, &r->session);
	if (e)
		return e;
	e = attach(r);
	if (!e && r->buffer.bytes < bytes)
		e = FIEF_TOO_LONG; /* the server's limit */
	if (e)
		release(r);
	return e;
}

/* Make room for `needed` bytes. */
static enum fief_err grow(struct fief_reporter *r, size_t needed)
{
	size_t bytes = r->buffer.bytes;

	if (bytes < FIEF_REPORT_MIN)
		bytes = FIEF_REPORT_MIN;
	while (bytes < needed && bytes < FIEF_REPORT_MAX)
		bytes *= 2;
	return bytes < needed ? FIEF_TOO_LONG : open_with(r, bytes);
}

enum fief_err fief_reporter_open_with(struct fief_reporter *r,
                                      struct fief_env *env, const char *name,
                                      size_t bytes)
{
	*r = (struct fief_reporter){ .env = env, .name = name };
	return open_with(r, bytes);
}

enum fief_err fief_reporter_open(struct fief_reporter *r, struct fief_env *env,
                                 const char *name)
{
	return fief_reporter_open_with(r, env, name, FIEF_REPORT_MIN);
}

enum fief_err fief_reporter_generate(struct fief_reporter *r,
                                     fief_report_fill *fill, const void *ctx)
{
	struct node_gen g;
	enum fief_err e;
	size_t len;

	for (;;) {
		/* Also without a buffer: tells how much is needed. */
		node_gen_init(&g, r->buffer.addr, r->buffer.bytes);
		fill(&g, ctx);
		e = node_gen_finish(&g, &len);
		if (e != FIEF_TOO_LONG)
			break;
		e = grow(r, len + 1);
		if (e)
			return e;
	}
	return e ? e : report_submit(report_of(r), len);
}

enum fief_err fief_reporter_text(struct fief_reporter *r, const char *text,
                                 size_t len)
{
	enum fief_err e = FIEF_OK;

	if (len > r->buffer.bytes || !r->buffer.addr)
		e = grow(r, len);
	if (e)
		return e;
	memcpy(r->buffer.addr, text, len);
	return report_submit(report_of(r), len);
}

void fief_reporter_close(struct fief_reporter *r)
{
	if (r->env)
		release(r);
	*r = (struct fief_reporter){ 0 };
}
