/* SPDX-License-Identifier: MIT */
/* Requests of `fief` on the control descriptor: one seqpacket message each,
 * answered by messages that end with an empty line.
 *
 *   ps NUMBER     the PDs from that one on
 *   stop          end the system in order
 *   reload NAME   read the file of a ROM module again: "told NUMBER" of
 *                 sessions
 *   grant NAME stream,rw (or ,ro)   with a descriptor: what of the host
 *                 components can be started with, until
 *   ungrant NAME
 *   report BYTE   "report NUMBER AGE BYTES", in ms, then the state report of
 *                 the first component from that byte on; "none". Newlines,
 *                 zero bytes and backslashes are \n, \0 and \\
 *
 * A list that takes more than one message has "more NUMBER" as last line of all
 * but the last: what to ask for next.
 *
 * fief sends the next request when it has the whole answer, so that answers
 * always fit into the socket. */

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fief/kif_table.h>
#include <lib/fmt.h>

#include <core/core.h>
#include <core/pd.h>

#include "host.h"

static void answer(const char *text, size_t len)
{
	/* fief is there and reads; if not, there is nobody to tell. */
	if (send(core_host.control_fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL) <
	    0)
		core_log("Warning: fief does not read its answers");
}

static const char *state_text(enum pd_state s)
{
	static const char *const text[] = {
		[PD_STATE_CREATED] = "created", [PD_STATE_RUNNING] = "running",
		[PD_STATE_EXITED] = "exited",   [PD_STATE_KILLED] = "killed",
		[PD_STATE_CRASHED] = "crashed",
	};

	return text[s];
}

/* A label cannot carry tabs and newlines into the list, whatever a nested
 * init named its children. */
static void add_label(struct fmt *f, const char *label)
{
	for (; *label; label++)
		fmt_char(f, (unsigned char)*label < ' ' ? '?' : *label);
}

/* Fields separated by tabs: label, state, code, pid, RAM limit and use,
 * capability limit and use. */
static void add_pd(struct fmt *f, const struct core_pd *pd)
{
	const struct fief_budget *b = &pd->account.budget;

	add_label(f, pd->label.text);
	fmt_add(f, "\t%s\t%d\t%d\t%zu\t%zu\t%zu\t%zu\n", state_text(pd->state),
	        pd->code, pd->pd ? kcore_pd_pid(pd->pd) : 0, b->ram_limit,
	        b->ram_used, b->caps_limit, b->caps_used);
}

/* One message with as many lines as fit, from the PD of that number on. If
 * there are more, the last line is "more NUMBER", for the next request. */
static void list_pds(size_t first)
{
	enum { LINE_MAX_BYTES = LABEL_MAX + 160, PAGE = 32 << 10 };
	static char text[PAGE];
	size_t number = 0;
	struct fmt f;

	fmt_init(&f, text, sizeof(text));
	LIST_FOR_EACH(pd, &core.pds, struct core_pd, in_core) {
		if (number++ < first)
			continue;
		if (f.len > PAGE - 2 * LINE_MAX_BYTES) {
			fmt_add(&f, "more %zu\n", number - 1);
			break;
		}
		add_pd(&f, pd);
	}
	answer(text, f.len);
}

static void reload_module(const char *name)
{
	char text[32];
	struct fmt f;

	fmt_init(&f, text, sizeof(text));
	fmt_add(&f, "told %u\n", core_module_reload(name));
	answer(text, f.len);
}

/* ---- the state report ---- */

/* All pages are of one report, whatever comes in between. */
static struct shown {
	char *text; /* owned */
	size_t len;
} shown;

static void shown_forget(void)
{
	if (shown.text)
		fief_free(core.alloc, shown.text, shown.len + 1);
	shown = (struct shown){ 0 };
}

/* False, after an answer: there is none. */
static bool shown_take(struct fmt *f)
{
	enum { MS = 1000000 };
	const struct core_report *r = core_report_newest();
	void *mem;

	shown_forget();
	if (!r || fief_alloc(core.alloc, r->len + 1, &mem)) {
		fmt_string(f, r ? "error: core is out of memory\n" : "none\n");
		return false;
	}
	shown = (struct shown){ memcpy(mem, r->text, r->len), r->len };
	fmt_add(f, "report %llu %llu %zu\n", (unsigned long long)r->number,
	        (unsigned long long)(fief_kif->time() - r->at) / MS, r->len);
	return true;
}

