/* SPDX-License-Identifier: MIT */
/* A PD's threads from outside: how many, their priority, affinity, CPU time. */

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "host.h"

enum { CPUS = 64, NICE_LOWEST = 19, NS_PER_S = 1000000000 };

/* Core's own is the highest there is. */
static int nice_of(int level)
{
	const int nice = getpriority(PRIO_PROCESS, 0) + level;

	return nice > NICE_LOWEST ? NICE_LOWEST : nice;
}

static void apply_thread(int tid, const struct kcore_pd *pd,
                         const cpu_set_t *set)
{
	int refused =
		setpriority(PRIO_PROCESS, (id_t)tid, nice_of(pd->priority));

	/* Hints: a thread that just ended, or a host that refuses, is fine. */
	refused |= sched_setaffinity(tid, sizeof(*set), set);
	(void)refused;
}

/* CPUs of the mask that core itself may use; all of these, if there are none
 * of the mask. */
static void cpu_set_of(uint64_t mask, cpu_set_t *set)
{
	cpu_set_t some;

	CPU_ZERO(&some);
	sched_getaffinity(0, sizeof(*set), set);
	for (unsigned i = 0; i < CPUS; i++)
		if (mask >> i & 1 && CPU_ISSET(i, set))
			CPU_SET(i, &some);
	if (CPU_COUNT(&some))
		*set = some;
}

uint64_t kcore_cpus(void)
{
	uint64_t mask = 0;
	cpu_set_t set;

	cpu_set_of(0, &set);
	for (unsigned i = 0; i < CPUS; i++)
		if (CPU_ISSET(i, &set))
			mask |= (uint64_t)1 << i;
	return mask;
}

void host_schedule(const struct kcore_pd *pd)
{
	struct dirent *entry;
	cpu_set_t set;
	char path[32];
	DIR *dir;

	cpu_set_of(pd->cpu_mask, &set);
	snprintf(path, sizeof(path), "/proc/%d/task", pd->pid);
	dir = opendir(path);
	if (!dir)
		return; /* it died; or there is no /proc: no hints then */
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			apply_thread(atoi(entry->d_name), pd, &set);
	closedir(dir);
}

void kcore_pd_schedule(struct kcore_pd *pd, int priority, uint64_t cpu_mask)
{
	pd->priority = priority;
	pd->cpu_mask = cpu_mask;
	if (pd->pid > 0)
		host_schedule(pd);
}

unsigned kcore_pd_threads(const struct kcore_pd *pd)
{
	enum { LINKS = 2 }; /* of an empty folder */
	struct stat st;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/task", pd->pid);
	if (!kcore_pd_pid(pd) || stat(path, &st) || st.st_nlink < LINKS)
		return 0; /* it died */
	return (unsigned)(st.st_nlink - LINKS);
}

uint64_t kcore_pd_cpu_ns(const struct kcore_pd *pd)
{
	struct timespec t;
	clockid_t clock;

	if (!kcore_pd_pid(pd) || clock_getcpuclockid(pd->pid, &clock) ||
	    clock_gettime(clock, &t))
		return 0; /* it died */
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}
