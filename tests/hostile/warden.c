/* SPDX-License-Identifier: MIT */
/*
 * Init of the hostile tests. Runs one case: the canary pair alone, then with
 * attackers, then alone again; tells what the canary saw. `run` judges.
 */

#include "warden.h"

#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/mem.h>
#include <session/cpu.h>
#include <session/log.h>
#include <session/pd.h>
#include <session/rm.h>
#include <session/rom.h>

struct warden warden;

#define MS(n) ((uint64_t)(n)*1000000u)

/* ---- what children ask ---- */

static fief_cap get(uint64_t what, uint64_t which)
{
	const fief_cap cap[] = {
		[HOSTILE_CANARY] = warden.server.given[0],
		[HOSTILE_SECRET] = warden.server.given[1],
		[HOSTILE_SIBLING] =
			warden.attacker[which % ATTACKERS_MAX].given[0],
		[HOSTILE_ROM] = warden.rom.cap,
		[HOSTILE_LOG] = warden.log.cap,
		[HOSTILE_PARENT] = warden.env->parent,
		[HOSTILE_WARDEN] = warden.extra.cap,
		[HOSTILE_SIGNAL] = which ? warden.evil.cap : warden.good.cap,
		[HOSTILE_SPARE_PD] = warden.spare.cap,
		[HOSTILE_RM] = warden.rm.cap,
		[HOSTILE_CPU] = warden.cpu.cap,
		[HOSTILE_BINARY] = warden.attacker_rom.ds,
	};

	return what < sizeof(cap) / sizeof(cap[0]) ? cap[what] : FIEF_CAP_NULL;
}

static void tell_arg(const struct child *c, struct kif_msg *out)
{
	struct hostile_arg a = {
		.index = c->index,
		.round = c->round,
		.arg = (uint32_t)warden.plan.arg,
		.attackers = (uint32_t)warden.plan.attackers,
	};

	memcpy(a.attack,
	       c == &warden.spare_parent ? "bystander" : warden.plan.attack,
	       c == &warden.spare_parent ? sizeof("bystander") :
	                                   sizeof(a.attack));
	memcpy(out->data, &a, sizeof(a));
	out->len = sizeof(a);
}

static void keep(struct child *c, struct kif_msg *in)
{
	for (unsigned i = 0; i < in->ncaps; i++) {
		if (i < GIVEN && c->given[i] == FIEF_CAP_NULL)
			c->given[i] = in->cap[i];
		else
			fief_kif->drop(in->cap[i], 1);
	}
	in->ncaps = 0;
}

static void take_progress(const struct kif_msg *in)
{
	struct hostile_progress p;

	memcpy(&p, in->data, sizeof(p));
	if (p.phase < PHASES)
		warden.progress[p.phase] = p;
}

static enum fief_err dispatch(struct fief_rpc_obj *obj, struct kif_msg *in,
                              struct kif_msg *out)
{
	struct child *c = FIEF_CONTAINER_OF(obj, struct child, obj);

	out->label = FIEF_OK;
	out->ncaps = 0;
	out->len = 16;
	out->data[0] = 0;
	switch (in->label) {
	case HOSTILE_ARG:
		tell_arg(c, out);
		break;
	case HOSTILE_REGISTER:
		keep(c, in);
		break;
	case HOSTILE_GET:
		out->cap[0] = get(in->data[0], in->data[1]);
		out->ncaps = out->cap[0] != FIEF_CAP_NULL;
		break;
	case HOSTILE_PROGRESS:
		take_progress(in);
		out->data[0] = warden.phase;
		break;
	default: /* Parent's methods and nonsense */
		break;
	}
	for (unsigned i = 0; i < in->ncaps; i++)
		fief_kif->drop(in->cap[i], 1);
	return FIEF_OK;
}

static const struct fief_rpc_type type = { "Warden", 1, dispatch };

/* The object that is passed around: no child, nothing to ask for. */
static enum fief_err extra_dispatch(struct fief_rpc_obj *obj,
                                    struct kif_msg *in, struct kif_msg *out)
{
	(void)obj;
	fief_rpc_drop_caps(in);
	out->label = FIEF_OK;
	out->ncaps = 0;
	out->len = 16;
	return FIEF_OK;
}

