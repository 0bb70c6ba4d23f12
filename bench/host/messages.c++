// The same with the C++ library as its manual recommends where speed counts: scratch space, which the builder zeroes
// again when it ends, no framing, no copy. What is read was built and put aside before.
//
//     messages_cxx COUNT
//
// Next: bench/host/count.py

#include <capnp/message.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "build/bench/host/cxx/bench/host/messages.capnp.h"

#define OP extern "C" __attribute__((noinline, noclone))

OP uint32_t op_build_scalars(uint64_t* words, uint64_t handle, uint32_t flags, uint32_t mode)
{
    capnp::MallocMessageBuilder message(kj::arrayPtr(reinterpret_cast<capnp::word*>(words), 64));
    auto root = message.initRoot<Scalars>();
    root.setHandle(handle);
    root.setFlags(flags);
    root.setMode(mode);
    return static_cast<uint32_t>(message.getSegmentsForOutput()[0].size());
}

OP uint64_t op_read_scalars(const uint64_t* words, uint32_t word_count)
{
    kj::ArrayPtr<const capnp::word> segment(reinterpret_cast<const capnp::word*>(words), word_count);
    capnp::SegmentArrayMessageReader message(kj::arrayPtr(&segment, 1));
    auto root = message.getRoot<Scalars>();
    return root.getHandle() + root.getFlags() + root.getMode();
}

OP uint32_t op_build_text(uint64_t* words, uint64_t handle, uint32_t flags, const char* path)
{
    capnp::MallocMessageBuilder message(kj::arrayPtr(reinterpret_cast<capnp::word*>(words), 64));
    auto root = message.initRoot<WithText>();
    root.setHandle(handle);
    root.setFlags(flags);
    root.setPath(capnp::Text::Reader(path, 8));
    return static_cast<uint32_t>(message.getSegmentsForOutput()[0].size());
}

OP uint64_t op_read_text(const uint64_t* words, uint32_t word_count)
{
    kj::ArrayPtr<const capnp::word> segment(reinterpret_cast<const capnp::word*>(words), word_count);
    capnp::SegmentArrayMessageReader message(kj::arrayPtr(&segment, 1));
    auto root = message.getRoot<WithText>();
    auto path = root.getPath();
    return root.getHandle() + root.getFlags() + path.size() + static_cast<uint8_t>(path[0]);
}

static uint32_t copy_out(capnp::MessageBuilder& message, uint64_t* words)
{
    auto segment = message.getSegmentsForOutput()[0].asBytes();
    memcpy(words, segment.begin(), segment.size());
    return static_cast<uint32_t>(segment.size() / sizeof *words);
}

int main(int count, char** arguments)
{
    unsigned long rounds = count == 2 ? strtoul(arguments[1], nullptr, 10) : 0;
    uint64_t scratch[64] = {}, scalars[8] = {}, text[8] = {}, sum = 0;
    capnp::MallocMessageBuilder with_scalars, with_text;
    auto root = with_scalars.initRoot<Scalars>();
    root.setHandle(5);
    root.setFlags(7);
    root.setMode(9);
    auto other = with_text.initRoot<WithText>();
    other.setHandle(5);
    other.setFlags(7);
    other.setPath("open.txt");
    uint32_t scalar_words = copy_out(with_scalars, scalars), text_words = copy_out(with_text, text);
    for (unsigned long i = 0; i < rounds; i++) {
        sum += op_build_scalars(scratch, 5, 7, 9) + op_build_text(scratch, 5, 7, "open.txt");
        sum += op_read_scalars(scalars, scalar_words) + op_read_text(text, text_words);
    }
    printf("%llu\n", static_cast<unsigned long long>(sum));
    return 0;
}
