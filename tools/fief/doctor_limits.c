/* SPDX-License-Identifier: MIT */
/* What this host allows us: files, processes, memory. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core_options.h"
#include "doctor.h"
#include "util.h"

enum {
	FILES_NEEDED = 34, /* to start at all */
	FILES_GOOD = 1024, /* for some hundred components */
	TASKS_NEEDED = 16,
	TASKS_GOOD = 1024,
};

/* The first number of a file; false if there is none, as in "max". */
static bool read_number(const char *path, uint64_t *out)
{
	FILE *f = fopen(path, "re");
	bool ok = f && fscanf(f, "%" SCNu64, out) == 1;

	if (f)
		fclose(f);
	return ok;
}

static enum doctor_level level_of(uint64_t n, uint64_t needed, uint64_t good)
{
	return n < needed ? DOCTOR_FAILURE :
	       n < good   ? DOCTOR_WARNING :
	                    DOCTOR_OK;
}

static uint64_t limit_of(const struct rlimit *l)
{
	return l->rlim_max == RLIM_INFINITY ? UINT64_MAX : l->rlim_max;
}

static void check_files(struct doctor *d)
{
	struct rlimit l = { 0 };

	getrlimit(RLIMIT_NOFILE, &l);
	doctor_note(d, level_of(limit_of(&l), FILES_NEEDED, FILES_GOOD),
	            "open files",
	            "ulimit -Hn 20000 (as root), or LimitNOFILE= "
	            "of the service",
	            "up to %llu; about one a component is needed, and one for "
	            "each channel",
	            (unsigned long long)l.rlim_max);
}

/* The smallest of those that apply. */
static void check_tasks(struct doctor *d)
{
	static const char *const files[] = {
		"/proc/sys/kernel/pid_max",
		"/proc/sys/kernel/threads-max",
		"/sys/fs/cgroup/pids.max",
		"/sys/fs/cgroup/pids/pids.max",
	};
	const char *least = "ulimit -u";
	struct rlimit l = { 0 };
	uint64_t most, n;

	getrlimit(RLIMIT_NPROC, &l);
	most = geteuid() ? limit_of(&l) : UINT64_MAX; /* not for root */
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (!read_number(files[i], &n) || n >= most)
			continue;
		most = n;
		least = files[i];
	}
	doctor_note(d, level_of(most, TASKS_NEEDED, TASKS_GOOD), "processes",
	            "raise that limit, or TasksMax= of the service",
	            "up to %" PRIu64 " (%s); one a component, and one a thread",
	            most, least);
}

static void check_address_space(struct doctor *d)
{
	struct rlimit l = { 0 };

	getrlimit(RLIMIT_AS, &l);
	if (l.rlim_cur == RLIM_INFINITY)
		doctor_note(d, DOCTOR_OK, "address space", NULL, "no limit");
	else
		doctor_note(d, DOCTOR_WARNING, "address space",
		            "ulimit -v unlimited",
		            "%llu KiB; components map large parts of it, and "
		            "may not start",
		            (unsigned long long)l.rlim_cur / 1024);
}

static bool memory_available(uint64_t *bytes)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[120];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "MemAvailable: %" SCNu64, bytes) == 1;
	if (f)
		fclose(f);
	*bytes *= 1024;
	return found;
}

/* That of a cgroup is what is left of it. */
static void cgroup_left(uint64_t *left)
{
	static const char *const limits[][2] = {
		{ "/sys/fs/cgroup/memory.max",
		  "/sys/fs/cgroup/memory.current" },
		{ "/sys/fs/cgroup/memory/memory.limit_in_bytes",
		  "/sys/fs/cgroup/memory/memory.usage_in_bytes" },
	};
	uint64_t max, used;

	for (size_t i = 0; i < 2; i++)
		if (read_number(limits[i][0], &max) &&
		    read_number(limits[i][1], &used) && max > used &&
		    max - used < *left)
			*left = max - used;
}

static void check_memory(struct doctor *d)
{
	uint64_t left = 0, mode = 0;
	char text[16];

	if (!memory_available(&left)) {
		doctor_note(d, DOCTOR_WARNING, "memory", "free -h",
		            "what is free cannot be told");
		return;
	}
	cgroup_left(&left);
	util_bytes(text, left);
	doctor_note(d, left < CORE_RAM_DEFAULT ? DOCTOR_WARNING : DOCTOR_OK,
	            "memory", "fief run --ram 64M, or free some",
	            "%s available; a system gets 256M, which is taken when it "
	            "is used",
	            text);
	if (read_number("/proc/sys/vm/overcommit_memory", &mode) && mode == 2)
		doctor_note(d, DOCTOR_WARNING, "overcommit",
		            "sysctl vm.overcommit_memory=0",
		            "the host refuses memory before it is used");
}

static void check_cgroup(struct doctor *d)
{
	const bool v2 = !access("/sys/fs/cgroup/cgroup.controllers", F_OK);
	const bool v1 = !access("/sys/fs/cgroup/memory", F_OK);

	doctor_note(d, DOCTOR_OK, "cgroup", NULL,
	            "%s; none is needed, its limits apply",
	            v2 ? "v2" :
	            v1 ? "v1" :
	                 "none");
}

void doctor_limits(struct doctor *d)
{
	check_files(d);
	check_tasks(d);
	check_address_space(d);
	check_memory(d);
	check_cgroup(d);
}
