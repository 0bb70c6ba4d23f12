// Compares our messages with those of the reference implementation, libcapnp, in one process: thousands of random
// messages of every type of the schemas, and random damage to them.
//
//     agreement REQUEST SEED ROUNDS
//
// REQUEST is what `capnp compile -o-` writes about the schemas. The same SEED gives the same messages. Each round makes
// one message: both sides read it, ours builds it anew (and the reference reads that, and makes JSON of it), and then it
// is damaged eight times. Ends with `N passed, N failed`.
//
// This is the only test in C++: the reference has no other interface. All of our code that it reaches is C (ours.h). Differences that docs/spec/messages.md describes are recognised one by one (is_known).
//
// Next: tests/agreement/ours.c

#include <capnp/compat/json.h>
#include <capnp/message.h>
#include <capnp/schema-loader.h>
#include <capnp/serialize.h>
#include <kj/io.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <string>

#include "tests/agreement/theirs.h++"

namespace {

using namespace agreement;
using capnp::word;

constexpr uint64_t STREAM_RESULT_ID = 0x995f9a3377c0b16e;
constexpr uint32_t SEGMENTS_MAX = 511;  // F2
constexpr size_t COPY_WORDS = 1 << 16;

// ---- Comparison ---------------------------------------------------------------------------------------

uint32_t passed, failed, json_count;
std::map<std::string, uint32_t> deviations;

void result(bool is_right, const std::string& what, const std::string& detail)
{
    if (is_right) {
        passed++;
        return;
    }
    failed++;
    if (failed <= 10)
        printf("FAILED %s: %s\n", what.c_str(), detail.c_str());
}

struct Tree : tree {
    Tree() : tree{nullptr, 0, 0} {}
    ~Tree() { free(chars); }
    Tree(const Tree&) = delete;

    bool operator==(const Tree& other) const
    {
        return length == other.length && (length == 0 || memcmp(chars, other.chars, length) == 0);
    }

