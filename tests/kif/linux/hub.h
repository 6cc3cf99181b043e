/* SPDX-License-Identifier: MIT */
/* Labels of the raw object that the driver serves to each role, as its
 * parent. */
#pragma once

enum hub_label {
	HUB_PLAY = 1, /* -> role, number of the case */
	HUB_OFFER,    /* cap[0]: for the other roles */
	HUB_PEER,     /* role -> cap[0], null if nothing was offered yet */
	HUB_KILL,     /* role */
	HUB_FAILED,   /* line, text */
	HUB_RETURNED, /* the role is over */
};
