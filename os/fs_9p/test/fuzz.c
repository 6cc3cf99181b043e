/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target of the server of 9P2000.L. The input is a script: for each message
 * its length, type and tag, a byte each, and the rest of it. What must hold: no
 * access beyond a message, each answer is well-formed and to a tag that was
 * asked, and at the end nothing is left.
 */
#include <string.h>

#include "talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void begin(struct talk *t)
{
	static const unsigned char version[] = "\0\0\1\0\10\0"
					       "9P2000.L",
				   attach[] = "\0\0\0\0\377\377\377\377\0\0\0\0"
					      "\0\0\0";

	talk_init(t);
	talk_say(t, P9_VERSION, P9_NO_TAG, version, sizeof(version) - 1);
	talk_say(t, P9_ATTACH, 1, attach, sizeof(attach));
}

static void hear_all(struct talk *t)
{
	struct heard h;

	while (talk_hear(t, &h))
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct talk t;

	begin(&t);
	hear_all(&t);
	while (size >= 3) {
		const size_t len = data[0] < size - 3 ? data[0] : size - 3;
		const uint16_t tag = data[2] == 0xff ? P9_NO_TAG : data[2];

		if (!talk_say(&t, data[1] & 0x7f, tag, data + 3, len)) {
			talk_fini(&t); /* the connection ends */
			begin(&t);
		}
		if (!server_room(&t.server) || data[1] & 0x80)
			hear_all(&t);
		data += 3 + len;
		size -= 3 + len;
	}
	hear_all(&t);
	talk_fini(&t);
	return 0;
}
