/* SPDX-License-Identifier: MIT */
/*
 * How a call ends: two threads of one client share one slot of a channel;
 * a watchdog cancels, core kills the channel (with the server alive or not),
 * server and client may stop at any point. Sequentially consistent: all
 * accesses modelled here have to be seq_cst.
 *
 * Checked: every call ends, exactly once, with the outcome that belongs to
 * it; a slot is not written while its last call is open; cancel hits only
 * the call it names; the server is never disturbed.
 */
#ifndef CALLS
#define CALLS 2
#endif
#ifndef TRIES
#define TRIES 1
#endif
#ifndef LESS
#define LESS 0 /* calls less for thread 1 */
#endif

/* rep: SEQ, CANCEL, DEAD */
#define CANCEL 64
#define DEAD 128
#define SEQ(r) ((r) & 15)
#define ID(t, nr) (1 + (t) * 4 + (nr)) /* names one call */

/* shared page */
byte req, rep;
byte msg;          /* request ID, or 100 + ID in a reply */
/* free_gen is a counter that never wraps here: has it moved since t read it */
bit moved[2];
byte slot_waiters;
bit waits;

/* private to the client PD */
byte seq;          /* number of the last call of the slot */
/* retired: its last call was left by CANCEL and may still be open */
mtype = { FREE, OWNED, RETIRED };
mtype slot = FREE;
bit lock;
byte call_nr[2];
byte cancel_nr[2];
/* where[t]: 0 nowhere, WAITING for a slot, or the number posted */
#define WAITING 100
byte where[2];
byte where_nr[2];

/* futex queues */
bit on_rep[2], on_free[2];

/* ghosts */
bit server_dead, client_dead, swept;
bit server_busy;   /* the server holds the call of the slot */
byte wanted;       /* call of thread 0 that the watchdog was to cancel */
byte ended;
bit loaded;        /* a reply holds capabilities nobody has taken or dropped */

inline wake_rep()
{
	d_step { on_rep[0] = 0; on_rep[1] = 0 }
}

inline wake_free()
{
	d_step { /* the add, then the FUTEX_WAKE */
		moved[0] = where[0] == WAITING;
		moved[1] = where[1] == WAITING
	}
	d_step { on_free[0] = 0; on_free[1] = 0 }
}

/* a waiter must look again after every step that can free the slot */
inline tell_waiters()
{
	if
	:: slot_waiters -> wake_free()
	:: else
	fi
}

/* Yields got, or dead, or neither. `lock` is a private mutex. */
inline slot_try()
{
	if
	:: rep & DEAD -> dead = 1
	:: else ->
		atomic { /* fetch_and on the free bitmap */
			if
			:: slot == FREE -> slot = OWNED; got = 1
			:: else
			fi
		}
		if
		:: !got ->
#ifdef BUG_REUSE_RETIRED
			atomic {
				if
				:: slot == RETIRED -> slot = OWNED; got = 1
				:: else
				fi
			}
#else
			atomic { !lock -> lock = 1 };
			r = rep;
			if
			:: slot == RETIRED && SEQ(r) == seq ->
				slot = OWNED;
				got = 1;
#ifndef BUG_LATE_REPLY_IGNORED
				loaded = 0 /* drop its capabilities */
#endif
			:: else
			fi;
			lock = 0
#endif
		:: else
		fi
	fi
}

proctype thread(bit t)
{
	byte n, r;
	bit got, dead, left;

	{
	do
	:: call_nr[t] == CALLS - t * LESS -> break
	:: else ->
		call_nr[t]++;
		dead = 0;
		slot_try();
		if
		:: !got && !dead ->
			d_step { where_nr[t] = call_nr[t]; where[t] = WAITING }
			slot_waiters++;
			do
			:: moved[t] = 0;
			   slot_try();
			   if
			   :: got || dead || cancel_nr[t] == call_nr[t] -> break
			   :: else
			   fi;
			   atomic {
				if
				:: !moved[t] -> on_free[t] = 1
				:: else
				fi
			   }
			   !on_free[t]
			od;
			slot_waiters--;
			d_step { where[t] = 0; where_nr[t] = 0; moved[t] = 0 }
		:: else
		fi;
		if
		:: dead ->
			assert(swept);
			goto over
		:: !got && !dead ->
			assert(t == 0 && wanted == call_nr[0]);
			goto over
		:: got
		fi;
		/* the slot is mine */
		n = seq + 1;
		seq = n;
		d_step { where_nr[t] = call_nr[t]; where[t] = n }
#ifndef BUG_NO_CANCEL_CHECK
		if
		:: cancel_nr[t] == call_nr[t] ->
			/* not posted: end it ourselves, so that no CANCEL can
			 * stay behind for the next call */
			d_step { where[t] = 0; where_nr[t] = 0 };
#ifdef BUG_UNPOSTED_NUMBER_REUSED
			seq = n - 1;
#else
			atomic { rep = (rep & DEAD) | n };
#endif
			slot = FREE;
			tell_waiters();
			assert(t == 0 && wanted == call_nr[0]);
			goto over
		:: else
		fi;
#endif
		assert(!server_busy || (rep & DEAD)); /* slot not in use */
		msg = ID(t, call_nr[t]);
		req = n;
		/* doorbell: see sleep_wake */
		waits = 1;
		do
		:: r = rep;
		   if
		   :: SEQ(r) == n || (r & (DEAD | CANCEL)) -> break
		   :: else
		   fi;
		   atomic {
			if
			:: rep == r -> on_rep[t] = 1
			:: else
			fi
		   }
		   !on_rep[t]
		od;
		waits = 0;
		d_step { where[t] = 0; where_nr[t] = 0 };
		if
		:: SEQ(r) == n ->
			assert(msg == 100 + ID(t, call_nr[t])); /* my reply */
			loaded = 0
		:: SEQ(r) != n && (r & DEAD) ->
			assert(swept)
		:: else ->
			assert(t == 0 && wanted == call_nr[0]); /* not another's */
			left = 1
		fi;
		atomic {
			if
#ifdef BUG_FREE_ON_CANCEL
			:: slot = FREE
#else
			:: left -> slot = RETIRED
			:: else -> slot = FREE
#endif
			fi
		}
#ifdef BUG_RETIRE_NO_WAKE
		if
		:: left
		:: else -> tell_waiters()
		fi;
#else
		tell_waiters();
#endif
over:
		skip;
		d_step {
			got = 0; dead = 0; left = 0; n = 0; r = 0;
			ended++
		}
	od
	} unless { client_dead }
}

