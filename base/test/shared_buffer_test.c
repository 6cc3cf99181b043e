/* SPDX-License-Identifier: MIT */
/* SharedBuffer from both sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <fief/entrypoint_loop.h>
#include <fief/shared_buffer.h>

#include "loop_kif.h"

enum { BYTES = 5000 };

static size_t filled_offset, filled_length;
static unsigned fills;

static void on_filled(struct fief_shared_buffer *self, size_t offset,
                      size_t length)
{
	assert_int_equal(((char *)self->memory.addr)[offset], 'x');
	filled_offset = offset;
	filled_length = length;
	fills++;
}

static void both_sides(void **state)
{
	struct fief_shared_buffer server = { .filled = on_filled };
	struct fief_shared_buffer_client client = { 0 };
	struct fief_entrypoint ep;

	(void)state;
	loop_kif_init();
	fief_entrypoint_init(&ep, 0);
	assert_int_equal(
		fief_shared_buffer_init(&server, &ep, &loop_kif.ram, BYTES),
		FIEF_OK);
	assert_int_equal(fief_shared_buffer_open(&client, server.obj.cap),
	                 FIEF_OK);
	assert_int_equal(client.memory.bytes, BYTES);
	((char *)client.memory.addr)[100] = 'x';
	assert_int_equal(fief_shared_buffer_signal(&client, 100, 4900),
	                 FIEF_OK);
	assert_int_equal(fills, 1);
	assert_int_equal(filled_offset, 100);
	assert_int_equal(filled_length, 4900);
	assert_int_equal(fief_shared_buffer_signal(&client, 100, 4901),
	                 FIEF_INVALID);
	assert_int_equal(fief_shared_buffer_signal(&client, SIZE_MAX, 2),
	                 FIEF_INVALID);
	assert_int_equal(fief_shared_buffer_signal(&client, 5001, 0),
	                 FIEF_INVALID);
	assert_int_equal(fills, 1);
	fief_shared_buffer_fini(&server);
	fief_shared_buffer_fini(&server);
	assert_int_equal(fief_shared_buffer_signal(&client, 0, 1), FIEF_GONE);
	fief_shared_buffer_close(&client);
	assert_int_equal(loop_kif.live + loop_kif.mappings + loop_kif.objects,
	                 0);
}

static void no_ram(void **state)
{
	struct fief_shared_buffer server = { 0 };
	struct fief_entrypoint ep;

	(void)state;
	loop_kif_init();
	fief_entrypoint_init(&ep, 0);
	loop_kif.fail_at = 1;
	assert_int_equal(
		fief_shared_buffer_init(&server, &ep, &loop_kif.ram, BYTES),
		FIEF_OUT_OF_RAM);
	fief_shared_buffer_fini(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides),
		cmocka_unit_test(no_ram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
