/* SPDX-License-Identifier: MIT */
/* Bounded text: appending, and the interpreter of format strings. */
#include <stdint.h>

#include <lib/fmt.h>
#include <lib/mem.h>

/* One conversion, parsed. */
struct spec {
	bool left;      /* '-': pad on the right */
	bool zero;      /* '0': pad with zeros */
	bool prefix;    /* '#': 0x */
	size_t width;   /* minimum of bytes */
	size_t max;     /* precision: maximum of bytes of %s */
	unsigned longs; /* 'l' counts 1 each, 'z' counts 1 */
	unsigned shorts;
};

/* A va_list that can be passed on by address. */
struct args {
	va_list list;
};

enum { NUMBER_MAX = 24 }; /* 20 digits, or "0x" and 16 */

void fmt_init(struct fmt *f, char *buf, size_t size)
{
	*f = (struct fmt){ .buf = buf, .size = size };
	if (size)
		buf[0] = 0;
}

void fmt_char(struct fmt *f, char c)
{
	fmt_bytes(f, &c, 1);
}

void fmt_bytes(struct fmt *f, const char *text, size_t len)
{
	const size_t room = fmt_fits(f) ? f->size - f->len - 1 : 0;
	const size_t n = len < room ? len : room;

	if (n) {
		memcpy(f->buf + f->len, text, n);
		f->buf[f->len + n] = 0;
	}
	/* Saturate: a length that wrapped would look as if it fitted. */
	f->len = len > SIZE_MAX - f->len ? SIZE_MAX : f->len + len;
}

void fmt_string(struct fmt *f, const char *text)
{
	fmt_bytes(f, text, strlen(text));
}

static void pad(struct fmt *f, char c, size_t len, size_t width)
{
	for (; len < width; len++)
		fmt_char(f, c);
}

/* The beginning of a text, without a part of a character at its end. */
static void put_cut(struct fmt *f, const char *text)
{
	size_t len = f->text_max;

	while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	fmt_bytes(f, text, len);
	fmt_string(f, "...");
}

static void put_text(struct fmt *f, const struct spec *s, const char *text)
{
	const char *const t = text ? text : "(null)";
	const size_t len = strnlen(t, s->max);

	if (f->text_max && s->max == SIZE_MAX && len > f->text_max) {
		put_cut(f, t);
		return;
	}
	if (!s->left)
		pad(f, ' ', len, s->width);
	fmt_bytes(f, t, len);
	if (s->left)
		pad(f, ' ', len, s->width);
}

/* Write `sign` and `digits`; zeros go between the two. */
static void put_number(struct fmt *f, const struct spec *s, const char *sign,
                       const char *digits)
{
	const size_t len = strlen(sign) + strlen(digits);
	const bool zero = s->zero && !s->left;

	if (!zero && !s->left)
		pad(f, ' ', len, s->width);
	fmt_string(f, sign);
	if (zero)
		pad(f, '0', len, s->width);
	fmt_string(f, digits);
	if (s->left)
		pad(f, ' ', len, s->width);
}

/* Digits of `v` at the end of `buf`; returns the first. */
static const char *digits(char buf[NUMBER_MAX], uint64_t v, unsigned base,
                          const char *alphabet)
{
	char *p = buf + NUMBER_MAX - 1;

	*p = 0;
	do {
		*--p = alphabet[v % base];
		v /= base;
	} while (v);
	return p;
}

static void put_signed(struct fmt *f, const struct spec *s, int64_t v)
{
	const uint64_t magnitude = v < 0 ? -(uint64_t)v : (uint64_t)v;
	char buf[NUMBER_MAX];

	put_number(f, s, v < 0 ? "-" : "",
	           digits(buf, magnitude, 10, "0123456789"));
}

static void put_unsigned(struct fmt *f, const struct spec *s, uint64_t v)
{
	char buf[NUMBER_MAX];

	put_number(f, s, "", digits(buf, v, 10, "0123456789"));
}

static void put_hex(struct fmt *f, const struct spec *s, uint64_t v,
                    const char *alphabet)
{
	char buf[NUMBER_MAX];

	put_number(f, s, s->prefix ? "0x" : "", digits(buf, v, 16, alphabet));
}

/* NOLINTBEGIN(clang-analyzer-valist.Uninitialized): the analyser loses track of
 * lists that are passed by address. */

