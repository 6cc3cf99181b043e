/* SPDX-License-Identifier: MIT */
/* Which running system a command means. */

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "client.h"
#include "target.h"
#include "util.h"

static void tell_several(char **names, size_t count)
{
	util_error("%zu systems are running, name one of them:", count);
	for (size_t i = 0; i < count; i++)
		fprintf(stderr, "fief:   %s\n", names[i]);
}

int target_names(const struct runtime_dir *d, bool all, char ***names,
                 size_t *count)
{
	*names = instance_names(d, count);
	if (!*count) {
		util_error("no system is running");
		return all ? 0 : FIEF_EXIT_NOT_FOUND;
	}
	if (*count == 1 || all)
		return 0;
	tell_several(*names, *count);
	return FIEF_EXIT_USAGE;
}

/* Of several, the one whose name comes from that file. */
static bool name_by_file(struct target *t, const char *file)
{
	char wanted[INSTANCE_NAME_MAX + 1];
	size_t count;
	char **names = instance_names(&t->dir, &count);
	bool found = false;

	instance_name_from_file(wanted, file);
	for (size_t i = 0; i < count; i++)
		found |= !strcmp(names[i], wanted);
	if (found)
		memcpy(t->name, wanted, sizeof(wanted));
	instance_names_free(names, count);
	return found;
}

static int name_only(struct target *t)
{
	size_t count;
	char **names;
	int code = target_names(&t->dir, false, &names, &count);

	if (!code)
		snprintf(t->name, sizeof(t->name), "%s", names[0]);
	instance_names_free(names, count);
	return code;
}

int target_open(struct target *t, const char *name, const char *file)
{
	int code = 0;

	*t = (struct target){ .dir = { .fd = -1 } };
	if (!runtime_dir_open(&t->dir))
		return FIEF_EXIT_FRAMEWORK;
	if (name && strlen(name) > INSTANCE_NAME_MAX) {
		util_error("no system has a name of more than %d bytes",
		           (int)INSTANCE_NAME_MAX);
		code = FIEF_EXIT_NOT_FOUND;
	} else if (name) {
		snprintf(t->name, sizeof(t->name), "%s", name);
	} else if (!file || !name_by_file(t, file)) {
		code = name_only(t);
	}
	if (code)
		runtime_dir_close(&t->dir);
	return code;
}

void target_close(struct target *t)
{
	runtime_dir_close(&t->dir);
}

int target_ask(const struct target *t, const char *text, bool patient,
               char **answer)
{
	const struct client_request r = { .name = t->name,
		                          .text = text,
		                          .patient = patient };
	bool missing = false;

	*answer = client_ask(&t->dir, &r, &missing);
	if (*answer)
		return 0;
	return missing ? FIEF_EXIT_NOT_FOUND : FIEF_EXIT_FRAMEWORK;
}

int target_argument(const char **system, char *arg, struct argp_state *state)
{
	if (*system)
		argp_error(state, "one NAME at a time, not \"%s\" and \"%s\"",
		           *system, arg);
	*system = arg;
	return 0;
}
