/* SPDX-License-Identifier: MIT */
/* Requests on their way between clients and device, piece by piece. */

#include "relay.h"

#include <lib/mem.h>

static struct relays *relays_of(struct relay *r)
{
	return r->job.done_arg;
}

static unsigned char *payload_at(const struct relay *r)
{
	return (unsigned char *)r->request->data +
	       r->over * r->job.client->info.block_size;
}

/* Blocks of the next piece. */
static uint64_t piece(const struct relay *r)
{
	const struct block_range *range = &r->request->range;
	const uint64_t rest = range->count - r->over;
	const uint64_t fits = r->job.capacity / r->job.client->info.block_size;

	return range->bytes && rest > fits ? fits : rest;
}

static enum fief_err piece_submit(struct relay *r)
{
	const struct block_range *range = &r->request->range;
	const uint64_t n = piece(r);

	if (range->op == BLOCK_OP_WRITE)
		memcpy(r->job.data, payload_at(r),
		       n * r->job.client->info.block_size);
	return block_job_submit(&r->job, range->op, range->first + r->over, n);
}

static void relay_free(struct relay *r)
{
	r->used = false;
	r->request = NULL;
	block_server_resume(relays_of(r)->server);
}

/* Whatever else the device says is not the client's fault. */
static enum fief_err status_for_client(enum fief_err status)
{
	return !status || status == FIEF_UNSUPPORTED ? status : FIEF_GONE;
}

static void finish(struct relay *r, enum fief_err status)
{
	block_request_done(r->request, status_for_client(status));
	relay_free(r);
}

static void on_done(struct block_job *job, enum fief_err status)
{
	struct relay *r = FIEF_CONTAINER_OF(job, struct relay, job);

	if (!r->request) {
		relay_free(r);
		return;
	}
	if (!status && job->range.op == BLOCK_OP_READ)
		memcpy(payload_at(r), job->data, job->range.bytes);
	r->over += job->range.count;
	if (!status && r->over < r->request->range.count) {
		status = piece_submit(r);
		if (!status)
			return; /* shown to the device after this batch */
	}
	finish(r, status);
}

static void on_flush(struct fief_signal_handler *self, unsigned count)
{
	(void)count;
	block_client_flush(
		FIEF_CONTAINER_OF(self, struct relays, flush)->device);
}

enum fief_err relays_submit(struct relays *v, struct block_request *request)
{
	enum fief_err e;
	unsigned i = 0;

	while (i < v->count && v->relay[i].used)
		i++;
	if (i == v->count)
		return FIEF_AGAIN;
	v->relay[i].request = request;
	v->relay[i].over = 0;
	e = piece_submit(&v->relay[i]);
	if (e) {
		v->relay[i].request = NULL;
		return status_for_client(e);
	}
	v->relay[i].used = true;
	fief_signal_local_submit(&v->flush);
	return FIEF_OK;
}

void relays_cancel(struct relays *v, struct block_request *request)
{
	for (unsigned i = 0; i < v->count; i++)
		if (v->relay[i].request == request)
			v->relay[i].request = NULL;
}

enum fief_err relays_init(struct relays *v, struct block_client *device,
                          struct block_server *server)
{
	const uint32_t most = device->stream.submit.capacity;
	enum fief_err e;

	v->device = device;
	v->server = server;
	v->count = most < RELAYS ? most : RELAYS;
	v->flush.handle = on_flush;
	v->flush.level = FIEF_SIGNAL_IO;
	for (unsigned i = 0; i < v->count; i++) {
		struct block_job *j = &v->relay[i].job;

		j->done = on_done;
		j->done_arg = v;
		e = block_job_init(j, device,
		                   device->chunks.bits / v->count *
		                           device->chunk_bytes);
		if (e || j->capacity < device->info.block_size)
			return FIEF_LIMIT;
	}
	return fief_signal_manage(device->env->ep, &v->flush);
}
