/* A typed round trip with Cap'n Proto's own RPC, over a unix socket between two processes: the same interface,
 * bench/qemu/bench.capnp, that the capOS side serves.
 *
 * Next: bench/linux/process_operations.c
 */
#include "bench/linux/init.h"
#include "bench/qemu/bench.capnp.h"

#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>
#include <string.h>
#include <sys/socket.h>

namespace
{

int sockets[2];

class PartnerServer final : public Partner::Server
{
    kj::Promise<void> nothing(NothingContext) override
    {
        return kj::READY_NOW;
    }

    kj::Promise<void> reflect(ReflectContext context) override
    {
        context.getResults().setBytes(context.getParams().getBytes());
        return kj::READY_NOW;
    }
};

struct Connection {
    kj::AsyncIoContext io;
    kj::Own<kj::AsyncIoStream> stream;
    capnp::TwoPartyVatNetwork network;

    Connection(int fd, capnp::rpc::twoparty::Side side)
        : io(kj::setupAsyncIo()), stream(io.lowLevelProvider->wrapSocketFd(fd)), network(*stream, side)
    {
    }
};

void rpc_peer()
{
    Connection connection(sockets[1], capnp::rpc::twoparty::Side::SERVER);
    auto system = capnp::makeRpcServer(connection.network, kj::heap<PartnerServer>());
    connection.network.onDisconnect().wait(connection.io.waitScope);
}

/* Lives until the machine ends. */
struct Client {
    Connection connection{sockets[0], capnp::rpc::twoparty::Side::CLIENT};
    capnp::RpcSystem<capnp::rpc::twoparty::VatId> system{capnp::makeRpcClient(connection.network)};
    Partner::Client partner;

    Client() : partner(bootstrap())
    {
    }

    Partner::Client bootstrap()
    {
        capnp::MallocMessageBuilder message;
        auto id = message.initRoot<capnp::rpc::twoparty::VatId>();
        id.setSide(capnp::rpc::twoparty::Side::SERVER);
        return system.bootstrap(id).castAs<Partner>();
    }
};

Client *client;

bool rpc_open()
{
    if (client)
        return true;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
        return false;
    peer_start(rpc_peer);
    client = new Client;
    return true;
}

bool rpc_nothing()
{
    client->partner.nothingRequest().send().wait(client->connection.io.waitScope);
    return true;
}

bool rpc_reflect()
{
    static const uint8_t bytes[64] = {1, 2, 3};
    auto request = client->partner.reflectRequest();
    request.setBytes(capnp::Data::Reader(bytes, sizeof bytes));
    auto response = request.send().wait(client->connection.io.waitScope);
    return response.getBytes().size() == sizeof bytes;
}

} // namespace

extern "C" const struct operation rpc_operations[] = {
    {"typed_round_trip_0", 500, 1, rpc_open, rpc_nothing, 0},
    {"typed_round_trip_64", 500, 1, rpc_open, rpc_reflect, 0},
    {NULL, 0, 0, NULL, NULL},
};
