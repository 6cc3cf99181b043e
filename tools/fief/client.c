/* SPDX-License-Identifier: MIT */
/* Requests to running instances. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "client.h"
#include "suggest.h"
#include "util.h"

enum { ANSWER_MAX = 64 << 20, CHUNK = 64 << 10 };

static void tell_missing(const struct runtime_dir *d, const char *name)
{
	size_t count;
	char **names = instance_names(d, &count);
	struct suggest s;

	suggest_init(&s, name);
	for (size_t i = 0; i < count; i++)
		suggest_offer(&s, names[i]);
	if (suggest_result(&s))
		util_error("no system named \"%s\" is running; did you mean "
		           "\"%s\"?",
		           name, suggest_result(&s));
	else
		util_error("no system named \"%s\" is running; `fief ps` lists "
		           "those that are",
		           name);
	instance_names_free(names, count);
}

static bool send_all(int fd, const char *text, size_t len)
{
	ssize_t n = 0;

	for (size_t at = 0; n >= 0 && at<len; at += n> 0 ? (size_t)n : 0)
		n = send(fd, text + at, len - at, MSG_NOSIGNAL);
	return n >= 0;
}

static bool post(int fd, const struct client_request *r)
{
	char *line = util_text("%s\n", r->text);
	bool sent = send_all(fd, line, strlen(line));

	free(line);
	return sent && (!r->body || send_all(fd, r->body, r->body_len));
}

/* All up to the end of the connection. */
static char *receive(int fd, size_t *len)
{
	char *text = util_alloc(CHUNK + 1);
	ssize_t n;

	*len = 0;
	do {
		text = util_grow(text, *len + CHUNK + 1);
		n = recv(fd, text + *len, CHUNK, 0);
		if (n > 0)
			*len += (size_t)n;
	} while (n > 0 && *len < ANSWER_MAX);
	text[*len] = '\0';
	return text;
}

/* Up to an empty line, and no byte more. */
static char *receive_answer(int fd, size_t *len)
{
	char *text = util_alloc(CHUNK + 1);

	*len = 0;
	while (*len < CHUNK && recv(fd, text + *len, 1, 0) == 1) {
		*len += 1;
		if (*len > 1 && !memcmp(text + *len - 2, "\n\n", 2))
			break;
	}
	text[*len] = '\0';
	return text;
}

/* An answer is complete if it ends with an empty line. */
static bool complete(char *text, size_t len)
{
	if (!len || text[len - 1] != '\n' || (len > 1 && text[len - 2] != '\n'))
		return false;
	text[len - 1] = '\0';
	return true;
}

/* An answer may be another program's, and then anything. */
static void tell_refusal(const char *name, const char *why)
{
	enum { LONGEST = 500 };
	char safe[(LONGEST + 1) * UTIL_SAFE_GROWTH];
	size_t len = strcspn(why, "\n");

	util_safe_text(safe, why, len < LONGEST ? len : LONGEST);
	util_error("system \"%s\": %s", name, safe);
}

char *client_ask(const struct runtime_dir *d, const struct client_request *r,
                 bool *missing)
{
	static const char error[] = "error: ";
	const struct timeval forever = { 0 };
	int fd = instance_connect(d, r->name);
	char *text;
	size_t len = 0;
	bool refused;

	if (missing)
		*missing = fd < 0;
	if (fd < 0) {
		if (!r->quiet_if_missing)
			tell_missing(d, r->name);
		return NULL;
	}
	if (r->patient)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &forever,
		           sizeof(forever));
	if (!post(fd, r))
		text = util_alloc(1);
	else
		text = r->keep ? receive_answer(fd, &len) : receive(fd, &len);
	refused = !strncmp(text, error, sizeof(error) - 1);
	if (r->refused)
		*r->refused = refused;
	if (!refused && *text && complete(text, len)) {
		if (r->keep)
			*r->keep = fd;
		else
			close(fd);
		return text;
	}
	close(fd);
	if (missing && r->quiet_if_ended && !refused)
		*missing = true;
	else if (refused)
		tell_refusal(r->name, text + sizeof(error) - 1);
	else
		util_error("system \"%s\" gave no complete answer; it ended, "
		           "or is stopped by a debugger or a signal",
		           r->name);
	free(text);
	return NULL;
}
