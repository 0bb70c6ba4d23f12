// Random messages of any type: all lengths around word ends, all bits of numbers, unions of every member.
//
// Next: tests/agreement/agreement.c++

#include <cstring>
#include <random>
#include <string>

#include "tests/agreement/theirs.h++"

namespace agreement {

namespace {

std::mt19937_64 generator;

}  // namespace

void random_seed(uint64_t seed) { generator.seed(seed); }
uint64_t random_bits() { return generator(); }
uint32_t below(uint32_t limit) { return static_cast<uint32_t>(generator() % limit); }
bool one_in(uint32_t n) { return below(n) == 0; }

namespace {

class Filler {
public:
    void struct_(DynamicStruct::Builder s, uint32_t depth)
    {
        auto members = s.getSchema().getUnionFields();
        if (members.size() > 0)
            field(s, members[below(members.size())], depth, true);
        uint32_t sparse = below(4);
        auto others = s.getSchema().getNonUnionFields();
        for (auto one : others)
            if (sparse == 0 || !one_in(sparse + 1))
                field(s, one, depth, false);
    }

private:
    static uint32_t length(uint32_t limit)
    {
        static const uint32_t lengths[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 31, 70};
        uint32_t length = lengths[below(one_in(4) ? 11 : 7)];
        return one_in(8) && limit < 300 ? limit : kj::min(length, limit);
    }

    static uint64_t bits()
    {
        uint64_t number = generator();
        return one_in(3) ? number & 0xff : one_in(4) ? ~uint64_t{0} : number;
    }

    static std::string text(uint32_t limit)
    {
        static const char* const pieces[] = {"a", "Z", " ", "\"", "\\", "\n", "/", "0", "\xc3\xa9", "\xe2\x82\xac"};
        std::string text;
        uint32_t size = length(limit);
        while (text.size() < size)
            text += pieces[below(size - text.size() < 3 ? 8 : 10)];
        return text;
    }

    static std::string data(uint32_t limit)
    {
        std::string data(length(limit), '\0');
        for (auto& byte : data)
            byte = static_cast<char>(below(256));
        return data;
    }

    static capnp::Data::Reader as_data(const std::string& data)
    {
        return capnp::Data::Reader(reinterpret_cast<const kj::byte*>(data.data()), data.size());
    }

    DynamicCapability::Client cap(capnp::InterfaceSchema type)
    {
        return cap_at(below(CAP_COUNT)).castAs<DynamicCapability>(type);
    }

    static DynamicValue::Reader scalar(Type type)
    {
        uint64_t number = bits();
        switch (type.which()) {
        case schema::Type::VOID:
            return capnp::VOID;
        case schema::Type::BOOL:
            return (number & 1) != 0;
        case schema::Type::INT8:
            return static_cast<int8_t>(number);
        case schema::Type::INT16:
            return static_cast<int16_t>(number);
        case schema::Type::INT32:
            return static_cast<int32_t>(number);
        case schema::Type::INT64:
            return static_cast<int64_t>(number);
        case schema::Type::UINT8:
            return static_cast<uint8_t>(number);
        case schema::Type::UINT16:
            return static_cast<uint16_t>(number);
        case schema::Type::UINT32:
            return static_cast<uint32_t>(number);
        case schema::Type::FLOAT32: {
            uint32_t half = static_cast<uint32_t>(number);
            float value;
            memcpy(&value, &half, sizeof value);
            return value;
        }
        case schema::Type::FLOAT64: {
            double value;
            memcpy(&value, &number, sizeof value);
            return value;
        }
        case schema::Type::ENUM:
            return DynamicEnum(type.asEnum(), one_in(2) ? below(4) : static_cast<uint16_t>(number));
        default:
            return number;
        }
    }

