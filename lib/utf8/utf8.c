/* SPDX-License-Identifier: MIT */
/* Strict UTF-8. */
#include <lib/utf8.h>

/* Length that the first byte announces and the smallest value that needs it. */
static size_t announced(unsigned char first, uint32_t *bits, uint32_t *least)
{
	if (first >= 0xf0 && first < 0xf8) {
		*bits = first & 7u;
		*least = 0x10000;
		return 4;
	}
	if (first >= 0xe0 && first < 0xf0) {
		*bits = first & 15u;
		*least = 0x800;
		return 3;
	}
	if (first >= 0xc0 && first < 0xe0) {
		*bits = first & 31u;
		*least = 0x80;
		return 2;
	}
	*bits = first;
	*least = 0;
	return first < 0x80 ? 1 : 0;
}

static bool code_point_valid(uint32_t v)
{
	return v <= UTF8_CODE_POINT_MAX && (v < 0xd800 || v > 0xdfff);
}

size_t utf8_decode(const char *text, size_t len, uint32_t *code_point)
{
	uint32_t v, least;
	size_t n;

	if (!len)
		return 0;
	n = announced((unsigned char)text[0], &v, &least);
	if (n == 0 || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		const unsigned char c = (unsigned char)text[i];

		if ((c & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (c & 63u);
	}
	if (v < least || !code_point_valid(v))
		return 0;
	*code_point = v;
	return n;
}

size_t utf8_encode(char out[UTF8_MAX], uint32_t v)
{
	static const uint32_t mark[UTF8_MAX + 1] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = v < 0x80 ? 1 : v < 0x800 ? 2 : v < 0x10000 ? 3 : 4;

	if (!code_point_valid(v))
		return 0;
	for (size_t i = n - 1; i > 0; i--, v >>= 6)
		out[i] = (char)(0x80 | (v & 63));
	out[0] = (char)(mark[n] | v);
	return n;
}

size_t utf8_invalid_at(const char *text, size_t len)
{
	uint32_t ignored;
	size_t at = 0;

	while (at < len) {
		const size_t n = utf8_decode(text + at, len - at, &ignored);

		if (!n)
			break;
		at += n;
	}
	return at;
}

/* Bytes of the character at the start, 0 if it is none or controls. */
static size_t printable(const char *text, size_t len)
{
	uint32_t c = 0;
	const size_t n = utf8_decode(text, len, &c);

	return c < ' ' || (c >= 0x7f && c < 0xa0) ? 0 : n;
}

bool utf8_printable(const char *text, size_t len)
{
	for (size_t at = 0, n; at < len; at += n) {
		n = printable(text + at, len - at);
		if (!n)
			return false;
	}
	return true;
}

void utf8_make_printable(char *text)
{
	size_t len = 0;

	while (text[len])
		len++;
	for (size_t at = 0, n; at < len; at += n) {
		n = printable(text + at, len - at);
		if (n)
			continue;
		text[at] = '?';
		n = 1;
	}
}