static const struct fief_rpc_type extra_type = { "Extra", 2, extra_dispatch };

/* ---- children ---- */

static void died(struct fief_signal_handler *self, unsigned count)
{
	struct child *c = FIEF_CONTAINER_OF(self, struct child, death);
	enum pd_state state;
	int32_t code;

	(void)count;
	if (!c->open ||
	    pd_status((struct pd_cap){ c->pd.cap }, &state, &code) ||
	    state == PD_STATE_CREATED || state == PD_STATE_RUNNING)
		return;
	c->dead = true;
	if (c->binary == &warden.attacker_rom) {
		fief_log("%s %u round %u ended: state %d code %d", c->name,
		         c->index, c->round, (int)state, (int)code);
		return;
	}
	fief_log("CANARY DIED: %s state %d code %d", c->name, (int)state,
	         (int)code);
	warden.failed = true;
}

enum fief_err child_start(struct child *c)
{
	struct fief_session_args pd = {
		.service = PD_SERVICE,
		.label = c->name,
		.ram = PD_RAM_QUOTA + c->ram,
		.caps = PD_CAP_QUOTA + c->caps,
	};
	enum fief_err e;

	c->dead = false;
	c->obj.type = &type;
	c->death.handle = died;
	e = fief_entrypoint_manage(warden.env->ep, &c->obj);
	if (!e && !c->death.ep) /* one for all rounds, see KNOWN.md, K8 */
		e = fief_signal_manage(warden.env->ep, &c->death);
	if (!e)
		e = fief_session_open(warden.env, &pd, &c->pd);
	c->open = !e;
	if (!e)
		e = pd_death_sigh((struct pd_cap){ c->pd.cap },
		                  (struct signal_cap){ c->death.cap });
	if (!e)
		e = pd_start((struct pd_cap){ c->pd.cap },
		             (struct dataspace_cap){ c->binary->ds },
		             (struct parent_cap){ c->obj.cap },
		             (struct cpu_cap){ FIEF_CAP_NULL },
		             (struct log_cap){ FIEF_CAP_NULL });
	if (e)
		fief_log("WARDEN: cannot start %s: %s", c->name,
		         fief_err_name(e));
	return e;
}

void child_close(struct child *c)
{
	if (!c->open)
		return;
	c->open = false;
	fief_session_close(warden.env, &c->pd);
	for (unsigned i = 0; i < GIVEN; i++) {
		fief_kif->drop(c->given[i], 1);
		c->given[i] = FIEF_CAP_NULL;
	}
	fief_entrypoint_dissolve(warden.env->ep, &c->obj);
}

static uint64_t dice(void)
{
	warden.rng = warden.rng * 6364136223846793005u + 1442695040888963407u;
	return warden.rng >> 33;
}

static void schedule_kill(struct child *c)
{
	if (warden.plan.kill)
		c->kill_at = fief_kif->time() + dice() % MS(warden.plan.kill);
}

/* Kill who is due, start again who has rounds left. True if all are done. */
static bool attackers_step(void)
{
	bool done = true;

	for (uint64_t i = 0; i < warden.plan.attackers; i++) {
		struct child *c = &warden.attacker[i];

		if (c->open && c->kill_at && !c->dead &&
		    fief_kif->time() >= c->kill_at) {
			c->kill_at = 0;
			if (pd_stop((struct pd_cap){ c->pd.cap }))
				warden.failed = true;
		}
		if (c->open && !c->dead) {
			done = false;
			continue;
		}
		if (c->round + 1 >= c->rounds || !c->open)
			continue;
		child_close(c);
		c->round++;
		schedule_kill(c);
		if (child_start(c))
			warden.failed = true;
		done = false;
	}
	return done;
}

/* ---- the case ---- */

bool warden_serve(uint64_t ns, bool (*done)(const struct child *),
                  const struct child *c)
{
	while (fief_kif->time() < ns) {
		if (done && done(c))
			return true;
		fief_entrypoint_step(warden.env->ep, fief_kif->time() + MS(2));
	}
	return done && done(c);
}

