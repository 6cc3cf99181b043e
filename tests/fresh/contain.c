/* SPDX-License-Identifier: MIT */
/*
 * contain ROOT COMMAND [ARGUMENT...]: run a command in ROOT, a mount point of
 * a mount namespace of our own, as container runtimes do by default: with few
 * privileges, and without the calls that their filters deny.
 */

#include <err.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NEW_NAMESPACES = 0x7e020000 }; /* the CLONE_NEW* flags */

/* What runtimes leave to the root user of a container. */
static const unsigned char kept[] = {
	CAP_CHOWN,  CAP_DAC_OVERRIDE,     CAP_FOWNER,  CAP_FSETID,
	CAP_KILL,   CAP_NET_BIND_SERVICE, CAP_NET_RAW, CAP_SETFCAP,
	CAP_SETGID, CAP_SETPCAP,          CAP_SETUID,  CAP_SYS_CHROOT,
};

/* Calls that the filters of common runtimes do not let such a container make.
 * What a call needs a privilege for that is not kept is left to the kernel. */
static const int denied[] = {
	SCMP_SYS(add_key),         SCMP_SYS(bpf),
	SCMP_SYS(fsconfig),        SCMP_SYS(fsmount),
	SCMP_SYS(fsopen),          SCMP_SYS(fspick),
	SCMP_SYS(get_mempolicy),   SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_setup),  SCMP_SYS(kcmp),
	SCMP_SYS(keyctl),          SCMP_SYS(mbind),
	SCMP_SYS(mount),           SCMP_SYS(mount_setattr),
	SCMP_SYS(move_mount),      SCMP_SYS(move_pages),
	SCMP_SYS(open_tree),       SCMP_SYS(perf_event_open),
	SCMP_SYS(pidfd_getfd),     SCMP_SYS(pivot_root),
	SCMP_SYS(process_madvise), SCMP_SYS(request_key),
	SCMP_SYS(set_mempolicy),   SCMP_SYS(setns),
	SCMP_SYS(umount2),         SCMP_SYS(unshare),
	SCMP_SYS(userfaultfd),
};

static void enter(const char *root)
{
	/* The old root is stacked upon the new one and taken off. */
	if (chdir(root) || syscall(SYS_pivot_root, ".", ".") ||
	    umount2(".", MNT_DETACH) || chdir("/"))
		err(1, "cannot enter \"%s\"", root);
}

static void filter(void)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	int e = f ? seccomp_attr_set(f, SCMP_FLTATR_CTL_NNP, 0) : -ENOMEM;

	for (size_t i = 0; !e && i < sizeof(denied) / sizeof(denied[0]); i++)
		e = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), denied[i], 0);
	for (unsigned bit = 0; !e && bit < 32; bit++)
		if (NEW_NAMESPACES & 1u << bit)
			e = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM),
			                     SCMP_SYS(clone), 1,
			                     SCMP_A0(SCMP_CMP_MASKED_EQ,
			                             1u << bit, 1u << bit));
	if (!e)
		e = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS),
		                     SCMP_SYS(clone3), 0);
	if (!e)
		e = seccomp_load(f);
	seccomp_release(f);
	errno = -e;
	if (e)
		err(1, "cannot load the filter");
}

static void drop(void)
{
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++) {
		size_t i = 0;

		while (i < sizeof(kept) && kept[i] != cap)
			i++;
		if (i == sizeof(kept) && prctl(PR_CAPBSET_DROP, cap))
			err(1, "cannot drop privilege %d", cap);
	}
}

int main(int argc, char **argv)
{
	if (argc < 3)
		errx(2, "usage: contain ROOT COMMAND [ARGUMENT...]");
	enter(argv[1]);
	filter();
	drop();
	execv(argv[2], argv + 2);
	err(1, "cannot run \"%s\"", argv[2]);
}
