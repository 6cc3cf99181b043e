/* SPDX-License-Identifier: MIT */
/* Each cause has its name in lower case and a text. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fief/err.h>

static const struct {
	enum fief_err number;
	const char *id, *text;
} list[] = {
#define X(id, number, text) { number, #id, text },
	FIEF_ERR_LIST(X)
#undef X
};

static void names(void **state)
{
	(void)state;
	assert_int_equal(sizeof(list) / sizeof(*list), FIEF_ERR_COUNT);
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		const char *const name = fief_err_name(list[i].number);

		assert_int_equal(list[i].number, i);
		assert_int_equal(strlen(name), strlen(list[i].id));
		for (size_t c = 0; name[c]; c++)
			assert_int_equal(name[c], tolower(list[i].id[c]));
		assert_string_equal(fief_err_text(list[i].number),
		                    list[i].text);
		assert_int_equal(fief_err_from_wire((uint32_t)i), i);
	}
}

static void unknown(void **state)
{
	static const uint32_t numbers[] = { FIEF_ERR_COUNT, 999, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		const enum fief_err e = (enum fief_err)numbers[i];

		assert_string_equal(fief_err_name(e), "?");
		assert_string_equal(fief_err_text(e), "unknown error");
		assert_int_equal(fief_err_from_wire(numbers[i]), FIEF_INVALID);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
