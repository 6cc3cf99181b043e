/* SPDX-License-Identifier: MIT */
/*
 * Generated clients against generated dispatch, with a fief_rpc_call that
 * loops back. Capabilities are numbers; which are dropped is recorded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <fief/rpc.h>
#include <lib/capnp_build.h>
#include <tools/capnpc-fief/test/zoo.h>

static struct {
	struct fief_rpc_obj *server;
	struct kif_msg request; /* as the server saw it last */
	struct kif_msg late;    /* answered by fief_rpc_reply */
	void (*answer_late)(void);
	uint64_t dropped; /* bit n: capability n */
	fief_cap lost;    /* makes a reply carry one more capability */
	bool corrupt;     /* makes replies malformed */
} fake;

enum fief_err fief_rpc_call(fief_cap cap, uint32_t label, struct kif_msg *msg)
{
	struct kif_msg out;
	enum fief_err e;

	assert_int_equal(cap, 1);
	assert_true(msg->len <= KIF_DATA_MAX && msg->ncaps <= KIF_CAPS_MAX);
	msg->label = label;
	fake.request = *msg;
	memset(&out, 0xee, sizeof(out));
	e = fake.server->type->dispatch(fake.server, msg, &out);
	if (e == FIEF_LATE) {
		fake.answer_late();
		out = fake.late;
	} else {
		assert_int_equal(e, FIEF_OK);
	}
	if (fake.lost)
		out.cap[out.ncaps++] = fake.lost;
	if (fake.corrupt)
		out.data[0] = 2;
	memset(msg, 0xdd, sizeof(*msg));
	*msg = out;
	if (out.label)
		fief_rpc_drop_caps(msg);
	return fief_err_from_wire(out.label);
}

void fief_rpc_reply(fief_reply token, struct kif_msg *out)
{
	assert_int_equal(token, 77);
	fake.late = *out;
}

void fief_rpc_drop_caps(struct kif_msg *msg)
{
	for (unsigned i = 0; i < msg->ncaps; i++)
		fake.dropped |= UINT64_C(1) << msg->cap[i];
	fake.dropped &= ~UINT64_C(1);
}

static enum fief_err feed(struct fief_rpc_obj *self, uint32_t grams,
                          uint32_t *left)
{
	(void)self;
	if (grams > 1000)
		return FIEF_DENIED;
	*left = 1000 - grams;
	return FIEF_OK;
}

static enum fief_err name(struct fief_rpc_obj *self, struct capnp_text *out)
{
	(void)self;
	*out = capnp_text_of("rex");
	return FIEF_OK;
}

static enum fief_err bark(struct fief_rpc_obj *self, struct capnp_text text,
                          uint8_t times, struct capnp_text *heard,
                          uint16_t *volume)
{
	(void)self;
	*heard = text; /* a view into the request */
	*volume = (uint16_t)(times * 2);
	return FIEF_OK;
}

static enum fief_err fetch(struct fief_rpc_obj *self, fief_cap what,
                           struct signal_cap handler, fief_cap *thing)
{
	(void)self;
	*thing = handler.cap == 9 ? what : FIEF_CAP_NULL;
	return FIEF_OK;
}

static enum fief_err many(struct fief_rpc_obj *self,
                          const struct dog_many_params *p,
                          struct dog_many_results *r)
{
	(void)self;
	r->sum = p->a + p->b + p->c + p->d + (uint64_t)p->e.x;
	r->mean = (float)r->sum / 5;
	return FIEF_OK;
}

static enum fief_err shape(struct fief_rpc_obj *self, const struct shape *p,
                           struct named *r)
{
	(void)self;
	r->name = p->label;
	r->weight = (uint16_t)p->circle;
	return FIEF_OK;
}

static enum fief_err walk(struct fief_rpc_obj *self,
                          const struct dog_walk_params *p,
                          struct dog_walk_results *r)
{
	static const uint16_t steps[] = { 3, 1, 4 };
	size_t n = p->path.list.count;