    // Members of unions are never null: which of them is selected must survive a copy.
    void field(DynamicStruct::Builder s, StructSchema::Field field, uint32_t depth, bool is_member)
    {
        auto type = field.getType();
        uint32_t limit = max_length(field);
        if (field.getProto().isGroup()) {
            struct_(s.init(field).as<DynamicStruct>(), depth);
        } else if (type.isText()) {
            s.set(field, capnp::Text::Reader(text(limit).c_str()));
        } else if (type.isData()) {
            auto bytes = data(limit);
            s.set(field, as_data(bytes));
        } else if (type.isList()) {
            list(s.init(field, length(kj::min(limit, depth ? 70 : 0))).as<DynamicList>(), depth);
        } else if (type.isStruct()) {
            if (depth > 0)
                struct_(s.init(field).as<DynamicStruct>(), depth - 1);
            else if (is_member)
                s.init(field);
        } else if (type.isInterface()) {
            s.set(field, cap(type.asInterface()));
        } else if (type.isAnyPointer()) {
            any(s.init(field).as<AnyPointer>(), type, depth);
        } else {
            s.set(field, scalar(type));
        }
    }

    void list(DynamicList::Builder list, uint32_t depth)
    {
        auto type = list.getSchema().getElementType();
        for (uint32_t i = 0; i < list.size(); i++) {
            if (type.isText()) {
                list.set(i, capnp::Text::Reader(text(20).c_str()));
            } else if (type.isData()) {
                auto bytes = data(20);
                list.set(i, as_data(bytes));
            } else if (type.isList()) {
                this->list(list.init(i, below(4)).as<DynamicList>(), depth > 0 ? depth - 1 : 0);
            } else if (type.isStruct()) {
                if (i < 3)
                    struct_(list[i].as<DynamicStruct>(), depth > 0 ? depth - 1 : 0);
            } else if (type.isInterface()) {
                list.set(i, cap(type.asInterface()));
            } else {
                list.set(i, scalar(type));
            }
        }
    }

    void any(AnyPointer::Builder pointer, Type type, uint32_t depth)
    {
        auto kind = type.whichAnyPointerKind();
        if (kind == schema::Type::AnyPointer::Unconstrained::CAPABILITY) {
            pointer.setAs<capnp::Capability>(cap_at(below(CAP_COUNT)));
            return;
        }
        switch (kind == schema::Type::AnyPointer::Unconstrained::STRUCT ? 5
                : kind == schema::Type::AnyPointer::Unconstrained::LIST ? below(5)
                                                                        : below(6)) {
        case 0:
            pointer.setAs<capnp::Text>(text(40));
            break;
        case 1: {
            auto numbers = pointer.initAs<capnp::List<uint16_t>>(below(9));
            for (uint32_t i = 0; i < numbers.size(); i++)
                numbers.set(i, static_cast<uint16_t>(bits()));
            break;
        }
        case 2: {
            auto flags = pointer.initAs<capnp::List<bool>>(below(70));
            for (uint32_t i = 0; i < flags.size(); i++)
                flags.set(i, one_in(2));
            break;
        }
        case 3: {
            auto texts = pointer.initAs<capnp::List<capnp::Text>>(below(4));
            for (uint32_t i = 0; i < texts.size(); i++)
                texts.set(i, text(12));
            break;
        }
        case 4:
            any_structs(pointer.initAsListOfAnyStruct(static_cast<uint16_t>(below(3)), static_cast<uint16_t>(below(3)), below(4)),
                        depth);
            break;
        default:
            any_struct(pointer.initAsAnyStruct(static_cast<uint16_t>(below(3)), static_cast<uint16_t>(below(3))), depth);
        }
    }

    void any_structs(capnp::List<AnyStruct>::Builder list, uint32_t depth)
    {
        for (uint32_t i = 0; i < list.size(); i++)
            any_struct(list[i], depth);
    }

    void any_struct(AnyStruct::Builder s, uint32_t depth)
    {
        for (auto& byte : s.getDataSection())
            byte = static_cast<kj::byte>(bits());
        for (auto pointer : s.getPointerSection())
            if (depth > 0 && one_in(2))
                any(pointer, Type(schema::Type::ANY_POINTER), depth - 1);
    }
};

}  // namespace

void fill(DynamicStruct::Builder s, uint32_t depth) { Filler().struct_(s, depth); }

}  // namespace agreement