static void phase(enum hostile_phase p)
{
	static const char *const name[] = { "before", "attack", "after" };

	warden.phase = p;
	fief_log("phase %s", name[p]);
}

static bool after_alive(const struct child *c)
{
	(void)c;
	return warden.progress[PHASE_AFTER].calls > 200 || warden.failed;
}

static void attack(void)
{
	uint64_t end = fief_kif->time() + MS(warden.plan.ms);

	for (uint64_t i = 0; i < warden.plan.attackers; i++) {
		struct child *c = &warden.attacker[i];

		*c = (struct child){
			.binary = &warden.attacker_rom,
			.name = "attacker",
			.ram = warden.plan.ram,
			.caps = (uint32_t)warden.plan.caps,
			.index = (uint32_t)i,
			.rounds = (uint32_t)warden.plan.rounds,
		};
		schedule_kill(c);
		if (child_start(c))
			warden.failed = true;
	}
	if (warden.plan.script)
		warden_script(warden.plan.script);
	while (fief_kif->time() < end && !warden.failed && !attackers_step())
		warden_serve(fief_kif->time() + MS(2), NULL, NULL);
	for (uint64_t i = 0; i < warden.plan.attackers; i++) {
		const struct child *c = &warden.attacker[i];

		if (c->open && !c->dead)
			fief_log("%s %u round %u still runs", c->name, c->index,
			         c->round);
	}
	fief_log("signals good %u evil %u", warden.good_seen, warden.evil_seen);
}

static void results(void)
{
	static const char *const name[] = { "before", "attack", "after" };

	for (unsigned i = 0; i < PHASES; i++) {
		const struct hostile_progress *p = &warden.progress[i];

		fief_log("result %s calls %u errors %u last %s p50 %u null %u "
		         "core %u intro %u",
		         name[i], p->calls, p->errors,
		         fief_err_name((enum fief_err)p->last_error), p->p50_ns,
		         p->null_max_us, p->core_max_us, p->intro_max_us);
	}
}

static uint64_t ram_used(uint32_t *caps_used)
{
	uint64_t ram = 0, used = 0;
	uint32_t caps;

	*caps_used = 0;
	if (pd_quota((struct pd_cap){ warden.env->pd }, &ram, &used, &caps,
	             caps_used))
		warden.failed = true;
	*caps_used = caps - *caps_used;
	return ram - used;
}

static void run_case(void)
{
	uint32_t caps, caps_after;
	uint64_t ram, ram_after;

	ram = ram_used(&caps);
	phase(PHASE_ATTACK);
	attack();
	for (uint64_t i = 0; i < warden.plan.attackers; i++)
		child_close(&warden.attacker[i]);
	phase(PHASE_AFTER);
	warden_serve(fief_kif->time() + MS(4000), after_alive, NULL);
	if (warden.progress[PHASE_AFTER].calls <= 200)
		fief_log("CANARY STUCK");
	if (warden.plan.script == 9) /* the attack spends our quota by right */
		ram = caps = 0;
	ram_after = ram_used(&caps_after);
	/* What kif holds for its own tables is the warden's and stays. */
	if (caps && (ram_after > ram || caps_after > caps ||
	             ram - ram_after > (1 << 20) || caps - caps_after > 16))
		fief_log("BOOKS: ram %lld caps %d",
		         (long long)(ram_after - ram),
		         (int)(caps_after - caps));
	results();
}

/* ---- start ---- */

static const char *word(const char *p, const char *end, char *out, size_t max)
{
	size_t n = 0;

	while (p < end && (*p == ' ' || *p == '\n'))
		p++;
	for (; p < end && *p != ' ' && *p != '\n'; p++)
		if (n + 1 < max)
			out[n++] = *p;
	out[n] = '\0';
	return p;
}

