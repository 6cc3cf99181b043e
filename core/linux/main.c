/* SPDX-License-Identifier: MIT */
/* Core's main program: started by `fief`, starts init, serves until the end. */

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fief/exit_code.h>
#include <fief/kif_table.h>

#include <core/core.h>
#include <core/pd.h>

#include "host.h"

const struct kif *fief_kif;
struct core core;
struct core_host core_host;

enum { ROM_DIRS = 32, ROMS = 256, GRANTS = KCORE_GRANTS };

/* ---- memory ---- */

static enum fief_err host_alloc(struct fief_alloc *self, size_t size,
                                void **out)
{
	void *p = aligned_alloc(FIEF_ALLOC_ALIGN,
	                        (size + FIEF_ALLOC_ALIGN) &
	                                ~(size_t)(FIEF_ALLOC_ALIGN - 1));

	(void)self;
	if (!p)
		return FIEF_OUT_OF_RAM;
	*out = p;
	return FIEF_OK;
}

static void host_free(struct fief_alloc *self, void *ptr, size_t size)
{
	(void)self, (void)size;
	free(ptr);
}

static struct fief_alloc host_memory = { host_alloc, host_free };

/* ---- arguments ---- */

static const struct option options[] = {
	{ "kif", 1, NULL, 'k' },     { "init", 1, NULL, 'i' },
	{ "rom-dir", 1, NULL, 'd' }, { "rom", 1, NULL, 'm' },
	{ "ram", 1, NULL, 'r' },     { "caps", 1, NULL, 'c' },
	{ "log-fd", 1, NULL, 'l' },  { "control-fd", 1, NULL, 't' },
	{ "events", 0, NULL, 'e' },  { "grant", 1, NULL, 'g' },
	{ NULL, 0, NULL, 0 },
};

static void parse(struct core_config *c, struct core_host *h, int argc,
                  char **argv)
{
	unsigned dirs = 0, roms = 0, grants = 0;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'k')
			c->kif = optarg;
		else if (o == 'i')
			c->init = optarg;
		else if (o == 'd' && dirs < ROM_DIRS)
			h->rom_dir[dirs++] = optarg;
		else if (o == 'm' && roms < ROMS)
			h->rom[roms++] = optarg;
		else if (o == 'g' && grants < GRANTS)
			h->grant[grants++] = optarg;
		else if (o == 'r')
			c->ram = strtoull(optarg, NULL, 10);
		else if (o == 'c')
			c->caps = strtoull(optarg, NULL, 10);
		else if (o == 'l')
			h->log_fd = atoi(optarg);
		else if (o == 't')
			h->control_fd = atoi(optarg);
		else if (o == 'e')
			core.events = true;
		else {
			fprintf(stderr, "core: started by fief, not by hand\n");
			exit(2);
		}
	}
}

/* ---- init ---- */

static enum fief_err start_init(void)
{
	fief_cap boot[KIF_BOOT_CAPS] = { FIEF_CAP_NULL };
	struct core_module *binary;
	struct core_pd *pd;
	enum fief_err e;

	e = core_pd_create(&core.root, core.config.ram, core.config.caps,
	                   "init", &pd);
	if (!e)
		e = fief_budget_take(&pd->account.budget, PD_RAM_QUOTA,
		                     PD_CAP_QUOTA);
	if (!e)
		e = core_parent_init(&core.init, pd);
	if (!e)
		e = core_module_get(core.config.init, &binary);
	if (e)
		return e;
	boot[KIF_BOOT_PARENT] = core.init.obj.cap;
	boot[KIF_BOOT_PD] = pd->obj.cap;
	return core_pd_run(pd, core_module_memory(binary), boot);
}

/* There is no component yet, and no log that could name a limit. */
static int limit_hit(void)
{
	struct rlimit files = { 0 };

	getrlimit(RLIMIT_NOFILE, &files);
	fprintf(stderr,
	        "core: cannot start \"%s\": a limit of the host was hit; %llu "
	        "files may be open\n",
	        core.config.init, (unsigned long long)files.rlim_cur);
	return FIEF_EXIT_FRAMEWORK;
}

static int start_failed(enum fief_err e)
{
	if (e == FIEF_LIMIT)
		return limit_hit();
	if (e != FIEF_OUT_OF_RAM && e != FIEF_OUT_OF_CAPS) {
		fprintf(stderr, "core: cannot start \"%s\": %s\n",
		        core.config.init, fief_err_text(e));
		return FIEF_EXIT_FRAMEWORK;
	}
	fprintf(stderr,
	        "core: cannot start \"%s\": it needs at least %dK RAM and %d "
	        "caps; --ram is %lluK, --caps %llu\n",
	        core.config.init, (int)(PD_RAM_QUOTA / 1024), (int)PD_CAP_QUOTA,
	        (unsigned long long)core.config.ram / 1024,
	        (unsigned long long)core.config.caps);
	return FIEF_EXIT_QUOTA;
}

int main(int argc, char **argv)
{
	static const char *dirs[ROM_DIRS + 1], *roms[ROMS + 1];
	static const char *grants[GRANTS + 1];
	uint64_t lost;
	enum fief_err e;
	int code = 0;

	core_host = (struct core_host){
		.rom_dir = dirs,
		.rom = roms,
		.grant = grants,
		.log_fd = STDOUT_FILENO,
		.control_fd = -1,
	};
	parse(&core.config, &core_host, argc, argv);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	core.alloc = &host_memory;
	core.root.budget.ram_limit = core.config.ram;
	core.root.budget.caps_limit = core.config.caps;
	fief_entrypoint_init(&core.ep, 0);
	e = kcore_init(&core_events, core.config.kif, &fief_kif, &core.info);
	if (!e && core_host.control_fd >= 0)
		e = kcore_watch(core_host.control_fd);
	if (!e)
		code = core_grants_open();
	if (!e && !code)
		code = core_clock_watch();
	if (!e && !code)
		e = start_init();
	if (e)
		code = start_failed(e);
	if (code) {
		kcore_fini();
		return code;
	}
	while (!core.exiting)
		fief_entrypoint_step(&core.ep, FIEF_NEVER);
	lost = core_log_finish();
	if (lost)
		fprintf(stderr,
		        "core: %llu lines of the log are lost, its reader does "
		        "not read\n",
		        (unsigned long long)lost);
	kcore_fini();
	return core.exit_code;
}
