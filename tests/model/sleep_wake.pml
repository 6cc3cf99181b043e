/* SPDX-License-Identifier: MIT */
/*
 * Two clients, each with its channel, call one server. Call, reply, futex,
 * doorbell, hot set, under TSO. Checked: no call is left behind.
 *
 *  -DCALLS=n   calls per client
 *  -DENDLESS_0 client 0 calls for ever; client 1 must be served all the same
 *  -DHOT=n     size of the server's hot set (1 or 2)
 *  -DFUTEX_BARRIER  FUTEX_WAIT is a full barrier (it is in Linux)
 */
#ifdef ENDLESS_0
#define ENDLESS(me) ((me) == 0)
#else
#define ENDLESS(me) 0
#endif
#ifndef HOT
#define HOT 2
#endif
#define WORDS 8
#define PROCS 3
#include "tso.pml"

#define REQ(c) (c)
#define REP(c) (2 + (c))
#define WAITS(c) (4 + (c))
#define POLLED(c) (6 + (c))

bit edge[2];   /* eventfd: an event is pending in the epoll set */
bit asleep[2]; /* client is in the futex queue of its rep */
byte finished;

#ifdef BUG_NO_CALL_FENCE
#define CALL_FENCE skip
#else
#define CALL_FENCE FENCE()
#endif
#ifdef BUG_NO_WAIT_FENCE
#define WAIT_FENCE skip
#else
#define WAIT_FENCE FENCE()
#endif
#ifdef BUG_NO_REPLY_FENCE
#define REPLY_FENCE skip
#else
#define REPLY_FENCE FENCE()
#endif
#ifdef BUG_NO_IDLE_FENCE
#define IDLE_FENCE skip
#else
#define IDLE_FENCE FENCE()
#endif

proctype client(byte me)
{
	byte n, v;

	do
	:: n == CALLS && !ENDLESS(me) -> break
	:: n < CALLS || ENDLESS(me) ->
		/* without end, numbers 1 and 2 tell consecutive calls apart */
		n = (ENDLESS(me) -> 1 + n % 2 : n + 1);
		WR(REQ(me), n);
		CALL_FENCE;
		RD(POLLED(me), v);
		if
		:: v == 0 -> edge[me] = 1
		:: else
		fi;
		v = 0;
		/* spin: zero or one look, then sleep */
		if
		:: RD(REP(me), v)
		:: skip
		fi;
		if
		:: v == n
		:: else ->
			WR(WAITS(me), 1);
			WAIT_FENCE;
			do
			:: RD(REP(me), v);
			   if
			   :: v == n -> break
			   :: else
			   fi;
#ifdef BUG_FUTEX_NO_COMPARE
			   asleep[me] = 1;
#else
			   atomic {
#ifdef FUTEX_BARRIER
				LOCKED ->
#endif
				if
				:: mem[REP(me)] == v -> asleep[me] = 1
				:: else
				fi
			   }
#endif
			   asleep[me] == 0
			od;
			WR(WAITS(me), 0)
		fi;
		v = 0
	od;
	finished++
}

inline serve(c)
{
	RD(REQ(c), v);
	if
	:: v != taken[c] ->
		taken[c] = v;
		WR(REP(c), v);
		REPLY_FENCE;
		RD(WAITS(c), v);
		if
		:: v != 0 -> asleep[c] = 0 /* FUTEX_WAKE */
		:: else
		fi;
		found = 1
	:: else
	fi;
	v = 0
}

/* c leaves the hot set while the server stays awake */
inline evict(c)
{
	WR(POLLED(c), 0);
	hot[c] = 0;
#ifndef BUG_NO_EVICT_CHECK
	FENCE();
	serve(c)
#endif
}

/* one event for c has been taken from the epoll set */
inline event(c)
{
	if
	:: !hot[c] ->
#if HOT == 1
		if
		:: hot[1 - c] -> evict(1 - c)
		:: else
		fi;
#endif
		hot[c] = 1;
		WR(POLLED(c), 1)
#if HOT == 1
	:: !hot[c] && hot[1 - c] -> serve(c) /* stays cold */
#endif
	:: hot[c]
	fi
}

proctype server()
{
	byte me = 2, v, budget;
	byte taken[2];
	bit hot[2];
	bit found;

	goto idle;
scan:
	found = 0;
	if
	:: hot[0] -> serve(0)
	:: else
	fi;
	if
	:: hot[1] -> serve(1)
	:: else
	fi;
#ifndef BUG_NO_EPOLL_BUDGET
	budget++;
	if
	:: budget == 2 -> /* epoll_wait with timeout 0 */
		budget = 0;
		if
		:: atomic { edge[0] -> edge[0] = 0 }; event(0)
		:: else
		fi;
		if
		:: atomic { edge[1] -> edge[1] = 0 }; event(1)
		:: else
		fi;
	:: else
	fi;
#endif
	if
	:: found -> goto scan
	:: else
	fi;
	/* idle: may spin for a while; here it does not */
	if
	:: hot[0] -> WR(POLLED(0), 0)
	:: else
	fi;
	if
	:: hot[1] -> WR(POLLED(1), 0)
	:: else
	fi;
	IDLE_FENCE;
#ifndef BUG_NO_RECHECK
	if
	:: hot[0] -> serve(0)
	:: else
	fi;
	if
	:: hot[1] -> serve(1)
	:: else
	fi;
	if
	:: found -> goto awake
	:: else
	fi;
#endif
idle:
	budget = 0;
	found = 0;
end:
	if
	:: atomic { edge[0] -> edge[0] = 0 }; event(0)
	:: atomic { edge[1] -> edge[1] = 0 }; event(1)
	fi;
awake:
	if
	:: hot[0] -> WR(POLLED(0), 1)
	:: else
	fi;
	if
	:: hot[1] -> WR(POLLED(1), 1)
	:: else
	fi;
	goto scan
}

init
{
	atomic {
		run client(0);
		run client(1);
		run server()
	}
}

#ifdef ENDLESS_0
ltl served { <> (finished == 1) } /* client 1 is not starved */
#else
ltl served { <> (finished == 2) }
#endif
