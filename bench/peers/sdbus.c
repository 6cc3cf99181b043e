/* SPDX-License-Identifier: MIT */
/* Peer: a method call with sd-bus through a dbus-daemon of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <bench/lib/bench.h>

#define BUS_NAME "fief.bench"
#define BUS_PATH "/fief/bench"

/* A folder of its own, removed at the end, and the bus in it. */
static struct main {
	char folder[128];
	char address[160];
	char config[160];
	char socket[160];
	pid_t owner; /* who may remove the folder: not a child that exits */
} state;

static const char config_text[] =
	"<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-Bus Bus "
	"Configuration 1.0//EN' 'busconfig.dtd'>\n"
	"<busconfig><type>session</type><listen>unix:path=%s</listen>\n"
	"<auth>EXTERNAL</auth><policy context='default'>\n"
	"<allow send_destination='*' eavesdrop='true'/>\n"
	"<allow eavesdrop='true'/><allow own='*'/>\n"
	"</policy></busconfig>\n";

static void check(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "sdbus: %s: %s\n", what, strerror(-result));
		exit(1);
	}
}

static void folder_remove(void)
{
	if (state.owner != getpid())
		return;
	bench_children_stop();
	unlink(state.socket);
	unlink(state.config);
	rmdir(state.folder);
}

static void folder_create(void)
{
	const char *base = getenv("TMPDIR");
	FILE *f;

	snprintf(state.folder, sizeof(state.folder), "%.90s/fief-bus-XXXXXX",
	         base ? base : P_tmpdir);
	if (!mkdtemp(state.folder))
		bench_fail(state.folder);
	state.owner = getpid();
	atexit(folder_remove);
	snprintf(state.config, sizeof(state.config), "%s/conf", state.folder);
	snprintf(state.socket, sizeof(state.socket), "%s/bus", state.folder);
	snprintf(state.address, sizeof(state.address), "unix:path=%s/bus",
	         state.folder);
	f = fopen(state.config, "we");
	if (!f || fprintf(f, config_text, state.socket) < 0 || fclose(f))
		bench_fail(state.config);
}

static void run_daemon(void *context)
{
	char option[192];

	(void)context;
	/* It complains about limits that it cannot raise and do not matter. */
	if (!freopen("/dev/null", "w", stderr))
		_exit(1);
	snprintf(option, sizeof(option), "--config-file=%s", state.config);
	execlp("dbus-daemon", "dbus-daemon", option, "--nofork", "--nopidfile",
	       (char *)NULL);
	_exit(77);
}

/* A connection that failed cannot be started again. */
static int try_connect(sd_bus **bus)
{
	int result;

	check(sd_bus_new(bus), "new");
	check(sd_bus_set_address(*bus, state.address), "address");
	check(sd_bus_set_bus_client(*bus, 1), "client");
	result = sd_bus_start(*bus);
	if (result < 0)
		*bus = sd_bus_unref(*bus);
	return result;
}

/* Connect, waiting up to five seconds for the daemon. */
static sd_bus *connect_bus(void)
{
	double end = bench_now() + 5;
	sd_bus *bus = NULL;
	int result;

	do {
		result = try_connect(&bus);
	} while (result < 0 && bench_now() < end && usleep(2000) == 0);
	check(result, "connect to dbus-daemon");
	return bus;
}

static int method_add(sd_bus_message *m, void *context, sd_bus_error *error)
{
	int64_t a, b;

	(void)context;
	(void)error;
	check(sd_bus_message_read(m, "xx", &a, &b), "read");
	return sd_bus_reply_method_return(m, "x", a + b);
}

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Add", "xx", "x", method_add, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

static void serve(void *context)
{
	sd_bus *bus = connect_bus();
	int result;

	(void)context;
	check(sd_bus_add_object_vtable(bus, NULL, BUS_PATH, BUS_NAME, vtable,
	                               NULL),
	      "vtable");
	check(sd_bus_request_name(bus, BUS_NAME, 0), "name");
	for (;;) {
		result = sd_bus_process(bus, NULL);
		check(result, "process");
		if (result == 0)
			check(sd_bus_wait(bus, UINT64_MAX), "wait");
	}
}

static int call_once(sd_bus *bus)
{
	sd_bus_message *reply = NULL;
	int64_t sum = 0;
	int result;

	result =
		sd_bus_call_method(bus, BUS_NAME, BUS_PATH, BUS_NAME, "Add",
	                           NULL, &reply, "xx", (int64_t)40, (int64_t)2);
	if (result >= 0)
		result = sd_bus_message_read(reply, "x", &sum);
	sd_bus_message_unref(reply);
	return result >= 0 && sum != 42 ? -1 : result;
}

static void call(void *context)
{
	check(call_once(context), "call");
}

int main(int argc, char **argv)
{
	struct bench_args args;
	double end = bench_now() + 5;
	sd_bus *bus;

	if (!bench_args_parse(&args, argc, argv))
		return 2;
	folder_create();
	bench_child(&args, run_daemon, NULL);
	bench_child(&args, serve, NULL);
	bench_pin(&args, BENCH_CLIENT);
	bus = connect_bus();
	while (call_once(bus) < 0 && bench_now() < end)
		usleep(2000);
	bench_measure(&args, &(struct bench_job){ .name = "sdbus",
	                                          .run = call,
	                                          .context = bus });
	return 0;
}
