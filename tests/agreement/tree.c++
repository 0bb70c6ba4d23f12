// The tree that the reference reads, in the order of ours.
//
// Next: tests/agreement/random.c++

#include <cstring>
#include <kj/vector.h>

#include "tests/agreement/theirs.h++"

namespace agreement {

// ---- Capabilities: each stands for its index ---------------------------------------------------------

namespace {

kj::Vector<kj::Own<capnp::ClientHook>> caps;

constexpr uint64_t MAX_LENGTH_ID = 0xe7c5a3918f6d4b2a;  // the annotation of schema/c.capnp

}  // namespace

void make_caps()
{
    for (uint32_t i = 0; i < CAP_COUNT; i++)
        caps.add(capnp::newBrokenCap("a capability of the test"));
}

capnp::Capability::Client cap_at(uint32_t index) { return capnp::Capability::Client(caps[index]->addRef()); }

capnp::ReaderCapabilityTable cap_table()
{
    auto hooks = kj::heapArrayBuilder<kj::Maybe<kj::Own<capnp::ClientHook>>>(CAP_COUNT);
    for (auto& cap : caps)
        hooks.add(cap->addRef());
    return capnp::ReaderCapabilityTable(hooks.finish());
}

namespace {

uint64_t cap_index(capnp::Capability::Client client)
{
    auto hook = capnp::ClientHook::from(kj::mv(client));
    for (uint32_t i = 0; i < caps.size(); i++)
        if (caps[i].get() == hook.get())
            return i;
    return UINT32_MAX;
}

// ---- The tree that the reference reads, in the order of ours ------------------------------------------

}  // namespace

uint32_t max_length(StructSchema::Field field)
{
    for (auto annotation : field.getProto().getAnnotations())
        if (annotation.getId() == MAX_LENGTH_ID)
            return annotation.getValue().getUint32();
    return LENGTH_ANY;
}

namespace {

void demand(uint64_t length, uint32_t limit)
{
    if (length > limit)
        throw TooLong();
}

class TreeWriter {
public:
    explicit TreeWriter(tree* to) : to(to) {}

    void struct_(DynamicStruct::Reader s, bool is_null, uint32_t nulls)
    {
        nulls += is_null;
        if (nulls > 1)
            return;
        auto type = s.getSchema();
        if (type.isBranded())
            s = static_cast<AnyStruct::Reader>(s).as<DynamicStruct>(type.getGeneric().asStruct());
        auto node = s.getSchema().getProto().getStruct();
        uint16_t tag = 0;
        if (node.getDiscriminantCount() > 0)
            tree_number(to, tag = tag_of(s, node.getDiscriminantOffset() * 2));
        auto fields = s.getSchema().getFields();
        for (auto field : fields)
            this->field(s, field, tag, is_null, nulls);
    }

private:
    tree* to;

    static uint16_t tag_of(DynamicStruct::Reader s, size_t offset)
    {
        auto data = static_cast<AnyStruct::Reader>(s).getDataSection();
        return offset + 2 <= data.size() ? static_cast<uint16_t>(data[offset] | data[offset + 1] << 8) : 0;
    }

    void field(DynamicStruct::Reader s, StructSchema::Field field, uint16_t tag, bool is_null, uint32_t nulls)
    {
        auto proto = field.getProto();
        auto value = proto.getDiscriminantValue();
        bool is_selected = value == schema::Field::NO_DISCRIMINANT || value == tag;
        if (proto.isGroup()) {
            if (is_selected)
                struct_(s.get(field).as<DynamicStruct>(), is_null, nulls);
            return;
        }
        auto type = field.getType();
        bool has = is_pointer(type) && s.has(field, capnp::HasMode::NON_NULL);
        if (is_selected && !type.isVoid())
            this->value(s.get(field), type, max_length(field), !has && !proto.getSlot().getHadExplicitDefault(), nulls);
        if (is_pointer(type))
            tree_number(to, has);
    }

    static bool is_pointer(Type type)
    {
        return type.isText() || type.isData() || type.isList() || type.isStruct() || type.isInterface() || type.isAnyPointer();
    }

    static bool is_capability(Type type)
    {
        return type.isInterface() ||
               (type.isAnyPointer() &&
                type.whichAnyPointerKind() == schema::Type::AnyPointer::Unconstrained::CAPABILITY);
    }

    void value(DynamicValue::Reader value, Type type, uint32_t limit, bool is_null, uint32_t nulls)
    {
        if (type.isText()) {
            auto text = value.as<capnp::Text>();
            demand(text.size(), limit);
            tree_bytes(to, text.begin(), static_cast<uint32_t>(text.size()));
        } else if (type.isData()) {
            auto data = value.as<capnp::Data>();
            demand(data.size(), limit);
            tree_number(to, data.size());
            tree_bytes(to, data.begin(), static_cast<uint32_t>(data.size()));
        } else if (type.isList()) {
            auto list = value.as<DynamicList>();
            demand(list.size(), limit);
            tree_number(to, list.size());
            this->list(list);
        } else if (type.isStruct()) {
            struct_(value.as<DynamicStruct>(), is_null, nulls);
        } else if (type.isInterface()) {
            tree_number(to, cap_index(value.as<DynamicCapability>()));
        } else if (is_capability(type)) {
            tree_number(to, cap_index(value.as<AnyPointer>().getAs<capnp::Capability>()));
        } else if (type.isAnyPointer()) {
            any(value.as<AnyPointer>());
        } else {
            tree_number(to, scalar(value, type, false));
        }
    }

