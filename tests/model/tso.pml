/* SPDX-License-Identifier: MIT */
/*
 * Total store order: each process has a store buffer of one entry, emptied
 * at any later time by its drain process. Every process defines `me`.
 * WR stores into the buffer, RD loads (own buffer first), FENCE waits until
 * the buffer is empty, RMW is a locked instruction: a fence by itself, to be
 * written as  atomic { LOCKED -> ...access mem[] directly... }.
 */
#define EMPTY 255

byte mem[WORDS];
byte sb_at[PROCS] = EMPTY;
byte sb_val[PROCS];

#define LOCKED (sb_at[me] == EMPTY)

inline WR(at, val)
{
	atomic { sb_at[me] == EMPTY -> sb_at[me] = at; sb_val[me] = val }
}

inline RD(at, var)
{
	atomic {
		if
		:: sb_at[me] == at -> var = sb_val[me]
		:: else -> var = mem[at]
		fi
	}
}

inline FENCE()
{
	sb_at[me] == EMPTY
}

active [PROCS] proctype drain()
{
end:
	do
	:: atomic {
		sb_at[_pid] != EMPTY ->
		mem[sb_at[_pid]] = sb_val[_pid];
		sb_at[_pid] = EMPTY;
		sb_val[_pid] = 0
	   }
	od
}
