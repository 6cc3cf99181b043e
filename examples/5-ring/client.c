/* SPDX-License-Identifier: MIT */
/* Has a hundred thousand sums worked out, 64 for each doorbell at most. */

#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/ring.h>
#include <fief/session.h>
#include <session/ring.h>

enum { ENTRIES = 64, SUMS = 100000, OP_ADD = 1 };

static struct main {
	struct fief_env *env;
	struct fief_session session;
	struct fief_signal_handler bell; /* the server rings it */
	struct fief_attached memory;
	struct fief_ring ring;
	uint64_t submitted, done, batches, wrong, start_ns;
} m;

static void finish(void)
{
	const uint64_t ns = fief_kif->time() - m.start_ns;

	fief_log("%llu sums, %llu wrong", (unsigned long long)m.done,
	         (unsigned long long)m.wrong);
	fief_log("%llu sums a batch, %llu ns a sum",
	         (unsigned long long)(m.done / m.batches),
	         (unsigned long long)(ns / m.done));
	fief_exit(m.env, m.wrong != 0);
}

/* Fill the ring. AGAIN: as many are open as it holds. */
static enum fief_err submit(void)
{
	enum fief_err e = FIEF_OK;

	while (!e && m.submitted < SUMS) {
		const struct fief_submission s = {
			.op = OP_ADD,
			.cookie = m.submitted,
			.arg = { m.submitted, 2 * m.submitted },
		};

		e = fief_ring_submit(&m.ring, &s);
		if (!e)
			m.submitted++;
	}
	return e == FIEF_AGAIN ? FIEF_OK : e;
}

static enum fief_err collect(void)
{
	struct fief_completion c;
	enum fief_err e;

	while (!(e = fief_ring_complete(&m.ring, &c))) {
		m.wrong += c.status != FIEF_OK || c.result[0] != 3 * c.cookie;
		m.done++;
	}
	return e == FIEF_AGAIN ? FIEF_OK : e;
}

static void on_bell(struct fief_signal_handler *self, unsigned count)
{
	enum fief_err e;

	(void)count;
	fief_ring_client_awake(&m.ring);
	e = collect();
	if (!e)
		e = submit();
	fief_ring_client_flush(&m.ring);
	m.batches++;
	if (e) {
		fief_error("ring: %s", fief_err_text(e));
		fief_exit(m.env, 1);
	}
	if (m.done == SUMS)
		finish();
	if (!fief_ring_client_sleep(&m.ring))
		fief_signal_local_submit(self);
}

static enum fief_err connect(void)
{
	const struct ring_cap ring = { m.session.cap };
	struct dataspace_cap ds;
	struct signal_cap bell;
	enum fief_err e;

	e = ring_open(ring, ENTRIES, (struct signal_cap){ m.bell.cap }, &ds,
	              &bell);
	if (!e)
		e = fief_attach(&m.memory, ds.cap, fief_ring_bytes(ENTRIES),
		                KIF_READ | KIF_WRITE);
	if (!e)
		e = fief_ring_init(&m.ring, m.memory.addr, m.memory.bytes,
		                   ENTRIES, bell.cap);
	return e;
}

static enum fief_err start(struct fief_env *env)
{
	const struct fief_session_args args = { .service = RING_SERVICE,
		                                .ram = RING_RAM_QUOTA,
		                                .caps = RING_CAP_QUOTA };
	enum fief_err e;

	m.env = env;
	m.bell.handle = on_bell;
	e = fief_signal_manage(env->ep, &m.bell);
	if (!e)
		e = fief_session_open(env, &args, &m.session);
	return e ? e : connect();
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = start(env);

	if (e) {
		fief_error("no ring: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
	m.start_ns = fief_kif->time();
	fief_signal_local_submit(&m.bell);
}
