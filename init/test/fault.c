/* SPDX-License-Identifier: MIT */
/* Faults, by a table of kif functions in front of the real one. */

#include "fault.h"

#include <fief/kif_table.h>
#include <lib/mem.h>
#include <session/parent.h>
#include <session/pd.h>

struct fault fault;

static const struct kif *real;
static struct kif table;
static const struct fief_env *env;

bool fault_due(void)
{
	if (++fault.calls != fault.fail_at)
		return false;
	fault.excused = fault.heap_grows;
	return true;
}

void fault_arm(unsigned fail_at)
{
	fault = (struct fault){ .fail_at = fail_at };
}

static bool contains(const struct kif_msg *msg, const char *text)
{
	const char *data = (const char *)msg->data;
	const size_t len = strlen(text);

	for (size_t i = 0; i + len <= msg->len; i++)
		if (!memcmp(data + i, text, len))
			return true;
	return false;
}

/* Two errors belong to the config and come without a fault, too. */
static bool tells(const struct kif_msg *msg)
{
	if (contains(msg, "was not found or is refused") ||
	    contains(msg, "is not in its <provides>"))
		return false;
	return contains(msg, "Error: ") || contains(msg, "exited with code 1");
}

static bool takes(fief_cap cap, uint32_t label)
{
	return (cap == env->pd && label == PD_METHOD_ALLOC_RAM) ||
	       (cap == env->parent && (label == PARENT_METHOD_SESSION ||
	                               label == PARENT_METHOD_UPGRADE));
}

static enum fief_err call(fief_cap cap, struct kif_msg *msg)
{
	if (cap == env->log)
		fault.said |= tells(msg);
	if (!takes(cap, msg->label) || !fault_due())
		return real->call(cap, msg);
	if (fault.soon_gone)
		fault.excused |=
			contains(msg, "outward") || contains(msg, "ghost");
	msg->label = FIEF_OUT_OF_RAM;
	msg->len = 0;
	msg->ncaps = 0;
	return FIEF_OK;
}

static enum fief_err export(fief_ep ep, uint64_t badge, enum kif_object kind,
                            fief_cap *cap) {
	return fault_due() ? FIEF_OUT_OF_CAPS :
	                     real->export(ep, badge, kind, cap);
}

static enum fief_err map(fief_cap ds, size_t off, size_t len, void *at,
                         unsigned rights, void **out)
{
	return fault_due() ? FIEF_OUT_OF_RAM :
	                     real->map(ds, off, len, at, rights, out);
}

static enum fief_err thread_start(void (*entry)(void *), void *arg,
                                  void *stack_top, fief_thread *thread)
{
	return fault_due() ? FIEF_LIMIT :
	                     real->thread_start(entry, arg, stack_top, thread);
}

void fault_init(struct fief_env *of)
{
	env = of;
	real = fief_kif;
	table = *real;
	table.call = call;
	table.export = export;
	table.map = map;
	table.thread_start = thread_start;
	fief_kif = &table;
}
