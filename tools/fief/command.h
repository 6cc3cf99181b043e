/* SPDX-License-Identifier: MIT */
/* The sub-commands of `fief`. Each gets its own name as argv[0], for
 * messages, and returns the exit code. */
#pragma once

#include <argp.h>
#include <stdbool.h>

#include <fief/compiler.h>

struct command {
	const char *name, *arguments, *summary;
	int (*run)(int argc, char **argv);
};

/* All of them, in the order of `fief help`. */
const struct command *command_table(size_t *count);

/* If set, command_parse shows the options to it and ends the program. */
extern void (*command_options)(const struct argp *argp);

int command_run(int argc, char **argv);
int command_ps(int argc, char **argv);
int command_tree(int argc, char **argv);
int command_stop(int argc, char **argv);
int command_reload(int argc, char **argv);
int command_filter(int argc, char **argv);
int command_check(int argc, char **argv);
int command_why(int argc, char **argv);
int command_state(int argc, char **argv);
int command_graph(int argc, char **argv);
int command_plan(int argc, char **argv);
int command_apply(int argc, char **argv);
int command_rollback(int argc, char **argv);
int command_restart(int argc, char **argv);
int command_start(int argc, char **argv);
int command_set(int argc, char **argv);
int command_ls(int argc, char **argv);
int command_cat(int argc, char **argv);
int command_cp(int argc, char **argv);
int command_mount(int argc, char **argv);
int command_log(int argc, char **argv);
int command_events(int argc, char **argv);
int command_top(int argc, char **argv);
int command_grant(int argc, char **argv);
int command_grants(int argc, char **argv);
int command_revoke(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_completion(int argc, char **argv);
int command_tour(int argc, char **argv);

/* argp_parse, after unknown options were refused with the nearest known one.
 * Ends the program at a mistake (2) or after --help (0). */
void command_parse(const struct argp *argp, int argc, char **argv, void *input);
