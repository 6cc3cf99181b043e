/* SPDX-License-Identifier: MIT */
/* A child: its environment sessions, start and end. */

#include "internal.h"

#include <fief/exit_code.h>
#include <session/host.h>
#include <session/log.h>
#include <session/rom.h>

/* ---- death ---- */

static void report_death(struct child *c, enum pd_state state, int code)
{
	static const struct note_about killed = { .reason = REASON_KILLED };
	static const struct note_about failed = { .reason = REASON_FAILED,
		                                  .level = NOTE_LOG };
	static const struct note_about bad = { .reason = REASON_BAD_IMAGE,
		                               .level = NOTE_LOG };

	if (state == PD_STATE_CRASHED)
		child_report_crash(c, code);
	else if (state == PD_STATE_KILLED)
		note(c, &killed, "\"%s\" was killed by signal %d",
		     child_name(c), code);
	else if (code == FIEF_EXIT_NOT_RUNNABLE && !c->exited)
		note(c, &bad,
		     "\"%s\" exited with code %d: its binary is not a "
		     "component image",
		     child_name(c), code);
	else if (code)
		note(c, &failed, "\"%s\" exited with code %d", child_name(c),
		     code);
	else
		fief_log("\"%s\" exited with code %d", child_name(c), code);
}

/* It starts again, or that was it. */
static void ended(struct child *c)
{
	const struct sandbox_hooks *hooks = &c->sandbox->hooks;

	child_end(c, CHILD_ENDED);
	state_pressing(c->sandbox);
	if (supervise_ended(c, c->exit_code != 0))
		return;
	if (c->start->exit_propagate && hooks->exited)
		hooks->exited(hooks->arg, c->exit_code);
}

void child_give_up(struct child *c, int code)
{
	c->exit_code = code;
	c->unanswered = 0;
	ended(c);
}

static void on_death(struct fief_signal_handler *self, unsigned count)
{
	struct child *c = FIEF_CONTAINER_OF(self, struct child, death);
	enum pd_state state;
	int32_t code;

	(void)count;
	if (c->state != CHILD_RUNNING ||
	    pd_status((struct pd_cap){ c->pd }, &state, &code) ||
	    state == PD_STATE_CREATED || state == PD_STATE_RUNNING)
		return;
	if (state != PD_STATE_EXITED)
		code &= 127; /* core may add 128 to the signal, as shells do */
	if (!c->exited) {
		report_death(c, state, code);
		c->exit_code = state == PD_STATE_EXITED ? code : 128 + code;
	}
	ended(c);
}

void child_exit(struct child *c, int code)
{
	if (c->exited || c->state != CHILD_RUNNING)
		return;
	c->exited = true;
	c->exit_code = code;
	report_death(c, PD_STATE_EXITED, code);
	state_pressing(c->sandbox);
	/* Its word counts: whether it goes on is not left to it. The rest
	 * happens on the signal of its death. */
	if (pd_stop((struct pd_cap){ c->pd }))
		fief_error("cannot stop \"%s\"", child_name(c));
}

/* ---- making and ending ---- */

enum fief_err child_create(struct sandbox *b, const struct config_start *start,
                           struct child **out)
{
	struct child *c;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(b->env->heap, sizeof(*c), &mem);
	if (e)
		return e;
	c = mem;
	c->sandbox = b;
	c->start = start;
	c->id = ++b->ids;
	c->parent.type = &parent_rpc_type;
	c->parent.ops = &parent_ops;
	c->death.handle = on_death;
	fief_id_space_init(&c->sessions, UINT32_MAX);
	fief_id_space_init(&c->served, UINT32_MAX);
	list_add_last(&b->children, &c->in_sandbox);
	*out = c;
	return FIEF_OK;
}

static void end_as_client(struct child *c)
{
	struct fief_id *i;

	while ((i = fief_id_first(&c->sessions)))
		session_client_gone(
			FIEF_ID_OBJECT(i, struct session, client_id));
	while (!list_empty(&c->closing))
		session_client_gone(
			LIST_FIRST(&c->closing, struct session, link));
}