	(void)self;
	for (size_t i = 0; i < n; i++)
		if (point_list_at(&p->path, i, &r->last))
			return FIEF_INVALID;
	r->steps = capnp_list_of(CAPNP_16, steps, 3, sizeof(steps[0]));
	r->who.name = capnp_text_of("who");
	return FIEF_OK;
}

static enum fief_err lend(struct fief_rpc_obj *self, const struct grant *grant,
                          struct grant *back)
{
	(void)self;
	*back = *grant;
	back->badge++;
	return FIEF_OK;
}

static enum fief_err late(struct fief_rpc_obj *self, uint8_t *a, uint8_t *b,
                          uint8_t *c, uint8_t *d)
{
	(void)self, (void)a, (void)b, (void)c, (void)d;
	return FIEF_LATE;
}

static const struct puppy_ops ops = {
	.base = {
		.base = { .feed = feed, .name = name },
		.bark = bark,
		.fetch = fetch,
		.many = many,
		.shape = shape,
		.walk = walk,
		.lend = lend,
		.four = late,
	},
};

static struct fief_rpc_obj object = { .type = &puppy_rpc_type, .ops = &ops };
static const struct puppy_cap puppy = { 1 };

static int reset(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.server = &object;
	return 0;
}

static void test_call(void **state)
{
	struct animal_cap a = puppy_as_animal(puppy);
	uint32_t left = 5;

	(void)state;
	assert_int_equal(animal_feed(a, 400, &left), FIEF_OK);
	assert_int_equal(left, 600);
	assert_int_equal(fake.request.label, ANIMAL_METHOD_FEED);
	assert_int_equal(animal_feed(a, 1001, &left), FIEF_DENIED);
	assert_int_equal(left, 600); /* untouched */
	assert_int_equal(animal_pet(a), FIEF_UNSUPPORTED);
	assert_int_equal(puppy_grow(puppy), FIEF_UNSUPPORTED);
}

static void test_views(void **state)
{
	struct animal_name_reply n = { 0 };
	struct dog_bark_reply b = { 0 };
	struct dog_shape_reply s = { 0 };
	struct shape circle = { .label = capnp_text_of("lab"),
		                .which = SHAPE_CIRCLE,
		                .circle = 12 };
	struct dog_cap d = puppy_as_dog(puppy);

	(void)state;
	assert_int_equal(animal_name(puppy_as_animal(puppy), &n), FIEF_OK);
	assert_string_equal(n.name.s, "rex");
	assert_int_equal(dog_bark(d, capnp_text_of("wuff"), 4, &b), FIEF_OK);
	assert_string_equal(b.heard.s, "wuff");
	assert_ptr_not_equal(b.heard.s, NULL);
	assert_true((char *)&b.msg <= b.heard.s &&
	            b.heard.s < (char *)(&b.msg + 1));
	assert_int_equal(b.volume, 8);
	assert_int_equal(
		dog_bark(d, capnp_text_of("longer than sixteen"), 1, &b),
		FIEF_TOO_LONG);
	assert_int_equal(dog_shape(d, &circle, &s), FIEF_OK);
	assert_string_equal(s.results.name.s, "lab");
	assert_int_equal(s.results.weight, 12);
}

static void test_packed(void **state)
{
	static const struct point path[] = { { 1, 2 }, { 3, 4 } };
	struct dog_cap d = puppy_as_dog(puppy);
	struct dog_many_params p = {
		.a = 1, .b = 2, .c = 3, .d = 4, .e = { .x = 5 }
	};
	struct dog_many_results r;
	struct dog_walk_params w = { .path = point_list_of(path, 2),
		                     .pace = COLOR_BLUE };
	struct dog_walk_reply wr;

	(void)state;
	assert_int_equal(dog_many(d, &p, &r), FIEF_OK);
	assert_int_equal(r.sum, 15);
	assert_true(r.mean == 3);
	assert_int_equal(dog_walk(d, &w, &wr), FIEF_OK);
	assert_int_equal(wr.last.x, 3);
	assert_int_equal(wr.steps.count, 3);
	assert_int_equal(capnp_list_uint(&wr.steps, 2), 4);
	assert_string_equal(wr.who.name.s, "who");
}

