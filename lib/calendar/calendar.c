/* SPDX-License-Identifier: MIT */
/*
 * Days are counted in eras of 400 years, after which the calendar repeats, and
 * years begin in March, so that the odd day comes last.
 */

#include <lib/calendar.h>

enum {
	DAY_S = 86400,
	YEAR_D = 365,
	FOUR_YEARS_D = 4 * YEAR_D + 1,
	CENTURY_D = 25 * FOUR_YEARS_D - 1,
	ERA_D = 4 * CENTURY_D + 1,
	EPOCH_D = 719468, /* 1970-01-01, from 0000-03-01 on */
	THURSDAY = 4,     /* of the epoch */
};

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct calendar calendar_of(int64_t seconds)
{
	const int64_t day = floor_div(seconds, DAY_S);
	const int64_t of_day = seconds - day * DAY_S;
	const int64_t era = floor_div(day + EPOCH_D, ERA_D);
	const int64_t of_era = day + EPOCH_D - era * ERA_D;
	/* Without the leap days before it. */
	const int64_t year = (of_era - of_era / (FOUR_YEARS_D - 1) +
	                      of_era / CENTURY_D - of_era / (ERA_D - 1)) /
	                     YEAR_D;
	const int64_t of_year =
		of_era - (YEAR_D * year + year / 4 - year / 100);
	/* Five months from March on have 153 days, and so on. */
	const int64_t month = (5 * of_year + 2) / 153;

	return (struct calendar){
		.year = era * 400 + year + (month >= 10),
		.month = (uint32_t)(month < 10 ? month + 3 : month - 9),
		.day = (uint32_t)(of_year - (153 * month + 2) / 5 + 1),
		.hour = (uint32_t)(of_day / 3600),
		.minute = (uint32_t)(of_day / 60 % 60),
		.second = (uint32_t)(of_day % 60),
		.weekday = (uint32_t)(day - floor_div(day + THURSDAY, 7) * 7 +
		                      THURSDAY),
	};
}