static void parse(const char *p, const char *end)
{
	uint64_t *const field[] = {
		&warden.plan.attackers, &warden.plan.rounds, &warden.plan.ms,
		&warden.plan.arg,       &warden.plan.kill,   &warden.plan.ram,
		&warden.plan.caps,      &warden.plan.script,
	};
	char text[24];

	p = word(p, end, warden.plan.attack, sizeof(warden.plan.attack));
	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++) {
		p = word(p, end, text, sizeof(text));
		for (const char *d = text; *d; d++)
			*field[i] = *field[i] * 10 + (uint64_t)(*d - '0');
	}
	if (warden.plan.attackers > ATTACKERS_MAX)
		warden.plan.attackers = ATTACKERS_MAX;
}

static enum fief_err canary(struct child *c, const struct fief_rom *binary,
                            const char *name)
{
	*c = (struct child){
		.binary = binary, .name = name, .ram = 4 << 20, .caps = 64
	};
	return child_start(c);
}

static void good(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	warden.good_seen += count;
}

static void evil(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	warden.evil_seen += count;
}

static enum fief_err open_sessions(struct fief_env *env)
{
	const struct fief_session_args rom = {
		.service = ROM_SERVICE,
		.label = "case",
		.ram = ROM_RAM_QUOTA,
		.caps = ROM_CAP_QUOTA,
	};
	const struct fief_session_args log = {
		.service = LOG_SERVICE,
		.label = "attacker",
		.ram = LOG_RAM_QUOTA,
		.caps = LOG_CAP_QUOTA,
	};
	const struct fief_session_args pd = {
		.service = PD_SERVICE,
		.label = "spare",
		.ram = PD_RAM_QUOTA + (1 << 20),
		.caps = PD_CAP_QUOTA + 16,
	};
	const struct fief_session_args rm = {
		.service = RM_SERVICE,
		.ram = RM_RAM_QUOTA + 64 * 1024,
		.caps = RM_CAP_QUOTA + 32,
	};
	const struct fief_session_args cpu = {
		.service = CPU_SERVICE,
		.label = "attacker",
		.ram = CPU_RAM_QUOTA,
		.caps = CPU_CAP_QUOTA,
	};
	enum fief_err e;

	e = fief_session_open(env, &rom, &warden.rom);
	if (!e)
		e = fief_session_open(env, &cpu, &warden.cpu);
	if (!e)
		e = fief_session_open(env, &rm, &warden.rm);
	if (!e)
		e = fief_session_open(env, &log, &warden.log);
	if (!e)
		e = fief_session_open(env, &pd, &warden.spare);
	if (!e)
		e = fief_rom_open(env, "hostile-server", &warden.server_rom);
	if (!e)
		e = fief_rom_open(env, "hostile-client", &warden.client_rom);
	if (!e)
		e = fief_rom_open(env, "hostile-attacker",
		                  &warden.attacker_rom);
	return e;
}

static enum fief_err prepare(struct fief_env *env)
{
	struct fief_rom config;
	enum fief_err e;

	warden.env = env;
	warden.rng = fief_kif->time();
	warden.spare_parent.obj.type = &type;
	warden.extra.type = &extra_type;
	warden.good.handle = good;
	warden.evil.handle = evil;
	e = fief_rom_open(env, "case", &config);
	if (e)
		return e;
	parse(config.data, config.data + config.size);
	fief_rom_close(&config);
	e = open_sessions(env);
	if (!e)
		e = fief_entrypoint_manage(env->ep, &warden.extra);
	if (!e)
		e = fief_entrypoint_manage(env->ep, &warden.spare_parent.obj);
	if (!e)
		e = fief_signal_manage(env->ep, &warden.good);
	if (!e)
		e = fief_signal_manage(env->ep, &warden.evil);
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	e = prepare(env);
	if (!e)
		e = canary(&warden.server, &warden.server_rom, "server");
	if (!e)
		warden_serve(fief_kif->time() + MS(3000), child_registered,
		             &warden.server);
	if (!e)
		e = canary(&warden.client, &warden.client_rom, "client");
	if (e) {
		fief_log("WARDEN: %s", fief_err_name(e));
		fief_exit(env, 1);
	}
	phase(PHASE_BEFORE);
	warden_serve(fief_kif->time() + MS(120), NULL, NULL);
	run_case();
	fief_exit(env, warden.failed ? 3 : 0);
}
