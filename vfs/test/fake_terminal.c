/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <fief/attached.h>
#include <session/terminal.h>

#include "fake_env.h"
#include "fake_terminal.h"

enum { CAP = 200, DS = 201 };

struct fake_terminal fake_terminal;
static char buffer[FAKE_TERMINAL_BYTES];

enum fief_err fake_terminal_open(const char *label, struct fief_session *out)
{
	if (label && !strcmp(label, "no"))
		return FIEF_DENIED;
	*out = (struct fief_session){ .cap = CAP, .id = 2 };
	return FIEF_OK;
}

/* Nothing else is attached in tests of trees. */
enum fief_err fief_attach(struct fief_attached *a, fief_cap ds, uint64_t bytes,
                          unsigned rights)
{
	(void)rights;
	if (ds != DS)
		abort();
	a->addr = buffer;
	a->bytes = (size_t)bytes;
	return FIEF_OK;
}

void fief_detach(struct fief_attached *a)
{
	a->addr = NULL;
}

enum fief_err terminal_buffer(struct terminal_cap s, struct dataspace_cap *ds,
                              uint64_t *size)
{
	(void)s;
	ds->cap = DS;
	*size = sizeof(buffer);
	return FIEF_OK;
}

enum fief_err terminal_read(struct terminal_cap s, uint64_t *length, bool *end)
{
	struct fake_terminal *t = &fake_terminal;
	const size_t n =
		t->in_len < sizeof(buffer) ? t->in_len : sizeof(buffer);

	(void)s;
	t->calls++;
	memcpy(buffer, t->in, n);
	memmove(t->in, t->in + n, t->in_len - n);
	t->in_len -= n;
	*length = t->lies ? sizeof(buffer) + 1 : n;
	*end = t->end && !t->in_len;
	return FIEF_OK;
}

enum fief_err terminal_write(struct terminal_cap s, uint64_t length,
                             uint64_t *written)
{
	struct fake_terminal *t = &fake_terminal;
	const size_t n = length < t->room ? (size_t)length : t->room;

	(void)s;
	t->calls++;
	if (t->gone)
		return FIEF_GONE;
	memcpy(t->out + t->out_len, buffer, n);
	t->out_len += n;
	t->room -= n;
	*written = t->lies ? length + 1 : n;
	return FIEF_OK;
}

enum fief_err terminal_size(struct terminal_cap s, uint32_t *columns,
                            uint32_t *rows)
{
	(void)s;
	*columns = fake_terminal.columns;
	*rows = fake_terminal.rows;
	return FIEF_OK;
}

/* Handlers come in this order, each once; fake_managed is the last one. */
enum fief_err terminal_read_sigh(struct terminal_cap s, struct signal_cap h)
{
	(void)s, (void)h;
	fake_terminal.read = fake_managed;
	return FIEF_OK;
}

enum fief_err terminal_write_sigh(struct terminal_cap s, struct signal_cap h)
{
	(void)s, (void)h;
	fake_terminal.write = fake_managed;
	return FIEF_OK;
}

enum fief_err terminal_size_sigh(struct terminal_cap s, struct signal_cap h)
{
	(void)s, (void)h;
	fake_terminal.size = fake_managed;
	return FIEF_OK;
}
