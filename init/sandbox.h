/* SPDX-License-Identifier: MIT */
/*
 * Sandbox: runs child components by a configuration. It is the parent of its
 * children: it opens the sessions that each needs to start, decides by routes
 * who serves what, moves donations along, and cleans up after those that end.
 * The init component is a sandbox with its config from a ROM module; any other
 * component can embed one. The config is described in init/README.md.
 *
 * A sandbox lives on the entrypoint of its component. It never waits for a
 * child: all it does towards children are replies and signals. Towards its own
 * parent it asks and waits for signals as well. A component embeds at most one
 * sandbox (it numbers its sessions at the parent from 0x40000000).
 */
#pragma once

#include <fief/service.h>

enum {
	SANDBOX_RAM_DEFAULT = 1 << 20, /* of a child that names no quota */
	SANDBOX_CAPS_DEFAULT = 200,

	/* Own quota that is not given to children. */
	SANDBOX_RAM_KEPT = 256 * 1024,
	SANDBOX_CAPS_KEPT = 40,

	/* What the sandbox itself spends on a child, out of its quota. */
	SANDBOX_CHILD_RAM = 12288,
	SANDBOX_CHILD_CAPS = 4,

	/* What it takes from the client for the record of a session beyond the
	 * first ones, beside the donation; given back at the end. */
	SANDBOX_SESSION_RAM = 1024,
	SANDBOX_SESSIONS_PAID = 4, /* by SANDBOX_CHILD_RAM */

	/* Of the donation of a session that our parent has here, as much stays
	 * with us as long as it exists, from the 33rd on: its record. */
	SANDBOX_FORWARDED_PAID = 32,
};

struct node_gen;
struct sandbox;

/* News for the component around the sandbox; members may be NULL. Called from
 * the entrypoint. */
struct sandbox_hooks {
	/* A child with <exit propagate="yes"/> is done, or could not start:
	 * then the code is one of <fief/exit_code.h>. */
	void (*exited)(void *arg, int code);

	/* The config has a <report>, and it is due: see sandbox_state. */
	void (*state)(void *arg);
	void *arg;
};

/* An empty sandbox. `env` and what `hooks` points to outlive it. Errors:
 * OUT_OF_RAM, OUT_OF_CAPS. */
FIEF_MUST enum fief_err sandbox_create(struct fief_env *env,
                                       const struct sandbox_hooks *hooks,
                                       struct sandbox **out);

/*
 * Serve the children that the config routes to <local/>. A service is described
 * as for <fief/root.h>, and its functions are called the same way, on the
 * entrypoint; the labels are those that the config makes. What a session costs
 * is paid by its child. Before the first config; `service` outlives the
 * sandbox. Errors: OUT_OF_RAM, OUT_OF_CAPS.
 */
FIEF_MUST enum fief_err sandbox_serve(struct sandbox *,
                                      struct fief_service *service);

/* End all children and give everything back. */
void sandbox_destroy(struct sandbox *);

/*
 * Run what the config `text` says; `name` is its name in messages. The text is
 * copied. A config with a mistake changes nothing; file, line, column and what
 * was expected are logged. If there is a config already, what differs changes:
 * see init/README.md. Errors: INVALID, LIMIT, TOO_LONG (config), OUT_OF_RAM,
 * OUT_OF_CAPS; nothing has changed then.
 */
FIEF_MUST enum fief_err sandbox_apply(struct sandbox *, const char *name,
                                      const char *text, size_t len);

/* ---- the state report ---- */

struct sandbox_quota {
	uint64_t ram, caps;
};

/*
 * Generate the state report, with the details that the config's <report> names;
 * README.md tells what is in it. `own`: what was donated for the sessions that
 * the component around the sandbox has itself, so that the sum of all quota is
 * that of the component.
 */
void sandbox_state(const struct sandbox *, const struct sandbox_quota *own,
                   struct node_gen *g);

/* The report that says why there is none: `why` is its attribute `error`. */
void sandbox_state_failed(const struct sandbox *, const char *why,
                          struct node_gen *g);

/* Bytes that the config has for it, to begin with. */
size_t sandbox_state_buffer(const struct sandbox *);
