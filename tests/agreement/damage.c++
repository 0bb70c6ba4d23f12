// Damage to messages: of any words, and of pointers as pointers.
//
// Next: tests/agreement/tree.c++

#include <array>
#include <vector>

#include "tests/agreement/theirs.h++"

namespace agreement {

void damage_words(kj::ArrayPtr<word> message)
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

namespace {

// ---- The pointers of a message ------------------------------------------------------------------------

enum Kind : uint32_t { STRUCT, LIST, FAR, OTHER };

// A pointer, or the tag of a struct list.
struct Site {
    size_t at;  // in the whole message
    size_t segment;
    bool is_tag;
};

class Pointers {
public:
    explicit Pointers(kj::ArrayPtr<word> message) : words(as_numbers(message)), total(message.size())
    {
        auto table = reinterpret_cast<const uint32_t*>(message.begin());
        size_t next = first_word(message);
        for (uint32_t i = 0; i <= table[0]; i++) {
            begins.push_back(next);
            next += table[1 + i];
        }
        begins.push_back(next);
        pointer(begins[0], 0);
    }

    uint64_t* words;
    size_t total;
    std::vector<size_t> begins;  // of each segment, and the end of the last
    std::vector<Site> sites;

    size_t segment_count() const { return begins.size() - 1; }

private:
    static int64_t offset(uint64_t pointer) { return static_cast<int32_t>(static_cast<uint32_t>(pointer)) >> 2; }

    void group(size_t at, size_t segment, uint64_t shape)
    {
        at += shape >> 32 & 0xffff;
        for (uint32_t i = 0; i < shape >> 48; i++)
            pointer(at + i, segment);
    }

    // The content that a pointer, or the tag of a double landing pad, describes.
    void content(uint64_t pointer, size_t target, size_t segment)
    {
        if ((pointer & 3) == STRUCT) {
            group(target, segment, pointer);
        } else if ((pointer & 3) == LIST && (pointer >> 32 & 7) == 6) {
            for (uint64_t i = 0; i < pointer >> 35; i++)
                this->pointer(target + i, segment);
        } else if ((pointer & 3) == LIST && (pointer >> 32 & 7) == 7) {
            uint64_t tag = words[target];
            sites.push_back({target, segment, true});
            for (uint64_t i = 0, stride = (tag >> 32 & 0xffff) + (tag >> 48); i < (tag & 0xffffffff) >> 2; i++)
                group(target + 1 + i * stride, segment, tag);
        }
    }

