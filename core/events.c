/* SPDX-License-Identifier: MIT */
/* What the kernel binding tells of PDs. */

#include <fief/kif_table.h>

#include "cpu.h"
#include "crash.h"
#include "pd.h"
#include "region_map.h"

/* Whose parent could tell? */
static void init_died(const struct core_pd *pd)
{
	if (pd->state == PD_STATE_KILLED)
		core_log("Error: \"%s\" was killed by signal %d",
		         pd->label.text, pd->code);
	core_end(pd->state == PD_STATE_EXITED ? pd->code : 128 + pd->code);
}

static void on_died(void *ctx, enum kcore_death how, int code)
{
	static const enum pd_state state[] = {
		[KCORE_EXITED] = PD_STATE_EXITED,
		[KCORE_KILLED] = PD_STATE_KILLED,
		[KCORE_CRASHED] = PD_STATE_CRASHED,
		[KCORE_NOT_STARTED] = PD_STATE_EXITED,
	};
	static const char *const event[] = {
		[KCORE_EXITED] = "exit",
		[KCORE_KILLED] = "kill",
		[KCORE_CRASHED] = "crash",
		[KCORE_NOT_STARTED] = "fail",
	};
	struct core_pd *pd = ctx;

	pd->state = state[how];
	pd->code = code;
	if (pd->stopped && how == KCORE_KILLED)
		core_log_event("stop", pd->label.text, 0);
	else
		core_log_event(event[how], pd->label.text, code);
	core_pd_begun(pd, FIEF_OK); /* its death is told by signal */
	if (how == KCORE_NOT_STARTED)
		core_start_failed(pd);
	fief_kif->signal(pd->death_sigh);
	core_pd_doom(pd);
	if (pd == core.init.child)
		init_died(pd);
}

static void on_begun(void *ctx)
{
	core_pd_begun(ctx, FIEF_OK);
}

static void on_crash(void *ctx, const struct kcore_crash *crash)
{
	const struct core_pd *pd = ctx;

	core_crash_report(pd->label.text, crash);
	core_cpu_crashed(pd, crash);
}

static void on_log(void *ctx, const char *text, size_t len)
{
	const struct core_pd *pd = ctx;

	core_log_text(pd->label.text, text, len);
}

static void on_exit_code(void *ctx, int code)
{
	(void)ctx, (void)code; /* `died` follows and brings it again */
}

static enum fief_err on_charge(void *ctx, int64_t ram, int64_t caps)
{
	struct core_pd *pd = ctx;
	enum fief_err e = FIEF_OK;

	if (ram < 0 || caps < 0)
		fief_budget_give(&pd->account.budget, (size_t)-ram,
		                 (size_t)-caps);
	else
		e = fief_budget_take(&pd->account.budget, (size_t)ram,
		                     (size_t)caps);
	if (!e) {
		pd->host_ram += (size_t)ram;
		pd->host_caps += (size_t)caps;
	}
	return e;
}

static bool on_thread(void *ctx, unsigned threads)
{
	const struct core_pd *pd = ctx;

	return threads < pd->max_threads;
}

static struct core_ds *badge_ds(uint64_t badge)
{
	struct fief_rpc_obj *obj = (struct fief_rpc_obj *)(uintptr_t)badge;

	return obj->type == &dataspace_rpc_type ?
	               FIEF_CONTAINER_OF(obj, struct core_ds, obj) :
	               NULL;
}

static struct kcore_ds *on_dataspace(uint64_t badge, unsigned *rights)
{
	const struct core_ds *ds = badge_ds(badge);

	if (!ds)
		return NULL;
	*rights = ds->rights;
	return ds->memory;
}

static size_t on_managed(uint64_t badge)
{
	const struct core_ds *ds = badge_ds(badge);

	return ds && ds->map ? core_ds_size(ds) : 0;
}

static enum fief_err on_part(uint64_t badge, struct kcore_part *part)
{
	const struct core_ds *ds = badge_ds(badge);

	return ds && ds->map ? region_map_part(ds->map, part) : FIEF_INVALID;
}

const struct kcore_events core_events = {
	.died = on_died,
	.begun = on_begun,
	.crash = on_crash,
	.log = on_log,
	.exit = on_exit_code,
	.charge = on_charge,
	.thread = on_thread,
	.dataspace = on_dataspace,
	.managed = on_managed,
	.part = on_part,
	.readable = core_control_readable,
};
