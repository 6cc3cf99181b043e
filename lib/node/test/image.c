/* SPDX-License-Identifier: MIT */
/* Smallest image that uses the XML front end: linked and inspected, not run. */
#include <lib/node_gen.h>
#include <lib/node_xml.h>

enum { MEMORY = 65536, TEXT = 4096 };

FIEF_NORETURN FIEF_USED void start(void);

void start(void)
{
	static _Alignas(16) char memory[MEMORY];
	static char text[TEXT] = "<config/>";
	const struct node_xml_input in = { text, sizeof(text), 1 };
	struct node *root;
	struct arena a;
	size_t len;

	arena_init_fixed(&a, memory, sizeof(memory));
	for (;;)
		if (!node_xml_parse(&in, &a, NULL, &root) &&
		    !node_gen_document(root, text, sizeof(text), &len))
			arena_init_fixed(&a, memory, sizeof(memory));
}
