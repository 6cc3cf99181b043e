/* SPDX-License-Identifier: MIT */
/* The files of an archive as ROM modules. */

#include <fief/log.h>
#include <os/file_rom/reader.h>

static struct readers m;

/* <vfs> <tar name="..."/> </vfs> for the config's <archive name="..."/>. */
static const struct node *tree_of(const struct node *config)
{
	static struct node vfs, tar;
	const struct node *archive = node_first(config, "archive");

	if (!archive) {
		fief_error("config: there is no <archive>");
		return NULL;
	}
	tar = *archive;
	tar.name = "tar";
	tar.parent = &vfs;
	tar.next = NULL;
	vfs = (struct node){
		.name = "vfs", .first = &tar, .last = &tar, .at = archive->at
	};
	return &vfs;
}

void fief_component_construct(struct fief_env *env)
{
	readers_start(&m, env, tree_of);
}