/* CPU first, so that nothing of it runs while the rest goes. */
static void end_env(struct child *c)
{
	static const enum env_kind order[] = { ENV_CPU, ENV_PD, ENV_LOG,
		                               ENV_ROM, ENV_HOST };

	if (upward_end(c)) {
		c->pd = FIEF_CAP_NULL;
		return;
	}
	for (unsigned i = 0; i < ENV_COUNT; i++) {
		struct session *s = c->env[order[i]];

		c->env[order[i]] = NULL;
		if (s)
			session_client_gone(s);
		if (order[i] == ENV_PD)
			c->pd = FIEF_CAP_NULL;
	}
}

/* Its account is closed: what clients donated is ours to give back. */
static void end_as_server(struct child *c)
{
	struct fief_id *i;

	while ((i = fief_id_first(&c->served)))
		session_server_gone(
			FIEF_ID_OBJECT(i, struct session, server_id));
}

static void drop_handlers(struct child *c)
{
	fief_cap *const all[] = { &c->session_sigh, &c->request_sigh,
		                  &c->resource_sigh, &c->yield_sigh,
		                  &c->heartbeat_sigh };

	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		fief_kif->drop(*all[i], 1);
		*all[i] = FIEF_CAP_NULL;
	}
}

static void state_set(struct child *c, enum child_state state)
{
	struct sandbox *b = c->sandbox;

	list_remove(&c->in_starting);
	b->incomplete -= c->state == CHILD_INCOMPLETE;
	b->incomplete += state == CHILD_INCOMPLETE;
	if (state == CHILD_STARTING)
		list_add_last(&b->starting, &c->in_starting);
	c->state = state;
	state_changed(b);
}

/* One that has children of its own would see them go first, and say so. */
static void stop_parent(const struct child *c)
{
	bool parent = false;

	for (struct fief_id *i = fief_id_first(&c->sessions); i && !parent;
	     i = fief_id_next(i))
		parent = config_service_same(
			FIEF_ID_OBJECT(i, struct session, client_id)->service,
			PD_SERVICE);
	if (parent && c->pd != FIEF_CAP_NULL &&
	    pd_stop((struct pd_cap){ c->pd }))
		fief_error("cannot stop \"%s\"", child_name(c));
}

void child_end(struct child *c, enum child_state state)
{
	struct fief_env *env = c->sandbox->env;

	state_set(c, state);
	stop_parent(c);
	loader_forget_child(c);
	fief_kif->drop(c->binary, 1);
	c->binary = FIEF_CAP_NULL;
	end_as_client(c);
	end_env(c);
	end_as_server(c);
	fief_entrypoint_dissolve(env->ep, &c->parent);
	fief_signal_dissolve(env->ep, &c->death);
	drop_handlers(c);
	config_rom_fini(&c->config);
	complaints_sum_up(c);
	sandbox_work_soon(c->sandbox);
}

void child_reset(struct child *c)
{
	state_set(c, CHILD_NEW);
	c->ram = c->caps = 0;
	c->sandbox->unmet = true;
	c->session_count = c->fees = 0;
	c->binary_state = BINARY_UNKNOWN;
	c->wanted_ram = c->wanted_caps = 0;
	c->granted_ram = c->granted_caps = 0;
	c->yield_ram = c->yield_caps = 0;
	c->place = (struct place){ 0 };
	c->exited = false;
	c->exit_code = 0;
	c->unanswered = 0;
	c->again = c->content = false;
	c->id = ++c->sandbox->ids;
	note_clear(c);
	timer_stop(&c->restart);
}

void child_destroy(struct child *c)
{
	child_end(c, CHILD_ENDED);
	timer_stop(&c->restart);
	note_clear(c);
	crash_forget(c);
	list_remove(&c->in_sandbox);
	fief_free(c->sandbox->env->heap, c, sizeof(*c));
}

/* ---- start ---- */

