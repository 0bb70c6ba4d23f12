// The parts of the reference's side: random messages, and the tree that it reads.
//
// Next: tests/agreement/tree.c++
#pragma once

#include <capnp/any.h>
#include <capnp/capability.h>
#include <capnp/dynamic.h>
#include <capnp/schema.capnp.h>

#include "tests/agreement/ours.h"

namespace agreement {

using capnp::AnyList;
using capnp::AnyPointer;
using capnp::AnyStruct;
using capnp::DynamicCapability;
using capnp::DynamicEnum;
using capnp::DynamicList;
using capnp::DynamicStruct;
using capnp::DynamicValue;
using capnp::ElementSize;
using capnp::ListSchema;
using capnp::StructSchema;
using capnp::Type;
using capnp::word;
namespace schema = capnp::schema;

constexpr uint32_t CAP_COUNT = 64;
constexpr uint32_t LENGTH_ANY = UINT32_MAX;

struct TooLong {};  // breaks a maxLength, of which the reference knows nothing

// The field's maxLength, or LENGTH_ANY.
uint32_t max_length(StructSchema::Field field);

// Capabilities that stand for their index, 0 to CAP_COUNT - 1.
void make_caps();
capnp::Capability::Client cap_at(uint32_t index);
capnp::ReaderCapabilityTable cap_table();

// Adds the tree of a root to `to`, in the form of ours. Throws what the library throws, or TooLong.
void write_tree(DynamicStruct::Reader root, tree* to);

// Random numbers, the same for the same seed.
void random_seed(uint64_t seed);
uint64_t random_bits();
uint32_t below(uint32_t limit);
bool one_in(uint32_t n);

// Fills a struct that is empty with random content, structs nested no deeper than `depth`.
void fill(DynamicStruct::Builder s, uint32_t depth);

}  // namespace agreement
