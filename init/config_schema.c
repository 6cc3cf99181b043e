/* SPDX-License-Identifier: MIT */
/*
 * The tables of elements and attributes. A row that is added here gets its
 * meaning in config_schema_text.c; then `./dev docs`. Tests tell what is
 * missing.
 */

#include "config_schema.h"

#define ATTRS(...)                                                             \
	(const struct config_attr[])                                           \
	{                                                                      \
		__VA_ARGS__,                                                   \
		{                                                              \
			0                                                      \
		}                                                              \
	}
#define CHILDREN(...)                                                          \
	(const struct config_element *const[])                                 \
	{                                                                      \
		__VA_ARGS__, NULL                                              \
	}
#define WORDS(...)                                                             \
	CONFIG_WORD, .words = (const char *const[])                            \
	{                                                                      \
		__VA_ARGS__, NULL                                              \
	}
#define ROW(...)                                                               \
	{                                                                      \
		__VA_ARGS__                                                    \
	}

/* Types with the limits that most rows of them have. */
#define RAM CONFIG_SIZE, .least = 1, .most = 1ULL << 48
#define CAPS CONFIG_NUMBER, .least = 1, .most = CONFIG_CAPS_MAX
#define MS CONFIG_MS, .least = 1, .most = 1000000000 /* 11 days */
#define SIDE CONFIG_NUMBER, .least = 1, .most = 64
#define NO CONFIG_BOOL, .usual = "no"
#define YES CONFIG_BOOL, .usual = "yes"

/* Rows that several elements have. */
#define NAME ROW("name", CONFIG_NAME, .required = true)
/* No two children, and no two other names of them, are called the same. */
#define OWN_NAME ROW("name", CONFIG_NAME, .required = true, .unique = true)
#define CURRENCY ROW("name", WORDS("RAM", "CAP", "CAPS"), .required = true)
#define SELECTORS                                                              \
	ROW("label", CONFIG_LABEL), ROW("label_prefix", CONFIG_LABEL),         \
		ROW("label_suffix", CONFIG_LABEL),                             \
		ROW("label_last", CONFIG_LABEL)
#define RELABELS                                                               \
	ROW("label", CONFIG_LABEL), ROW("identity", CONFIG_LABEL),             \
		ROW("resource", CONFIG_LABEL),                                 \
		ROW("prepend_resource", CONFIG_LABEL)

/* ---- routes ---- */

static const struct config_element parent = {
	.name = "parent",
	.attrs = ATTRS(RELABELS),
};
static const struct config_element child = {
	.name = "child",
	.attrs = ATTRS(NAME, RELABELS),
};
static const struct config_element any_child = {
	.name = "any-child",
	.attrs = ATTRS(RELABELS),
};
static const struct config_element local = {
	.name = "local",
	.attrs = ATTRS(RELABELS),
};
static const struct config_element rule_service = {
	.name = "service",
	.attrs = ATTRS(NAME, SELECTORS, { "unscoped_label", CONFIG_LABEL }),
	.children = CHILDREN(&parent, &child, &any_child, &local),
};
static const struct config_element rule_any = {
	.name = "any-service",
	.attrs = ATTRS(SELECTORS, { "unscoped_label", CONFIG_LABEL }),
	.children = CHILDREN(&parent, &child, &any_child, &local),
};
static const struct config_element route = {
	.name = "route",
	.children = CHILDREN(&rule_service, &rule_any),
	.once = true,
};
static const struct config_element default_route = {
	.name = "default-route",
	.children = CHILDREN(&rule_service, &rule_any),
	.once = true,
};

/* ---- a child ---- */