static void test_caps(void **state)
{
	struct dog_cap d = puppy_as_dog(puppy);
	struct grant g = { .cap = 6, .badge = 1 };
	fief_cap thing = 3;

	(void)state;
	assert_int_equal(dog_fetch(d, 8, (struct signal_cap){ 9 }, &thing), 0);
	assert_int_equal(thing, 8);
	assert_int_equal(fake.request.ncaps, 2);
	assert_int_equal(dog_lend(d, &g, &g), FIEF_OK);
	assert_int_equal(g.cap, 6);
	assert_int_equal(g.badge, 2);
	assert_int_equal(fake.dropped, 0);

	fake.lost = 20; /* a capability that no pointer names */
	assert_int_equal(dog_lend(d, &g, &g), FIEF_OK);
	assert_int_equal(fake.dropped, UINT64_C(1) << 20);

	fake.corrupt = true; /* all are dropped, the result is untouched */
	assert_int_equal(dog_lend(d, &g, &g), FIEF_INVALID);
	assert_int_equal(g.badge, 3);
	assert_int_equal(fake.dropped, UINT64_C(1) << 20 | 1 << 6);
}

static void answer_late(void)
{
	struct dog_four_results r = { .a = 1, .b = 2, .c = 3, .d = 4 };

	dog_four_reply_send(77, FIEF_OK, &r);
}

static void refuse_late(void)
{
	dog_four_reply_send(77, FIEF_GONE, NULL);
}

static void test_late(void **state)
{
	struct dog_cap d = puppy_as_dog(puppy);
	uint8_t a = 0, b = 0, c = 0, e = 0;

	(void)state;
	fake.answer_late = answer_late;
	assert_int_equal(dog_four(d, &a, &b, &c, &e), FIEF_OK);
	assert_int_equal(a + b * 10 + c * 100 + e * 1000, 4321);
	fake.answer_late = refuse_late;
	assert_int_equal(dog_four(d, &a, &b, &c, &e), FIEF_GONE);
}

/* Requests that no generated client sends. */
static void test_hostile_requests(void **state)
{
	static const uint32_t labels[] = { 3,   255, 256 + 8,   511,
		                           513, 768, UINT32_MAX };
	struct kif_msg in = { .len = 0 }, out;

	(void)state;
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		in = (struct kif_msg){ .label = labels[i],
			               .ncaps = 1,
			               .cap = { 5 } };
		assert_int_equal(object.type->dispatch(&object, &in, &out), 0);
		assert_int_equal(out.label, FIEF_UNSUPPORTED);
		assert_int_equal(out.len, 0);
		assert_int_equal(out.ncaps, 0);
	}
	assert_int_equal(fake.dropped, 1 << 5);
	in = (struct kif_msg){ .label = DOG_METHOD_BARK, .len = 4 };
	assert_int_equal(object.type->dispatch(&object, &in, &out), 0);
	assert_int_equal(out.label, FIEF_INVALID);
	in = (struct kif_msg){ .label = DOG_METHOD_BARK, .len = 520 };
	assert_int_equal(object.type->dispatch(&object, &in, &out), 0);
	assert_int_equal(out.label, FIEF_INVALID);
	in = (struct kif_msg){ .label = DOG_METHOD_BARK };
	assert_int_equal(object.type->dispatch(&object, &in, &out), 0);
	assert_int_equal(out.label, FIEF_OK); /* empty: all defaults */
}