    // What stands around the first difference.
    std::string differs(const Tree& other) const
    {
        size_t at = 0;
        while (at < length && at < other.length && chars[at] == other.chars[at])
            at++;
        size_t from = at > 60 ? at - 60 : 0;
        return "reference ..." + std::string(other.chars + from, kj::min(other.length - from, size_t{100})) + " ours ..." +
               std::string(chars + from, kj::min(length - from, size_t{100}));
    }
};

std::string hex(kj::ArrayPtr<const word> words)
{
    std::string text;
    char byte[4];
    for (auto one : words.asBytes()) {
        snprintf(byte, sizeof byte, "%02x", one);
        text += byte;
    }
    return text;
}

uint64_t* as_numbers(kj::ArrayPtr<word> words) { return reinterpret_cast<uint64_t*>(words.begin()); }
const uint64_t* as_numbers(kj::ArrayPtr<const word> words) { return reinterpret_cast<const uint64_t*>(words.begin()); }

// ---- The differences that docs/spec/messages.md lists -------------------------------------------------
// Each is recognised by the pointer that it is about, so that nothing else hides behind it.

// Where the first segment begins.
size_t first_word(kj::ArrayPtr<const word> message)
{
    return (reinterpret_cast<const uint32_t*>(message.begin())[0] + size_t{1}) / 2 + 1;
}

// The word to which a far pointer leads and the one behind it, 0 where there is none.
std::array<uint64_t, 2> pad_of(kj::ArrayPtr<const word> message, uint64_t pointer)
{
    auto table = reinterpret_cast<const uint32_t*>(message.begin());
    uint64_t segment = pointer >> 32, at = first_word(message) + (static_cast<uint32_t>(pointer) >> 3);
    if ((pointer & 3) != 2 || segment > table[0])
        return {0, 0};
    for (uint64_t i = 0; i < segment; i++)
        at += table[1 + i];
    auto numbers = as_numbers(message);
    return {at < message.size() ? numbers[at] : 0, at + 1 < message.size() ? numbers[at + 1] : 0};
}

bool takes_no_words(uint64_t pointer)
{
    uint32_t kind = pointer & 3, element = pointer >> 32 & 7;
    return kind == 0 ? pointer >> 32 == 0 : kind == 1 && element != 7 && (element == 0 || pointer >> 35 == 0);
}

// Ours refuses what the reference reads.
bool is_ours_stricter(kj::ArrayPtr<const word> message, const verdict& ours)
{
    std::string rule(ours.text, 2);
    if (rule == "P2" || rule == "P5")
        return takes_no_words(ours.pointer);
    if (rule == "R1")
        return (ours.pointer & 7) == 6 && takes_no_words(pad_of(message, ours.pointer)[1]);
    return (rule == "P6" && strstr(ours.text, "elements") != nullptr) || rule == "R4";
}

// A far pointer to a capability, which the reference does not follow.
bool is_theirs_stricter(kj::ArrayPtr<const word> message, const std::string& why)
{
    bool has_far_cap = false;
    auto numbers = as_numbers(message);
    for (size_t at = first_word(message); at < message.size(); at++)
        has_far_cap = has_far_cap || ((numbers[at] & 7) == 2 && static_cast<uint32_t>(pad_of(message, numbers[at])[0]) == 3);
    return has_far_cap && why.find("non-capability pointer") != why.npos;
}

// ---- Both read ----------------------------------------------------------------------------------------

capnp::ReaderOptions options_for(kj::ArrayPtr<const word> words)
{
    size_t body_words = words.size() - first_word(words);
    return {.traversalLimitInWords = 8 * body_words + 1024, .nestingLimit = 64};
}

// Reads all of a message; false: the reference refuses it, and why.
bool theirs_read(kj::ArrayPtr<const word> words, StructSchema type, tree* to, std::string& why)
{
    try {
        auto table = cap_table();
        capnp::FlatArrayMessageReader message(words, options_for(words));
        auto root = table.imbue(message.getRoot<AnyPointer>());
        write_tree(root.getAs<DynamicStruct>(type), to);
        return true;
    } catch (const TooLong&) {
        why = "longer than its maxLength";
    } catch (const kj::Exception& exception) {
        why = exception.getDescription().cStr();
    }
    return false;
}

// What both make of the same bytes.
void compare(const char* what, kj::ArrayPtr<const word> words, uint32_t index, StructSchema type)
{
    Tree ours, theirs;
    std::string why = "it reads it", name = std::string(what) + " " + ours_type_name(index);
    auto verdict = ours_read(index, as_numbers(words), words.size(), CAP_COUNT, &ours);
    bool do_they_read = theirs_read(words, type, &theirs, why);
    if (verdict.rule != 0 && do_they_read && is_ours_stricter(words, verdict))
        deviations[std::string(verdict.text, 2)]++;
    else if (verdict.rule == 0 && !do_they_read && is_theirs_stricter(words, why))
        deviations["R2"]++;
    else if ((verdict.rule == 0) != do_they_read)
        result(false, name, "ours: " + std::string(verdict.text) + " at word " + std::to_string(verdict.word) +
                                "; reference: " + why + "; message " + hex(words));
    else
        result(verdict.rule != 0 || ours == theirs, name, ours.differs(theirs) + "; message " + hex(words));
}

// ---- Damage -------------------------------------------------------------------------------------------

void damage(kj::ArrayPtr<word> message)
{
    auto bytes = message.asBytes();
    auto words = as_numbers(message);
    size_t first = first_word(message);
    if (message.size() <= first)
        return;
    for (uint32_t rounds = 1 + below(3); rounds > 0; rounds--) {
        size_t at = first + below(static_cast<uint32_t>(message.size() - first));
        size_t byte = at * 8 + below(8);
        switch (below(6)) {
        case 0:
            bytes[byte] ^= static_cast<kj::byte>(1 << below(8));
            break;
        case 1:
            bytes[byte] = static_cast<kj::byte>(below(9) < 8 ? below(8) : 0xff);
            break;
        case 2:  // a pointer is copied from somewhere to somewhere
            words[at] = words[first + below(static_cast<uint32_t>(message.size() - first))];
            break;
        case 3:  // a pointer of any kind to somewhere near
            words[at] = below(4) | (static_cast<uint64_t>(below(40)) - 10) << 2 % (1ull << 32) |
                        static_cast<uint64_t>(below(8)) << 32 | static_cast<uint64_t>(below(40)) << 35;
            break;
        case 4:  // a far pointer to somewhere
            words[at] = 2 | below(2) << 2 | static_cast<uint64_t>(below(20)) << 3 | static_cast<uint64_t>(below(4)) << 32;
            break;
        default:
            words[at] = random_bits() & random_bits();
        }
    }
}

// ---- Rounds -------------------------------------------------------------------------------------------

struct Case {
    uint32_t index;
    StructSchema type;
};

kj::Array<word> random_message(StructSchema type)
{
    capnp::BuilderCapabilityTable table;
    bool is_split = one_in(2);
    capnp::MallocMessageBuilder message(is_split ? 1 + below(20) : 4096,
                                        is_split ? capnp::AllocationStrategy::FIXED_SIZE
                                                 : capnp::AllocationStrategy::GROW_HEURISTICALLY);
    auto root = table.imbue(message.getRoot<AnyPointer>());
    fill(root.initAs<DynamicStruct>(type), 1 + below(3));
    if (table.getTable().size() > CAP_COUNT || message.getSegmentsForOutput().size() > SEGMENTS_MAX)
        return nullptr;
    return capnp::messageToFlatArray(message);
}

// Nothing: the message has fields that have no JSON.
kj::Maybe<kj::String> json_of(kj::ArrayPtr<const word> words, StructSchema type)
{
    capnp::JsonCodec codec;
    capnp::FlatArrayMessageReader message(words);
    try {
        return codec.encode(message.getRoot<DynamicStruct>(type));
    } catch (const kj::Exception&) {
        return nullptr;
    }
}

// Empty: the codec does not read what it wrote, such as the number of an enumerant without a name.
kj::Array<word> from_json(kj::StringPtr text, StructSchema type)
{
    capnp::MallocMessageBuilder message;
    try {
        capnp::JsonCodec().decode(text, message.initRoot<DynamicStruct>(type));
    } catch (const kj::Exception&) {
        return nullptr;
    }
    json_count++;
    return capnp::messageToFlatArray(message);
}

// JSON of our message is that of the original, and what the reference makes of it is read alike.
void compare_json(kj::ArrayPtr<const word> original, kj::ArrayPtr<const word> copy, const Case& one)
{
    auto json = json_of(original, one.type);
    KJ_IF_MAYBE(text, json) {
        auto again = json_of(copy, one.type);
        KJ_IF_MAYBE(our_text, again)
            result(*text == *our_text, std::string("JSON of ") + ours_type_name(one.index), text->cStr());
        else
            result(false, std::string("JSON of ") + ours_type_name(one.index), "none of our message");
        auto words = from_json(*text, one.type);
        if (words.size() > 0)
            compare("from JSON", words, one.index, one.type);
    }
}

void compare_copy(kj::ArrayPtr<const word> original, const Case& one)
{
    static word space[COPY_WORDS];
    size_t count = ours_copy(one.index, as_numbers(original), original.size(), CAP_COUNT, one_in(2),
                             reinterpret_cast<uint64_t*>(space), COPY_WORDS);
    std::string name = std::string("our copy of ") + ours_type_name(one.index), why;
    result(count > 0, name, "it cannot be made of " + hex(original));
    if (count == 0)
        return;
    auto copy = kj::arrayPtr(const_cast<const word*>(space), count);
    Tree before, after;
    bool is_read = theirs_read(original, one.type, &before, why) && theirs_read(copy, one.type, &after, why);
    result(is_read && before == after, name, why + after.differs(before) + "; message " + hex(copy));
    compare("copy of", copy, one.index, one.type);
    compare_json(original, copy, one);
}

void run_round(const Case& one)
{
    auto message = random_message(one.type);
    if (message.size() == 0)
        return;
    compare("message", message, one.index, one.type);
    compare_copy(message, one);
    for (uint32_t i = 0; i < 8; i++) {
        auto copy = kj::heapArray<word>(message.asPtr());
        damage(copy);
        compare("damaged", copy, one.index, one.type);
    }
}

kj::Array<word> read_words(const char* path)
{
    int file = open(path, O_RDONLY);
    KJ_REQUIRE(file >= 0, path);
    auto bytes = kj::FdInputStream(kj::AutoCloseFd(file)).readAllBytes();
    auto words = kj::heapArray<word>(bytes.size() / sizeof(word));
    memcpy(words.begin(), bytes.begin(), words.asBytes().size());
    return words;
}

kj::Vector<Case> find_cases(capnp::SchemaLoader& loader)
{
    kj::Vector<Case> cases;
    for (uint32_t i = 0; i < ours_type_count(); i++) {
        uint64_t id = ours_type_id(i);
        KJ_IF_MAYBE(type, loader.tryGet(id ? id : STREAM_RESULT_ID))
            cases.add(Case{i, type->getGeneric().asStruct()});
    }
    return cases;
}

}  // namespace

int main(int count, char** arguments)
{
    if (count != 4) {
        fprintf(stderr, "usage: agreement REQUEST SEED ROUNDS\n");
        return 2;
    }
    auto seed = strtoull(arguments[2], nullptr, 10);
    auto rounds = strtoul(arguments[3], nullptr, 10);
    random_seed(seed);
    auto words = read_words(arguments[1]);
    capnp::FlatArrayMessageReader request(words, {.traversalLimitInWords = UINT64_MAX});
    capnp::SchemaLoader loader;
    for (auto node : request.getRoot<schema::CodeGeneratorRequest>().getNodes())
        loader.load(node);
    make_caps();
    auto cases = find_cases(loader);
    result(cases.size() >= ours_type_count() - 8, "types", std::to_string(cases.size()) + " of ours are in the request");
    for (unsigned long i = 0; i < rounds; i++)
        run_round(cases[i % cases.size()]);
    for (auto& one : deviations)
        printf("difference %s: %u\n", one.first.c_str(), one.second);
    result(json_count > 0, "JSON", "no message was made of any");
    printf("seed %llu: %lu messages of %zu types, %u of them through JSON\n", seed, rounds, cases.size(), json_count);
    printf("%u passed, %u failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