static int exit_code_of(enum fief_err why)
{
	static const struct {
		enum fief_err why;
		int code;
	} table[] = {
		{ FIEF_OUT_OF_RAM, FIEF_EXIT_QUOTA },
		{ FIEF_OUT_OF_CAPS, FIEF_EXIT_QUOTA },
		{ FIEF_INSUFFICIENT_RAM, FIEF_EXIT_QUOTA },
		{ FIEF_INSUFFICIENT_CAPS, FIEF_EXIT_QUOTA },
		{ FIEF_DENIED, FIEF_EXIT_DENIED },
		{ FIEF_NOT_FOUND, FIEF_EXIT_NOT_FOUND },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].why == why)
			return table[i].code;
	return FIEF_EXIT_FRAMEWORK;
}

/* It was not to be. Who waits for its exit code gets one that says why. */
static void end_incomplete(struct child *c, enum fief_err why)
{
	const struct sandbox_hooks *hooks = &c->sandbox->hooks;

	child_end(c, CHILD_INCOMPLETE);
	c->exit_code = exit_code_of(why);
	if (c->start->exit_propagate && hooks->exited)
		hooks->exited(hooks->arg, c->exit_code);
}

static void incomplete(struct child *c, const char *what, enum fief_err why)
{
	const struct note_about about = { .reason = note_reason(why),
		                          .weak = true };

	note(c, &about, "\"%s\" stays incomplete: %s: %s", child_name(c), what,
	     fief_err_text(why));
	end_incomplete(c, why);
}

static void incomplete_env(struct child *c, const struct session *s)
{
	enum fief_err why = s->state == SESSION_DEAD ? FIEF_GONE : s->outcome;
	const struct note_about refused = { .reason = note_reason(why),
		                            .weak = true };
	const struct note_about binary = { .reason = REASON_NO_BINARY,
		                           .weak = true };

	if (s->env == ENV_ROM && why == FIEF_DENIED) {
		note(c, &binary,
		     "\"%s\" stays incomplete: its binary, ROM module "
		     "\"%s\", was not found or is refused",
		     child_name(c), label_last(s->label));
		end_incomplete(c, FIEF_NOT_FOUND);
		return;
	}
	if (s->env == ENV_HOST && why == FIEF_DENIED) {
		note(c, &refused,
		     "\"%s\" stays incomplete: host grant \"%s\" was not "
		     "given to this system, or is refused",
		     child_name(c), label_last(s->label));
		end_incomplete(c, why);
		return;
	}
	note(c, &refused, "\"%s\" stays incomplete: %s session: %s",
	     child_name(c), s->service, fief_err_text(why));
	end_incomplete(c, why);
}

static void env_open_all(struct child *c)
{
	for (unsigned i = 0; i < ENV_COUNT; i++) {
		if (!c->env[i])
			continue;
		session_begin(c->env[i]);
		c->env[i]->settled_by_news = true;
	}
}

/* What it used has no route any more: it waits for a config with one. */
static bool still_missing(struct child *c)
{
	struct session_way way;

	if (!c->missing_service[0])
		return false;
	if (session_way_find(c, ENV_NONE, c->missing_service, c->missing_label,
	                     &way, NULL)) {
		note(c, &(struct note_about){ REASON_NO_ROUTE },
		     "\"%s\" stays incomplete: no route to service "
		     "\"%s\" (label \"%s\"), which it used",
		     child_name(c), c->missing_service, c->missing_label);
		end_incomplete(c, FIEF_DENIED);
		return true;
	}
	c->missing_service[0] = '\0';
	return false;
}

static void tell_start(const struct child *c)
{
	char ram[NUMBER_TEXT_MAX];

	if (c->sandbox->live.config.verbose)
		fief_log("\"%s\" starts: binary \"%s\", %s RAM, %llu caps",
		         child_name(c), c->start->binary,
		         number_text(ram, c->ram), (unsigned long long)c->caps);
}

