/* SPDX-License-Identifier: MIT */
/* The parts of Fief, and what dead systems left behind. */

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "doctor.h"
#include "layout.h"
#include "runtime_dir.h"
#include "util.h"

/* ---- images ---- */

/* Are all bytes there that its tables speak of? The last of them comes last in
 * the file. */
static bool segments_there(int fd, const Elf64_Ehdr *h, uint64_t size)
{
	for (unsigned i = 0; i < h->e_phnum; i++) {
		Elf64_Phdr p;

		if (pread(fd, &p, sizeof(p),
		          (off_t)(h->e_phoff + i * sizeof(p))) != sizeof(p))
			return false;
		if (p.p_offset > size || p.p_filesz > size - p.p_offset)
			return false;
	}
	return h->e_phnum > 0 &&
	       h->e_shoff + (uint64_t)h->e_shnum * h->e_shentsize <= size;
}

/* NULL: it is whole. */
static const char *image_fault(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *fault = NULL;
	struct stat st;
	Elf64_Ehdr h;

	if (fd < 0 || fstat(fd, &st))
		fault = strerror(errno);
	else if (pread(fd, &h, sizeof(h), 0) != sizeof(h) ||
	         memcmp(h.e_ident, ELFMAG, SELFMAG) != 0)
		fault = "no component image";
	else if (!segments_there(fd, &h, (uint64_t)st.st_size))
		fault = "cut off";
	util_close(&fd);
	return fault;
}

static size_t check_folder(struct doctor *d, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	size_t good = 0;

	while (dir && (e = readdir(dir))) {
		char *path = util_text("%s/%s", folder, e->d_name);
		struct stat st;
		const char *fault;

		if (!stat(path, &st) && S_ISREG(st.st_mode) &&
		    !strchr(e->d_name, '.')) {
			fault = image_fault(path);
			good += !fault;
			if (fault)
				doctor_note(d, DOCTOR_FAILURE, "image",
				            "./dev install, or ./dev build",
				            "\"%s\": %s", path, fault);
		}
		free(path);
	}
	if (dir)
		closedir(dir);
	return good;
}

static bool check_images(struct doctor *d, const struct layout *l)
{
	const char *const own[] = { l->core, l->kif };
	bool good = true;
	size_t count;

	for (size_t i = 0; i < 2; i++) {
		const char *fault = image_fault(own[i]);

		good &= !fault;
		if (fault)
			doctor_note(d, DOCTOR_FAILURE, "image",
			            "./dev install, or ./dev build",
			            "\"%s\": %s", own[i], fault);
	}
	count = check_folder(d, l->rom);
	if (count)
		doctor_note(d, DOCTOR_OK, "images", NULL,
		            "%zu component images in \"%s\" are whole", count,
		            l->rom);
	else
		doctor_note(d, DOCTOR_FAILURE, "images",
		            "./dev install, or ./dev build",
		            "no component images in \"%s\"", l->rom);
	return good && count;
}

/* ---- leftovers ---- */

/* Nobody holds the lock: whoever did is dead. */
static bool is_left(const struct runtime_dir *d, const char *name)
{
	char *file = util_text("%s.lock", name);
	int fd = openat(d->fd, file, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	bool left = fd < 0 ? errno == ENOENT : !flock(fd, LOCK_EX | LOCK_NB);

	util_close(&fd);
	free(file);
	return left;
}

static void check_runtime(struct doctor *d)
{
	size_t count, left = 0;
	struct runtime_dir dir;
	char **names;

	if (!runtime_dir_open(&dir)) { /* which has said why */
		doctor_note(d, DOCTOR_FAILURE, "runtime folder",
		            "set XDG_RUNTIME_DIR to a folder of yours",
		            "the folder of control sockets cannot be used");
		return;
	}
	names = instance_names(&dir, &count);
	for (size_t i = 0; i < count; i++)
		left += is_left(&dir, names[i]);
	instance_names_free(names, count);
	doctor_note(d, left ? DOCTOR_WARNING : DOCTOR_OK, "runtime folder",
	            "fief ps, which removes them",
	            "\"%s\": %zu systems run, %zu that were killed left files",
	            dir.path, count - left, left);
	runtime_dir_close(&dir);
}

/* ---- a system ---- */

FIEF_NORETURN static void hello(void)
{
	static const char *const argv[] = { "fief",  "run",     "--init",
		                            "hello", "--quiet", "--timeout",
		                            "10",    NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
	_exit(FIEF_EXIT_NOT_RUNNABLE);
}

static void check_start(struct doctor *d)
{
	int64_t begin = util_now_ms();
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		hello();
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid > 0 && WIFEXITED(status) && !WEXITSTATUS(status))
		doctor_note(d, DOCTOR_OK, "start", NULL,
		            "a system started and ended within %lld ms",
		            (long long)(util_now_ms() - begin));
	else
		doctor_note(d, DOCTOR_FAILURE, "start",
		            "fief run --init hello, which tells more",
		            "a system that only says hello ended with %d",
		            pid < 0           ? -1 :
		            WIFEXITED(status) ? WEXITSTATUS(status) :
		                                128 + WTERMSIG(status));
}

void doctor_parts(struct doctor *d)
{
	struct layout l;
	bool whole;

	check_runtime(d);
	if (!layout_find(&l)) { /* which has said why */
		doctor_note(d, DOCTOR_FAILURE, "parts",
		            "./dev install, or ./dev build",
		            "core and kif are not there");
		return;
	}
	whole = check_images(d, &l);
	if (whole)
		check_start(d);
}
