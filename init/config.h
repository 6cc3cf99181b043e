/* SPDX-License-Identifier: MIT */
/*
 * The config of a sandbox as data: parsed and checked as a whole, then never
 * changed. Everything lives in one arena. Nothing here needs a component.
 */
#pragma once

#include <lib/dict.h>
#include <lib/label.h>
#include <lib/node_xml.h>

struct config_service {
	const char *name;
	bool handover; /* another server that says so may take sessions over */
	struct config_service *next;
};

enum config_target_kind {
	CONFIG_TARGET_PARENT,
	CONFIG_TARGET_CHILD,
	CONFIG_TARGET_ANY_CHILD,
	CONFIG_TARGET_LOCAL, /* the component around the sandbox */
};

/* What a target makes of the label; NULL: that stays as it is. */
struct config_relabel {
	const char *label;            /* all of it; then the others are NULL */
	const char *identity;         /* all but the last element */
	const char *resource;         /* the last element */
	const char *prepend_resource; /* text before the last element */
};

struct config_target {
	enum config_target_kind kind;
	const char *child; /* of kind CHILD: as written, maybe an alias */
	struct config_relabel relabel;
	struct config_target *next;
};

struct config_rule {
	const char *service; /* NULL: any */
	struct label_selector selector;
	/* The label with the name of the child; then `selector` is empty. */
	const char *unscoped_label;
	struct config_target *targets; /* tried in order */
	struct config_rule *next;
	struct node_place at;
};

/* Whose requests for an offered service go to which child. */
struct config_policy {
	struct label_selector selector;     /* empty: the default policy */
	const struct config_target *target; /* a child; NULL: denied */
	struct config_policy *next;
	struct node_place at;
};

/* A service that we offer to our parent. */
struct config_offer {
	const char *name;
	struct config_policy *policies;
	struct config_offer *next;
	struct node_place at;
};

/* What is not wrong, but hardly meant. */
struct config_warning {
	struct node_error what;
	struct config_warning *next;
};

enum config_restart {
	CONFIG_RESTART_NEVER,
	CONFIG_RESTART_ON_FAILURE,
	CONFIG_RESTART_ALWAYS,
};

/* When a child that ended by itself starts again. */
struct config_supervision {
	enum config_restart restart;
	uint64_t delay_ms, max_delay_ms; /* the first; doubled each time */
	uint64_t limit, within_s;        /* at most that often in that time */
};

/* What the state report tells, and how often. */
struct config_report {
	bool wanted; /* there is a <report> */
	bool ids, requested, provided, session_args;
	bool child_ram, child_caps, init_ram, init_caps;
	uint64_t delay_ms;
	uint64_t buffer; /* bytes, to begin with */
};

/* Is the child asked whether it lives? */
struct config_heartbeat {
	bool wanted;
	uint64_t restart_after_skipped; /* 0: never */
};

/* What a child that asks for more gets, without another config. */
struct config_growth {
	bool managed;
	uint64_t max_ram, max_caps; /* in all */
};

/* What the CPUs and priorities of children are parts of. */
struct config_space {
	uint64_t width, height; /* of a grid of cells; 0: there is none */
	uint64_t prio_levels;   /* 0: no priorities */
};

/* Part of it: cells, and how far below the highest priority. */
struct config_schedule {
	uint64_t below;
	uint64_t xpos, ypos, width, height; /* no width: all of it */
};

/* Own quota that is not given to children. */
struct config_kept {
	uint64_t ram, caps;
};

struct child;
struct config_batch;
struct config_grant; /* config_host.h */

