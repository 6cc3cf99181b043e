/* SPDX-License-Identifier: MIT */
/* Services that do nothing; each is a file of its own. */
#pragma once

#include <fief/root.h>

/* Fill in a service. */
void black_log(struct fief_service *s);
void black_report(struct fief_service *s);
void black_rom(struct fief_service *s);
void black_shared_buffer(struct fief_service *s);
void black_timer(struct fief_service *s);
