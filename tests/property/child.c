/* SPDX-License-Identifier: MIT */
/* A component that spends its quota as it is told. */

#include <fief/component.h>
#include <fief/kif_table.h>

#include <session/pd.h>

#include "orders.h"

enum { KEPT = 32 };

static struct main {
	struct fief_env *env;
	struct dataspace_cap kept[KEPT];
	size_t bytes[KEPT];
	unsigned used;
	struct kif_msg msg;
} m;

static struct pd_cap own(void)
{
	return (struct pd_cap){ m.env->pd };
}

static enum fief_err order_alloc(void)
{
	enum fief_err e;

	if (m.used == KEPT)
		return FIEF_LIMIT;
	m.bytes[m.used] = m.msg.data[1];
	e = pd_alloc_ram(own(), m.msg.data[1], &m.kept[m.used]);
	if (!e)
		m.used++;
	return e;
}

static enum fief_err order_map(void)
{
	enum fief_err e;
	void *at;

	if (!m.used)
		return FIEF_NOT_FOUND;
	e = fief_kif->map(m.kept[m.used - 1].cap, 0, KIF_PAGE, NULL,
	                  KIF_READ | KIF_WRITE, &at);
	if (e)
		return e;
	*(volatile char *)at = 1;
	return fief_kif->unmap(at, KIF_PAGE);
}

static enum fief_err order_free(void)
{
	struct dataspace_cap ds;
	enum fief_err e;

	if (!m.used)
		return FIEF_NOT_FOUND;
	ds = m.kept[--m.used];
	e = pd_free_ram(own(), ds);
	fief_kif->drop(ds.cap, 1);
	return e;
}

static enum fief_err order_transfer(void)
{
	const struct pd_cap to = { m.msg.cap[0] };
	enum fief_err e;

	if (!m.msg.ncaps)
		return FIEF_INVALID;
	e = pd_transfer(own(), to, m.msg.data[1], (uint32_t)m.msg.data[2]);
	fief_kif->drop(to.cap, 1);
	return e;
}

static enum fief_err order_exit(void)
{
	fief_kif->exit((int)m.msg.data[1]);
	return FIEF_CONFLICT; /* still here */
}

static enum fief_err order_crash(void)
{
	__builtin_trap();
	return FIEF_CONFLICT; /* still here */
}

void fief_component_construct(struct fief_env *env)
{
	static enum fief_err (*const obey[ORDER_COUNT])(void) = {
		[ORDER_ALLOC] = order_alloc,       [ORDER_MAP] = order_map,
		[ORDER_FREE] = order_free,         [ORDER_EXIT] = order_exit,
		[ORDER_TRANSFER] = order_transfer, [ORDER_CRASH] = order_crash,
	};
	enum fief_err result = FIEF_OK;

	m.env = env;
	for (;;) {
		m.msg.len = 8;
		m.msg.ncaps = 0;
		m.msg.data[0] = result;
		if (fief_rpc_call(env->parent, PROPERTY_NEXT, &m.msg) ||
		    m.msg.data[0] >= ORDER_COUNT)
			fief_kif->exit(9);
		result = obey[m.msg.data[0]]();
	}
}
