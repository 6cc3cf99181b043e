/* SPDX-License-Identifier: MIT */
/* First code of a component: environment, construct, event loop. */

#include <fief/component.h>

#include <fief/entrypoint_loop.h>
#include <fief/heap.h>
#include <fief/kif_table.h>
#include <fief/start.h>

#include <session/parent.h>

#include "env_ram.h"
#include "log_sink.h"

const struct kif *fief_kif;

/* The runtime's only mutable state. */
static struct runtime {
	struct fief_entrypoint ep;
	struct fief_env env;
	struct fief_env_ram ram;
	struct fief_heap heap;
} runtime;

void fief_start(const struct kif_boot *boot)
{
	struct runtime *r = &runtime;

	fief_kif = boot->kif;
	fief_entrypoint_init(&r->ep, boot->ep);
	fief_env_ram_init(&r->ram, boot->cap[KIF_BOOT_PD]);
	fief_heap_init(&r->heap, &r->ram.ram);
	fief_log_sink_init(boot->cap[KIF_BOOT_LOG]);
	r->env = (struct fief_env){
		.ep = &r->ep,
		.parent = boot->cap[KIF_BOOT_PARENT],
		.pd = boot->cap[KIF_BOOT_PD],
		.cpu = boot->cap[KIF_BOOT_CPU],
		.log = boot->cap[KIF_BOOT_LOG],
		.ram = &r->ram.ram,
		.heap = &r->heap.alloc,
		.host = boot->host,
		.guest = boot->guest,
	};
	fief_component_construct(&r->env);
	fief_entrypoint_run(&r->ep);
}

void fief_exit(struct fief_env *env, int code)
{
	enum fief_err e;

	e = parent_exit((struct parent_cap){ env->parent }, code);
	(void)e; /* the exit of the PD says it once more */
	fief_kif->exit(code);
}
