/* SPDX-License-Identifier: MIT */
/* The order in which a server gets requests of its clients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <init/internal.h>

enum { GREEDY = 1000 };

static struct sandbox sandbox;
static struct child server = { .sandbox = &sandbox };
static struct child greedy, modest;
static struct session many[GREEDY], few[3];

static void ask(struct session *s, struct child *client)
{
	s->sandbox = &sandbox;
	s->server = &server;
	s->client = client;
	request_queue(s);
}

static int setup(void **state)
{
	(void)state;
	for (unsigned i = 0; i < GREEDY; i++)
		ask(&many[i], &greedy);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	while (request_take(&server))
		;
	assert_int_equal(greedy.unfetched + modest.unfetched, 0);
	assert_int_equal(sandbox.orphans_unfetched, 0);
	return 0;
}

/* One request goes before all but one of a client that has a thousand. */
static void other_client_waits_for_one(void **state)
{
	(void)state;
	assert_ptr_equal(request_take(&server), &many[0]);
	ask(&few[0], &modest);
	ask(&few[1], &modest);
	assert_ptr_equal(request_take(&server), &few[0]);
	assert_ptr_equal(request_take(&server), &many[1]);
	assert_ptr_equal(request_take(&server), &few[1]);
	assert_ptr_equal(request_take(&server), &many[2]);
}

/* Those of one client stay in order. */
static void order_is_kept(void **state)
{
	(void)state;
	for (unsigned i = 0; i < GREEDY; i++)
		assert_ptr_equal(request_take(&server), &many[i]);
	assert_null(request_take(&server));
}

/* What a client leaves behind keeps its places, and those of all who are gone
 * count as one client's. */
static void gone_clients_count_as_one(void **state)
{
	(void)state;
	for (unsigned i = 0; i < GREEDY; i++) {
		request_forget(&many[i]);
		ask(&many[i], NULL);
	}
	ask(&few[0], NULL);
	ask(&few[1], &modest);
	assert_int_equal(greedy.unfetched, 0);
	assert_ptr_equal(request_take(&server), &many[0]);
	assert_ptr_equal(request_take(&server), &few[1]);
}

/* A client that ends while requests of it wait is not counted for any more. */
static void uncounted_once(void **state)
{
	(void)state;
	for (unsigned i = 0; i < GREEDY; i++) {
		request_uncount(&many[i]);
		many[i].client = NULL;
	}
	assert_int_equal(greedy.unfetched, 0);
	assert_ptr_equal(request_take(&server), &many[0]);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(other_client_waits_for_one),
		CASE(order_is_kept),
		CASE(gone_clients_count_as_one),
		CASE(uncounted_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
