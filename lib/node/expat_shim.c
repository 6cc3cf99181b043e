/* SPDX-License-Identifier: MIT */
/* Stand-ins for libc under libexpat.a in component images. */
#include <lib/mem.h>

#include "expat_shim.h"

void *stderr;

void *malloc(size_t size)
{
	(void)size;
	return NULL;
}

void *realloc(void *ptr, size_t size)
{
	(void)ptr;
	(void)size;
	return NULL;
}

void free(void *ptr)
{
	(void)ptr;
}

char *getenv(const char *name)
{
	(void)name;
	return NULL;
}

int fputs(const char *text, void *stream)
{
	(void)text;
	(void)stream;
	return 0;
}

size_t fwrite(const void *data, size_t size, size_t count, void *stream)
{
	(void)data;
	(void)size;
	(void)stream;
	return count;
}

int __fprintf_chk(void *stream, int flag, const char *format, ...)
{
	(void)stream;
	(void)flag;
	(void)format;
	return 0;
}

unsigned long strtoul(const char *text, char **end, int base)
{
	(void)base;
	if (end)
		*end = (char *)(size_t)text;
	return 0;
}

int *__errno_location(void)
{
	static int never_read;

	return &never_read;
}

void arc4random_buf(void *buf, size_t size)
{
	memset(buf, 0, size);
}

_Noreturn static void trap(void)
{
	for (;;)
		__asm__ volatile("ud2");
}

void __assert_fail(const char *text, const char *file, unsigned line,
                   const char *function)
{
	(void)text;
	(void)file;
	(void)line;
	(void)function;
	trap();
}

void __stack_chk_fail(void)
{
	trap();
}
