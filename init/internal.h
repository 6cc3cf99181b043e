/* SPDX-License-Identifier: MIT */
/*
 * Private parts of the sandbox. Who owns what: the sandbox owns its children;
 * a child owns the sessions that it requested, its environment sessions
 * included; a session whose client is gone belongs to the sandbox until its
 * server has answered. Servers only refer to the sessions they serve.
 *
 * Quota: the own PD is the reference account of all children, so a donation
 * goes from client to server by one pd_move, and back the same way.
 */
#pragma once

#include "child.h"
#include "common.h"
#include "quota.h"
#include "session.h"
#include "state.h"
