/* SPDX-License-Identifier: MIT */
/* What the elements and attributes of a configuration mean. */

#include "config_schema_text.h"

#define ATTRS(...)                                                             \
	(const struct config_attr_text[])                                      \
	{                                                                      \
		__VA_ARGS__,                                                   \
		{                                                              \
			0                                                      \
		}                                                              \
	}
#define ROW(...)                                                               \
	{                                                                      \
		__VA_ARGS__                                                    \
	}

#define SELECTORS                                                              \
	ROW("label", "only requests with just this label"),                    \
		ROW("label_prefix", "only labels that begin so"),              \
		ROW("label_suffix", "only labels that end so"),                \
		ROW("label_last",                                              \
	            "only labels whose last element is this one, which is "    \
	            "the name of what is asked for")

#define UNSCOPED                                                               \
	ROW("unscoped_label",                                                  \
	    "only requests whose label is this one with the name of the "      \
	    "child in front, as in `app -> data`; for rules that several "     \
	    "children share. None of the other selectors can be beside it")

#define RELABELS                                                               \
	ROW("label", "the server sees this label, all of it. The other three " \
	             "cannot be beside it"),                                   \
		ROW("identity",                                                \
	            "the server sees this in front of the last element, "      \
	            "instead of the child's name and what it added"),          \
		ROW("resource",                                                \
	            "the server sees this as the last element: the child "     \
	            "gets another thing than it asked for"),                   \
		ROW("prepend_resource",                                        \
	            "the server sees this text right before the last "         \
	            "element, as a folder before a path. `resource` cannot "   \
	            "be beside it")

#define CURRENCY ROW("name", "what it is about; CAP and CAPS are the same")

/* Of the examples that are whole configs. */
#define USUAL_HEAD                                                             \
	"  <parent-provides>\n"                                                \
	"    <service name=\"LOG\"/> <service name=\"ROM\"/>\n"                \
	"    <service name=\"CPU\"/> <service name=\"PD\"/>\n"                 \
	"  </parent-provides>\n"                                               \
	"  <default-route>\n"                                                  \
	"    <any-service> <parent/> <any-child/> </any-service>\n"            \
	"  </default-route>\n"

