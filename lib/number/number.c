/* SPDX-License-Identifier: MIT */
/* Numbers with units. */
#include <lib/checked.h>
#include <lib/fmt.h>
#include <lib/mem.h>
#include <lib/number.h>

static const char units[] = "KMGT";

enum { NO_DIGIT = 16 };

static unsigned digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return NO_DIGIT;
}

/* Multiplier of the unit at the end of a number; 0 if it is none. */
static uint64_t unit_of(const char *text)
{
	const char *at;

	if (!*text)
		return 1;
	at = strchr(units, *text);
	if (!at || text[1])
		return 0;
	return (uint64_t)1 << (10 * (at - units + 1));
}

/* Digits, as far as they go. False if they exceed 64 bits. */
static bool digits(const char **text, unsigned base, uint64_t *out)
{
	uint64_t v = 0;
	bool fits = true;

	for (; digit_of(**text) < base; (*text)++)
		fits = fits && checked_mul_u64(v, base, &v) &&
		       checked_add_u64(v, digit_of(**text), &v);
	*out = v;
	return fits;
}

enum fief_err number_parse(const char *text, uint64_t max, uint64_t *out)
{
	const bool hex = text[0] == '0' && text[1] == 'x';
	const char *const start = text + (hex ? 2 : 0);
	uint64_t v, unit;
	bool fits;

	text = start;
	fits = digits(&text, hex ? 16 : 10, &v);
	unit = unit_of(text);
	if (text == start || !unit)
		return FIEF_INVALID;
	if (!fits || !checked_mul_u64(v, unit, &v) || v > max)
		return FIEF_LIMIT;
	*out = v;
	return FIEF_OK;
}

enum fief_err number_parse_signed(const char *text, int64_t *out)
{
	const bool minus = text[0] == '-';
	const uint64_t max = (uint64_t)INT64_MAX + minus;
	uint64_t v;
	enum fief_err e;

	e = number_parse(text + minus, max, &v);
	if (e)
		return e;
	*out = minus && v ? -(int64_t)(v - 1) - 1 : (int64_t)v;
	return FIEF_OK;
}

enum fief_err number_parse_size(const char *text, size_t *out)
{
	uint64_t v;
	enum fief_err e;

	e = number_parse(text, SIZE_MAX, &v);
	if (e)
		return e;
	*out = (size_t)v;
	return FIEF_OK;
}

const char *number_text(char buf[NUMBER_TEXT_MAX], uint64_t value)
{
	const char *unit = units;
	struct fmt f;

	fmt_init(&f, buf, NUMBER_TEXT_MAX);
	if (!value || value % 1024) {
		fmt_add(&f, "%llu", (unsigned long long)value);
		return buf;
	}
	for (value /= 1024; value % 1024 == 0 && unit[1]; value /= 1024)
		unit++;
	fmt_add(&f, "%llu%c", (unsigned long long)value, *unit);
	return buf;
}
