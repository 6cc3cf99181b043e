/* SPDX-License-Identifier: MIT */
/* A granted terminal. Core opened it such that nothing waits. */

#include "host.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <asm/termios.h>

static enum kif_host_err tty_read(void *to, size_t len, size_t *got)
{
	return kif_host_count(
		sys_call3(__NR_read, KIF_HOST_GRANT, (long)to, (long)len), got);
}

static enum kif_host_err tty_write(const void *from, size_t len, size_t *got)
{
	return kif_host_count(sys_write(KIF_HOST_GRANT, from, len), got);
}

static enum kif_host_err tty_signal(fief_cap signal)
{
	return kif_host_ready(KIF_HOST_GRANT, true, signal);
}

/* As POSIX has it for a line discipline that does nothing; and as terminals
 * come up. What is not about that stays. */
static void settings_raw(struct termios *t)
{
	t->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR |
	                          IGNCR | ICRNL | IXON);
	t->c_oflag &= ~(tcflag_t)OPOST;
	t->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

static void settings_usual(struct termios *t)
{
	t->c_iflag |= BRKINT | ICRNL | IXON;
	t->c_oflag |= OPOST | ONLCR;
	t->c_lflag |= ECHO | ECHOE | ECHOK | ICANON | ISIG | IEXTEN;
}

static enum kif_host_err tty_raw(bool on)
{
	struct termios t;
	long e = sys_call3(__NR_ioctl, KIF_HOST_GRANT, TCGETS, (long)&t);

	if (e)
		return kif_host_result(e);
	if (on)
		settings_raw(&t);
	else
		settings_usual(&t);
	return kif_host_result(
		sys_call3(__NR_ioctl, KIF_HOST_GRANT, TCSETS, (long)&t));
}

static enum kif_host_err tty_size(struct kif_host_tty_size *out)
{
	struct winsize w;
	long e = sys_call3(__NR_ioctl, KIF_HOST_GRANT, TIOCGWINSZ, (long)&w);

	if (!e)
		*out = (struct kif_host_tty_size){ w.ws_row, w.ws_col,
			                           w.ws_xpixel, w.ws_ypixel };
	return kif_host_result(e);
}

const struct kif_host_tty_ops kif_tty_ops = {
	.read = tty_read,
	.write = tty_write,
	.signal = tty_signal,
	.raw = tty_raw,
	.size = tty_size,
};