    void pointer(size_t at, size_t segment)
    {
        uint64_t pointer = words[at];
        if (pointer == 0)
            return;
        sites.push_back({at, segment, false});
        if ((pointer & 3) != FAR) {
            content(pointer, at + 1 + offset(pointer), segment);
            return;
        }
        size_t pad_segment = pointer >> 32, pad = begins[pad_segment] + (static_cast<uint32_t>(pointer) >> 3);
        if (!(pointer & 4)) {
            this->pointer(pad, pad_segment);
            return;
        }
        uint64_t far = words[pad];
        sites.push_back({pad, pad_segment, false});
        sites.push_back({pad + 1, pad_segment, false});
        content(words[pad + 1], begins[far >> 32] + (static_cast<uint32_t>(far) >> 3), far >> 32);
    }
};

// ---- What can be done to a pointer --------------------------------------------------------------------

std::array<uint32_t, 9> counts;
const char* const names[] = {"offset", "size", "kind", "count", "depth", "segment", "shared", "overlap", "null"};

// A number near the old one, or at one end of what `bits` bits can say.
uint64_t near(uint64_t old, uint32_t bits)
{
    static const int64_t steps[] = {1, -1, 2, -2, 7, -7, 64, 1024};
    uint64_t mask = (uint64_t{1} << bits) - 1;
    switch (below(6)) {
    case 0:
        return 0;
    case 1:
        return mask;
    case 2:
        return mask >> 1;
    default:
        return (old + steps[below(8)]) & mask;
    }
}

uint64_t with_bits(uint64_t word, uint32_t shift, uint32_t bits, uint64_t value)
{
    uint64_t mask = ((uint64_t{1} << bits) - 1) << shift;
    return (word & ~mask) | (value << shift & mask);
}

uint64_t aimed(uint64_t word, int64_t offset) { return with_bits(word, 2, 30, static_cast<uint64_t>(offset)); }

// To the edges of the segment, or a little away from where it leads.
uint64_t change_offset(const Pointers& all, const Site& site, uint64_t word)
{
    if ((word & 3) == FAR)
        return with_bits(word, 3, 29, near(static_cast<uint32_t>(word) >> 3, 29));
    int64_t here = static_cast<int64_t>(site.at) + 1;
    switch (below(4)) {
    case 0:
        return aimed(word, static_cast<int64_t>(all.begins[site.segment]) - here - below(2));
    case 1:
        return aimed(word, static_cast<int64_t>(all.begins[site.segment + 1]) - here + below(3) - 1);
    default:
        return aimed(word, static_cast<int64_t>(near(word >> 2 & 0x3fffffff, 30)));
    }
}

// What it claims to be there: sections of a struct, length or elements of a list, index of a capability.
uint64_t change_size(uint64_t word, bool is_tag)
{
    if (is_tag || (word & 3) == STRUCT)
        return one_in(2) ? with_bits(word, 32, 16, near(word >> 32 & 0xffff, 16)) : with_bits(word, 48, 16, near(word >> 48, 16));
    if ((word & 3) == LIST && one_in(2))
        return with_bits(word, 32, 3, below(8));
    return with_bits(word, 32, 32, near(word >> 32, 32));
}

uint64_t change_count(uint64_t word, bool is_tag)
{
    if (is_tag)
        return with_bits(word, 2, 30, near(word >> 2 & 0x3fffffff, 30));
    return with_bits(word, 35, 29, near(word >> 35, 29));
}

// A far pointer to some other pointer, to a word near one, or to a segment that is not there.
uint64_t change_segment(const Pointers& all, uint64_t word)
{
    auto& other = all.sites[below(static_cast<uint32_t>(all.sites.size()))];
    if ((word & 3) == FAR && one_in(2))
        return one_in(2) ? word ^ 4 : with_bits(word, 32, 32, near(word >> 32, 32));
    uint64_t pad = other.at - all.begins[other.segment] + (one_in(4) ? below(3) : 0);
    uint64_t segment = one_in(8) ? all.segment_count() : other.segment;
    return FAR | (one_in(4) ? 4 : 0) | pad << 3 | segment << 32;
}

// The object that another pointer of the same segment leads to, or what lies `by` words further.
uint64_t aim_like(const Site& site, const Site& other, const Pointers& all, int64_t by, bool is_same_shape)
{
    uint64_t word = all.words[site.at], model = all.words[other.at];
    if (other.segment != site.segment || (model & 3) > LIST || other.is_tag)
        return word;
    int64_t target = static_cast<int64_t>(other.at) + 1 + (static_cast<int32_t>(static_cast<uint32_t>(model)) >> 2) + by;
    if (is_same_shape || (word & 3) > LIST)
        word = model;
    return aimed(word, target - static_cast<int64_t>(site.at) - 1);
}

// What `site` becomes when the change `what` is made to it.
uint64_t changed(const Pointers& all, const Site& site, uint32_t what)
{
    uint64_t word = all.words[site.at];
    auto& other = all.sites[below(static_cast<uint32_t>(all.sites.size()))];
    switch (what) {
    case 0:
        return change_offset(all, site, word);
    case 1:
        return change_size(word, site.is_tag);
    case 2:
        return with_bits(word, 0, 2, below(4));
    case 3:
        return change_count(word, site.is_tag);
    case 4:  // a circle: a struct of one pointer, which is this one, or a list of it
        return one_in(2) ? aimed(uint64_t{1} << 48 | STRUCT, -1) : aimed(uint64_t{1} << 35 | uint64_t{6} << 32 | LIST, -1);
    case 5:
        return change_segment(all, word);
    case 6:
        return aim_like(site, other, all, 0, one_in(2));
    case 7:
        return aim_like(site, other, all, static_cast<int64_t>(below(5)) - 2, one_in(2));
    default:
        return 0;
    }
}

}  // namespace

bool damage_pointers(kj::ArrayPtr<word> message)
{
    Pointers all(message);
    if (all.sites.empty())
        return false;
    for (uint32_t rounds = 1 + (one_in(3) ? below(3) : 0); rounds > 0; rounds--) {
        auto& site = all.sites[below(static_cast<uint32_t>(all.sites.size()))];
        uint32_t what = below(static_cast<uint32_t>(counts.size()));
        uint64_t word = changed(all, site, what);
        counts[what] += word != all.words[site.at];
        all.words[site.at] = word;
    }
    return true;
}

std::string damage_counts()
{
    std::string text;
    for (size_t i = 0; i < counts.size(); i++)
        text += std::string(text.empty() ? "" : ", ") + names[i] + " " + std::to_string(counts[i]);
    return text;
}

}  // namespace agreement