/* `digits` or `*`; `*format` moves behind it. */
static size_t parse_count(const char **format, struct args *args,
                          bool *negative)
{
	size_t n = 0;
	int given;

	*negative = false;
	if (**format == '*') {
		(*format)++;
		given = va_arg(args->list, int);
		*negative = given < 0;
		return given < 0 ? (size_t)0 - (size_t)given : (size_t)given;
	}
	for (; **format >= '0' && **format <= '9'; (*format)++)
		if (n < SIZE_MAX / 100)
			n = n * 10 + (size_t)(**format - '0');
	return n;
}

static void parse_flags(const char **format, struct spec *s)
{
	for (;; (*format)++) {
		if (**format == '-')
			s->left = true;
		else if (**format == '0')
			s->zero = true;
		else if (**format == '#')
			s->prefix = true;
		else
			return;
	}
}

static struct spec parse_spec(const char **format, struct args *args)
{
	struct spec s = { .max = SIZE_MAX };
	bool negative;

	parse_flags(format, &s);
	s.width = parse_count(format, args, &negative);
	s.left |= negative;
	if (**format == '.') {
		(*format)++;
		s.max = parse_count(format, args, &negative);
		if (negative)
			s.max = SIZE_MAX;
	}
	for (;; (*format)++) {
		if (**format == 'l' || **format == 'z')
			s.longs++;
		else if (**format == 'h')
			s.shorts++;
		else
			return s;
	}
}

static int64_t arg_signed(const struct spec *s, struct args *args)
{
	int v;

	if (s->longs > 1)
		return va_arg(args->list, long long);
	if (s->longs)
		return va_arg(args->list, long);
	v = va_arg(args->list, int);
	if (s->shorts > 1)
		return (signed char)v;
	return s->shorts ? (short)v : v;
}

static uint64_t arg_unsigned(const struct spec *s, struct args *args)
{
	unsigned v;

	if (s->longs > 1)
		return va_arg(args->list, unsigned long long);
	if (s->longs)
		return va_arg(args->list, unsigned long);
	v = va_arg(args->list, unsigned);
	if (s->shorts > 1)
		return (unsigned char)v;
	return s->shorts ? (unsigned short)v : v;
}

/* One conversion. False if it is not supported. */
static bool convert(struct fmt *f, struct spec *s, char c, struct args *args)
{
	char one[2];

	switch (c) {
	case 'd':
	case 'i':
		put_signed(f, s, arg_signed(s, args));
		return true;
	case 'u':
		put_unsigned(f, s, arg_unsigned(s, args));
		return true;
	case 'x':
		put_hex(f, s, arg_unsigned(s, args), "0123456789abcdef");
		return true;
	case 'X':
		put_hex(f, s, arg_unsigned(s, args), "0123456789ABCDEF");
		return true;
	case 'p':
		s->prefix = true;
		put_hex(f, s, (uintptr_t)va_arg(args->list, void *),
		        "0123456789abcdef");
		return true;
	case 's':
		put_text(f, s, va_arg(args->list, const char *));
		return true;
	case 'c':
		one[0] = (char)va_arg(args->list, int);
		one[1] = 0;
		put_number(f,
		           &(struct spec){ .left = s->left, .width = s->width },
		           "", one);
		return true;
	case '%':
		fmt_char(f, '%');
		return true;
	default:
		return false;
	}
}

/* NOLINTEND(clang-analyzer-valist.Uninitialized) */

static void interpret(struct fmt *f, const char *format, struct args *args)
{
	while (*format) {
		const char *const start = format;
		struct spec s;

		while (*format && *format != '%')
			format++;
		fmt_bytes(f, start, (size_t)(format - start));
		if (!*format)
			return;
		format++;
		s = parse_spec(&format, args);
		if (!convert(f, &s, *format, args)) {
			fmt_string(f, "%?");
			return;
		}
		format++;
	}
}

void fmt_add_args(struct fmt *f, const char *format, va_list args)
{
	struct args copy;

	va_copy(copy.list, args);
	interpret(f, format, &copy);
	va_end(copy.list);
}

void fmt_add(struct fmt *f, const char *format, ...)
{
	struct args args;

	va_start(args.list, format);
	interpret(f, format, &args);
	va_end(args.list);
}

size_t fmt_text(char *buf, size_t size, const char *format, ...)
{
	struct fmt f;
	struct args args;

	fmt_init(&f, buf, size);
	va_start(args.list, format);
	interpret(&f, format, &args);
	va_end(args.list);
	return f.len;
}
