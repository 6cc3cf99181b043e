/* SPDX-License-Identifier: MIT */
/* Channels between PDs: made from a pool, announced, closed. */

#include "host.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <kernel/linux/kif/lock.h>

/* One page, allocated now so that nobody meets SIGBUS later, of fixed size,
 * never executable. */
static int page_memfd(const char *name)
{
	int fd = host_memfd(name, KIF_PAGE);

	if (fd < 0)
		return -1;
	if (posix_fallocate(fd, 0, KIF_PAGE) ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)) {
		close(fd);
		return -1;
	}
	return fd;
}

enum fief_err host_prepare(struct host_prepared *p)
{
	void *page;
	int fd, bell;

	fd = page_memfd("channel");
	bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	page = fd < 0 ? MAP_FAILED :
	                mmap(NULL, KIF_PAGE, PROT_READ | PROT_WRITE,
	                     MAP_SHARED | MAP_POPULATE, fd, 0);
	if (fd < 0 || bell < 0 || page == MAP_FAILED) {
		if (fd >= 0)
			close(fd);
		if (bell >= 0)
			close(bell);
		if (page != MAP_FAILED)
			munmap(page, KIF_PAGE);
		return FIEF_LIMIT;
	}
	*p = (struct host_prepared){ fd, bell, page };
	return FIEF_OK;
}

static void prepared_drop(const struct host_prepared *p)
{
	munmap(p->page, KIF_PAGE);
	close(p->bell);
	close(p->memfd);
}

bool host_descriptors_scarce(int lowest)
{
	enum { KEPT = 64 };

	return (unsigned)lowest + KEPT > host.max_files;
}

void host_pool_fill(void)
{
	struct host_prepared p;

	while (host.npool < HOST_POOL && !host_prepare(&p)) {
		if (host_descriptors_scarce(p.memfd)) {
			prepared_drop(&p);
			break;
		}
		host.pool[host.npool++] = p;
	}
}

static enum fief_err take_prepared(struct host_prepared *p)
{
	if (!host.npool)
		return host_prepare(p);
	*p = host.pool[--host.npool];
	return FIEF_OK;
}

/* ---- ends ---- */

/* Ends of channels to one peer that a PD has not read yet. */
enum { UNREAD_ENDS = 32 };

static bool end_free(const struct host_end *e, uint32_t tail)
{
	return !e->channel && !e->reserved &&
	       (!e->used_before || (int32_t)(tail - e->dead_notice) > 0);
}

static enum fief_err ends_grow(struct kcore_pd *pd)
{
	uint32_t max = pd->nends ? pd->nends * 2 : 8;
	struct host_end *end = realloc(pd->end, max * sizeof(*end));

	if (!end)
		return FIEF_LIMIT;
	memset(end + pd->nends, 0, (max - pd->nends) * sizeof(*end));
	pd->end = end;
	pd->nends = max;
	return FIEF_OK;
}

enum fief_err host_end_take(struct kcore_pd *pd, const struct kcore_pd *other,
                            uint32_t *number)
{
	uint32_t tail = atomic_load(&pd->core->client.notice_tail);
	uint32_t unread = 0;

	*number = pd->nends;
	for (uint32_t i = pd->nends; i--;) {
		const struct host_end *e = &pd->end[i];

		if (end_free(e, tail))
			*number = i;
		else if (!e->channel && other && e->peer == other->name)
			unread++;
	}
	if (unread >= UNREAD_ENDS)
		return FIEF_LIMIT;
	return *number < pd->nends ? FIEF_OK : ends_grow(pd);
}

static void end_release(struct kcore_pd *pd, uint32_t number, uint32_t peer)
{
	struct pdp_notice n = { .kind = PDP_DEAD, .chan = number };
	struct host_end *end = &pd->end[number];

	end->channel = NULL;
	end->peer = peer;
	end->used_before = true;
	if (pd->state == HOST_DEAD || pd->state == HOST_FREE)
		return;
	/* The number is free again when the PD has read the notice, and all
	 * that wait before it. */
	end->dead_notice = pd->notice_head + pd->queued;
	if (host_notify(pd, &n))
		end->reserved = true; /* no memory: the number is lost */
	host_bell(pd);
}

/* ---- channels ---- */

/* A channel between the two, which are not the same; if `ep` is given, of
 * client `a` to that endpoint of `b`. Sought at the one that has fewer. */
static struct host_channel *find(const struct kcore_pd *a,
                                 const struct kcore_pd *b, const uint32_t *ep)
{
	const struct kcore_pd *few = a->nends < b->nends ? a : b;

	for (uint32_t i = 0; i < few->nends; i++) {
		struct host_channel *ch = few->end[i].channel;

		if (!ch || (ch->client != a && ch->client != b) ||
		    (ch->server != a && ch->server != b))
			continue;
		if (!ep || (ch->client == a && ch->ep == *ep))
			return ch;
	}
	return NULL;
}

