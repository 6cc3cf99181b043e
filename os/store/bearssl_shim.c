/* SPDX-License-Identifier: MIT */
/* What hardened code of BearSSL calls. */

#include "bearssl_shim.h"

#include <lib/mem.h>

void *__memcpy_chk(void *to, const void *from, size_t len, size_t room)
{
	if (len > room)
		__builtin_trap();
	return memcpy(to, from, len);
}