/* Cancels the current call of thread 0, at any time. */
proctype watchdog()
{
	byte w, nr, tries;

	{
	do
	:: tries == TRIES -> break
	:: tries < TRIES && call_nr[0] > 0 ->
		tries++;
		atomic {
			nr = call_nr[0];
			wanted = nr
		}
		/* may be late: the thread may be in a later call by now */
		if
		:: nr == call_nr[0] -> cancel_nr[0] = nr
		:: else
		fi;
		d_step {
			w = where[0];
			if
			:: where_nr[0] != nr -> w = 0
			:: else
			fi
		}
		if
		:: w == WAITING -> wake_free()
		:: w != 0 && w != WAITING ->
#ifdef BUG_CANCEL_ANY
			rep = rep | CANCEL;
#else
			atomic {
				if
				:: rep == w - 1 -> rep = (w - 1) | CANCEL
				:: else
				fi
			}
#endif
			wake_rep()
		:: else
		fi;
		w = 0
	:: tries < TRIES && ended >= 2 * CALLS - LESS -> break
	od
	} unless { client_dead }
}

proctype server()
{
	byte taken, n, id, r;

	{
end:
	do
	:: req != taken ->
		n = req;
		id = msg;
		taken = n;
		server_busy = 1;
#ifdef SILENT
		(0);
#endif
		msg = 100 + id;
		do
		:: r = rep;
#ifdef BUG_REPLY_STORE
		   atomic { rep = n; server_busy = 0; loaded = 1 };
		   break
#else
		   if
		   :: r & DEAD -> server_busy = 0; goto next
		   :: else
		   fi;
		   assert(SEQ(r) == n - 1);
		   atomic {
			if
			:: rep == r ->
				rep = n; /* clears CANCEL */
				assert(!loaded);
				loaded = 1;
				server_busy = 0;
				break
			:: else
			fi
		   }
#endif
		od;
		if
		:: waits -> wake_rep()
		:: else
		fi;
#ifndef BUG_NO_FREE_WAKE
		tell_waiters();
#endif
next:		n = 0; id = 0; r = 0
	od
	} unless { server_dead }
}

proctype core()
{
#ifndef DEATH
	skip
#else
#ifdef AFTER_RETIRE
end_never:
	slot == RETIRED;           /* a smaller search */
#endif
	/* 1: server dies, 2: channel killed, server lives, 3: client dies */
#if DEATH == 1
	server_dead = 1;
#endif
#if DEATH == 3
	client_dead = 1;
	goto out;
#endif
sweep:
	swept = 1;                 /* ghost */
	rep = rep | DEAD;          /* fetch_or */
#ifdef BUG_DEATH_NO_WAKE
	skip;
#else
	wake_rep();
#endif
#ifndef BUG_DEATH_NO_FREE_WAKE
	wake_free();
#endif
out:
	skip
#endif
}

#ifdef SILENT
/* A server that never answers: a cancelled call must end all the same. */
proctype monitor()
{
	timeout;
	assert(!((on_rep[0] || on_free[0]) && wanted == call_nr[0]))
}
#endif

init
{
	atomic {
		run thread(0);
		run thread(1);
		run watchdog();
		run server();
		run core()
#ifdef SILENT
		;
		run monitor()
#endif
	}
}

ltl ends { <> (ended == 2 * CALLS - LESS || client_dead) }
