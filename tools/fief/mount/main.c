/* SPDX-License-Identifier: MIT */
/*
 * `fief-mount`: what `fief mount` becomes when it was told where. It is a program
 * of its own, for `fief` needs no libfuse.
 *
 *     fief-mount SYSTEM COMPONENT PATH DIR AS FLAGS
 *
 * AS begins with '=', or is empty; FLAGS are 'w' (writeable) and 'p' (fifos as
 * files).
 */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "mount.h"
#include <tools/fief/util.h>

enum { SYSTEM = 1, COMPONENT, PATH, DIR, AS, FLAGS, ARGUMENTS };

static struct mount mount; /* all zero is its beginning */

/* What is mounted is a directory. */
static int find_root(struct mount *m, const char *path)
{
	struct p9 *p = &m->look.p9;
	struct p9_stat st;
	int e = look_find(&m->look, path, true, &m->root.fid);

	if (!e)
		e = p9_stat(p, m->root.fid, &st);
	if (!e && !S_ISDIR(st.mode))
		e = ENOTDIR;
	if (e)
		return look_failed(&m->look, path, e);
	m->root.has_fid = true;
	m->root.inode = st.inode;
	m->root.type = S_IFDIR;
	return 0;
}

int main(int argc, char **argv)
{
	struct mount *m = &mount;
	struct look_options o = { 0 };
	int code;

	if (argc != ARGUMENTS) {
		util_error("fief-mount is for `fief mount` to be started by");
		return FIEF_EXIT_USAGE;
	}
	m->writeable = o.writeable = strchr(argv[FLAGS], 'w');
	m->pipes = strchr(argv[FLAGS], 'p');
	o.system = *argv[SYSTEM] ? argv[SYSTEM] : NULL;
	o.as = *argv[AS] ? argv[AS] + 1 : NULL;
	m->place = argv[DIR];
	m->uid = getuid();
	m->gid = getgid();
	code = look_open(&m->look, &o, argv[COMPONENT]);
	if (code)
		return code;
	code = find_root(m, argv[PATH]);
	if (!code)
		code = mount_run(m);
	look_close(&m->look);
	return code;
}
