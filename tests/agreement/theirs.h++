// The parts of the reference's side: random messages, damage to them, and the tree that it reads.
//
// Next: tests/agreement/damage.c++
#pragma once

#include <capnp/any.h>
#include <capnp/capability.h>
#include <capnp/dynamic.h>
#include <capnp/schema.capnp.h>
#include <string>

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

inline uint64_t* as_numbers(kj::ArrayPtr<word> words) { return reinterpret_cast<uint64_t*>(words.begin()); }
inline const uint64_t* as_numbers(kj::ArrayPtr<const word> words)
{
    return reinterpret_cast<const uint64_t*>(words.begin());
}

// Where the first segment of a message with its table begins.
inline size_t first_word(kj::ArrayPtr<const word> message)
{
    return (reinterpret_cast<const uint32_t*>(message.begin())[0] + size_t{1}) / 2 + 1;
}

// Changes one to three words of a message anyhow (its table stays).
void damage_words(kj::ArrayPtr<word> message);

// Changes one to three pointers of a message that can be read, each in one way that means something: where it leads,
// how much it claims, its kind, its segment. False: it has no pointer that is not null.
bool damage_pointers(kj::ArrayPtr<word> message);

// How often damage_pointers did what, as text.
std::string damage_counts();

// Fills a struct that is empty with random content, structs nested no deeper than `depth`.
void fill(DynamicStruct::Builder s, uint32_t depth);

}  // namespace agreement
