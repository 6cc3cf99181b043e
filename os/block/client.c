/* SPDX-License-Identifier: MIT */
/* Jobs of a Block session. */

#include "client.h"

#include <fief/kif_table.h>
#include <lib/checked.h>
#include <lib/fmt.h>
#include <lib/mem.h>

/* ---- jobs ---- */

static size_t chunks_for(const struct block_client *c, size_t bytes)
{
	return bytes / c->chunk_bytes + (bytes % c->chunk_bytes != 0);
}

enum fief_err block_job_init(struct block_job *j, struct block_client *c,
                             size_t bytes)
{
	const size_t n = chunks_for(c, bytes);
	size_t first = 0;

	if (n > c->chunks.bits)
		return FIEF_LIMIT;
	if (n && bit_alloc_take_run(&c->chunks, n, &first))
		return FIEF_AGAIN;
	j->client = c;
	j->chunk = first;
	j->nchunks = n;
	j->capacity = n * c->chunk_bytes;
	j->data = c->stream.bulk + first * c->chunk_bytes;
	return FIEF_OK;
}

void block_job_fini(struct block_job *j)
{
	if (!j->client)
		return;
	for (size_t i = 0; i < j->nchunks; i++)
		bit_alloc_release(&j->client->chunks, j->chunk + i);
	j->client = NULL;
}

static enum fief_err slot_find(const struct block_client *c, unsigned *out)
{
	for (unsigned i = 0; i < BLOCK_CLIENT_JOBS; i++) {
		if (!c->job[i]) {
			*out = i;
			return FIEF_OK;
		}
	}
	return FIEF_AGAIN;
}

/* The packet for a request, if the device can take it. */
static enum fief_err packet_make(const struct block_job *j,
                                 const struct block_range *r,
                                 struct fief_packet *p)
{
	const struct block_client *c = j->client;
	struct block_range checked;

	if (r->op == BLOCK_OP_TRIM && r->count > BLOCK_TRIM_MAX)
		return FIEF_LIMIT;
	*p = (struct fief_packet){
		.offset = (uint32_t)(j->chunk * c->chunk_bytes),
	};
	block_encode(r, p);
	return block_decode(&c->info, p, &checked);
}

enum fief_err block_job_submit(struct block_job *j, enum block_op op,
                               uint64_t first, uint64_t count)
{
	struct block_client *c = j->client;
	const bool payload = op == BLOCK_OP_READ || op == BLOCK_OP_WRITE;
	struct block_range r = { .op = op, .first = first, .count = count };
	struct fief_packet p;
	enum fief_err e;
	unsigned slot;

	if (c->broken || j->busy ||
	    (payload && count > j->capacity / c->info.block_size))
		return FIEF_INVALID;
	r.bytes = payload ? (uint32_t)count * c->info.block_size : 0;
	e = packet_make(j, &r, &p);
	if (!e)
		e = slot_find(c, &slot);
	if (e)
		return e;
	p.cookie = slot;
	e = fief_packet_submit(&c->stream, &p);
	if (e)
		return e;
	j->range = r;
	j->slot = slot;
	j->busy = true;
	c->job[slot] = j;
	c->open++;
	return FIEF_OK;
}

static void job_end(struct block_job *j, enum fief_err status)
{
	struct block_client *c = j->client;

	c->job[j->slot] = NULL;
	c->open--;
	j->busy = false;
	j->done(j, status);
}

/* ---- acknowledgements ---- */

void block_client_fail(struct block_client *c, enum fief_err status)
{
	c->broken = true;
	c->why_broken = status;
	for (unsigned i = 0; i < BLOCK_CLIENT_JOBS; i++)
		if (c->job[i])
			job_end(c->job[i], status);
}

void block_client_flush(struct block_client *c)
{
	if (!c->broken)
		fief_packet_source_flush(&c->stream);
}

/* Errors: AGAIN (no more), INVALID (broken). */
static enum fief_err ack_take(struct block_client *c)
{
	struct fief_packet p;
	enum fief_err e = fief_packet_get_ack(&c->stream, &p);
	struct block_job *j;

	if (e)
		return e;
	j = p.cookie < BLOCK_CLIENT_JOBS ? c->job[p.cookie] : NULL;
	if (!j)
		return FIEF_INVALID;
	/* Only the status is believed; AGAIN and the like mean nothing. */
	job_end(j, (enum fief_err)p.status);
	return c->broken ? FIEF_AGAIN : FIEF_OK;
}

/* A batch is bounded: a job that is done can be submitted again at once. */
static enum fief_err acks_take(struct block_client *c)
{
	enum fief_err e = FIEF_OK;

	for (unsigned n = 0; !e && n < BLOCK_CLIENT_JOBS; n++)
		e = ack_take(c);
	return e;
}

