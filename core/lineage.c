/* SPDX-License-Identifier: MIT */
/* PDs end with the one that started them: its account is their reference. */

#include "pd.h"

static struct core_pd *parent_of(const struct core_pd *pd)
{
	struct core_account *const ref = pd->account.ref;

	if (!ref || ref == &core.root)
		return NULL;
	return FIEF_CONTAINER_OF(ref, struct core_pd, account);
}

static void doom(struct core_pd *pd)
{
	pd->doomed = pd->stopped = true;
	if (pd->pd)
		kcore_pd_kill(pd->pd);
}

/* Numbers say nothing of who started whom, so until no more are found; a
 * component can have them as deep as its quota, so not recursive. */
void core_pd_doom(struct core_pd *first)
{
	bool more = true;

	first->doomed = true;
	while (more) {
		more = false;
		LIST_FOR_EACH(pd, &core.pds, struct core_pd, in_core) {
			const struct core_pd *parent = parent_of(pd);

			if (pd->doomed || !parent || !parent->doomed)
				continue;
			doom(pd);
			more = true;
		}
	}
}
