/* SPDX-License-Identifier: MIT */
/*
 * An object that is given again to the same peer uses its entry again; the
 * entry counts how often it was given (decision 004). The owner has one place
 * for an entry and gives now one object, now the other; the peer gives back
 * each reference when it likes. Sequentially consistent.
 *
 * Checked: what the peer holds names the object that it was given; a name never
 * means two objects; when all is given back the entry is free. With -DLIAR=1 the
 * peer gives back more than it has, and the second alone is checked.
 */
#ifndef GIVES
#define GIVES 4
#endif
#define ROOM 4
#ifndef LIAR
#define LIAR 0
#endif

chan message = [1] of { byte, byte };     /* generation, object: ghost */
chan release = [ROOM] of { byte };        /* generation */

byte gen = 1, count, object;              /* the owner's entry; 0: free */
byte held[ROOM], held_gen[ROOM];          /* the peer's references */
byte meant[GIVES + 2];                    /* ghost: object, by generation */
byte holds, given;
bit quiet;

inline forget(i)
{
	held[i] = 0;
	held_gen[i] = 0;
	holds--
}

active proctype owner()
{
	byte o, g;

	do
	:: given < GIVES ->
		if
		:: o = 1
		:: o = 2
		fi;
		/* the lock is held: releases are read, then the entry */
		if
#ifdef BUG_ANY_OBJECT
		:: true ->
#else
		:: count == 0 || object == o ->
#endif
#ifdef BUG_NO_COUNT
			count = 1;
#else
			count++;
#endif
			object = o;
			message!gen, o;
			assert(!meant[gen] || meant[gen] == o);
			meant[gen] = o;
			given++
#ifndef BUG_ANY_OBJECT
		:: else /* no place for another object */
#endif
		fi;
		o = 0
	:: release?g ->
		if
		:: count > 0 && g == gen ->
			count--;
			if
			:: count == 0 ->
				object = 0;
#ifndef BUG_NO_GENERATION
				gen++
#endif
			:: else
			fi
		:: else
		fi;
		g = 0
	:: given == GIVES && quiet && empty(release) && empty(message) -> break
	od;
	assert(LIAR || (count == 0 && object == 0))
}

active proctype peer()
{
	byte i, g, o;

	do
	:: holds < ROOM && nempty(message) ->
		atomic {
			message?g, o;
			i = 0;
			do
			:: held[i] == 0 -> break
			:: else -> i++
			od;
			held[i] = o;
			held_gen[i] = g;
			holds++;
			i = 0;
			g = 0;
			o = 0
		}
	:: atomic {
		holds > 0 && nfull(release) ->
		if
		:: held[0] -> i = 0
		:: held[1] -> i = 1
		:: held[2] -> i = 2
		:: held[3] -> i = 3
		fi;
		/* a call just before: it reaches what was given */
		assert(LIAR || (object == held[i] && gen == held_gen[i]));
		release!held_gen[i];
		if
		:: LIAR && nfull(release) -> release!held_gen[i]
		:: skip
		fi;
		forget(i);
		i = 0
	   }
	:: holds == 0 && given == GIVES && empty(message) -> break
	od;
	quiet = 1
}
