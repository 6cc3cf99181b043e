/* SPDX-License-Identifier: MIT */
/* Attributes of Genode's init that mean nothing here: what they ask for is so
 * in any case, or a warning says that it cannot be had. */

#include "config_parse.h"

static const struct {
	const char *element, *attr;
	bool had; /* what it is in any case */
	const char *why;
} table[] = {
	{ "config", "ld_verbose", false, "binaries bring all that they link" },
	{ "config", "generate_xml", true, "all that is generated is XML" },
	{ "start", "ld", false, "binaries bring all that they link" },
	{ "start", "managing_system", false, "no component manages the host" },
};

enum fief_err config_vain_check(struct parser *p, const struct node *n)
{
	enum fief_err e = FIEF_OK;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]) && !e; i++) {
		const char *attr = table[i].attr;
		bool value = table[i].had;

		if (!node_has_type(n, table[i].element))
			continue;
		e = node_attr_bool(n, attr, value, p->err, &value);
		if (!e && value != table[i].had)
			e = config_warn(p, attr_place(n, attr),
			                "\"%s\" has no effect: %s", attr,
			                table[i].why);
	}
	return e;
}
