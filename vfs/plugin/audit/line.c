/* SPDX-License-Identifier: MIT */
/* Lines of the log. */

#include <lib/fmt.h>
#include <lib/mem.h>

#include "internal.h"

enum { LINE = 400, PATH_SHOWN = 150 };

/* Names cannot end a line, or draw on a terminal. */
static void text(struct fmt *f, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)s[i];

		fmt_char(f, c < ' ' || c == 127 ? '?' : s[i]);
	}
}

static void path(struct fmt *f, const char *dir, struct vfs_name name)
{
	const size_t len = strlen(dir);
	const size_t most = name.len < PATH_SHOWN ? PATH_SHOWN - name.len : 0;

	if (len > most)
		fmt_string(f, "...");
	text(f, len > most ? dir + (len - most) : dir, len > most ? most : len);
	if (name.s || !len)
		fmt_char(f, '/');
	if (name.len > PATH_SHOWN)
		fmt_string(f, "...");
	if (name.s)
		text(f,
		     name.s + (name.len > PATH_SHOWN ? name.len - PATH_SHOWN :
		                                       0),
		     name.len > PATH_SHOWN ? PATH_SHOWN : name.len);
}

/* A line that LOG does not take is lost. */
void audit_tell(struct audit_fs *fs, const struct audit_line *l, enum vfs_err e)
{
	char buf[LINE];
	struct capnp_text out = { .s = buf };
	struct fmt f;
	enum fief_err lost;

	fmt_init(&f, buf, sizeof(buf) - 1);
	fmt_add(&f, "%s%s%s ", fs->label, *fs->label ? ": " : "", l->what);
	path(&f, l->node->path, l->name);
	if (l->to) {
		fmt_string(&f, " to ");
		path(&f, l->to->path, l->to_name);
	}
	if (l->more)
		fmt_add(&f, " %s", l->more);
	fmt_add(&f, ": %s\n", vfs_err_name(e));
	out.len = (uint32_t)(fmt_fits(&f) ? f.len : sizeof(buf) - 2);
	lost = log_write(fs->log, out);
	(void)lost;
}
