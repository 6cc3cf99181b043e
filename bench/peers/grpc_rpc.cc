/* SPDX-License-Identifier: MIT */
/* Peer: gRPC, synchronous unary call over a Unix socket. */
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <stdlib.h>
#include <string>
#include <unistd.h>

#include "adder.grpc.pb.h"

extern "C" {
#include <bench/lib/bench.h>
}

namespace {

class AdderServer final : public adder::Adder::Service {
	grpc::Status Add(grpc::ServerContext *, const adder::Terms *terms,
	                 adder::Sum *sum) override
	{
		sum->set_sum(terms->a() + terms->b());
		return grpc::Status::OK;
	}
};

void serve(void *context)
{
	AdderServer service;
	grpc::ServerBuilder builder;

	builder.AddListeningPort(*static_cast<std::string *>(context),
	                         grpc::InsecureServerCredentials());
	builder.RegisterService(&service);
	auto server = builder.BuildAndStart();
	if (!server)
		_exit(1);
	server->Wait();
}

void call(void *context)
{
	auto stub = static_cast<adder::Adder::Stub *>(context);
	grpc::ClientContext client;
	adder::Terms terms;
	adder::Sum sum;

	terms.set_a(40);
	terms.set_b(2);
	if (!stub->Add(&client, terms, &sum).ok() || sum.sum() != 42)
		bench_fail("grpc call");
}

} // namespace

int main(int argc, char **argv)
{
	struct bench_args args;
	const char *base = getenv("TMPDIR");
	std::string folder = std::string(base ? base : P_tmpdir) +
	                     "/fief-grpc-XXXXXX";

	if (!bench_args_parse(&args, argc, argv))
		return 2;
	if (!mkdtemp(&folder[0]))
		bench_fail(folder.c_str());
	std::string address = "unix:" + folder + "/socket";
	/* Before the fork there are no threads of the library. */
	bench_child(&args, serve, &address);
	bench_pin(&args, BENCH_CLIENT);
	while (access((folder + "/socket").c_str(), F_OK) != 0)
		usleep(2000);
	auto channel = grpc::CreateChannel(address,
	                                   grpc::InsecureChannelCredentials());
	auto stub = adder::Adder::NewStub(channel);
	struct bench_job job = {};
	job.name = "grpc";
	job.run = call;
	job.context = stub.get();
	bench_measure(&args, &job);
	bench_children_stop();
	unlink((folder + "/socket").c_str());
	rmdir(folder.c_str());
	return 0;
}