static const struct config_element quantum = {
	.name = "resource",
	.attrs = ATTRS(CURRENCY, { "quantum", RAM, .required = true }),
};
static const struct config_element binary = {
	.name = "binary",
	.attrs = ATTRS({ "name", CONFIG_TEXT, .required = true }),
	.once = true,
};
static const struct config_element start_host = {
	.name = "host",
	.attrs = ATTRS({ "grant", CONFIG_NAME, .required = true }),
	.once = true,
};
static const struct config_element on_exit = {
	.name = "exit",
	.attrs = ATTRS({ "propagate", NO }),
	.once = true,
};
static const struct config_element restart = {
	.name = "restart",
	.attrs = ATTRS({ "policy", WORDS("never", "on-failure", "always"),
	                 .usual = "on-failure" },
	               { "delay_ms", MS, .usual = "100" },
	               { "max_delay_ms", MS, .usual = "30000" },
	               { "limit", CONFIG_NUMBER, .least = 1, .most = 1000000000,
	                 .usual = "5" },
	               { "within_s", CONFIG_SECONDS, .least = 1,
	                 .most = 1000000, .usual = "60" }),
	.once = true,
};
static const struct config_element heartbeat = {
	.name = "heartbeat",
	.attrs = ATTRS({ "restart_after_skipped", CONFIG_NUMBER,
	                 .most = 1000000, .usual = "0" }),
	.once = true,
};
static const struct config_element affinity = {
	.name = "affinity",
	.attrs = ATTRS({ "xpos", CONFIG_NUMBER, .usual = "0" },
	               { "ypos", CONFIG_NUMBER, .usual = "0" },
	               { "width", SIDE, .usual = "1" },
	               { "height", SIDE, .usual = "1" }),
	.once = true,
};
static const struct config_element provided = {
	.name = "service",
	.attrs = ATTRS(NAME, { "handover", NO }),
};
static const struct config_element provides = {
	.name = "provides",
	.children = CHILDREN(&provided),
	.once = true,
};
static const struct config_element inner_config = {
	.name = "config",
	.once = true,
	.any = true,
};
static const struct config_element start = {
	.name = "start",
	.attrs = ATTRS(OWN_NAME, { "ram", RAM }, { "caps", CAPS },
	               { "version", CONFIG_TEXT, .usual = "" },
	               { "managed", NO }, { "max_ram", RAM },
	               { "max_caps", CAPS },
	               { "priority", CONFIG_SIGNED, .usual = "0" },
	               { "ld", NO }, { "managing_system", NO }),
	.children = CHILDREN(&quantum, &binary, &start_host, &on_exit, &restart,
	                     &heartbeat, &affinity, &provides, &route,
	                     &inner_config),
};

/* ---- what is offered to the parent ---- */

static const struct config_element policy_child = {
	.name = "child",
	.attrs = ATTRS(NAME, RELABELS),
	.once = true,
};
static const struct config_element policy = {
	.name = "policy",
	.attrs = ATTRS(SELECTORS),
	.children = CHILDREN(&policy_child),
};
static const struct config_element default_policy = {
	.name = "default-policy",
	.children = CHILDREN(&policy_child),
	.once = true,
};
static const struct config_element offer = {
	.name = "service",
	.attrs = ATTRS(NAME),
	.children = CHILDREN(&policy, &default_policy),
};

/* ---- the whole ---- */

static const struct config_element service = {
	.name = "service",
	.attrs = ATTRS(NAME),
};
static const struct config_element parent_provides = {
	.name = "parent-provides",
	.children = CHILDREN(&service),
	.once = true,
};
static const struct config_element defaults = {
	.name = "default",
	.attrs = ATTRS({ "ram", RAM, .usual = "1M" },
	               { "caps", CAPS, .usual = "200" }),
	.once = true,
};
static const struct config_element kept = {
	.name = "resource",
	.attrs = ATTRS(CURRENCY, { "preserve", RAM, .required = true }),
};
static const struct config_element affinity_space = {
	.name = "affinity-space",
	.attrs = ATTRS({ "width", SIDE, .usual = "1" },
	               { "height", SIDE, .usual = "1" }),
	.once = true,
};
static const struct config_element grant = {
	.name = "grant",
	.attrs = ATTRS(
		OWN_NAME,
		{ "kind", WORDS("dir", "file", "tty"), .required = true,
	          .alien = "stream",
	          .alien_why = "a file knows no descriptors, --grant does" },
		{ "path", CONFIG_TEXT, .required = true }, { "writeable", NO }),
};
static const struct config_element host = {
	.name = "host",
	.children = CHILDREN(&grant),
	.once = true,
};
static const struct config_element alias = {
	.name = "alias",
	.attrs = ATTRS(OWN_NAME, { "child", CONFIG_TEXT, .required = true }),
};
static const struct config_element heartbeat_rate = {
	.name = "heartbeat",
	.attrs = ATTRS({ "rate_ms", MS, .usual = "1000" }),
	.once = true,
};
static const struct config_element report = {
	.name = "report",
	.attrs = ATTRS({ "ids", NO }, { "requested", NO }, { "provided", NO },
	               { "session_args", NO }, { "child_ram", NO },
	               { "child_caps", NO }, { "init_ram", NO },
	               { "init_caps", NO }, { "delay_ms", MS, .usual = "100" },
	               { "buffer", CONFIG_SIZE, .least = 1, .most = 1 << 20,
	                 .usual = "4K" }),
	.once = true,
};
const struct config_element config_schema = {
	.name = "config",
	.attrs = ATTRS(
		{ "verbose", NO }, { "version", CONFIG_TEXT, .usual = "" },
		{ "prio_levels", CONFIG_NUMBER, .least = 1, .most = 128 },
		{ "ld_verbose", NO }, { "generate_xml", YES }),
	.children = CHILDREN(&host, &parent_provides, &default_route, &defaults,
	                     &report, &heartbeat_rate, &kept, &affinity_space,
	                     &alias, &offer, &start),
};
