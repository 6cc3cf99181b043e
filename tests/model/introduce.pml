/* SPDX-License-Identifier: MIT */
/*
 * Introduction of a third party: the sender posts a call in the receiver's
 * slot and asks core; core tells the receiver by a notice or ends the call
 * itself. Calls with and without introduction share the slot; a watchdog may
 * cancel the first. Sequentially consistent.
 *
 * Checked: each call is served once and answered, or refused and not served;
 * a served message is never torn; nothing stays behind.
 */
#ifndef CALLS
#define CALLS 3
#endif
#define CANCEL 64
#define ERR 32
#define SEQ(r) ((r) & 15)

mtype = { INTRO, TOMBSTONE };

/* slot */
byte req, rep;
bit msg_intro;          /* the message names an introduced capability */
byte msg_id, msg_body;  /* two words: may be seen torn */
byte reply_id;
bit polled, edge;       /* the channel's doorbell */

/* core: requests and the receiver's notice ring with its own doorbell */
chan ask = [2] of { byte };
chan ring = [4] of { mtype, byte };
bit notice_edge;

bit sleeping;           /* sender in FUTEX_WAIT on rep */
bit canceled;           /* ghost: watchdog hit call 1 */
byte ended;
byte served[5], refused[5]; /* ghosts, by call number */

proctype sender()
{
	byte n, r;
	bit intro;

	do
	:: n == CALLS -> break
	:: n < CALLS ->
		/* a retired slot comes back when its call has ended */
		do
		:: r = rep;
		   if
		   :: SEQ(r) == n -> break
		   :: else
		   fi;
		   atomic {
			if
			:: rep == r -> sleeping = 1
			:: else
			fi
		   }
		   !sleeping
		od;
		n++;
		if
		:: intro = 1
		:: intro = 0
		fi;
		msg_intro = intro;
		msg_id = n;
		msg_body = n;
		req = n;
		if
		:: intro -> ask!n
		:: else ->
			if
			:: !polled -> edge = 1
			:: else
			fi
		fi;
		do
		:: r = rep;
		   if
		   :: SEQ(r) == n || (r & CANCEL) -> break
		   :: else
		   fi;
		   atomic {
			if
			:: rep == r -> sleeping = 1
			:: else
			fi
		   }
		   !sleeping
		od;
		if
		:: SEQ(r) == n && (r & ERR) ->
			assert(refused[n] == 1)
		:: SEQ(r) == n && !(r & ERR) ->
			assert(served[n] == 1 && reply_id == n)
		:: else ->
			assert(n == 1 && canceled)
		fi;
		ended++
	od
}

proctype watchdog()
{
	atomic {
		if
		:: req == 1 && rep == 0 -> rep = CANCEL; canceled = 1
		:: skip
		fi
	}
	sleeping = 0
}

proctype core()
{
	byte n, r;
	bit won;

end:
	do
	:: ask?n ->
		if
		:: /* accepted */
			ring!INTRO, n
		:: /* refused */
#ifdef BUG_REFUSE_STORE
			atomic { rep = ERR | n; won = 1 };
#else
			do
			:: r = rep;
			   if
			   :: SEQ(r) != n - 1 -> break
			   :: else
			   fi;
			   atomic {
				if
				:: rep == r -> rep = ERR | n; won = 1; refused[n]++; break
				:: else
				fi
			   }
			od;
#endif
			sleeping = 0;
#ifndef BUG_NO_TOMBSTONE
			ring!TOMBSTONE, n
#endif
		fi;
#ifndef BUG_NO_NOTICE_RING
		notice_edge = 1;
#endif
		d_step { n = 0; r = 0; won = 0 }
	od
}

/* end call n with a reply */
inline reply(n)
{
	assert(served[n] == 0 && refused[n] == 0);
	served[n]++;
	reply_id = n;
	do
	:: r = rep;
	   if
	   :: SEQ(r) != n - 1 -> assert(0) /* nobody else ends a served call */
	   :: else
	   fi;
	   atomic {
		if
		:: rep == r -> rep = n; break
		:: else
		fi
	   }
	od;
	sleeping = 0
}

inline scan()
{
	q = req;
	if
	/* a parked call has been ended by core when the next one is there */
	:: q != taken ->
		/* copy the request */
		intro = msg_intro;
		id = msg_id;
		body = msg_body;
#ifdef BUG_NO_ENDED_CHECK
		if
		:: 0
#else
		r = rep;
		if
#ifdef BUG_ENDED_CHECK_EQUAL
		:: SEQ(r) == q -> parked = 0
#else
		:: SEQ(r) != q - 1 -> parked = 0 /* over: copy may be torn */
#endif
#endif
		:: else ->
#ifdef BUG_NO_ENDED_CHECK
			parked = 0;
#else
			parked = 0;
			assert(id == q && body == q);
#endif
			if
			:: intro ->
#ifdef BUG_INTRO_FAILS
				reply_id = 0;
				rep = ERR | q;
				sleeping = 0
#else
				parked = q
#endif
			:: else -> reply(q)
			fi
		fi;
		taken = q;
		work = 1
	:: else
	fi;
	d_step { q = 0; intro = 0; id = 0; body = 0; r = 0 }
}

inline notices()
{
	do
	:: ring?[INTRO, _] ->
		ring?INTRO, q;
#ifndef BUG_NOTICE_BEFORE_CALL_LOST
		scan1(q);
#endif
		if
		:: parked != 0 && parked == q -> parked = 0; reply(q)
		:: else /* stale: give the capability back */
		fi;
		q = 0; r = 0
	:: ring?[TOMBSTONE, _] ->
		ring?TOMBSTONE, q;
		if
#ifdef BUG_TOMBSTONE_ANY
		:: parked != 0 -> parked = 0
#else
		:: parked != 0 && parked == q -> parked = 0
#endif
		:: else
		fi;
		q = 0
	:: empty(ring) -> break
	od
}

/* an INTRO for n has come: see its call first */
inline scan1(n)
{
	save = n;
	scan();
	q = save;
	save = 0
}

proctype receiver()
{
	byte q, id, body, r, taken, parked, save;
	bit intro, work;

	goto idle;
loop:
	work = 0;
	notices();
	scan();
	if
	:: work -> goto loop
	:: else
	fi;
	polled = 0;
	scan();
	if
	:: work -> goto awake
	:: else
	fi;
idle:
	work = 0;
end:
	if
	:: atomic { edge -> edge = 0 }
	:: atomic { notice_edge -> notice_edge = 0 }
	fi;
awake:
	polled = 1;
	goto loop
}

proctype monitor()
{
	timeout;
	assert(ended == CALLS);
	assert(receiver:parked == 0)
}

init
{
	atomic {
		run sender();
		run watchdog();
		run core();
		run receiver();
		run monitor()
	}
}
