/* SPDX-License-Identifier: MIT */
/* What children get of the quota of their init, in the order of the config. */

#include <init/sandbox.h>
#include <lib/number.h>
#include <session/cpu.h>
#include <session/host.h>
#include <session/log.h>
#include <session/pd.h>
#include <session/rom.h>

#include "check.h"

struct account {
	uint64_t ram, caps;
};

static struct account less(struct account a, struct account b)
{
	return (struct account){ a.ram > b.ram ? a.ram - b.ram : 0,
		                 a.caps > b.caps ? a.caps - b.caps : 0 };
}

static struct account least(struct account a, struct account b)
{
	return (struct account){ a.ram < b.ram ? a.ram : b.ram,
		                 a.caps < b.caps ? a.caps : b.caps };
}

/* What a child needs to start. */
static struct account need(const struct config_start *s)
{
	struct account a;

	if (config_rom_cost(s->config, &a.ram, &a.caps))
		a = (struct account){ 0 };
	a.ram += PD_RAM_QUOTA + CPU_RAM_QUOTA + LOG_RAM_QUOTA + ROM_RAM_QUOTA +
	         SANDBOX_CHILD_RAM;
	a.caps += PD_CAP_QUOTA + CPU_CAP_QUOTA + LOG_CAP_QUOTA + ROM_CAP_QUOTA +
	          SANDBOX_CHILD_CAPS;
	a.ram += s->host ? HOST_RAM_QUOTA : 0;
	a.caps += s->host ? HOST_CAP_QUOTA : 0;
	return a;
}

/* At most: what init's own records will take is not known before. */
static struct account available(const struct authority_init *in,
                                struct account of_run)
{
	const struct account kept = { in->config->kept.ram,
		                      in->config->kept.caps };
	const struct account pd = { PD_RAM_QUOTA, PD_CAP_QUOTA };

	if (!in->outer)
		return less(less(of_run, pd), kept);
	return less(less((struct account){ in->start->ram, in->start->caps },
	                 need(in->start)),
	            kept);
}

static void check_one(const struct config_start *s, struct account got,
                      struct findings *f)
{
	const struct account least_needed = need(s);
	char a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX];

	if (got.ram < least_needed.ram || got.caps < least_needed.caps)
		findings_add(f, FINDING_ERROR, "quota", s->at,
		             "\"%s\" has %s RAM and %llu caps, to start it "
		             "needs %s and %llu",
		             s->name, number_text(a, got.ram),
		             (unsigned long long)got.caps,
		             number_text(b, least_needed.ram),
		             (unsigned long long)least_needed.caps);
	if (got.ram < s->ram)
		findings_add(f, FINDING_WARNING, "quota", s->at,
		             "\"%s\" gets %s of %s RAM, no more is available",
		             s->name, number_text(a, got.ram),
		             number_text(b, s->ram));
	if (got.caps < s->caps)
		findings_add(f, FINDING_WARNING, "quota", s->at,
		             "\"%s\" gets %llu of %llu caps, no more are "
		             "available",
		             s->name, (unsigned long long)got.caps,
		             (unsigned long long)s->caps);
}

void check_quota(const struct authority_init *in, uint64_t ram, uint64_t caps,
                 struct findings *f)
{
	struct account left = available(in, (struct account){ ram, caps });

	for (const struct config_start *s = in->config->starts; s;
	     s = s->next) {
		const struct account wanted = { s->ram, s->caps };
		const struct account got = least(wanted, left);

		left = less(left, got);
		check_one(s, got, f);
	}
}