/* Where our parent does all at once, there is nothing to wait for. */
void child_start(struct child *c)
{
	enum fief_err e;

	state_set(c, CHILD_STARTING);
	if (still_missing(c))
		return;
	tell_start(c);
	e = env_make_all(c);
	if (e) {
		incomplete(c, "environment", e);
		return;
	}
	/* Who says where it runs is there from its first instruction. */
	e = c->start->schedule.below || c->start->schedule.width ?
	            FIEF_UNSUPPORTED :
	            upward_start(c);
	if (!e) {
		c->pd = c->env[ENV_PD]->cap;
		state_set(c, CHILD_RUNNING);
		schedule_apply(c);
	} else if (e != FIEF_NOT_FOUND) {
		env_open_all(c);
	}
	sandbox_work_soon(c->sandbox);
}

static enum fief_err run(struct child *c)
{
	const struct pd_cap pd = { c->env[ENV_PD]->cap };
	enum fief_err e;

	c->pd = pd.cap;
	e = pd_death_sigh(pd, (struct signal_cap){ c->death.cap });
	schedule_apply(c);
	if (!e && c->env[ENV_HOST])
		e = pd_host(pd, (struct host_cap){ c->env[ENV_HOST]->cap });
	if (!e)
		e = pd_start(pd, (struct dataspace_cap){ c->binary },
		             (struct parent_cap){ c->parent.cap },
		             (struct cpu_cap){ c->env[ENV_CPU]->cap },
		             (struct log_cap){ c->env[ENV_LOG]->cap });
	fief_kif->drop(c->binary, 1);
	c->binary = FIEF_CAP_NULL;
	return e;
}

/* A ROM that the parent had at once is core's, or in memory of ours. Behind
 * any other may be a server that does not answer. PENDING: it is fetched. */
static enum fief_err binary_get(struct child *c)
{
	const struct session *s = c->env[ENV_ROM];
	struct dataspace_cap ds;
	uint64_t size;
	enum fief_err e;

	if (c->binary_state == BINARY_HERE)
		return FIEF_OK;
	if (c->binary_state == BINARY_ASKED)
		return FIEF_PENDING;
	if (s->own) {
		e = local_binary(s, &ds.cap);
		if (!e)
			child_binary(c, ds.cap, FIEF_OK);
		return e;
	}
	if (s->at_once) {
		e = rom_dataspace((struct rom_cap){ s->cap }, &ds, &size);
		if (!e)
			child_binary(c, ds.cap, FIEF_OK);
		return e;
	}
	e = loader_fetch(c, s->cap);
	if (!e)
		c->binary_state = BINARY_ASKED;
	return e && e != FIEF_AGAIN ? e : FIEF_PENDING;
}

void child_binary(struct child *c, fief_cap binary, enum fief_err result)
{
	if (!result && binary == FIEF_CAP_NULL)
		result = FIEF_NOT_FOUND;
	if (result) {
		incomplete(c, "its binary", result);
		return;
	}
	c->binary = binary;
	c->binary_state = BINARY_HERE;
	sandbox_work_soon(c->sandbox);
}

/* DENIED and others are in the session that failed. */
static enum fief_err env_outcome(const struct child *c, struct session **failed)
{
	enum fief_err e = FIEF_OK;

	for (unsigned i = 0; i < ENV_COUNT; i++) {
		enum session_state state;

		if (!c->env[i])
			continue;
		state = c->env[i]->state;
		if (state == SESSION_DENIED || state == SESSION_DEAD) {
			*failed = c->env[i];
			return FIEF_DENIED;
		}
		if (state != SESSION_OPEN)
			e = FIEF_PENDING;
	}
	return e;
}

bool child_progress(struct child *c)
{
	struct session *failed;
	enum fief_err e;

	if (c->state != CHILD_STARTING)
		return false;
	e = env_outcome(c, &failed);
	if (e == FIEF_DENIED) {
		incomplete_env(c, failed);
		return true;
	}
	if (!e)
		e = binary_get(c);
	if (e == FIEF_PENDING)
		return false;
	if (!e && c->state == CHILD_STARTING)
		e = run(c);
	if (e)
		incomplete(c, "start", e);
	else if (c->state == CHILD_STARTING)
		state_set(c, CHILD_RUNNING);
	return true;
}
