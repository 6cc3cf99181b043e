/* SPDX-License-Identifier: MIT */
/* The wall clock of the host. That it was stepped is told by a timer on it, which
 * the host cancels then; it never expires otherwise. */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <fief/exit_code.h>
#include <fief/kif_table.h>

#include <core/core.h>

#include "host.h"

enum {
	TRIES = 8,
	CLOSE_NS = 2000, /* between two readings of the other clock */
};

/* The reading that was interrupted least. */
enum fief_err core_wall_clock(int64_t *wall, uint64_t *at)
{
	uint64_t best = UINT64_MAX;
	struct timespec t;

	for (unsigned i = 0; i < TRIES && best > CLOSE_NS; i++) {
		const uint64_t before = fief_kif->time();
		const int failed = clock_gettime(CLOCK_REALTIME, &t);
		const uint64_t took = fief_kif->time() - before;

		if (failed)
			return FIEF_UNSUPPORTED;
		if (took >= best)
			continue;
		best = took;
		*at = before + took / 2;
		*wall = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
	}
	return FIEF_OK;
}

/* Never, if it is not stepped. */
static int arm(int fd)
{
	const struct itimerspec end = { .it_value.tv_sec = INT32_MAX };

	return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
	                       &end, NULL);
}

int core_clock_watch(void)
{
	const int fd =
		timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);

	core_host.clock = fd;
	if (fd >= 0 && !arm(fd) && !kcore_watch(fd))
		return 0;
	fprintf(stderr, "core: cannot hear of steps of the clock: %s\n",
	        strerror(errno));
	return FIEF_EXIT_FRAMEWORK;
}

void core_clock_readable(void)
{
	uint64_t times;

	if (read(core_host.clock, &times, sizeof(times)) < 0 && errno == EAGAIN)
		return;
	if (arm(core_host.clock))
		core_log("Error: steps of the clock are not told any more: %s",
		         strerror(errno));
	core_rtc_stepped();
}
