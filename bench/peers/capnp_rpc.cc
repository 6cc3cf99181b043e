/* SPDX-License-Identifier: MIT */
/* Peer: Cap'n Proto RPC between two processes over a Unix socket. */
#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>
#include <kj/debug.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adder.capnp.h"

extern "C" {
#include <bench/lib/bench.h>
}

namespace {

enum { PIPELINED = 128 };

class AdderServer final : public Adder::Server {
	kj::Promise<void> add(AddContext context) override
	{
		auto terms = context.getParams();
		context.getResults().setSum(terms.getA() + terms.getB());
		return kj::READY_NOW;
	}
};

void serve(void *context)
{
	int fd = *static_cast<int *>(context);
	auto io = kj::setupAsyncIo();
	auto stream = io.lowLevelProvider->wrapSocketFd(fd);
	capnp::TwoPartyVatNetwork network(*stream,
	                                  capnp::rpc::twoparty::Side::SERVER);
	auto rpc = capnp::makeRpcServer(network, kj::heap<AdderServer>());

	network.onDisconnect().wait(io.waitScope);
}

struct Client {
	Adder::Client adder;
	kj::WaitScope &scope;

	kj::Promise<void> send()
	{
		auto request = adder.addRequest();

		request.setA(40);
		request.setB(2);
		return request.send().then([](auto &&reply) {
			KJ_REQUIRE(reply.getSum() == 42);
		});
	}
};

void call(void *context)
{
	auto client = static_cast<Client *>(context);

	client->send().wait(client->scope);
}

void call_pipelined(void *context)
{
	auto client = static_cast<Client *>(context);
	auto all = kj::heapArrayBuilder<kj::Promise<void>>(PIPELINED);

	for (unsigned i = 0; i < PIPELINED; i++)
		all.add(client->send());
	kj::joinPromises(all.finish()).wait(client->scope);
}

void measure(const struct bench_args *args, const char *name,
             void (*run)(void *), Client *client, unsigned ops)
{
	struct bench_job job = {};

	job.name = name;
	job.run = run;
	job.context = client;
	job.ops_per_run = ops;
	bench_measure(args, &job);
}

} // namespace

int main(int argc, char **argv)
{
	struct bench_args args;
	int pair[2];

	if (!bench_args_parse(&args, argc, argv))
		return 2;
	bench_must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
	bench_child(&args, serve, &pair[1]);
	close(pair[1]);
	bench_pin(&args, BENCH_CLIENT);
	{
		auto io = kj::setupAsyncIo();
		auto stream = io.lowLevelProvider->wrapSocketFd(pair[0]);
		capnp::TwoPartyVatNetwork network(
			*stream, capnp::rpc::twoparty::Side::CLIENT);
		auto rpc = capnp::makeRpcClient(network);
		capnp::MallocMessageBuilder message;
		auto id = message.getRoot<capnp::rpc::twoparty::VatId>();

		id.setSide(capnp::rpc::twoparty::Side::SERVER);
		Client client = { rpc.bootstrap(id).castAs<Adder>(),
			          io.waitScope };
		measure(&args, "capnp", call, &client, 1);
		measure(&args, "capnp_128", call_pipelined, &client,
		        PIPELINED);
	}
	bench_children_stop();
	return 0;
}
