/* SPDX-License-Identifier: MIT */
/* Watching what a driver has open. */
#pragma once

#include "host.h"

/* Can what is beneath that directory be watched without waiting for anybody? */
void host_watch_prepare(struct host_zygote *);

enum fief_err host_kop_watch(struct kcore_pd *, struct kop *,
                             const struct kif_msg *);
enum fief_err host_kop_unwatch(struct kcore_pd *, struct kop *,
                               const struct kif_msg *);
