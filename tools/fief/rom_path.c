/* SPDX-License-Identifier: MIT */
/* Where core will find a ROM module. */

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "rom_path.h"
#include "suggest.h"
#include "util.h"

const char *rom_path_named(const struct core_params *p, const char *module)
{
	size_t len = strlen(module);

	for (size_t i = 0; i < p->roms; i++)
		if (!strncmp(p->rom[i], module, len) && p->rom[i][len] == '=')
			return p->rom[i] + len + 1;
	return NULL;
}

static bool in_folder(const char *dir, const char *module, char out[PATH_MAX])
{
	struct stat st;

	return (size_t)snprintf(out, PATH_MAX, "%s/%s", dir, module) <
	               PATH_MAX &&
	       !stat(out, &st) && S_ISREG(st.st_mode);
}

bool rom_path_find(const struct core_params *p, const char *module,
                   char out[PATH_MAX])
{
	const char *named = rom_path_named(p, module);

	if (named)
		return snprintf(out, PATH_MAX, "%s", named) < PATH_MAX;
	if (strchr(module, '/') || module[0] == '.' || !*module)
		return false; /* a module is a plain name */
	for (size_t i = 0; i < p->rom_dirs; i++)
		if (in_folder(p->rom_dir[i], module, out))
			return true;
	return in_folder(p->layout->rom, module, out);
}

/* ---- what may have been meant ---- */

/* Candidates do not outlive their offer: the best one is copied. */
static void offer(struct suggest *s, const char *name, size_t len,
                  char near[NAME_MAX + 1])
{
	char word[NAME_MAX + 1];

	if (len > NAME_MAX)
		return;
	memcpy(word, name, len);
	word[len] = '\0';
	suggest_offer(s, word);
	if (s->best == word)
		s->best = memcpy(near, word, len + 1);
}

static void offer_folder(struct suggest *s, const char *dir,
                         char near[NAME_MAX + 1])
{
	DIR *d = opendir(dir);
	const struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (entry->d_type != DT_DIR && entry->d_name[0] != '.')
			offer(s, entry->d_name, strlen(entry->d_name), near);
	if (d)
		closedir(d);
}

const char *rom_path_nearest(const struct core_params *p, const char *module,
                             char near[NAME_MAX + 1])
{
	struct suggest s;

	suggest_init(&s, module);
	for (size_t i = 0; i < p->roms; i++)
		offer(&s, p->rom[i], strcspn(p->rom[i], "="), near);
	for (size_t i = 0; i < p->rom_dirs; i++)
		offer_folder(&s, p->rom_dir[i], near);
	offer_folder(&s, p->layout->rom, near);
	return suggest_result(&s);
}

/* ---- the first component ---- */

static int not_found(const struct core_params *p, const char *module)
{
	char near[NAME_MAX + 1];

	if (rom_path_nearest(p, module, near))
		util_error("there is no component image \"%s\"; did you mean "
		           "\"%s\"? looked in:",
		           module, near);
	else
		util_error("there is no component image \"%s\"; looked in:",
		           module);
	for (size_t i = 0; i < p->rom_dirs; i++)
		fprintf(stderr, "fief:   %s\n", p->rom_dir[i]);
	fprintf(stderr, "fief:   %s\n", p->layout->rom);
	fprintf(stderr,
	        "fief: build it, or name its folder with --rom-path "
	        "or its file with --rom %s=FILE\n",
	        module);
	return FIEF_EXIT_NOT_FOUND;
}

int rom_path_check_image(const struct core_params *p, const char *module)
{
	char path[PATH_MAX], magic[SELFMAG] = "";
	ssize_t n;
	int fd;

	if (!rom_path_find(p, module, path))
		return not_found(p, module);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		util_error("cannot read the component image \"%s\": %s", path,
		           strerror(errno));
		return FIEF_EXIT_NOT_RUNNABLE;
	}
	n = read(fd, magic, sizeof(magic));
	close(fd);
	if (n == sizeof(magic) && !memcmp(magic, ELFMAG, SELFMAG))
		return 0;
	util_error("\"%s\" is not a component image (no ELF file)", path);
	return FIEF_EXIT_NOT_RUNNABLE;
}
