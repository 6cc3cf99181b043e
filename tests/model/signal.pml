/* SPDX-License-Identifier: MIT */
/*
 * Two senders signal one receiver through the same bit and count, under
 * TSO. Checked: at rest the sum received is the sum sent and the receiver
 * does not sleep on a pending signal.
 */
#ifndef SENDS
#define SENDS 2
#endif
#define WORDS 3
#define PROCS 3
#include "tso.pml"

#define BITS 0
#define COUNT 1
#define POLLED 2

bit edge;
byte sent, received;

inline add()
{
#ifdef BUG_ADD_NOT_ATOMIC
	RD(COUNT, v);
	WR(COUNT, v + 1)
#else
	atomic { LOCKED -> mem[COUNT] = mem[COUNT] + 1 }
#endif
}

inline set()
{
#ifdef BUG_PLAIN_SET
	WR(BITS, 1)
#else
	atomic { LOCKED -> mem[BITS] = 1 }
#endif
}

proctype sender(byte me)
{
	byte v, n;

	do
	:: n == SENDS -> break
	:: n < SENDS ->
		n++;
		sent++;
#ifdef BUG_BIT_FIRST
		set();
		add();
#else
		add();
		set();
#endif
#ifndef BUG_PLAIN_SET
		FENCE();
#endif
		RD(POLLED, v);
		if
		:: v == 0 -> edge = 1
		:: else
		fi;
		v = 0
	od
}

inline take_bits()
{
	atomic { LOCKED -> v = mem[BITS]; mem[BITS] = 0 }
}

inline take_count()
{
#ifdef BUG_COUNT_NOT_EXCHANGED
	RD(COUNT, v);
	WR(COUNT, 0);
#else
	atomic { LOCKED -> v = mem[COUNT]; mem[COUNT] = 0 };
#endif
	received = received + v
}

proctype receiver()
{
	byte me = 2;
	byte v;

	goto idle;
scan:
#ifdef BUG_COUNT_FIRST
	take_count();
	take_bits();
	v = 0;
#else
	take_bits();
	if
	:: v -> take_count()
	:: else
	fi;
	v = 0;
#endif
	WR(POLLED, 0);
#ifndef BUG_NO_IDLE_FENCE
	FENCE();
#endif
#ifndef BUG_NO_RECHECK
	RD(BITS, v);
	if
	:: v -> v = 0; goto awake
	:: else
	fi;
#endif
idle:
end:
	atomic { edge -> edge = 0 };
awake:
	WR(POLLED, 1);
	goto scan
}

proctype monitor()
{
	timeout;
	assert(received == sent)
}

init
{
	atomic {
		run sender(0);
		run sender(1);
		run receiver();
		run monitor()
	}
}
