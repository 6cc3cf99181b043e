/* SPDX-License-Identifier: MIT */
/* Round trips that carry the payload: pipe and sockets. */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peers.h"

/* Descriptors of both sides; which are which depends on the peer. */
struct ends {
	int client[2]; /* read, write */
	int server[2]; /* read, write */
};

static void exchange(int in, int out)
{
	unsigned char data[BENCH_PAYLOAD] = { 1 };

	bench_must(write(out, data, sizeof(data)), "write");
	bench_must(read(in, data, sizeof(data)), "read");
}

static void stream_call(void *context)
{
	struct ends *e = context;

	exchange(e->client[0], e->client[1]);
}

static void stream_serve(void *context)
{
	struct ends *e = context;
	unsigned char data[BENCH_PAYLOAD];

	while (read(e->server[0], data, sizeof(data)) == sizeof(data)) {
		data[0]++;
		bench_must(write(e->server[1], data, sizeof(data)), "write");
	}
}

void peer_pipe(const struct bench_args *args)
{
	struct ends e;
	int there[2], back[2];

	bench_must(pipe(there), "pipe");
	bench_must(pipe(back), "pipe");
	e = (struct ends){ .client = { back[0], there[1] },
		           .server = { there[0], back[1] } };
	bench_child(args, stream_serve, &e);
	bench_pin(args, BENCH_CLIENT);
	bench_measure(args, &(struct bench_job){ .name = "pipe",
	                                         .run = stream_call,
	                                         .context = &e });
}

static void socket_ends(struct ends *e)
{
	int pair[2];

	bench_must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), "socketpair");
	*e = (struct ends){ .client = { pair[0], pair[0] },
		            .server = { pair[1], pair[1] } };
}

void peer_seqpacket(const struct bench_args *args)
{
	struct ends e;

	socket_ends(&e);
	bench_child(args, stream_serve, &e);
	bench_pin(args, BENCH_CLIENT);
	bench_measure(args, &(struct bench_job){ .name = "seqpacket",
	                                         .run = stream_call,
	                                         .context = &e });
}

/*
 * A server of many clients: one socket each, and epoll.
 */

static int epoll_of(int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
	int epoll = (int)bench_must(epoll_create1(0), "epoll_create1");

	bench_must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
	return epoll;
}

static void echo(int fd)
{
	unsigned char data[BENCH_PAYLOAD];

	if (recv(fd, data, sizeof(data), 0) != sizeof(data))
		exit(0);
	data[0]++;
	bench_must(send(fd, data, sizeof(data), MSG_NOSIGNAL), "send");
}

static void epoll_serve(void *context)
{
	struct ends *e = context;
	struct epoll_event event[16];
	int epoll = epoll_of(e->server[0]);

	for (;;) {
		long n = bench_must(epoll_wait(epoll, event, 16, -1), "epoll");

		for (long i = 0; i < n; i++)
			echo(event[i].data.fd);
	}
}

void peer_seqpacket_epoll(const struct bench_args *args)
{
	struct ends e;

	socket_ends(&e);
	bench_child(args, epoll_serve, &e);
	bench_pin(args, BENCH_CLIENT);
	bench_measure(args, &(struct bench_job){ .name = "seqpacket_epoll",
	                                         .run = stream_call,
	                                         .context = &e });
}

/*
 * Genode base-linux: each call makes a socket pair for the reply and passes
 * one end of it with the request. Nine system calls in all.
 */

/* A message of the payload and at most one descriptor. */
struct parcel {
	unsigned char data[BENCH_PAYLOAD];
	struct iovec part;
	struct msghdr head;
	alignas(size_t) unsigned char control[CMSG_SPACE(sizeof(int))];
};

static void parcel_init(struct parcel *p)
{
	memset(p, 0, sizeof(*p));
	p->part = (struct iovec){ p->data, sizeof(p->data) };
	p->head.msg_iov = &p->part;
	p->head.msg_iovlen = 1;
	p->head.msg_control = p->control;
	p->head.msg_controllen = sizeof(p->control);
}

static void base_linux_call(void *context)
{
	struct ends *e = context;
	struct parcel p;
	struct cmsghdr *c;
	int reply[2];

	bench_must(socketpair(AF_UNIX, SOCK_DGRAM, 0, reply), "socketpair");
	parcel_init(&p);
	c = CMSG_FIRSTHDR(&p.head);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &reply[1], sizeof(int));
	bench_must(sendmsg(e->client[1], &p.head, 0), "sendmsg");
	parcel_init(&p);
	bench_must(recvmsg(reply[0], &p.head, 0), "recvmsg");
	close(reply[0]);
	close(reply[1]);
}

static void base_linux_serve(void *context)
{
	struct ends *e = context;
	int epoll = epoll_of(e->server[0]);
	struct epoll_event event;
	struct cmsghdr *c;
	struct parcel p;
	int reply;

	for (;;) {
		bench_must(epoll_wait(epoll, &event, 1, -1), "epoll");
		parcel_init(&p);
		if (recvmsg(event.data.fd, &p.head, MSG_CMSG_CLOEXEC) <= 0)
			return;
		c = CMSG_FIRSTHDR(&p.head);
		if (!c)
			return;
		memcpy(&reply, CMSG_DATA(c), sizeof(reply));
		p.data[0]++;
		p.head.msg_control = NULL;
		p.head.msg_controllen = 0;
		bench_must(sendmsg(reply, &p.head, MSG_NOSIGNAL), "sendmsg");
		close(reply);
	}
}

void peer_base_linux(const struct bench_args *args)
{
	struct ends e;
	int pair[2];

	bench_must(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), "socketpair");
	e = (struct ends){ .client = { pair[0], pair[0] },
		           .server = { pair[1], pair[1] } };
	bench_child(args, base_linux_serve, &e);
	bench_pin(args, BENCH_CLIENT);
	bench_measure(args, &(struct bench_job){ .name = "base_linux",
	                                         .run = base_linux_call,
	                                         .context = &e });
}