static void add_escaped(struct fmt *f, char c)
{
	if (c != '\n' && c && c != '\\') {
		fmt_char(f, c);
		return;
	}
	fmt_char(f, '\\');
	fmt_char(f, c == '\n' ? 'n' : c ? '\\' : '0');
}

static void show_report(size_t from)
{
	enum { LAST_LINE_MAX = 80, PAGE = 32 << 10 };
	static char text[PAGE];
	struct fmt f;

	fmt_init(&f, text, sizeof(text));
	if (from ? shown.text != NULL : shown_take(&f)) {
		while (from < shown.len && f.len < PAGE - LAST_LINE_MAX)
			add_escaped(&f, shown.text[from++]);
		fmt_char(&f, '\n');
	}
	if (from < shown.len)
		fmt_add(&f, "more %zu\n", from);
	else
		shown_forget();
	answer(text, f.len);
}

/* ---- streams ---- */

static void answer_why(const char *why)
{
	char text[160];
	struct fmt f;

	if (!why)
		return; /* and an empty message would be the end */
	fmt_init(&f, text, sizeof(text));
	fmt_add(&f, "error: %s\n", why);
	answer(text, f.len);
}

/* "NAME stream,rw"; the descriptor is taken over. */
static void grant(char *rest, int fd)
{
	char *kind = strrchr(rest, ' ');
	const bool rw = kind && !strcmp(kind, " stream,rw");

	if (fd >= 0 && kind && (rw || !strcmp(kind, " stream,ro"))) {
		*kind = '\0';
		answer_why(core_grant_stream(rest, rw, fd));
		return;
	}
	if (fd >= 0)
		close(fd);
	answer_why("expected is a name, stream,rw or stream,ro, and a "
	           "descriptor");
}

static void handle(char *request)
{
	static const char reload[] = "reload ", ps[] = "ps ",
			  report[] = "report ", ungrant[] = "ungrant ";

	if (!strncmp(request, ps, sizeof(ps) - 1)) {
		list_pds(strtoul(request + sizeof(ps) - 1, NULL, 10));
	} else if (!strncmp(request, report, sizeof(report) - 1)) {
		show_report(strtoul(request + sizeof(report) - 1, NULL, 10));
	} else if (!strncmp(request, ungrant, sizeof(ungrant) - 1)) {
		answer_why(core_grant_end(request + sizeof(ungrant) - 1));
	} else if (!strcmp(request, "stop")) {
		core_end(0);
	} else if (!strncmp(request, reload, sizeof(reload) - 1)) {
		reload_module(request + sizeof(reload) - 1);
	} else {
		answer("error: unknown request\n", 23);
	}
	answer("\n", 1);
}

/* Of one message; others close what came with them. */
static void handle_with(char *request, int fd)
{
	static const char word[] = "grant ";

	if (!strncmp(request, word, sizeof(word) - 1)) {
		grant(request + sizeof(word) - 1, fd);
		answer("\n", 1);
		return;
	}
	if (fd >= 0)
		close(fd);
	handle(request);
}

/* The only descriptor there is, or -1. Where there are more, which one would be
 * meant? */
static int descriptor_of(const struct cmsghdr *c)
{
	const int *fd = (const int *)(const void *)CMSG_DATA(c);
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(*fd);

	if (c->cmsg_type != SCM_RIGHTS)
		return -1;
	if (n == 1)
		return *fd;
	while (n--)
		close(fd[n]);
	return -1;
}

static ssize_t receive(int fd, char *to, size_t size, int *with)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec text = { to, size };
	struct msghdr m = { .msg_iov = &text,
		            .msg_iovlen = 1,
		            .msg_control = &control,
		            .msg_controllen = sizeof(control) };
	const struct cmsghdr *c;
	ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	*with = c ? descriptor_of(c) : -1;
	return n;
}

void core_control_readable(int fd)
{
	char request[512];
	ssize_t n;
	int with;

	if (fd == core_host.resized) {
		core_grants_resized();
		return;
	}
	if (fd == core_host.clock) {
		core_clock_readable();
		return;
	}

	while ((n = receive(fd, request, sizeof(request) - 1, &with)) > 0) {
		request[n] = '\0';
		handle_with(request, with);
	}
	if (n == 0)
		core_end(0); /* fief is gone */
}