static void on_acknowledged(struct fief_signal_handler *self, unsigned count)
{
	struct block_client *c =
		FIEF_CONTAINER_OF(self, struct block_client, acknowledged);
	enum fief_err e;

	(void)count;
	if (c->broken)
		return;
	fief_packet_source_awake(&c->stream);
	e = acks_take(c);
	if (e && e != FIEF_AGAIN)
		block_client_fail(c, FIEF_INVALID);
	if (c->batch_done)
		c->batch_done(c);
	block_client_flush(c);
	if (!c->broken && (!e || !fief_packet_source_sleep(&c->stream)))
		fief_signal_local_submit(&c->acknowledged);
}

/* ---- one at a time ---- */

static void on_waited(struct block_job *j, enum fief_err status)
{
	j->status = status;
}

enum fief_err block_job_wait(struct block_job *j, enum block_op op,
                             uint64_t first, uint64_t count)
{
	enum fief_err e;

	j->done = on_waited;
	e = block_job_submit(j, op, first, count);
	if (e)
		return e;
	block_client_flush(j->client);
	while (j->busy)
		fief_entrypoint_wait_io(j->client->env->ep);
	return j->status;
}

/* ---- sessions ---- */

static struct block_cap cap_of(const struct block_client *c)
{
	return (struct block_cap){ c->session.cap };
}

enum fief_err block_client_probe(struct block_client *c)
{
	struct block_info_results r;
	enum fief_err e;

	e = block_info(cap_of(c), &r.block_size, &r.block_count, &r.align,
	               &r.writeable);
	if (e)
		block_client_fail(c, FIEF_GONE);
	return e;
}

static enum fief_err info_get(struct block_client *c)
{
	uint8_t align;
	enum fief_err e;

	e = block_info(cap_of(c), &c->info.block_size, &c->info.block_count,
	               &align, &c->info.writeable);
	if (e)
		return e;
	/* All that we submit starts at a chunk. */
	return block_info_valid(&c->info) && align <= 12 ? FIEF_OK :
	                                                   FIEF_INVALID;
}

static void chunks_init(struct block_client *c)
{
	c->chunk_bytes = BLOCK_CHUNK_MIN;
	while (c->chunk_bytes < c->info.block_size ||
	       c->stream.bulk_bytes / c->chunk_bytes > BLOCK_CHUNKS_MAX)
		c->chunk_bytes *= 2;
	bit_alloc_init(&c->chunks, c->chunk_words,
	               c->stream.bulk_bytes / c->chunk_bytes);
}

static enum fief_err stream_open(struct block_client *c)
{
	struct block_stream_params p;
	struct block_stream_results r;
	enum fief_err e;

	c->acknowledged.handle = on_acknowledged;
	c->acknowledged.level = FIEF_SIGNAL_IO;
	e = fief_signal_manage(c->env->ep, &c->acknowledged);
	if (e)
		return e;
	p.bell.cap = c->acknowledged.cap;
	e = block_stream(cap_of(c), &p, &r);
	if (e)
		return e;
	c->bell = r.bell.cap;
	e = fief_attach(&c->memory, r.ds.cap, r.bytes, KIF_READ | KIF_WRITE);
	if (!e)
		e = fief_packet_stream_init(&c->stream, c->memory.addr,
		                            c->memory.bytes, r.queue);
	c->stream.peer = c->bell;
	if (e)
		return e;
	chunks_init(c);
	return fief_packet_source_sleep(&c->stream) ? FIEF_OK : FIEF_INVALID;
}

static enum fief_err session_open(struct block_client *c,
                                  const struct block_client_args *a)
{
	char text[160];
	struct fief_session_args args = {
		.service = BLOCK_SERVICE,
		.label = a->label,
		.args = text,
		.caps = BLOCK_CAP_QUOTA,
	};
	size_t pages;

	if (!checked_align(a->buffer, KIF_PAGE, &pages) ||
	    pages > BLOCK_BUFFER_MAX)
		return FIEF_LIMIT;
	args.ram = BLOCK_RAM_QUOTA + pages;
	if (fmt_text(text, sizeof(text),
	             "tx_buf_size=%zu, writeable=%s, offset=%llu, "
	             "num_blocks=%llu",
	             a->buffer, a->writeable ? "yes" : "no",
	             (unsigned long long)a->offset,
	             (unsigned long long)a->num_blocks) >= sizeof(text))
		return FIEF_TOO_LONG;
	return fief_session_open(c->env, &args, &c->session);
}

enum fief_err block_client_open(struct block_client *c, struct fief_env *env,
                                const struct block_client_args *args)
{
	enum fief_err e;

	c->env = env;
	e = session_open(c, args);
	if (!e)
		e = info_get(c);
	if (!e)
		e = stream_open(c);
	if (e)
		block_client_close(c);
	return e;
}

void block_client_close(struct block_client *c)
{
	if (!c->env)
		return;
	for (unsigned i = 0; i < BLOCK_CLIENT_JOBS; i++) {
		if (c->job[i])
			c->job[i]->busy = false;
		c->job[i] = NULL;
	}
	c->open = 0;
	c->broken = true;
	fief_detach(&c->memory);
	fief_signal_dissolve(c->env->ep, &c->acknowledged);
	fief_kif->drop(c->bell, 1);
	c->bell = FIEF_CAP_NULL;
	fief_session_close(c->env, &c->session);
}