struct host_channel *host_channel_find(const struct kcore_pd *client,
                                       const struct kcore_pd *server,
                                       uint32_t ep)
{
	return find(client, server, &ep);
}

bool host_talks(const struct kcore_pd *a, const struct kcore_pd *b)
{
	return find(a, b, NULL) != NULL;
}

static void channel_link(struct host_channel *ch)
{
	ch->next = host.channels;
	ch->at = &host.channels;
	if (ch->next)
		ch->next->at = &ch->next;
	host.channels = ch;
}

static enum fief_err announce(struct host_channel *ch,
                              const struct host_prepared *p)
{
	const int fd[2] = { p->memfd, p->bell };
	struct sock_msg to_client = {
		.kind = SOCK_CHANNEL,
		.chan = ch->client_number,
		.peer = ch->server->name,
		.ep = ch->ep,
	};
	struct sock_msg to_server = {
		.kind = SOCK_CHANNEL,
		.chan = ch->server_number,
		.peer = ch->client->name,
		.inbound = 1,
		.ep = ch->ep,
	};
	enum fief_err e;

	e = host_send(ch->server, &to_server, fd, 2);
	if (e)
		return e;
	e = host_send(ch->client, &to_client, fd, 2);
	if (e)
		end_release(ch->server, ch->server_number, ch->client->name);
	return e;
}

enum fief_err host_channel_create(struct kcore_pd *client,
                                  struct kcore_pd *server, uint32_t ep,
                                  struct host_channel **out)
{
	struct host_prepared p;
	struct host_channel *ch;
	enum fief_err e;

	if (server->state == HOST_DEAD || client->state == HOST_DEAD)
		return FIEF_GONE;
	ch = calloc(1, sizeof(*ch));
	if (!ch)
		return FIEF_LIMIT;
	e = take_prepared(&p);
	if (e) {
		free(ch);
		return e;
	}
	*ch = (struct host_channel){
		.client = client, .server = server, .ep = ep, .page = p.page
	};
	e = host_end_take(client, server, &ch->client_number);
	if (!e)
		client->end[ch->client_number].channel = ch;
	if (!e)
		e = host_end_take(server, client, &ch->server_number);
	if (!e) {
		server->end[ch->server_number].channel = ch;
		e = announce(ch, &p);
	}
	close(p.memfd);
	close(p.bell);
	if (e) {
		for (uint32_t i = 0; i < client->nends; i++)
			if (client->end[i].channel == ch)
				client->end[i].channel = NULL;
		for (uint32_t i = 0; i < server->nends; i++)
			if (server->end[i].channel == ch)
				server->end[i].channel = NULL;
		munmap(p.page, KIF_PAGE);
		free(ch);
		return e;
	}
	channel_link(ch);
	*out = ch;
	return FIEF_OK;
}

void host_page_dead(struct ch_page *page)
{
	for (unsigned n = 0; n < CH_SLOTS; n++) {
		atomic_fetch_or(&page->slot[n].rep, CH_DEAD);
		kif_futex_wake(&page->slot[n].rep); /* R7: unconditional */
	}
}

void host_channel_close(struct host_channel *ch)
{
	host_page_dead(ch->page);
	end_release(ch->client, ch->client_number, ch->server->name);
	end_release(ch->server, ch->server_number, ch->client->name);
	*ch->at = ch->next;
	if (ch->next)
		ch->next->at = ch->at;
	munmap(ch->page, KIF_PAGE);
	free(ch->signals);
	free(ch);
}

/* Callers of a dead server that say that they sleep. */
static void callers_wake(struct ch_page *page)
{
	for (unsigned n = 0; n < CH_SLOTS; n++) {
		atomic_fetch_or(&page->slot[n].rep, CH_DEAD);
		if (atomic_load(&page->slot[n].wait))
			kif_futex_wake(&page->slot[n].rep);
	}
}

/* Whoever waits for the PD is let go first, on all channels; only then follows
 * what takes long, among it the waking of those whose `wait` the dead server
 * may have cleared. */
void host_channels_close(struct kcore_pd *pd)
{
	for (uint32_t i = 0; i < pd->nends; i++)
		if (pd->end[i].channel && pd->end[i].channel->server == pd)
			callers_wake(pd->end[i].channel->page);
	for (uint32_t i = 0; i < pd->nends; i++)
		if (pd->end[i].channel)
			host_channel_close(pd->end[i].channel);
}
