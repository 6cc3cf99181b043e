/* SPDX-License-Identifier: MIT */
/* Files of a tmpfs, by system calls. */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "peers.h"

enum { PAGE = 4096, PAGES = 256, NAMES = 1000, BIG = 16 << 20 };

static struct files {
	char dir[64], path[96];
	int file;
	unsigned page;
	char bytes[PAGE];
	char entries[32768];
} files;

static void open_close(void *context)
{
	const int fd = open(files.path, O_RDONLY | O_CLOEXEC);

	(void)context;
	bench_must(fd, "open");
	close(fd);
}

static void stat_one(void *context)
{
	struct stat st;

	(void)context;
	bench_must(stat(files.path, &st), "stat");
}

static off_t next_page(void)
{
	return (off_t)(files.page++ % PAGES) * PAGE;
}

static void read_page(void *context)
{
	(void)context;
	bench_must(pread(files.file, files.bytes, PAGE, next_page()), "pread");
}

static void write_page(void *context)
{
	(void)context;
	bench_must(pwrite(files.file, files.bytes, PAGE, next_page()),
	           "pwrite");
}

static void list(void *context)
{
	const int fd = open(files.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)context;
	while (bench_must(syscall(SYS_getdents64, fd, files.entries,
	                          sizeof(files.entries)),
	                  "getdents") > 0)
		;
	close(fd);
}

static void name_of(char *out, size_t size, unsigned n)
{
	snprintf(out, size, "%s/f%u", files.dir, n);
}

/* Mapped, each page looked at, and given back. */
static void map_file(void *context)
{
	const int fd = *(int *)context;
	static volatile unsigned sum;
	const char *bytes = mmap(NULL, BIG, PROT_READ, MAP_SHARED, fd, 0);

	bench_must(bytes == MAP_FAILED ? -1 : 0, "mmap");
	for (size_t i = 0; i < BIG; i += PAGE)
		sum += (unsigned char)((const volatile char *)bytes)[i];
	munmap((void *)(uintptr_t)bytes, BIG);
}

static int big_make(void)
{
	char name[96];
	int fd;

	name_of(name, sizeof(name), NAMES);
	fd = (int)bench_must(open(name, O_CREAT | O_RDWR, 0600), name);
	for (unsigned i = 0; i < BIG / PAGE; i++)
		bench_must(write(fd, files.bytes, PAGE), "write");
	unlink(name);
	return fd;
}

static void make(void)
{
	char name[96];

	snprintf(files.dir, sizeof(files.dir), "/dev/shm/fief-bench-%d",
	         (int)getpid());
	bench_must(mkdir(files.dir, 0700), files.dir);
	for (unsigned i = 0; i < NAMES; i++) {
		name_of(name, sizeof(name), i);
		close((int)bench_must(open(name, O_CREAT | O_WRONLY, 0600),
		                      name));
	}
	name_of(files.path, sizeof(files.path), 0);
	files.file = (int)bench_must(open(files.path, O_RDWR), files.path);
	for (unsigned i = 0; i < PAGES; i++)
		write_page(NULL);
}

static void drop(void)
{
	char name[96];

	close(files.file);
	for (unsigned i = 0; i < NAMES; i++) {
		name_of(name, sizeof(name), i);
		unlink(name);
	}
	rmdir(files.dir);
}

void peer_tmpfs(const struct bench_args *args)
{
	static int big;
	static const struct bench_job jobs[] = {
		{ "open_close", open_close, NULL, 64, 1 },
		{ "stat", stat_one, NULL, 64, 1 },
		{ "pread_4k", read_page, NULL, 64, 1 },
		{ "pwrite_4k", write_page, NULL, 64, 1 },
		{ "list_1000", list, NULL, 0, 1 },
		{ "map_16m", map_file, &big, 0, 1 },
	};

	bench_pin(args, BENCH_CLIENT);
	make();
	big = big_make();
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
		bench_measure(args, &jobs[i]);
	drop();
}