/* Numbers that no schema of ours gives a name to. */
static void test_unknown_values(void **state)
{
	struct dog_cap d = puppy_as_dog(puppy);
	struct dog_walk_params p = { .pace = COLOR_BLUE };
	struct dog_walk_reply reply;
	struct shape s = { .which = SHAPE_NOTHING };
	struct dog_shape_reply sr;
	enum color red = COLOR_RED;

	(void)state;
	assert_int_equal(dog_walk(d, &p, &reply), FIEF_OK);
	p.pace = (enum color)3;
	assert_int_equal(dog_walk(d, &p, &reply), FIEF_INVALID);
	assert_int_equal(dog_shape(d, &s, &sr), FIEF_OK);
	s.which = (enum shape_which)4;
	assert_int_equal(dog_shape(d, &s, &sr), FIEF_INVALID);
	assert_int_equal(color_decode(3, &red), FIEF_INVALID);
	assert_int_equal(red, COLOR_RED);
	assert_int_equal(color_decode(2, &red), FIEF_OK);
	assert_int_equal(red, COLOR_BLUE);
}

/* Honest requests of several methods, as the clients made them. */
static size_t honest_requests(struct kif_msg *m)
{
	static const struct point path[] = { { 1, 2 }, { 3, 4 } };
	struct dog_cap d = puppy_as_dog(puppy);
	struct shape polygon = { .label = capnp_text_of("lab"),
		                 .which = SHAPE_POLYGON,
		                 .polygon = point_list_of(path, 2),
		                 .fill = { .which = SHAPE_FILL_IMAGE,
		                           .image = { (const uint8_t *)"x",
		                                      1 } } };
	struct dog_many_params many_params = { .a = 1, .e = { .x = 5 } };
	struct dog_walk_params walk_params = { .path = point_list_of(path, 2),
		                               .pace = COLOR_BLUE };
	struct grant g = { .cap = 6, .badge = 1 };
	struct dog_many_results many_results;
	struct dog_bark_reply bark_reply;
	struct dog_shape_reply shape_reply;
	struct dog_walk_reply walk_reply;
	size_t n = 0;

	assert_int_equal(dog_bark(d, capnp_text_of("wuff"), 4, &bark_reply), 0);
	m[n++] = fake.request;
	assert_int_equal(dog_shape(d, &polygon, &shape_reply), 0);
	m[n++] = fake.request;
	assert_int_equal(dog_many(d, &many_params, &many_results), 0);
	m[n++] = fake.request;
	assert_int_equal(dog_walk(d, &walk_params, &walk_reply), 0);
	m[n++] = fake.request;
	assert_int_equal(dog_lend(d, &g, &g), 0);
	m[n++] = fake.request;
	return n;
}

/* Whatever a client sends, dispatch answers and no sanitizer speaks. */
static void test_random_requests(void **state)
{
	struct kif_msg honest[8], in, out;
	size_t n = honest_requests(honest);
	unsigned answers[FIEF_ERR_COUNT] = { 0 };
	uint64_t x = 88172645463325252;

	(void)state;
	for (unsigned i = 0; i < 300000; i++) {
		if (i % 4 == 0)
			in = honest[(i / 4) % n];
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		((uint8_t *)in.data)[x % in.len] ^=
			(uint8_t)(1 << (x >> 40) % 8);
		in.ncaps = honest[(i / 4) % n].ncaps;
		memcpy(in.cap, honest[(i / 4) % n].cap, sizeof(in.cap));
		assert_int_equal(object.type->dispatch(&object, &in, &out), 0);
		assert_true(out.label < FIEF_ERR_COUNT);
		answers[out.label]++;
	}
	assert_true(answers[FIEF_OK] > 1000);
	assert_true(answers[FIEF_INVALID] > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_call, reset),
		cmocka_unit_test_setup(test_views, reset),
		cmocka_unit_test_setup(test_packed, reset),
		cmocka_unit_test_setup(test_caps, reset),
		cmocka_unit_test_setup(test_late, reset),
		cmocka_unit_test_setup(test_hostile_requests, reset),
		cmocka_unit_test_setup(test_unknown_values, reset),
		cmocka_unit_test_setup(test_random_requests, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
