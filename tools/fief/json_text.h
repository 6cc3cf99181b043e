/* SPDX-License-Identifier: MIT */
/* JSON that commands print. */
#pragma once

#include <jansson.h>

/* A text that may not be UTF-8. */
json_t *json_text(const char *text);

/* Print it, in lines for people to read as well, and forget it. */
void json_show(json_t *j);
