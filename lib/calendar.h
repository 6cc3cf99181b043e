/* SPDX-License-Identifier: MIT */
/* Seconds since 1970 as a date of the Gregorian calendar, in UTC. */
#pragma once

#include <stdint.h>

struct calendar {
	int64_t year;
	uint32_t month, day;           /* from 1 */
	uint32_t hour, minute, second; /* from 0 */
	uint32_t weekday;              /* 0: Sunday */
};

struct calendar calendar_of(int64_t seconds);
