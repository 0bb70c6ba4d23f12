// Compares our messages with those of the reference implementation, libcapnp, in one process: thousands of random
// messages of every type of the schemas, and random damage to them.
//
//     agreement REQUEST SEED ROUNDS
//
// REQUEST is what `capnp compile -o-` writes about the schemas. The same SEED gives the same messages. Each round makes
// one message: both sides read it, ours builds it anew (and the reference reads that, and makes JSON of it), and then it
// is damaged: eight times any words, sixteen times pointers as pointers. Ends with `N passed, N failed`.
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

uint32_t passed, failed, json_count, canonical_count, both_read_count;
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

// ---- The differences that docs/spec/messages.md lists -------------------------------------------------
// Each is recognised by the pointer that it is about, so that nothing else hides behind it.

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
    both_read_count += verdict.rule == 0 && do_they_read && (strcmp(what, "damaged") == 0 || strcmp(what, "changed") == 0);
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

// Whether the reference says that a message is canonical; it may also refuse to read it.
bool is_theirs_canonical(kj::ArrayPtr<const word> words)
{
    try {
        return capnp::FlatArrayMessageReader(words, options_for(words)).isCanonical();
    } catch (const kj::Exception&) {
        return false;
    }
}

// Both say of the same bytes whether they are canonical. The reference does not look at slack behind a struct list.
void compare_judgement(kj::ArrayPtr<const word> words, const char* what)
{
    auto ours = ours_canonical(as_numbers(words), words.size());
    bool is_theirs = is_theirs_canonical(words);
    canonical_count += is_theirs;
    if (is_theirs && ours.rule != 0 && (strstr(ours.text, "C4") != nullptr || is_ours_stricter(words, ours)))
        deviations[std::string(ours.text, 2)]++;
    else
        result((ours.rule == 0) == is_theirs, std::string(what) + ": is it canonical",
               std::string("ours: ") + ours.text + " at word " + std::to_string(ours.word) +
                   "; reference: " + (is_theirs ? "it is" : "it is not") + "; message " + hex(words));
}

// Our canonical form is the reference's; both know it, and both know it after a change to be another.
void compare_canonical(kj::ArrayPtr<const word> original, const Case& one)
{
    static word space[COPY_WORDS];
    size_t count = ours_canonicalize(as_numbers(original), original.size(), reinterpret_cast<uint64_t*>(space + 1), COPY_WORDS - 1);
    compare_judgement(original, "message");
    if (count == 0)  // it has capabilities
        return;
    reinterpret_cast<uint64_t*>(space)[0] = static_cast<uint64_t>(count) << 32;
    auto form = kj::arrayPtr(const_cast<const word*>(space), count + 1);
    capnp::FlatArrayMessageReader message(original, {.traversalLimitInWords = UINT64_MAX});
    auto theirs = message.getRoot<AnyStruct>().canonicalize();
    result(theirs.asBytes() == form.slice(1, count + 1).asBytes(),
           std::string("canonical form of ") + ours_type_name(one.index), hex(theirs) + " is not " + hex(form));
    compare_judgement(form, "canonical form");
    for (uint32_t i = 0; i < 4; i++) {
        auto copy = kj::heapArray<word>(form);
        if (damage_pointers(copy))
            compare_judgement(copy, "changed form");
    }
}

void run_round(const Case& one)
{
    auto message = random_message(one.type);
    if (message.size() == 0)
        return;
    compare("message", message, one.index, one.type);
    compare_copy(message, one);
    compare_canonical(message, one);
    for (uint32_t i = 0; i < 8; i++) {
        auto copy = kj::heapArray<word>(message.asPtr());
        damage_words(copy);
        compare("damaged", copy, one.index, one.type);
    }
    for (uint32_t i = 0; i < 16; i++) {
        auto copy = kj::heapArray<word>(message.asPtr());
        if (damage_pointers(copy))
            compare("changed", copy, one.index, one.type);
    }
}

// A chain of objects that hang on pointer `index` of the root, one inside the other: structs, struct lists, lists of
// pointers, or these in turn. It ends in an empty struct.
kj::Array<word> chain(uint32_t index, uint32_t form, uint32_t depth)
{
    constexpr uint32_t POINTERS = 8;
    auto words = kj::heapArray<word>(2 + POINTERS + 2 * depth + 1);
    auto numbers = as_numbers(words.asPtr());
    memset(numbers, 0, words.asBytes().size());
    numbers[1] = uint64_t{POINTERS} << 48;
    uint32_t at = 2 + index, next = 2 + POINTERS;
    for (uint32_t i = 0; i < depth; i++) {
        uint64_t offset = uint64_t{next - at - 1} << 2;
        switch (form < 3 ? form : i % 3) {
        case 0:
            numbers[at] = uint64_t{1} << 48 | offset;
            break;
        case 1:
            numbers[at] = uint64_t{1} << 35 | uint64_t{7} << 32 | offset | 1;
            numbers[next++] = uint64_t{1} << 48 | 1 << 2;
            break;
        default:
            numbers[at] = uint64_t{1} << 35 | uint64_t{6} << 32 | offset | 1;
        }
        at = next++;
    }
    numbers[at] = 0xfffffffc;
    numbers[0] = uint64_t{next - 1} << 32;
    return kj::heapArray<word>(words.slice(0, next));
}

// How deep objects may be nested, by each pointer of each type: around 64 levels, a struct list being two.
void compare_depths(const Case& one)
{
    uint32_t pointer_count = one.type.getProto().getStruct().getPointerCount();
    for (uint32_t index = 0; index < kj::min(pointer_count, 8u); index++)
        for (uint32_t form = 0; form < 4; form++)
            for (uint32_t depth = 28; depth < 68; depth += depth == 34 ? 7 : depth == 50 ? 11 : 1)
                compare("chain in", chain(index, form, depth), one.index, one.type);
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
    for (auto& one : cases)
        compare_depths(one);
    for (auto& one : deviations)
        printf("difference %s: %u\n", one.first.c_str(), one.second);
    result(json_count > 0, "JSON", "no message was made of any");
    printf("both read %u of the damaged, %u are canonical for the reference\n", both_read_count, canonical_count);
    printf("pointers changed: %s\n", damage_counts().c_str());
    printf("seed %llu: %lu messages of %zu types, %u of them through JSON\n", seed, rounds, cases.size(), json_count);
    printf("%u passed, %u failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
