/* SPDX-License-Identifier: MIT */
/* Requests of `fief` on the control descriptor: one seqpacket message each,
 * answered by messages that end with an empty line. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <fief/kif_table.h>

#include "core.h"
#include "pd.h"

static void answer(const char *text, size_t len)
{
	/* fief is there and reads; if not, there is nobody to tell. */
	if (send(core.config.control_fd, text, len,
	         MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		core_log("Warning: fief does not read its answers");
}

static const char *state_text(enum pd_state s)
{
	static const char *const text[] = {
		[PD_STATE_CREATED] = "created", [PD_STATE_RUNNING] = "running",
		[PD_STATE_EXITED] = "exited",   [PD_STATE_KILLED] = "killed",
		[PD_STATE_CRASHED] = "crashed",
	};

	return text[s];
}

/* Fields separated by tabs: label, state, code, pid, RAM limit and use,
 * capability limit and use. */
static void list_pds(void)
{
	char line[LABEL_MAX + 160];

	LIST_FOR_EACH(pd, &core.pds, struct core_pd, in_core) {
		const struct fief_budget *b = &pd->account.budget;
		int n = snprintf(line, sizeof(line),
		                 "%s\t%s\t%d\t%d\t%zu\t%zu\t%zu\t%zu\n",
		                 pd->label.text, state_text(pd->state),
		                 pd->code, kcore_pd_pid(pd->pd), b->ram_limit,
		                 b->ram_used, b->caps_limit, b->caps_used);

		answer(line, (size_t)n);
	}
}

static void handle(char *request)
{
	static const char reload[] = "reload ";

	if (!strcmp(request, "ps")) {
		list_pds();
	} else if (!strcmp(request, "stop")) {
		core_end(0);
	} else if (!strncmp(request, reload, sizeof(reload) - 1)) {
		core_module_reload(request + sizeof(reload) - 1);
	} else {
		answer("error: unknown request\n", 23);
	}
	answer("\n", 1);
}

void core_control_readable(int fd)
{
	char request[512];
	ssize_t n;

	while ((n = recv(fd, request, sizeof(request) - 1, MSG_DONTWAIT)) > 0) {
		request[n] = '\0';
		handle(request);
	}
	if (n == 0)
		core_end(0); /* fief is gone */
}

void core_end(int code)
{
	if (core.exiting)
		return;
	core.exiting = true;
	core.exit_code = code;
}
