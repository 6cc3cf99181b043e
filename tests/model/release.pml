/* SPDX-License-Identifier: MIT */
/*
 * A holder introduces what it holds to another PD and gives it back: core's
 * notice of the grant goes through a ring (and, when that is full, a queue that
 * only core sees), the release through the holder's channel. Two grants, one
 * after the other: the owner's object to the holder (number 1, made by core
 * for somebody else), and by the holder to the receiver (number 2). The
 * receiver calls and gives back, too. Sequentially consistent.
 *
 * Checked: the call of the receiver reaches the object; at the end the owner
 * keeps no entry.
 */
#define RING 1

chan ring = [RING] of { byte };     /* notices: the grant's number */
chan queue = [4] of { byte };       /* those that found no room */
byte made;                          /* notices ever made (notice_end) */
byte read;                          /* by the owner (notice_tail) */
chan released[3] = [2] of { byte }; /* by channel: 1 holder, 2 receiver */
chan call = [1] of { byte };
chan reply = [1] of { bit };
chan told[3] = [1] of { byte };     /* introductions, as core tells them */
chan due = [4] of { byte, byte };   /* the owner's: number, when */

bit entry[3];                       /* the owner's table */
bit gone[3];                        /* ghost: the grant resolved to nothing */
byte ended;

inline notice(n)
{
	atomic {
		if
		:: empty(queue) && nfull(ring) -> ring!n
		:: nempty(queue) || full(ring) -> queue!n
		fi;
		made++
	}
}

/* core, asked by a PD that waits for the answer */
inline introduce(n, to)
{
	notice(n);
	told[to]!n
}

active proctype holder()
{
	byte n;

	introduce(1, 1); /* somebody gives it to us */
	told[1]?n;
	introduce(2, 2);
	released[1]!1;
	ended++
}

active proctype receiver()
{
	byte n;
	bit ok;

	told[2]?n;
	call!n;
	reply?ok;
	assert(ok); /* the owner lives: it does not read GONE */
	released[2]!n;
	ended++
}

inline apply()
{
	do
	:: nempty(due) ->
		due?<n, at>;
		if
		:: read >= at -> due?n, at; entry[n] = 0
		:: else -> break
		fi
	:: empty(due) -> break
	od;
	n = 0;
	at = 0
}

inline read_one()
{
	atomic {
		ring?n;
		read++
	};
	if
	:: n == 1 -> entry[1] = 1
	:: n == 2 && entry[1] -> entry[2] = 1
	:: n == 2 && !entry[1] /* what it named is free */
	fi;
	n = 0;
	apply()
}

inline pump()
{
	atomic {
		do
		:: nempty(queue) && nfull(ring) -> queue?n; ring!n
		:: empty(queue) || full(ring) -> break
		od;
		n = 0
	}
}

inline take(from)
{
	atomic {
		released[from]?n;
#ifdef BUG_HORIZON_RING
		at = read + len(ring)
#else
		at = made
#endif
	};
#ifdef BUG_AT_ONCE
	entry[n] = 0;
#else
	if
#ifdef BUG_UNKNOWN_IGNORED
	:: !entry[n]
#endif
	:: read >= at -> entry[n] = 0
	:: read < at -> due!n, at
	fi;
#endif
	n = 0;
	at = 0
}

active proctype owner()
{
	byte n, at, c, end;

loop:
endwait:
	do
	:: nempty(ring) -> read_one()
	:: empty(ring) && nempty(queue) -> pump()
	:: nempty(released[1]) -> take(1)
	:: nempty(released[2]) -> take(2)
	:: call?c ->
#ifndef BUG_NO_SETTLE
		if
		:: !entry[c] ->
			end = made;
			do
			:: read >= end -> break
			:: read < end ->
				if
				:: nempty(ring) -> read_one()
				:: empty(ring) -> pump()
				fi
			od
		:: else
		fi;
#endif
		reply!entry[c];
		c = 0;
		end = 0
	od
}

active proctype monitor()
{
	timeout;
	assert(ended == 2);
	assert(!entry[1] && !entry[2])
}
