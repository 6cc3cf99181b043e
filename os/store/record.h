/* SPDX-License-Identifier: MIT */
/*
 * What is in the files of a store:
 *
 *	blob/HASH   content, named by its SHA-256 as 64 digits
 *	name/NAME   "sha256 HASH\n": what NAME is bound to, its slashes as %
 *	temp/...    what is being written; of no use after a start
 */
#pragma once

#include "hash.h"

enum {
	STORE_NAME_MAX = 200,
	STORE_RECORD = 7 + STORE_HEX + 1, /* bytes of a file of a name */
};

/* May that be a name? */
bool store_name_valid(const char *name, size_t len);

/* A name as its file is called, and back; terminated. False: of no name. */
void store_name_to_file(const char *name, char file[STORE_NAME_MAX + 1]);
bool store_name_of_file(const char *file, char name[STORE_NAME_MAX + 1]);

void store_record_print(const struct store_hash *, char out[STORE_RECORD]);
bool store_record_parse(const char *text, size_t len, struct store_hash *out);
