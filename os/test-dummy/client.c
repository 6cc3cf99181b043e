/* SPDX-License-Identifier: MIT */
/* Sessions that it opens, by their labels. */

#include <fief/log.h>
#include <fief/session.h>
#include <lib/label.h>
#include <lib/mem.h>
#include <session/cpu.h>
#include <session/fs_stub.h>
#include <session/log.h>
#include <session/parent.h>

#include "dummy.h"

enum { HELD = 64 };

static struct held {
	struct fief_session session;
	struct label label, service;
	bool movable;
} held[HELD];

void dummy_renew(struct fief_env *env)
{
	for (unsigned i = 0; i < HELD; i++) {
		struct held *h = &held[i];
		const fief_cap before = h->session.cap;
		enum fief_err e;

		if (!h->session.id || !h->movable)
			continue;
		e = fief_session_renew(env, &h->session);
		if (e || h->session.cap != before)
			fief_log("moved \"%s\": %s", h->label.text,
			         fief_err_text(e));
	}
}

static struct held *find(const char *label)
{
	for (unsigned i = 0; i < HELD; i++)
		if (held[i].session.id && !strcmp(held[i].label.text, label))
			return &held[i];
	return NULL;
}

static struct held *unused(void)
{
	for (unsigned i = 0; i < HELD; i++)
		if (!held[i].session.id)
			return &held[i];
	return NULL;
}

static enum fief_err session(struct fief_env *env, const struct node *n)
{
	const struct fief_session_args args = {
		.service = node_attr(n, "service", "Dummy"),
		.label = node_attr(n, "label", ""),
		.ram = 32 << 10,
		.caps = 10,
		.movable = !strcmp(node_attr(n, "movable", "no"), "yes"),
	};
	struct held *h = unused();
	enum fief_err e;

	if (!h || label_set(&h->label, args.label) ||
	    label_set(&h->service, args.service))
		return FIEF_LIMIT;
	h->movable = args.movable;
	e = fief_session_open(env, &args, &h->session);
	fief_log("%s \"%s\": %s", args.service, args.label, fief_err_text(e));
	return FIEF_OK;
}

enum fief_err dummy_session(struct fief_env *env, const struct node *n)
{
	uint64_t count = 1;
	enum fief_err e = node_attr_u64(n, "count", 1, NULL, &count);

	while (!e && count--)
		e = session(env, n);
	return e;
}

enum fief_err dummy_upgrade(struct fief_env *env, const struct node *n)
{
	struct held *h = find(node_attr(n, "label", ""));
	uint64_t ram = 0;
	enum fief_err e = node_attr_u64(n, "ram", 0, NULL, &ram);

	if (e || !h)
		return e ? e : FIEF_NOT_FOUND;
	e = fief_session_upgrade(env, &h->session, ram, 0);
	fief_log("upgrade of \"%s\": %s", h->label.text, fief_err_text(e));
	return FIEF_OK;
}

static enum fief_err call(const struct held *h)
{
	static struct fs_stub_identify_reply reply; /* too large for a frame */

	if (!strcmp(h->service.text, LOG_SERVICE))
		return log_write((struct log_cap){ h->session.cap },
		                 capnp_text_of("called\n"));
	return fs_stub_identify((struct fs_stub_cap){ h->session.cap }, &reply);
}

enum fief_err dummy_call(const struct node *n)
{
	const struct held *h = find(node_attr(n, "label", ""));

	if (!h)
		return FIEF_NOT_FOUND;
	fief_log("call of \"%s\": %s", h->label.text, fief_err_text(call(h)));
	return FIEF_OK;
}

enum fief_err dummy_close(struct fief_env *env, const struct node *n)
{
	struct held *h = find(node_attr(n, "label", ""));

	if (!h)
		return FIEF_NOT_FOUND;
	fief_session_close(env, &h->session);
	fief_log("closed \"%s\"", h->label.text);
	return FIEF_OK;
}

/* How urgently and where what is started with the CPU session runs. */
enum fief_err dummy_place(struct fief_env *env, const struct node *n)
{
	const struct held *h = find(node_attr(n, "label", ""));
	const fief_cap cpu = h ? h->session.cap : env->cpu;
	uint64_t mask, cpus;
	int32_t level;
	enum fief_err e;

	e = cpu_place((struct cpu_cap){ cpu }, &level, &mask, &cpus);
	if (!e)
		fief_log("level %d, mask 0x%llx", level,
		         (unsigned long long)mask);
	return e;
}

/* Without a label, by the session that it runs with itself. */
enum fief_err dummy_urge(struct fief_env *env, const struct node *n)
{
	const struct held *h = find(node_attr(n, "label", ""));
	int64_t level = 0;
	enum fief_err e = node_attr_i64(n, "level", 0, NULL, &level);

	if (!e && h)
		e = parent_place((struct parent_cap){ env->parent },
		                 h->session.id, (int32_t)level, 0);
	else if (!e)
		e = cpu_priority((struct cpu_cap){ env->cpu }, (int32_t)level);
	if (!e && !h)
		e = cpu_affinity((struct cpu_cap){ env->cpu }, 0);
	fief_log("wants level %d: %s", (int)level, fief_err_text(e));
	return FIEF_OK;
}
