/* SPDX-License-Identifier: MIT */
/* Extended headers: names that are longer than a header has room for, records of
 * pax. */

#include <lib/mem.h>

#include "internal.h"

bool tar_wrong(struct tar_reader *r, size_t at, const char *text)
{
	r->wrong = text;
	r->wrong_at = at;
	return false;
}

static bool text_copy(struct tar_reader *r, size_t at, char *to,
                      const char *from, size_t len)
{
	if (len > VFS_PATH_MAX)
		return tar_wrong(r, at, "a path is too long");
	if (memchr(from, 0, len))
		return tar_wrong(r, at, "a path has a zero byte in it");
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

static bool path_set(struct tar_reader *r, size_t at, const char *s, size_t len)
{
	r->known |= TAR_PATH;
	return text_copy(r, at, r->path, s, len);
}

static bool target_set(struct tar_reader *r, size_t at, const char *s,
                       size_t len)
{
	r->known |= TAR_TARGET;
	return text_copy(r, at, r->target, s, len);
}

bool tar_long_name(struct tar_reader *r, size_t at, bool target, const char *s,
                   size_t len)
{
	len = strnlen(s, len);
	return target ? target_set(r, at, s, len) : path_set(r, at, s, len);
}

/* ---- numbers ---- */

/* Digits at the front of `len` bytes; returns how many, 0 if too large. */
static size_t digits(const char *s, size_t len, uint64_t *out)
{
	uint64_t value = 0;
	size_t n = 0;

	for (; n < len && s[n] >= '0' && s[n] <= '9'; n++) {
		const unsigned digit = (unsigned)(s[n] - '0');

		if (value > ((uint64_t)INT64_MAX - digit) / 10)
			return 0;
		value = value * 10 + digit;
	}
	*out = value;
	return n;
}

static bool whole(struct tar_reader *r, size_t at, const char *s, size_t len,
                  uint64_t *out)
{
	if (!len || digits(s, len, out) != len)
		return tar_wrong(r, at, "a number of a pax header is none");
	return true;
}

static bool size_set(struct tar_reader *r, size_t at, const char *s, size_t len)
{
	r->known |= TAR_SIZE;
	return whole(r, at, s, len, &r->ext_size);
}

static bool uid_set(struct tar_reader *r, size_t at, const char *s, size_t len)
{
	r->known |= TAR_UID;
	return whole(r, at, s, len, &r->ext_uid);
}

static bool gid_set(struct tar_reader *r, size_t at, const char *s, size_t len)
{
	r->known |= TAR_GID;
	return whole(r, at, s, len, &r->ext_gid);
}

/* Of the fraction, digits beyond the ninth do not count. */
static int64_t fraction(const char *s, size_t len)
{
	int64_t ns = 0, unit = 100000000;

	for (size_t i = 0; i < len; i++, unit /= 10)
		ns += (s[i] - '0') * unit;
	return ns;
}

static bool mtime_set(struct tar_reader *r, size_t at, const char *s,
                      size_t len)
{
	const bool minus = len && s[0] == '-';
	uint64_t seconds = 0, rest;
	int64_t ns = 0;
	size_t n;

	s += minus;
	len -= minus;
	n = digits(s, len, &seconds);
	if (n && n < len && s[n] == '.') {
		size_t f = digits(s + n + 1, len - n - 1 < 9 ? len - n - 1 : 9,
		                  &rest);

		ns = fraction(s + n + 1, f);
		for (n += 1 + f; n < len && s[n] >= '0' && s[n] <= '9';)
			n++;
	}
	if (!n || n != len || seconds > TAR_SECONDS_MAX)
		return tar_wrong(r, at, "a time of a pax header is none");
	ns += (int64_t)seconds * TAR_NS;
	r->ext_mtime = minus ? -ns : ns;
	r->known |= TAR_MTIME;
	return true;
}

/* ---- records ---- */

static bool sparse(struct tar_reader *r, size_t at, const char *s, size_t len)
{
	(void)s, (void)len;
	return tar_wrong(r, at, "a sparse file, which is not supported");
}

static const struct {
	const char *key;
	bool (*set)(struct tar_reader *, size_t at, const char *s, size_t len);
} keys[] = {
	{ "path=", path_set },     { "linkpath=", target_set },
	{ "size=", size_set },     { "mtime=", mtime_set },
	{ "uid=", uid_set },       { "gid=", gid_set },
	{ "GNU.sparse.", sparse },
};

/* What is not known is not for us: comments, times, attributes. */
static bool record(struct tar_reader *r, size_t at, const char *s, size_t len)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const size_t n = strlen(keys[i].key);

		if (len >= n && !memcmp(s, keys[i].key, n))
			return keys[i].set(r, at, s + n, len - n);
	}
	return true;
}

/* "LENGTH KEY=VALUE\n", one after the other; LENGTH counts all of it. */
bool tar_pax(struct tar_reader *r, size_t at, const char *s, size_t len)
{
	while (len) {
		uint64_t bytes = 0;
		const size_t n = digits(s, len, &bytes);

		if (!n || n >= len || s[n] != ' ' || bytes > len ||
		    bytes < n + 2 || s[bytes - 1] != '\n' ||
		    !memchr(s + n, '=', bytes - n))
			return tar_wrong(r, at, "a malformed pax record");
		if (!record(r, at, s + n + 1, (size_t)bytes - n - 2))
			return false;
		s += bytes;
		at += (size_t)bytes;
		len -= (size_t)bytes;
	}
	return true;
}