struct config_start {
	struct dict_elem by_name;
	const char *name;
	const char *binary;  /* ROM label */
	const char *version; /* another one is another component; "" */
	const char *host;    /* the grant that it starts with; NULL: none */
	uint64_t ram;        /* bytes wanted */
	uint64_t caps;
	struct config_growth growth;
	struct config_schedule schedule;
	bool exit_propagate;
	struct config_supervision supervision;
	struct config_heartbeat heartbeat;
	struct config_service *provides;
	const struct config_rule *route; /* own one, else the default */
	const struct node *config;       /* inline; NULL: none */
	struct config_start *next;
	struct node_place at;
	uint32_t from, to; /* bytes of the source, as of a node */
	size_t nodes;      /* that it consists of, with attributes and texts */

	/* For <config_live.h>, and the sandbox. */
	struct config_batch *batch;
	bool leaving; /* it would be replaced by the config that is read */
	struct child *child; /* borrowed: who runs by it */
};

/* Another name for a child, in targets. */
struct config_alias {
	const char *name, *child;
	struct config_alias *next;
};

struct config {
	struct config_service *parent_provides;
	struct config_alias *aliases;
	struct config_offer *offers;
	const struct config_rule *default_route;
	uint64_t default_ram, default_caps;
	struct config_grant *grants; /* not for init */
	struct config_kept kept;
	struct config_space space;
	bool verbose;
	const char *version; /* for the state report; "" */
	struct config_report report;
	uint64_t heartbeat_ms;       /* how often those are asked that are */
	struct config_start *starts; /* in the order of the source */
	size_t nstarts;
	size_t nodes;      /* of all, with attributes and texts */
	struct dict names; /* of starts */
	/* In the order of the source; of what was read last. */
	struct config_warning *warnings;
};

/*
 * Parse and check a config. On failure `*err` says what is wrong and where.
 * Errors: INVALID, LIMIT, TOO_LONG (the text), those of the arena.
 */
FIEF_MUST enum fief_err config_parse(const struct node_xml_input *in,
                                     struct arena *a, struct node_error *err,
                                     const struct config **out);

/* The same of a config that is a part of a document, as the one of an init in
 * an init: places are those of the document. */
FIEF_MUST enum fief_err config_parse_node(const struct node *root,
                                          struct arena *a,
                                          struct node_error *err,
                                          const struct config **out);

/* The same of a part of a config: the starts of `beside` that are not leaving
 * are there as well, their names are taken, and routes may lead to them. */
FIEF_MUST enum fief_err config_parse_beside(const struct node_xml_input *in,
                                            const struct config *beside,
                                            struct arena *a,
                                            struct node_error *err,
                                            struct config **out);

/* The child of that name; NULL if there is none. */
const struct config_start *config_start_find(const struct config *c,
                                             const char *name);

/* The same of who a target names: also by an alias. */
const struct config_start *config_server_find(const struct config *c,
                                              const char *name);
const struct config_alias *config_alias_find(const struct config *c,
                                             const char *name);

/* Do two configs say the same of a child, its routes included? */
bool config_start_same(const struct config_start *a,
                       const struct config_start *b);
bool config_rules_same(const struct config_rule *a,
                       const struct config_rule *b);

/* Do they say the same of what the child offers? Of what its ROM `config`
 * holds? */
bool config_provides_same(const struct config_start *a,
                          const struct config_start *b);
bool config_content_same(const struct config_start *a,
                         const struct config_start *b);

bool config_selector_same(const struct label_selector *a,
                          const struct label_selector *b);

/* Do they say the same apart from children? */
bool config_head_same(const struct config *a, const struct config *b);

bool config_report_same(const struct config_report *a,
                        const struct config_report *b);

/* Is the service listed? RAM and PD are the same service. */
bool config_lists(const struct config_service *list, const char *service);
bool config_service_same(const char *a, const char *b);

/* Bytes of the text of an inline config, and of the memory that holds a text
 * of that length. Errors: as node_gen_document. */
FIEF_MUST enum fief_err config_rom_len(const struct node *config, size_t *len);
size_t config_rom_bytes(size_t len);

/* RAM and capabilities that it takes; none for NULL. */
FIEF_MUST enum fief_err config_rom_cost(const struct node *config,
                                        uint64_t *ram, uint64_t *caps);
