/* SPDX-License-Identifier: MIT */
/* Session arguments. */

#include <fief/args.h>

#include <lib/mem.h>
#include <lib/number.h>

struct span {
	const char *s;
	size_t len;
};

static struct span trim(struct span t)
{
	while (t.len && *t.s == ' ') {
		t.s++;
		t.len--;
	}
	while (t.len && t.s[t.len - 1] == ' ')
		t.len--;
	return t;
}

static const char *find(struct span t, char c)
{
	return t.len ? memchr(t.s, c, t.len) : NULL;
}

/* Value of `key`; `s` is NULL if there is none. */
static struct span value_of(const char *args, const char *key)
{
	struct span rest = { args, strlen(args) };

	while (rest.len) {
		const char *comma = find(rest, ',');
		struct span pair = { rest.s, rest.len };
		struct span name;
		const char *is;

		if (comma)
			pair.len = (size_t)(comma - rest.s);
		rest.s += pair.len + (comma != NULL);
		rest.len -= pair.len + (comma != NULL);
		is = find(pair, '=');
		if (!is)
			continue;
		name = trim((struct span){ pair.s, (size_t)(is - pair.s) });
		if (name.len != strlen(key) ||
		    memcmp(name.s, key, name.len) != 0)
			continue;
		return trim((struct span){
			is + 1, pair.len - (size_t)(is - pair.s) - 1 });
	}
	return (struct span){ NULL, 0 };
}

enum fief_err fief_args_text(const char *args, const char *key, char *buf,
                             size_t size)
{
	const struct span v = value_of(args, key);

	if (!v.s)
		return FIEF_NOT_FOUND;
	if (v.len >= size)
		return FIEF_TOO_LONG;
	memcpy(buf, v.s, v.len);
	buf[v.len] = '\0';
	return FIEF_OK;
}

enum fief_err fief_args_u64(const char *args, const char *key,
                            uint64_t fallback, uint64_t *out)
{
	char text[NUMBER_TEXT_MAX + 8];
	enum fief_err e;

	e = fief_args_text(args, key, text, sizeof(text));
	if (e == FIEF_NOT_FOUND) {
		*out = fallback;
		return FIEF_OK;
	}
	return e ? FIEF_INVALID : number_parse(text, UINT64_MAX, out);
}
