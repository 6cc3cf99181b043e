/* SPDX-License-Identifier: MIT */
/* Private parts of the tar reader. */
#pragma once

#include "reader.h"

#define TAR_NS INT64_C(1000000000)
#define TAR_SECONDS_MAX ((uint64_t)(INT64_MAX / TAR_NS - 1))

/* What extended headers said. */
enum {
	TAR_PATH = 1,
	TAR_TARGET = 2,
	TAR_SIZE = 4,
	TAR_MTIME = 8,
	TAR_UID = 16,
	TAR_GID = 32,
};

/* Their content, `len` bytes at byte `at` of the archive. */
bool tar_pax(struct tar_reader *, size_t at, const char *s, size_t len);
bool tar_long_name(struct tar_reader *, size_t at, bool target, const char *s,
                   size_t len);
