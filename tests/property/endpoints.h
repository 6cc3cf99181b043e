/* SPDX-License-Identifier: MIT */
/*
 * A server with a thread for each of several endpoints, and its clients, which
 * die at any moment: what they say to each other, and what the server knows.
 *
 * Each request tells who sends it, by which thread, and the number of the call;
 * the badge must agree, and the answer must be the one to that request.
 */
#pragma once

#include <stdatomic.h>

#include <fief/kif.h>

enum {
	ENDPOINTS = 3,   /* of the server, beside its initial one */
	LOOPS = 3,       /* threads of a client that call */
	CALL_WORDS = 64, /* of a message: 0..7 as below, then a pattern */
};

/* At the server's objects; the words of request and answer are those of
 * enum call_word, the answer repeats the first three. */
enum call_label {
	CALL_ECHO,  /* nothing but the words */
	CALL_LINK,  /* the client's object at ARG, ARG2 is the generation that
	             * reads GONE; answer: ARG is enum link, ARG2 the
	             * generation, cap[0] object, cap[1] signal */
	CALL_OFFER, /* cap[0]: object of the client */
	CALL_BACK,  /* cap[0]: the client's object at ARG, generation ARG2 */
	CALL_PEER,  /* answer: cap[0] is an object of client ARG, if not 0 */
	CALL_PASS,  /* cap[0] is an object of client ARG */
	CALL_LABELS
};

enum call_word {
	WORD_CLIENT,
	WORD_LOOP,
	WORD_NUMBER,
	WORD_ARG,
	WORD_ARG2,
	WORD_RAISED, /* signals to each endpoint: that are sent for certain */
	WORD_COMING, /* and that may be, until the next call */
	WORD_END,    /* answer: enum client_end */
	WORD_PATTERN
};

enum link_state { LINK_LATER, LINK_NEW, LINK_WRONG };
enum client_end { CLIENT_LIVES, CLIENT_EXITS, CLIENT_CRASHES };

/* At a client's object: data[0] is repeated, data[1] is who it is. HOLD is
 * not answered before the client dies. */
enum client_label { CLIENT_WHO, CLIENT_HOLD };

/* How a client ends that found something wrong, or by order. */
enum client_exit {
	EXIT_ORDERED = 7,
	EXIT_WRONG_ANSWER = 20,
	EXIT_WRONG_PEER,
	EXIT_LINK_GONE, /* the object lives, but reads GONE */
	EXIT_NO_OBJECT,
	EXIT_NO_THREAD,
	EXIT_WRONG_ERROR = 40, /* and enum fief_err */
};

static inline uint64_t call_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/* Fill the pattern up to msg->len; it depends on who, which call, and way. */
static inline void call_fill(struct kif_msg *msg, unsigned way)
{
	const uint64_t base = call_mix(msg->data[WORD_CLIENT] << 20 ^
	                               msg->data[WORD_LOOP] << 16 ^
	                               msg->data[WORD_NUMBER] << 32 ^ way);

	for (unsigned i = WORD_PATTERN; i < msg->len / 8u; i++)
		msg->data[i] = base + i;
}

static inline bool call_whole(const struct kif_msg *msg, unsigned way)
{
	const uint64_t base = call_mix(msg->data[WORD_CLIENT] << 20 ^
	                               msg->data[WORD_LOOP] << 16 ^
	                               msg->data[WORD_NUMBER] << 32 ^ way);

	for (unsigned i = WORD_PATTERN; i < msg->len / 8u; i++)
		if (msg->data[i] != base + i)
			return false;
	return msg->len >= WORD_PATTERN * 8;
}