    // The bits of a scalar; signed numbers become 64 bits wide, unless they are elements.
    static uint64_t scalar(DynamicValue::Reader value, Type type, bool is_element)
    {
        switch (type.which()) {
        case schema::Type::BOOL:
            return value.as<bool>();
        case schema::Type::INT8:
            return is_element ? static_cast<uint8_t>(value.as<int8_t>()) : static_cast<uint64_t>(value.as<int8_t>());
        case schema::Type::INT16:
            return is_element ? static_cast<uint16_t>(value.as<int16_t>()) : static_cast<uint64_t>(value.as<int16_t>());
        case schema::Type::INT32:
            return is_element ? static_cast<uint32_t>(value.as<int32_t>()) : static_cast<uint64_t>(value.as<int32_t>());
        case schema::Type::INT64:
            return static_cast<uint64_t>(value.as<int64_t>());
        case schema::Type::FLOAT32: {
            float number = value.as<float>();
            uint32_t bits;
            memcpy(&bits, &number, sizeof bits);
            return bits;
        }
        case schema::Type::FLOAT64: {
            double number = value.as<double>();
            uint64_t bits;
            memcpy(&bits, &number, sizeof bits);
            return bits;
        }
        case schema::Type::ENUM:
            return value.as<DynamicEnum>().getRaw();
        default:
            return value.as<uint64_t>();
        }
    }

    void list(DynamicList::Reader list)
    {
        auto type = list.getSchema().getElementType();
        if (type.isStruct()) {
            for (auto element : list)
                struct_(element.as<DynamicStruct>(), false, 0);
            return;
        }
        bool is_scalar = !is_pointer(type);
        if (is_scalar) {
            tree_mark(to, "[");
            tree_number(to, list.size());
        }
        for (uint32_t i = 0; !type.isVoid() && i < list.size(); i++)
            element(list[i], type);
        if (is_scalar)
            tree_mark(to, "] ");
    }

    void element(DynamicValue::Reader value, Type type)
    {
        if (type.isText()) {
            auto text = value.as<capnp::Text>();
            tree_bytes(to, text.begin(), static_cast<uint32_t>(text.size()));
        } else if (type.isData()) {
            auto data = value.as<capnp::Data>();
            tree_bytes(to, data.begin(), static_cast<uint32_t>(data.size()));
        } else if (type.isList()) {
            list(value.as<DynamicList>());
        } else if (type.isInterface()) {
            tree_number(to, cap_index(value.as<DynamicCapability>()));
        } else if (type.isAnyPointer()) {
            any(value.as<AnyPointer>());
        } else {
            tree_number(to, scalar(value, type, true));
        }
    }

    void any_struct(AnyStruct::Reader s)
    {
        auto data = s.getDataSection();
        tree_mark(to, "{");
        tree_number(to, data.size());
        for (auto byte : data)
            tree_number(to, byte);
        for (auto pointer : s.getPointerSection())
            any(pointer);
        tree_mark(to, "} ");
    }

    template <typename Number> void scalars(AnyList::Reader list)
    {
        tree_mark(to, "[");
        tree_number(to, list.size());
        for (Number number : list.as<capnp::List<Number>>())
            tree_number(to, number);
        tree_mark(to, "] ");
    }

    void any_list(AnyList::Reader list)
    {
        tree_mark(to, "list ");
        tree_number(to, static_cast<uint64_t>(list.getElementSize()));
        switch (list.getElementSize()) {
        case ElementSize::VOID:
            tree_mark(to, "[");
            tree_number(to, list.size());
            tree_mark(to, "] ");
            break;
        case ElementSize::BIT:
            return scalars<bool>(list);
        case ElementSize::BYTE:
            return scalars<uint8_t>(list);
        case ElementSize::TWO_BYTES:
            return scalars<uint16_t>(list);
        case ElementSize::FOUR_BYTES:
            return scalars<uint32_t>(list);
        case ElementSize::EIGHT_BYTES:
            return scalars<uint64_t>(list);
        case ElementSize::POINTER:
            for (auto pointer : list.as<capnp::List<AnyPointer>>())
                any(pointer);
            break;
        case ElementSize::INLINE_COMPOSITE:
            for (auto s : list.as<capnp::List<AnyStruct>>())
                any_struct(s);
            break;
        }
    }

    void any(AnyPointer::Reader pointer)
    {
        if (pointer.isNull())
            tree_mark(to, "null ");
        else if (pointer.isStruct())
            any_struct(pointer.getAs<AnyStruct>());
        else if (pointer.isList())
            any_list(pointer.getAs<AnyList>());
        else
            tree_number(to, cap_index(pointer.getAs<capnp::Capability>()));
    }
};

}  // namespace

void write_tree(DynamicStruct::Reader root, tree* to) { TreeWriter(to).struct_(root, false, 0); }

}  // namespace agreement
