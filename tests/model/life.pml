/* SPDX-License-Identifier: MIT */
/*
 * A channel number that goes to the next server while threads of the client
 * call: two threads, and a third one that reads what core says. Each call is
 * of the channel that was looked up. Sequentially consistent; the slots of a
 * channel are one word with its life, as in kif/call.c.
 *
 * Checked: a call is posted, and its outcome read, only in the page of that
 * channel; no two threads have one slot; at the end no slot is taken and all
 * channels came.
 */
#ifndef CALLS
#define CALLS 2
#endif
#ifndef SLOTS
#define SLOTS 2
#endif
#ifndef LIVES
#define LIVES 2 /* that come after the first one */
#endif

/* the client's word: life (0..LIVES), dead, a bit for each slot */
byte word_life;
bit word_dead;
bit taken[SLOTS];

byte page;              /* ghost: whose page is at the number's address */
bit page_dead[LIVES + 1];
byte user[SLOTS];       /* ghost: threads that believe to have the slot */
byte done;

proctype thread()
{
	byte life, s, calls;

	do
	:: calls == CALLS -> break
	:: calls < CALLS ->
		calls++;
		life = word_life; /* looked up */
		s = 0;
		do
		:: s == SLOTS -> goto gone
		:: s < SLOTS ->
#ifdef BUG_LIFE_APART
			/* looked at, and then a slot of whatever is there */
			if
			:: word_life != life || word_dead -> goto gone
			:: else
			fi;
			atomic {
				if
				:: !taken[s] -> taken[s] = 1; break
				:: else -> s++
				fi
			}
#else
			atomic {
				if
#ifdef BUG_DEAD_TAKEN
				:: word_life != life -> goto gone
#else
				:: word_life != life || word_dead -> goto gone
#endif
				:: else ->
					if
					:: !taken[s] -> taken[s] = 1; break
					:: else -> s++
					fi
				fi
			}
#endif
		od;
		user[s]++;
		assert(user[s] == 1);
		assert(page == life); /* posted here */
		/* the server answers, or core marks the page */
		if
		:: skip
		:: page_dead[life]
		fi;
		assert(page == life); /* the reply is read here */
		user[s]--;
		taken[s] = 0;
gone:		s = 0
	od;
	done++
}

#if SLOTS == 2
#define NONE_TAKEN (!taken[0] && !taken[1])
#else
#define NONE_TAKEN (!taken[0] && !taken[1] && !taken[2])
#endif

inline nobody_inside()
{
#ifdef BUG_NOT_HELD
	skip
#else
	NONE_TAKEN
#endif
}

proctype refresher()
{
	byte n;

	do
	:: n == LIVES -> break
	:: n < LIVES ->
		page_dead[n] = 1;       /* core, when the server died */
		word_dead = 1;          /* its notice is read */
		nobody_inside();        /* the new one is held until then */
		n++;
		page = n;               /* mapped over the old one */
		atomic {
			word_life = n;
			word_dead = 0;
			taken[0] = 0;
			taken[1] = 0;
			taken[SLOTS - 1] = 0
		}
	od;
	done++
}

proctype monitor()
{
	timeout;
	assert(done == 3);
	assert(NONE_TAKEN)
}

init
{
	atomic {
		run thread();
		run thread();
		run refresher();
		run monitor()
	}
}
