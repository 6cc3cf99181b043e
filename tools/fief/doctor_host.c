/* SPDX-License-Identifier: MIT */
/* What the kernel of this host offers. */

#include <errno.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor.h"
#include "util.h"

enum { MAJOR = 6, MINOR = 1 }; /* as docs/security.md has it */

static void check_kernel(struct doctor *d)
{
	unsigned major = 0, minor = 0;
	struct utsname u;
	bool old;

	if (uname(&u) || sscanf(u.release, "%u.%u", &major, &minor) != 2) {
		doctor_note(d, DOCTOR_WARNING, "kernel", "uname -r",
		            "its version cannot be told");
		return;
	}
	old = major < MAJOR || (major == MAJOR && minor < MINOR);
	doctor_note(d, old ? DOCTOR_FAILURE : DOCTOR_OK, "kernel",
	            "apt-get install linux-image-amd64, and restart the host",
	            "%s %s%s", u.sysname, u.release,
	            old ? "; Linux 6.1 or later is needed" : "");
	if (strcmp(u.machine, "x86_64") != 0)
		doctor_note(d, DOCTOR_FAILURE, "machine",
		            "use a host with this processor",
		            "%s; only x86_64 is supported", u.machine);
}

static bool action_there(unsigned action)
{
	return !syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
}

static void check_seccomp(struct doctor *d)
{
	const bool trap = action_there(SECCOMP_RET_TRAP),
		   notify = action_there(SECCOMP_RET_USER_NOTIF);

	if (trap && notify)
		doctor_note(d, DOCTOR_OK, "seccomp", NULL,
		            "filters and user notification are there");
	else
		doctor_note(d, DOCTOR_FAILURE, "seccomp",
		            "in a container, allow seccomp(2): docker run "
		            "--security-opt seccomp=unconfined",
		            "no %s; no component can be confined",
		            trap ? "user notification" : "filters");
}

static void check_landlock(struct doctor *d)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	                   LANDLOCK_CREATE_RULESET_VERSION);

	if (abi > 0)
		doctor_note(d, DOCTOR_OK, "landlock", NULL, "ABI %ld", abi);
	else
		doctor_note(d, DOCTOR_WARNING, "landlock",
		            "add landlock to the lsm= list of the kernel's "
		            "command line",
		            "not there (%s); components run without this "
		            "second line, and no directory can be granted "
		            "to be written to",
		            strerror(errno));
}

static void check_memory_files(struct doctor *d)
{
	int fd = memfd_create("doctor", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0)
		doctor_note(d, DOCTOR_OK, "memfd", NULL,
		            "memory with seals is there");
	else
		doctor_note(d, DOCTOR_FAILURE, "memfd",
		            "in a container, allow memfd_create(2)",
		            "no memory with seals: %s", strerror(errno));
	util_close(&fd);
}

static void check_pidfd(struct doctor *d)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (fd >= 0)
		doctor_note(d, DOCTOR_OK, "pidfd", NULL, "there");
	else
		doctor_note(d, DOCTOR_FAILURE, "pidfd",
		            "in a container, allow pidfd_open(2)",
		            "the end of a component could not be seen: %s",
		            strerror(errno));
	util_close(&fd);
}

static void check_proc(struct doctor *d)
{
	if (!access("/proc/self/fd/0", F_OK) || !access("/proc/self/exe", F_OK))
		doctor_note(d, DOCTOR_OK, "proc", NULL, "/proc is mounted");
	else
		doctor_note(d, DOCTOR_FAILURE, "proc",
		            "mount -t proc proc /proc", "/proc is not mounted");
}

void doctor_host(struct doctor *d)
{
	check_kernel(d);
	check_proc(d);
	check_seccomp(d);
	check_landlock(d);
	check_memory_files(d);
	check_pidfd(d);
	doctor_note(d, DOCTOR_OK, "namespaces", NULL,
	            "user namespaces are not needed");
}
