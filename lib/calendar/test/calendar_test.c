/* SPDX-License-Identifier: MIT */
/* The calendar beside that of the host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#include <lib/calendar.h>

enum { DAY = 86400 };

static void compare(int64_t seconds)
{
	const time_t t = (time_t)seconds;
	const struct calendar c = calendar_of(seconds);
	struct tm tm;

	assert_non_null(gmtime_r(&t, &tm));
	assert_int_equal(c.year, tm.tm_year + 1900);
	assert_int_equal(c.month, tm.tm_mon + 1);
	assert_int_equal(c.day, tm.tm_mday);
	assert_int_equal(c.hour, tm.tm_hour);
	assert_int_equal(c.minute, tm.tm_min);
	assert_int_equal(c.second, tm.tm_sec);
	assert_int_equal(c.weekday, tm.tm_wday);
}

/* Each day of more than an era before and after 1970, at odd times. */
static void days(void **state)
{
	(void)state;
	for (int64_t day = -160000; day < 160000; day++) {
		compare(day * DAY);
		compare(day * DAY - 1);
		compare(day * DAY + (day * 7919 % DAY + DAY) % DAY);
	}
}

/* As far as nanoseconds in 64 bits go, and beyond. */
static void ends(void **state)
{
	(void)state;
	compare(INT64_MAX / 1000000000);
	compare(INT64_MIN / 1000000000);
	compare((int64_t)1 << 40);
	compare(-((int64_t)1 << 40));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(days),
		cmocka_unit_test(ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
