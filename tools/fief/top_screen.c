/* SPDX-License-Identifier: MIT */
/* The live view of `fief top` on a terminal. */

#include <locale.h>
#include <ncurses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "top_screen.h"
#include "util.h"

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	stopped = number;
}

/* The terminal has to be put in order before we end. */
static void signals_catch(void)
{
	struct sigaction a = { .sa_handler = on_signal };

	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
	sigaction(SIGHUP, &a, NULL);
}

static const struct {
	int key;
	enum usage_order order;
} keys[] = {
	{ 'c', USAGE_CPU },
	{ 'm', USAGE_RAM },
	{ 'p', USAGE_CAPS },
	{ 'n', USAGE_NAME },
};

static void draw(const struct usage *u, size_t first)
{
	char line[400];
	const int rows = LINES - 3;

	erase();
	snprintf(line, sizeof(line),
	         "%s: %zu components, up %llu s    sort: c CPU, m RAM, "
	         "p caps, n name    q quit",
	         u->listing.name, u->rows,
	         (unsigned long long)u->listing.uptime_ms / 1000);
	mvaddnstr(0, 0, line, COLS);
	attron(A_REVERSE);
	mvaddnstr(2, 0, usage_head((size_t)COLS), COLS);
	attroff(A_REVERSE);
	for (int i = 0; i < rows && first + (size_t)i < u->rows; i++) {
		usage_line(&u->row[first + (size_t)i], (size_t)COLS, line,
		           sizeof(line));
		mvaddnstr(3 + i, 0, line, COLS);
	}
	refresh();
}

/* False: the user has enough. */
static bool key(int c, enum usage_order *order, size_t *first, size_t rows)
{
	const size_t page = LINES > 4 ? (size_t)LINES - 4 : 1;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].key == c)
			*order = keys[i].order;
	if ((c == KEY_NPAGE || c == ' ') && *first + page < rows)
		*first += page;
	else if (c == KEY_PPAGE)
		*first = *first > page ? *first - page : 0;
	else if (c == KEY_DOWN && *first + 1 < rows)
		++*first;
	else if (c == KEY_UP && *first)
		--*first;
	return c != 'q' && c != 'Q';
}

static int live(const struct target *t, enum usage_order order,
                int64_t delay_ms)
{
	struct usage now = { 0 }, next;
	bool go_on = true;
	size_t first = 0;
	int code = 0;

	while (go_on && !stopped) {
		int64_t until = util_now_ms() + delay_ms;

		code = usage_look(t, &now, &next);
		if (code)
			break;
		usage_fini(&now);
		now = next;
		do {
			usage_sort(&now, order);
			draw(&now, first);
			timeout(util_poll_ms(until));
			go_on = key(getch(), &order, &first, now.rows);
		} while (go_on && !stopped && util_now_ms() < until);
	}
	usage_fini(&now);
	return code;
}

int top_screen(const struct target *t, enum usage_order order, int64_t delay_ms)
{
	int code;

	signals_catch();
	setlocale(LC_CTYPE, "");
	if (!newterm(NULL, stdout, stdin)) {
		util_error("this terminal cannot show it; try --batch");
		return FIEF_EXIT_FRAMEWORK;
	}
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	curs_set(0);
	code = live(t, order, delay_ms);
	endwin();
	return stopped ? FIEF_EXIT_SIGNAL + stopped : code;
}
