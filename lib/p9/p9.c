/* SPDX-License-Identifier: MIT */
/* 9P2000.L as bytes. */

#include <lib/p9.h>

#include <lib/mem.h>

/* ---- what comes ---- */

const unsigned char *p9_bytes(struct p9_in *in, size_t len)
{
	const unsigned char *at = in->at;

	if (len > in->left || in->bad) {
		in->bad = true;
		return NULL;
	}
	in->at += len;
	in->left -= len;
	return at;
}

static uint64_t number(struct p9_in *in, size_t len)
{
	const unsigned char *at = p9_bytes(in, len);
	uint64_t v = 0;

	if (at)
		memcpy(&v, at, len);
	return v;
}

uint8_t p9_u8(struct p9_in *in)
{
	return (uint8_t)number(in, 1);
}

uint16_t p9_u16(struct p9_in *in)
{
	return (uint16_t)number(in, 2);
}

uint32_t p9_u32(struct p9_in *in)
{
	return (uint32_t)number(in, 4);
}

uint64_t p9_u64(struct p9_in *in)
{
	return number(in, 8);
}

void p9_text(struct p9_in *in, char *to, size_t size)
{
	const size_t len = p9_u16(in);
	const unsigned char *from = p9_bytes(in, len);

	*to = '\0';
	if (!from)
		return;
	if (len >= size || memchr(from, '\0', len)) {
		in->bad = true;
		return;
	}
	memcpy(to, from, len);
	to[len] = '\0';
}

/* ---- what goes ---- */

void p9_put(struct p9_out *out, const void *from, size_t len)
{
	if (len > out->size - out->len) {
		out->full = true;
		return;
	}
	memcpy(out->at + out->len, from, len);
	out->len += len;
}

void p9_put_u8(struct p9_out *out, uint8_t v)
{
	p9_put(out, &v, sizeof(v));
}

void p9_put_u16(struct p9_out *out, uint16_t v)
{
	p9_put(out, &v, sizeof(v));
}

void p9_put_u32(struct p9_out *out, uint32_t v)
{
	p9_put(out, &v, sizeof(v));
}

void p9_put_u64(struct p9_out *out, uint64_t v)
{
	p9_put(out, &v, sizeof(v));
}

void p9_put_text(struct p9_out *out, const char *text, size_t len)
{
	p9_put_u16(out, (uint16_t)len);
	p9_put(out, text, len);
}
