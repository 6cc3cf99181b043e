/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/log.h>
#include <fief/rom.h>
#include <session/log.h>
#include <session/pd.h>
#include <session/rtc.h>
#include <session/terminal.h>

#include "fake_env.h"
#include "fake_terminal.h"

enum { ROMS = 8, OWN_LOG = 1, FIRST_LOG = 100, RTC = 200 };

static struct {
	char label[64];
	const void *data;
	size_t size;
} roms[ROMS];

static struct fief_signal_handler *handler, *clock_handler;
struct fief_signal_handler *fake_managed;
static char log_label[64];
static bool opens_rtc;

struct fief_env fake_env = { .log = OWN_LOG };
unsigned fake_roms_open;
char fake_logged[4096];
enum fief_err fake_log_fails;

/* ---- ROM ---- */

static int rom_find(const char *label)
{
	for (int i = 0; i < ROMS; i++)
		if (roms[i].label[0] && !strcmp(roms[i].label, label))
			return i;
	return -1;
}

void fake_rom_set(const char *label, const void *data, size_t size)
{
	int i = rom_find(label);

	for (int k = 0; i < 0 && k < ROMS; k++)
		if (!roms[k].label[0])
			i = k;
	if (i < 0)
		abort();
	snprintf(roms[i].label, sizeof(roms[i].label), "%s", label);
	roms[i].data = data;
	roms[i].size = size;
}

enum fief_err fief_rom_open(struct fief_env *env, const char *label,
                            struct fief_rom *r)
{
	const int i = rom_find(label);

	if (i < 0)
		return FIEF_DENIED;
	*r = (struct fief_rom){ .env = env, .session.id = (uint32_t)i + 1 };
	fake_roms_open++;
	return fief_rom_update(r);
}

enum fief_err fief_rom_update(struct fief_rom *r)
{
	r->data = roms[r->session.id - 1].data;
	r->size = r->data ? roms[r->session.id - 1].size : 0;
	return FIEF_OK;
}

enum fief_err fief_rom_sigh(struct fief_rom *r, struct fief_signal_handler *h)
{
	(void)r;
	handler = h;
	return FIEF_OK;
}

void fief_rom_close(struct fief_rom *r)
{
	fake_roms_open -= r->session.id != 0;
	r->session.id = 0;
}

void fake_rom_changed(void)
{
	if (handler)
		handler->handle(handler, 1);
}

/* ---- signals ---- */

enum fief_err fief_signal_manage(struct fief_entrypoint *ep,
                                 struct fief_signal_handler *h)
{
	static char any;

	(void)ep;
	fake_managed = h;
	h->ep = (void *)&any;
	if (opens_rtc)
		clock_handler = h;
	opens_rtc = false;
	return FIEF_OK;
}

void fief_signal_local(struct fief_entrypoint *ep,
                       struct fief_signal_handler *h)
{
	(void)ep, (void)h;
}

/* Trees of tests are told by vfs_tell. */
void fief_signal_local_submit(struct fief_signal_handler *h)
{
	(void)h;
}

void fief_signal_dissolve(struct fief_entrypoint *ep,
                          struct fief_signal_handler *h)
{
	(void)ep;
	h->ep = NULL;
	if (handler == h)
		handler = NULL;
	if (clock_handler == h)
		clock_handler = NULL;
}

/* ---- LOG ---- */

enum fief_err fief_session_open(struct fief_env *env,
                                const struct fief_session_args *args,
                                struct fief_session *out)
{
	(void)env;
	if (!strcmp(args->service, RTC_SERVICE) && !fake_rtc_fails) {
		opens_rtc = true; /* the next handler is for it */
		*out = (struct fief_session){ .cap = RTC, .id = 2 };
		return FIEF_OK;
	}
	if (!strcmp(args->service, TERMINAL_SERVICE))
		return fake_terminal_open(args->label, out);
	if (strcmp(args->service, LOG_SERVICE) || !strcmp(args->label, "no"))
		return FIEF_DENIED;
	snprintf(log_label, sizeof(log_label), "%s", args->label);
	*out = (struct fief_session){ .cap = FIRST_LOG, .id = 1 };
	return FIEF_OK;
}

void fief_session_close(struct fief_env *env, struct fief_session *s)
{
	(void)env;
	s->id = 0;
}

enum fief_err log_write(struct log_cap s, struct capnp_text text)
{
	const size_t n = strlen(fake_logged);

	if (fake_log_fails)
		return fake_log_fails;
	snprintf(fake_logged + n, sizeof(fake_logged) - n, "%s|%.*s|",
	         s.cap == OWN_LOG ? "own" : log_label, (int)text.len, text.s);
	return FIEF_OK;
}

/* ---- Rtc ---- */

int64_t fake_wall;
enum fief_err fake_rtc_fails;

/* That time was it when the clock of kif began. */
enum fief_err rtc_now(struct rtc_cap s, int64_t *wall, uint64_t *at)
{
	*wall = fake_wall + 1000;
	*at = 1000;
	return s.cap == RTC ? FIEF_OK : FIEF_INVALID;
}

enum fief_err rtc_sigh(struct rtc_cap s, struct signal_cap cap)
{
	(void)cap;
	return s.cap == RTC ? FIEF_OK : FIEF_INVALID;
}

void fake_wall_step(int64_t wall)
{
	fake_wall = wall;
	if (clock_handler)
		clock_handler->handle(clock_handler, 1);
}

enum fief_err fake_quota_fails;

enum fief_err pd_quota(struct pd_cap s, uint64_t *ram, uint64_t *ram_used,
                       uint32_t *caps, uint32_t *caps_used)
{
	(void)s;
	*ram = 5000000000;
	*ram_used = 1000000;
	*caps = 100;
	*caps_used = 30;
	return fake_quota_fails;
}

void fief_error(const char *format, ...)
{
	(void)format;
}
