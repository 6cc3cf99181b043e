/* SPDX-License-Identifier: MIT */
/* What the driver of the property test tells its children to do. */
#pragma once

/* The only call that a child makes at its parent: what came of the last
 * order (data[0], enum fief_err); the reply brings the next one. */
enum { PROPERTY_NEXT = 100 };

enum order {
	ORDER_ALLOC,    /* data[1] bytes of its own RAM */
	ORDER_MAP,      /* and write to what it allocated last */
	ORDER_FREE,     /* what it allocated last */
	ORDER_TRANSFER, /* data[1] bytes, data[2] caps to the PD that is sent */
	ORDER_EXIT,     /* with code data[1] */
	ORDER_CRASH,
	ORDER_COUNT
};