const struct config_text config_texts[] = {
	{
		"config",
		"The whole configuration of an init: what it starts, and who "
		"may use what. It is checked as a whole before any of it is "
		"applied.",
		"<config/>",
		"<config>\n" USUAL_HEAD "  <start name=\"timer\">\n"
		"    <provides> <service name=\"Timer\"/> </provides>\n"
		"  </start>\n"
		"  <start name=\"clock\">\n"
		"    <binary name=\"test-log\"/>\n"
		"    <config period_ms=\"500\"/>\n"
		"  </start>\n"
		"</config>",
		ATTRS({ "verbose", "log which services children announce, and "
	                           "what each child starts with" },
	              { "version",
	                "any text; the state report repeats it, which tells "
	                "whoever changes the config which one is in force" },
	              { "prio_levels",
	                "how many priorities children may have, a power of "
	                "two; without it, there are none" },
	              { "ld_verbose",
	                "of Genode: binaries bring all that they link. `yes` "
	                "has no effect here, and a warning" },
	              { "generate_xml",
	                "of Genode: all that is generated is XML. `no` has no "
	                "effect here, and a warning" }),
	},
	{
		"config/host",
		"What `fief run` opens of the host before anything starts, "
		"and gives to this system, as by `--grant`. Only in the "
		"outermost configuration; init itself does nothing with it.",
		"<host> <grant name=\"home\" kind=\"dir\" path=\"data\"/> "
		"</host>",
	},
	{
		"host/grant",
		"One thing of the host. A child gets it that starts with it "
		"(`<host>`) and has a route for service `Host`, label the "
		"name, that leads to core.",
		"<grant name=\"home\" kind=\"dir\" path=\"data\" "
		"writeable=\"yes\"/>",
		.attrs = ATTRS(
			{ "name", "what the system calls it" },
			{ "kind", "a folder with all in it; a file or block "
	                          "device; a terminal, for which `-` is the "
	                          "one that `fief` is started in" },
			{ "path", "what the host calls it; relative to the "
	                          "folder of this file" },
			{ "writeable", "may it be changed?" }),
	},
	{
		"config/parent-provides",
		"The services that children may take from init's own parent. "
		"No route leads to the parent for others.",
		"<parent-provides> <service name=\"LOG\"/> <service "
		"name=\"ROM\"/> </parent-provides>",
	},
	{
		"parent-provides/service",
		"One service of the parent. `RAM` is another name of `PD`.",
		"<service name=\"LOG\"/>",
		.attrs = ATTRS({ "name", "the service" }),
	},
	{
		"config/default-route",
		"The rules for all children that have no `<route>` of their "
		"own.",
		"<default-route> <any-service> <parent/> <any-child/> "
		"</any-service> </default-route>",
	},
	{
		"default-route/service",
		"A rule for the sessions of one service. Rules are tried from "
		"the top, the targets in a rule in order; all selectors that "
		"are given must match. When the rule matches, and none of its "
		"targets has the service, the session is denied.",
		"<service name=\"ROM\" label=\"data\"> <child name=\"store\" "
		"resource=\"data-2\"/> </service>",
		.attrs = ATTRS({ "name", "the service" }, SELECTORS, UNSCOPED),
	},
	{
		"default-route/any-service",
		"A rule for the sessions of all services. When none of its "
		"targets has the service, the next rule is tried.",
		"<any-service> <parent/> <any-child/> </any-service>",
		.attrs = ATTRS(SELECTORS, UNSCOPED),
	},
	{
		"service/parent",
		"To init's own parent, if `<parent-provides>` lists the "
		"service.",
		"<parent label=\"clock.data\"/>",
		.attrs = ATTRS(RELABELS),
	},
	{
		"service/child",
		"To the child of this name, if its `<provides>` lists the "
		"service.",
		"<child name=\"store\" identity=\"guest\"/>",
		.attrs = ATTRS({ "name", "the child, or an `<alias>` of it" },
	                       RELABELS),
	},
	{
		"service/any-child",
		"To the only child that provides the service. If several do, "
		"the session is denied.",
		"<any-child prepend_resource=\"/data\"/>",
		.attrs = ATTRS(RELABELS),
	},
	{
		"service/local",
		"To the component around the sandbox, if it serves the "
		"service. Init itself serves nothing.",
		"<local/>",
		.attrs = ATTRS(RELABELS),
	},
	{
		"config/default",
		"The quota of children that do not say any.",
		"<default ram=\"2M\" caps=\"100\"/>",
		.attrs = ATTRS({ "ram", "RAM of such a child" },
	                       { "caps", "capabilities of such a child" }),
	},
	{
		"config/report",
		"Send a state report: a Report session `state` at init's own "
		"parent. Core, the parent of the first init, keeps the newest "
		"one for `fief state`; an init within needs a route to a "
		"Report server. What is not asked for is not in it. Without "
		"the element there is no report.",
		"<report requested=\"yes\" child_ram=\"yes\" "
		"delay_ms=\"500\"/>",
		.attrs = ATTRS(
			{ "ids", "the number of each instance of a child" },
			{ "requested", "the sessions that each child asked "
	                               "for, and how they are" },
			{ "provided", "the sessions that each child serves" },
			{ "session_args", "the arguments of sessions" },
			{ "child_ram",
	                  "RAM of each child: given, used, asked for" },
			{ "child_caps", "the same of capabilities" },
			{ "init_ram",
	                  "RAM of init itself: what it has, gave and kept" },
			{ "init_caps", "the same of capabilities" },
			{ "delay_ms",
	                  "at most one report in so many milliseconds" },
			{ "buffer",
	                  "the buffer to begin with; it grows with the report, "
	                  "at init's expense, up to 1M" }),
	},
	{
		"config/heartbeat",
		"How often the children that have a `<heartbeat>` are asked "
		"whether they live.",
		"<heartbeat rate_ms=\"250\"/>",
		.attrs = ATTRS({ "rate_ms", "the time between two questions" }),
	},
	{
		"config/resource",
		"What init keeps for itself, of one of the two currencies; by "
		"default 256K and 40 capabilities. At most one for each of "
		"them.",
		"<resource name=\"RAM\" preserve=\"1M\"/>",
		.attrs = ATTRS(CURRENCY,
	                       { "preserve", "what children do not get; of "
	                                     "capabilities, a number" }),
	},
	{
		"config/affinity-space",
		"The CPUs that init has itself, as a grid of cells, each an "
		"equal part of them, which an `<affinity>` refers to.",
		"<affinity-space width=\"4\" height=\"1\"/>",
		.attrs = ATTRS({ "width", "cells in a row" },
	                       { "height", "rows" }),
	},
	{
		"config/alias",
		"Another name for a child, which routes and policies can use.",
		"<alias name=\"clock\" child=\"timer\"/>",
		.attrs = ATTRS({ "name", "the other name; not that of a child, "
	                                 "or of another alias" },
	                       { "child", "the child" }),
	},
	{
		"config/service",
		"A service of a child that this init offers to its own parent, "
		"which lists it in the `<provides>` of this init. Of the "
		"policies that match the label of a request, as the parent has "
		"it, the most specific one decides: `label`, then the longest "
		"`label_prefix`, the longest `label_suffix`, `label_last`. "
		"Each service at most once.",
		"<service name=\"Timer\"> <default-policy> <child "
		"name=\"timer\"/> </default-policy> </service>",
		"<config>\n" USUAL_HEAD
		"  <start name=\"drivers\" ram=\"8M\" caps=\"500\">\n"
		"    <binary name=\"init\"/>\n"
		"    <provides> <service name=\"Timer\"/> </provides>\n"
		"    <config>\n"
		"      <parent-provides>\n"
		"        <service name=\"LOG\"/> <service name=\"ROM\"/>\n"
		"        <service name=\"CPU\"/> <service name=\"PD\"/>\n"
		"      </parent-provides>\n"
		"      <default-route> <any-service> <parent/> </any-service> "
		"</default-route>\n"
		"      <service name=\"Timer\">\n"
		"        <policy label_prefix=\"clock\"> <child "
		"name=\"timer\"/> </policy>\n"
		"      </service>\n"
		"      <start name=\"timer\"> <provides> <service "
		"name=\"Timer\"/> </provides> </start>\n"
		"    </config>\n"
		"  </start>\n"
		"  <start name=\"clock\"> <binary name=\"test-log\"/> "
		"</start>\n"
		"</config>",
		ATTRS({ "name", "the service" }),
	},
	{
		"service/policy",
		"Who serves the requests with such labels. Without a "
		"`<child>`, they are denied. At least one of the attributes is "
		"needed, and no two policies of a service may have the same.",
		"<policy label_prefix=\"app ->\"> <child name=\"server\" "
		"identity=\"guest\"/> </policy>",
		.attrs = ATTRS(SELECTORS),
	},
	{
		"service/default-policy",
		"Who serves all requests that no other policy is for. Without "
		"a `<child>`, they are denied.",
		"<default-policy> <child name=\"server\"/> </default-policy>",
	},
	{
		"policy/child",
		"The child that serves the requests. While it starts, they "
		"wait for it.",
		"<child name=\"server\"/>",
		.attrs = ATTRS({ "name", "the child, or an `<alias>` of it" },
	                       RELABELS),
	},
	{
		"config/start",
		"One child. It starts when all that it needs from the start is "
		"there: PD, CPU, LOG, and ROM for its binary.",
		"<start name=\"app\" ram=\"2M\" caps=\"100\"> <binary "
		"name=\"hello\"/> </start>",
		.attrs = ATTRS(
			{ "name", "what it is called in logs, reports and "
	                          "routes, and the first element of all labels "
	                          "of its sessions; by default also its "
	                          "binary. No two children have the same" },
			{ "ram", "what it is given to start with; by default "
	                         "that of `<default>`" },
			{ "caps", "the same of capabilities" },
			{ "version",
	                  "any text: with another one, the child starts anew" },
			{ "managed",
	                  "what it asks for later, it gets without another "
	                  "config, as long as there is something" },
			{ "max_ram",
	                  "how much that may be in all, what it starts with "
	                  "included; by default there is no limit" },
			{ "max_caps", "the same of capabilities" },
			{ "priority",
	                  "0 is the highest, 1 - `prio_levels` the lowest; "
	                  "beyond these the nearest counts, with a warning" },
			{ "ld", "of Genode: binaries bring all that they link. "
	                        "`yes` has no effect here, and a warning" },
			{ "managing_system",
	                  "of Genode: no component manages the host. `yes` has "
	                  "no effect here, and a warning" }),
	},
	{
		"start/resource",
		"Another way to write `ram` and `caps`; not both, and each at "
		"most once.",
		"<resource name=\"RAM\" quantum=\"2M\"/>",
		.attrs = ATTRS(CURRENCY,
	                       { "quantum", "what the child starts with; of "
	                                    "capabilities, a number" }),
	},
	{
		"start/binary",
		"The ROM module with the component image. It is a ROM session "
		"as any other, which a route can make another module. Without "
		"the element it is called as the child is.",
		"<binary name=\"test-log\"/>",
		.attrs = ATTRS({ "name", "the module" }),
	},
	{
		"start/exit",
		"What follows from the end of the child.",
		"<exit propagate=\"yes\"/>",
		.attrs = ATTRS({ "propagate",
	                         "when the child is done, and does not start "
	                         "again, init exits with its code: 128 + "
	                         "signal if it was killed; if it cannot start, "
	                         "118 (quota), 119 (no route), 127 (no "
	                         "binary), 126 (not an image) or 125" }),
	},
	{
		"start/host",
		"The child is a driver, and starts with something of the host "
		"that was granted to the system. It needs a route for service "
		"`Host`, with the name as label.",
		"<host grant=\"home\"/>",
		.attrs = ATTRS({ "grant", "its name" }),
	},
	{
		"start/restart",
		"Start the child again when it ended by itself. Clients with "
		"sessions at it start anew with it. Without the element it "
		"stays ended.",
		"<restart policy=\"always\" delay_ms=\"50\" limit=\"3\" "
		"within_s=\"10\"/>",
		.attrs = ATTRS(
			{ "policy", "after which ends; a failure is a code "
	                            "other than 0, a crash, a kill" },
			{ "delay_ms", "how long after the first one; this "
	                              "doubles each time" },
			{ "max_delay_ms", "what the delay grows to" },
			{ "limit", "how often within that time at most; then "
	                           "it stays ended" },
			{ "within_s", "that time" }),
	},
	{
		"start/heartbeat",
		"Ask the child again and again whether it lives; the log and "
		"the report tell when it does not answer.",
		"<heartbeat restart_after_skipped=\"3\"/>",
		.attrs = ATTRS({ "restart_after_skipped",
	                         "when it has skipped more answers than that, "
	                         "it is ended, and starts anew: by its "
	                         "`<restart>`, as if it had crashed, or at "
	                         "once if it has none. 0: never" }),
	},
	{
		"start/affinity",
		"The cells of the `<affinity-space>` whose CPUs the child may "
		"use; without the element, all. What is not within the space "
		"counts as all of it, with a warning.",
		"<affinity xpos=\"1\" width=\"2\"/>",
		.attrs = ATTRS({ "xpos", "the first column" },
	                       { "ypos", "the first row" },
	                       { "width", "how many columns" },
	                       { "height", "how many rows" }),
	},
	{
		"start/provides",
		"The services that the child may announce.",
		"<provides> <service name=\"Timer\"/> </provides>",
	},
	{
		"provides/service",
		"One service of the child.",
		"<service name=\"Block\" handover=\"yes\"/>",
		.attrs = ATTRS({ "name", "the service" },
	                       { "handover",
	                         "when a route changes, sessions may move "
	                         "to or from another server that says so "
	                         "too, while their clients run on" }),
	},
	{
		"start/route",
		"The rules for the sessions of the child, instead of those of "
		"`<default-route>`. An empty one allows nothing.",
		"<route> <service name=\"Timer\"> <child name=\"timer\"/> "
		"</service> <any-service> <parent/> </any-service> </route>",
	},
	{
		"start/config",
		"Anything that the child understands: it is the content of its "
		"ROM module `config`, which init serves itself. Without the "
		"element that module is routed as any other; that of core is "
		"empty for all but the component that core starts.",
		"<config period_ms=\"500\"/>",
	},
	{ 0 },
};
