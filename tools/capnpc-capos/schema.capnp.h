/* Readers and builders; made from schema.capnp by capnpc-capos. Edit the schema instead. */
/* clang-format off */
#pragma once

#include "schema/wire.h"

struct Node_reader {
    struct wire_struct_reader s;
};
struct Node_builder {
    struct wire_struct_builder s;
};
struct Node_list_reader {
    struct wire_list_reader l;
};
struct Node_list_builder {
    struct wire_list_builder l;
};
#define Node_ID            0xe682ab4cf923a417ull
#define Node_DATA_WORDS    5
#define Node_POINTER_COUNT 6
extern const struct wire_type Node_TYPE;

struct Node_struct_reader {
    struct wire_struct_reader s;
};
struct Node_struct_builder {
    struct wire_struct_builder s;
};

struct Node_enum_reader {
    struct wire_struct_reader s;
};
struct Node_enum_builder {
    struct wire_struct_builder s;
};

struct Node_interface_reader {
    struct wire_struct_reader s;
};
struct Node_interface_builder {
    struct wire_struct_builder s;
};

struct Node_const_reader {
    struct wire_struct_reader s;
};
struct Node_const_builder {
    struct wire_struct_builder s;
};

struct Node_annotation_reader {
    struct wire_struct_reader s;
};
struct Node_annotation_builder {
    struct wire_struct_builder s;
};

struct Node_Parameter_reader {
    struct wire_struct_reader s;
};
struct Node_Parameter_builder {
    struct wire_struct_builder s;
};
struct Node_Parameter_list_reader {
    struct wire_list_reader l;
};
struct Node_Parameter_list_builder {
    struct wire_list_builder l;
};
#define Node_Parameter_ID            0xb9521bccf10fa3b1ull
#define Node_Parameter_DATA_WORDS    0
#define Node_Parameter_POINTER_COUNT 1
extern const struct wire_type Node_Parameter_TYPE;

struct Node_NestedNode_reader {
    struct wire_struct_reader s;
};
struct Node_NestedNode_builder {
    struct wire_struct_builder s;
};
struct Node_NestedNode_list_reader {
    struct wire_list_reader l;
};
struct Node_NestedNode_list_builder {
    struct wire_list_builder l;
};
#define Node_NestedNode_ID            0xdebf55bbfa0fc242ull
#define Node_NestedNode_DATA_WORDS    1
#define Node_NestedNode_POINTER_COUNT 1
extern const struct wire_type Node_NestedNode_TYPE;

struct Node_SourceInfo_reader {
    struct wire_struct_reader s;
};
struct Node_SourceInfo_builder {
    struct wire_struct_builder s;
};
struct Node_SourceInfo_list_reader {
    struct wire_list_reader l;
};
struct Node_SourceInfo_list_builder {
    struct wire_list_builder l;
};
#define Node_SourceInfo_ID            0xf38e1de3041357aeull
#define Node_SourceInfo_DATA_WORDS    1
#define Node_SourceInfo_POINTER_COUNT 2
extern const struct wire_type Node_SourceInfo_TYPE;

struct Node_SourceInfo_Member_reader {
    struct wire_struct_reader s;
};
struct Node_SourceInfo_Member_builder {
    struct wire_struct_builder s;
};
struct Node_SourceInfo_Member_list_reader {
    struct wire_list_reader l;
};
struct Node_SourceInfo_Member_list_builder {
    struct wire_list_builder l;
};
#define Node_SourceInfo_Member_ID            0xc2ba9038898e1fa2ull
#define Node_SourceInfo_Member_DATA_WORDS    0
#define Node_SourceInfo_Member_POINTER_COUNT 1
extern const struct wire_type Node_SourceInfo_Member_TYPE;

struct Field_reader {
    struct wire_struct_reader s;
};
struct Field_builder {
    struct wire_struct_builder s;
};
struct Field_list_reader {
    struct wire_list_reader l;
};
struct Field_list_builder {
    struct wire_list_builder l;
};
#define Field_ID            0x9aad50a41f4af45full
#define Field_DATA_WORDS    3
#define Field_POINTER_COUNT 4
extern const struct wire_type Field_TYPE;

struct Field_slot_reader {
    struct wire_struct_reader s;
};
struct Field_slot_builder {
    struct wire_struct_builder s;
};

struct Field_group_reader {
    struct wire_struct_reader s;
};
struct Field_group_builder {
    struct wire_struct_builder s;
};

struct Field_ordinal_reader {
    struct wire_struct_reader s;
};
struct Field_ordinal_builder {
    struct wire_struct_builder s;
};

struct Enumerant_reader {
    struct wire_struct_reader s;
};
struct Enumerant_builder {
    struct wire_struct_builder s;
};
struct Enumerant_list_reader {
    struct wire_list_reader l;
};
struct Enumerant_list_builder {
    struct wire_list_builder l;
};
#define Enumerant_ID            0x978a7cebdc549a4dull
#define Enumerant_DATA_WORDS    1
#define Enumerant_POINTER_COUNT 2
extern const struct wire_type Enumerant_TYPE;

struct Superclass_reader {
    struct wire_struct_reader s;
};
struct Superclass_builder {
    struct wire_struct_builder s;
};
struct Superclass_list_reader {
    struct wire_list_reader l;
};
struct Superclass_list_builder {
    struct wire_list_builder l;
};
#define Superclass_ID            0xa9962a9ed0a4d7f8ull
#define Superclass_DATA_WORDS    1
#define Superclass_POINTER_COUNT 1
extern const struct wire_type Superclass_TYPE;

struct Method_reader {
    struct wire_struct_reader s;
};
struct Method_builder {
    struct wire_struct_builder s;
};
struct Method_list_reader {
    struct wire_list_reader l;
};
struct Method_list_builder {
    struct wire_list_builder l;
};
#define Method_ID            0x9500cce23b334d80ull
#define Method_DATA_WORDS    3
#define Method_POINTER_COUNT 5
extern const struct wire_type Method_TYPE;

struct Type_reader {
    struct wire_struct_reader s;
};
struct Type_builder {
    struct wire_struct_builder s;
};
struct Type_list_reader {
    struct wire_list_reader l;
};
struct Type_list_builder {
    struct wire_list_builder l;
};
#define Type_ID            0xd07378ede1f9cc60ull
#define Type_DATA_WORDS    3
#define Type_POINTER_COUNT 1
extern const struct wire_type Type_TYPE;

struct Type_list__reader {
    struct wire_struct_reader s;
};
struct Type_list__builder {
    struct wire_struct_builder s;
};

struct Type_enum_reader {
    struct wire_struct_reader s;
};
struct Type_enum_builder {
    struct wire_struct_builder s;
};

struct Type_struct_reader {
    struct wire_struct_reader s;
};
struct Type_struct_builder {
    struct wire_struct_builder s;
};

struct Type_interface_reader {
    struct wire_struct_reader s;
};
struct Type_interface_builder {
    struct wire_struct_builder s;
};

struct Type_anyPointer_reader {
    struct wire_struct_reader s;
};
struct Type_anyPointer_builder {
    struct wire_struct_builder s;
};

struct Type_anyPointer_unconstrained_reader {
    struct wire_struct_reader s;
};
struct Type_anyPointer_unconstrained_builder {
    struct wire_struct_builder s;
};

struct Type_anyPointer_parameter_reader {
    struct wire_struct_reader s;
};
struct Type_anyPointer_parameter_builder {
    struct wire_struct_builder s;
};

struct Type_anyPointer_implicitMethodParameter_reader {
    struct wire_struct_reader s;
};
struct Type_anyPointer_implicitMethodParameter_builder {
    struct wire_struct_builder s;
};

struct Brand_reader {
    struct wire_struct_reader s;
};
struct Brand_builder {
    struct wire_struct_builder s;
};
struct Brand_list_reader {
    struct wire_list_reader l;
};
struct Brand_list_builder {
    struct wire_list_builder l;
};
#define Brand_ID            0x903455f06065422bull
#define Brand_DATA_WORDS    0
#define Brand_POINTER_COUNT 1
extern const struct wire_type Brand_TYPE;

struct Brand_Scope_reader {
    struct wire_struct_reader s;
};
struct Brand_Scope_builder {
    struct wire_struct_builder s;
};
struct Brand_Scope_list_reader {
    struct wire_list_reader l;
};
struct Brand_Scope_list_builder {
    struct wire_list_builder l;
};
#define Brand_Scope_ID            0xabd73485a9636bc9ull
#define Brand_Scope_DATA_WORDS    2
#define Brand_Scope_POINTER_COUNT 1
extern const struct wire_type Brand_Scope_TYPE;

struct Brand_Binding_reader {
    struct wire_struct_reader s;
};
struct Brand_Binding_builder {
    struct wire_struct_builder s;
};
struct Brand_Binding_list_reader {
    struct wire_list_reader l;
};
struct Brand_Binding_list_builder {
    struct wire_list_builder l;
};
#define Brand_Binding_ID            0xc863cd16969ee7fcull
#define Brand_Binding_DATA_WORDS    1
#define Brand_Binding_POINTER_COUNT 1
extern const struct wire_type Brand_Binding_TYPE;

struct Value_reader {
    struct wire_struct_reader s;
};
struct Value_builder {
    struct wire_struct_builder s;
};
struct Value_list_reader {
    struct wire_list_reader l;
};
struct Value_list_builder {
    struct wire_list_builder l;
};
#define Value_ID            0xce23dcd2d7b00c9bull
#define Value_DATA_WORDS    2
#define Value_POINTER_COUNT 1
extern const struct wire_type Value_TYPE;

struct Annotation_reader {
    struct wire_struct_reader s;
};
struct Annotation_builder {
    struct wire_struct_builder s;
};
struct Annotation_list_reader {
    struct wire_list_reader l;
};
struct Annotation_list_builder {
    struct wire_list_builder l;
};
#define Annotation_ID            0xf1c8950dab257542ull
#define Annotation_DATA_WORDS    1
#define Annotation_POINTER_COUNT 2
extern const struct wire_type Annotation_TYPE;

struct CapnpVersion_reader {
    struct wire_struct_reader s;
};
struct CapnpVersion_builder {
    struct wire_struct_builder s;
};
struct CapnpVersion_list_reader {
    struct wire_list_reader l;
};
struct CapnpVersion_list_builder {
    struct wire_list_builder l;
};
#define CapnpVersion_ID            0xd85d305b7d839963ull
#define CapnpVersion_DATA_WORDS    1
#define CapnpVersion_POINTER_COUNT 0
extern const struct wire_type CapnpVersion_TYPE;

struct CodeGeneratorRequest_reader {
    struct wire_struct_reader s;
};
struct CodeGeneratorRequest_builder {
    struct wire_struct_builder s;
};
struct CodeGeneratorRequest_list_reader {
    struct wire_list_reader l;
};
struct CodeGeneratorRequest_list_builder {
    struct wire_list_builder l;
};
#define CodeGeneratorRequest_ID            0xbfc546f6210ad7ceull
#define CodeGeneratorRequest_DATA_WORDS    0
#define CodeGeneratorRequest_POINTER_COUNT 4
extern const struct wire_type CodeGeneratorRequest_TYPE;

struct CodeGeneratorRequest_RequestedFile_reader {
    struct wire_struct_reader s;
};
struct CodeGeneratorRequest_RequestedFile_builder {
    struct wire_struct_builder s;
};
struct CodeGeneratorRequest_RequestedFile_list_reader {
    struct wire_list_reader l;
};
struct CodeGeneratorRequest_RequestedFile_list_builder {
    struct wire_list_builder l;
};
#define CodeGeneratorRequest_RequestedFile_ID            0xcfea0eb02e810062ull
#define CodeGeneratorRequest_RequestedFile_DATA_WORDS    1
#define CodeGeneratorRequest_RequestedFile_POINTER_COUNT 2
extern const struct wire_type CodeGeneratorRequest_RequestedFile_TYPE;

struct CodeGeneratorRequest_RequestedFile_Import_reader {
    struct wire_struct_reader s;
};
struct CodeGeneratorRequest_RequestedFile_Import_builder {
    struct wire_struct_builder s;
};
struct CodeGeneratorRequest_RequestedFile_Import_list_reader {
    struct wire_list_reader l;
};
struct CodeGeneratorRequest_RequestedFile_Import_list_builder {
    struct wire_list_builder l;
};
#define CodeGeneratorRequest_RequestedFile_Import_ID            0xae504193122357e5ull
#define CodeGeneratorRequest_RequestedFile_Import_DATA_WORDS    1
#define CodeGeneratorRequest_RequestedFile_Import_POINTER_COUNT 1
extern const struct wire_type CodeGeneratorRequest_RequestedFile_Import_TYPE;

/* ---- Node ---- */

static inline struct Node_reader Node_read_root(struct wire_message_reader *message)
{
    return (struct Node_reader){wire_message_root(message)};
}
static inline struct Node_builder Node_init_root(struct wire_message_builder *message)
{
    return (struct Node_builder){wire_message_init_root(message, Node_DATA_WORDS, Node_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Node_check(struct wire_message_reader *message)
{
    return wire_check(message, &Node_TYPE);
}
static inline uint32_t Node_list_count(struct Node_list_reader list)
{
    return list.l.count;
}
static inline struct Node_reader Node_list_at(struct Node_list_reader list, uint32_t index)
{
    return (struct Node_reader){wire_list_struct(list.l, index)};
}
static inline struct Node_builder Node_list_builder_at(struct Node_list_builder list, uint32_t index)
{
    return (struct Node_builder){wire_list_struct_at(list.l, index)};
}

/* The tag of the union; a message may hold a value that is none of these. */
enum Node_tag {
    Node_file = 0,
    Node_struct = 1,
    Node_enum = 2,
    Node_interface = 3,
    Node_const = 4,
    Node_annotation = 5,
};
static inline uint16_t Node_which(struct Node_reader reader)
{
    return wire_get_u16(reader.s, 12);
}

static inline uint64_t Node_get_id(struct Node_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 0);
}

static inline struct wire_text Node_get_displayName(struct Node_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return wire_get_text(s, 0);
}
static inline bool Node_has_displayName(struct Node_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}

static inline uint32_t Node_get_displayNamePrefixLength(struct Node_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint32_t)wire_get_u32(s, 8);
}

static inline uint64_t Node_get_scopeId(struct Node_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 16);
}

static inline struct Node_NestedNode_list_reader Node_get_nestedNodes(struct Node_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Node_NestedNode_list_reader){wire_get_list(s, 1, WIRE_ELEMENT_STRUCT)};
}
static inline bool Node_has_nestedNodes(struct Node_reader reader)
{
    return wire_has_pointer(reader.s, 1);
}

static inline struct Annotation_list_reader Node_get_annotations(struct Node_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Annotation_list_reader){wire_get_list(s, 2, WIRE_ELEMENT_STRUCT)};
}
static inline bool Node_has_annotations(struct Node_reader reader)
{
    return wire_has_pointer(reader.s, 2);
}

static inline struct Node_struct_reader Node_get_struct(struct Node_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 12, 1);
    return (struct Node_struct_reader){s};
}

static inline struct Node_enum_reader Node_get_enum(struct Node_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 12, 2);
    return (struct Node_enum_reader){s};
}

static inline struct Node_interface_reader Node_get_interface(struct Node_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 12, 3);
    return (struct Node_interface_reader){s};
}

static inline struct Node_const_reader Node_get_const(struct Node_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 12, 4);
    return (struct Node_const_reader){s};
}

static inline struct Node_annotation_reader Node_get_annotation(struct Node_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 12, 5);
    return (struct Node_annotation_reader){s};
}

static inline struct Node_Parameter_list_reader Node_get_parameters(struct Node_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Node_Parameter_list_reader){wire_get_list(s, 5, WIRE_ELEMENT_STRUCT)};
}
static inline bool Node_has_parameters(struct Node_reader reader)
{
    return wire_has_pointer(reader.s, 5);
}

static inline bool Node_get_isGeneric(struct Node_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 288);
}
static inline void Node_set_id(struct Node_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 0, (uint64_t)(value));
}
static inline enum cap_err Node_set_displayName(struct Node_builder builder, struct wire_text value)
{
    return wire_pointer_set_text(wire_pointer_at(builder.s, 5), value);
}
static inline void Node_set_displayNamePrefixLength(struct Node_builder builder, uint32_t value)
{
    wire_set_u32(builder.s, 8, (uint32_t)(value));
}
static inline void Node_set_scopeId(struct Node_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 16, (uint64_t)(value));
}
static inline struct Node_NestedNode_list_builder Node_init_nestedNodes(struct Node_builder builder, uint32_t count)
{
    return (struct Node_NestedNode_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 6), Node_NestedNode_DATA_WORDS, Node_NestedNode_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Node_set_nestedNodes(struct Node_builder builder, struct Node_NestedNode_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 6), value.l);
    return error;
}
static inline struct Annotation_list_builder Node_init_annotations(struct Node_builder builder, uint32_t count)
{
    return (struct Annotation_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 7), Annotation_DATA_WORDS, Annotation_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Node_set_annotations(struct Node_builder builder, struct Annotation_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 7), value.l);
    return error;
}
static inline void Node_set_file(struct Node_builder builder)
{
    wire_set_u16(builder.s, 12, 0);
}
/* All of its fields are their defaults then. */
static inline struct Node_struct_builder Node_init_struct(struct Node_builder builder)
{
    wire_set_u16(builder.s, 14, 0);
    wire_set_u16(builder.s, 24, 0);
    wire_set_u16(builder.s, 26, 0);
    wire_set_bool(builder.s, 224, 0);
    wire_set_u16(builder.s, 30, 0);
    wire_set_u32(builder.s, 32, 0);
    wire_pointer_clear(wire_pointer_at(builder.s, 8));
    wire_set_u16(builder.s, 12, 1);
    return (struct Node_struct_builder){builder.s};
}
/* All of its fields are their defaults then. */
static inline struct Node_enum_builder Node_init_enum(struct Node_builder builder)
{
    wire_pointer_clear(wire_pointer_at(builder.s, 8));
    wire_set_u16(builder.s, 12, 2);
    return (struct Node_enum_builder){builder.s};
}
/* All of its fields are their defaults then. */
static inline struct Node_interface_builder Node_init_interface(struct Node_builder builder)
{
    wire_pointer_clear(wire_pointer_at(builder.s, 8));
    wire_pointer_clear(wire_pointer_at(builder.s, 9));
    wire_set_u16(builder.s, 12, 3);
    return (struct Node_interface_builder){builder.s};
}
/* All of its fields are their defaults then. */
static inline struct Node_const_builder Node_init_const(struct Node_builder builder)
{
    wire_pointer_clear(wire_pointer_at(builder.s, 8));
    wire_pointer_clear(wire_pointer_at(builder.s, 9));
    wire_set_u16(builder.s, 12, 4);
    return (struct Node_const_builder){builder.s};
}
/* All of its fields are their defaults then. */
static inline struct Node_annotation_builder Node_init_annotation(struct Node_builder builder)
{
    wire_pointer_clear(wire_pointer_at(builder.s, 8));
    wire_set_bool(builder.s, 112, 0);
    wire_set_bool(builder.s, 113, 0);
    wire_set_bool(builder.s, 114, 0);
    wire_set_bool(builder.s, 115, 0);
    wire_set_bool(builder.s, 116, 0);
    wire_set_bool(builder.s, 117, 0);
    wire_set_bool(builder.s, 118, 0);
    wire_set_bool(builder.s, 119, 0);
    wire_set_bool(builder.s, 120, 0);
    wire_set_bool(builder.s, 121, 0);
    wire_set_bool(builder.s, 122, 0);
    wire_set_bool(builder.s, 123, 0);
    wire_set_u16(builder.s, 12, 5);
    return (struct Node_annotation_builder){builder.s};
}
static inline struct Node_Parameter_list_builder Node_init_parameters(struct Node_builder builder, uint32_t count)
{
    return (struct Node_Parameter_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 10), Node_Parameter_DATA_WORDS, Node_Parameter_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Node_set_parameters(struct Node_builder builder, struct Node_Parameter_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 10), value.l);
    return error;
}
static inline void Node_set_isGeneric(struct Node_builder builder, bool value)
{
    wire_set_bool(builder.s, 288, (bool)(value));
}

/* ---- Node_struct ---- */

static inline uint16_t Node_struct_get_dataWordCount(struct Node_struct_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint16_t)wire_get_u16(s, 14);
}

static inline uint16_t Node_struct_get_pointerCount(struct Node_struct_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint16_t)wire_get_u16(s, 24);
}

static inline uint16_t Node_struct_get_preferredListEncoding(struct Node_struct_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint16_t)wire_get_u16(s, 26);
}

static inline bool Node_struct_get_isGroup(struct Node_struct_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 224);
}

static inline uint16_t Node_struct_get_discriminantCount(struct Node_struct_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint16_t)wire_get_u16(s, 30);
}

static inline uint32_t Node_struct_get_discriminantOffset(struct Node_struct_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint32_t)wire_get_u32(s, 32);
}

static inline struct Field_list_reader Node_struct_get_fields(struct Node_struct_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Field_list_reader){wire_get_list(s, 3, WIRE_ELEMENT_STRUCT)};
}
static inline bool Node_struct_has_fields(struct Node_struct_reader reader)
{
    return wire_has_pointer(reader.s, 3);
}
static inline void Node_struct_set_dataWordCount(struct Node_struct_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 14, (uint16_t)(value));
}
static inline void Node_struct_set_pointerCount(struct Node_struct_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 24, (uint16_t)(value));
}
static inline void Node_struct_set_preferredListEncoding(struct Node_struct_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 26, (uint16_t)(value));
}
static inline void Node_struct_set_isGroup(struct Node_struct_builder builder, bool value)
{
    wire_set_bool(builder.s, 224, (bool)(value));
}
static inline void Node_struct_set_discriminantCount(struct Node_struct_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 30, (uint16_t)(value));
}
static inline void Node_struct_set_discriminantOffset(struct Node_struct_builder builder, uint32_t value)
{
    wire_set_u32(builder.s, 32, (uint32_t)(value));
}
static inline struct Field_list_builder Node_struct_init_fields(struct Node_struct_builder builder, uint32_t count)
{
    return (struct Field_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 8), Field_DATA_WORDS, Field_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Node_struct_set_fields(struct Node_struct_builder builder, struct Field_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 8), value.l);
    return error;
}

/* ---- Node_enum ---- */

static inline struct Enumerant_list_reader Node_enum_get_enumerants(struct Node_enum_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Enumerant_list_reader){wire_get_list(s, 3, WIRE_ELEMENT_STRUCT)};
}
static inline bool Node_enum_has_enumerants(struct Node_enum_reader reader)
{
    return wire_has_pointer(reader.s, 3);
}
static inline struct Enumerant_list_builder Node_enum_init_enumerants(struct Node_enum_builder builder, uint32_t count)
{
    return (struct Enumerant_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 8), Enumerant_DATA_WORDS, Enumerant_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Node_enum_set_enumerants(struct Node_enum_builder builder, struct Enumerant_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 8), value.l);
    return error;
}

/* ---- Node_interface ---- */

static inline struct Method_list_reader Node_interface_get_methods(struct Node_interface_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Method_list_reader){wire_get_list(s, 3, WIRE_ELEMENT_STRUCT)};
}
static inline bool Node_interface_has_methods(struct Node_interface_reader reader)
{
    return wire_has_pointer(reader.s, 3);
}

static inline struct Superclass_list_reader Node_interface_get_superclasses(struct Node_interface_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Superclass_list_reader){wire_get_list(s, 4, WIRE_ELEMENT_STRUCT)};
}
static inline bool Node_interface_has_superclasses(struct Node_interface_reader reader)
{
    return wire_has_pointer(reader.s, 4);
}
static inline struct Method_list_builder Node_interface_init_methods(struct Node_interface_builder builder, uint32_t count)
{
    return (struct Method_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 8), Method_DATA_WORDS, Method_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Node_interface_set_methods(struct Node_interface_builder builder, struct Method_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 8), value.l);
    return error;
}
static inline struct Superclass_list_builder Node_interface_init_superclasses(struct Node_interface_builder builder, uint32_t count)
{
    return (struct Superclass_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 9), Superclass_DATA_WORDS, Superclass_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Node_interface_set_superclasses(struct Node_interface_builder builder, struct Superclass_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 9), value.l);
    return error;
}

/* ---- Node_const ---- */

static inline struct Type_reader Node_const_get_type(struct Node_const_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Type_reader){wire_get_struct(s, 3)};
}
static inline bool Node_const_has_type(struct Node_const_reader reader)
{
    return wire_has_pointer(reader.s, 3);
}

static inline struct Value_reader Node_const_get_value(struct Node_const_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Value_reader){wire_get_struct(s, 4)};
}
static inline bool Node_const_has_value(struct Node_const_reader reader)
{
    return wire_has_pointer(reader.s, 4);
}
static inline struct Type_builder Node_const_init_type(struct Node_const_builder builder)
{
    return (struct Type_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 8), Type_DATA_WORDS, Type_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Node_const_set_type(struct Node_const_builder builder, struct Type_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 8), value.s);
    return error;
}
static inline struct Value_builder Node_const_init_value(struct Node_const_builder builder)
{
    return (struct Value_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 9), Value_DATA_WORDS, Value_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Node_const_set_value(struct Node_const_builder builder, struct Value_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 9), value.s);
    return error;
}

/* ---- Node_annotation ---- */

static inline struct Type_reader Node_annotation_get_type(struct Node_annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Type_reader){wire_get_struct(s, 3)};
}
static inline bool Node_annotation_has_type(struct Node_annotation_reader reader)
{
    return wire_has_pointer(reader.s, 3);
}

static inline bool Node_annotation_get_targetsFile(struct Node_annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 112);
}

static inline bool Node_annotation_get_targetsConst(struct Node_annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 113);
}

static inline bool Node_annotation_get_targetsEnum(struct Node_annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 114);
}

static inline bool Node_annotation_get_targetsEnumerant(struct Node_annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 115);
}

static inline bool Node_annotation_get_targetsStruct(struct Node_annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 116);
}

static inline bool Node_annotation_get_targetsField(struct Node_annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 117);
}

static inline bool Node_annotation_get_targetsUnion(struct Node_annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 118);
}

static inline bool Node_annotation_get_targetsGroup(struct Node_annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 119);
}

static inline bool Node_annotation_get_targetsInterface(struct Node_annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 120);
}

static inline bool Node_annotation_get_targetsMethod(struct Node_annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 121);
}

static inline bool Node_annotation_get_targetsParam(struct Node_annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 122);
}

static inline bool Node_annotation_get_targetsAnnotation(struct Node_annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 123);
}
static inline struct Type_builder Node_annotation_init_type(struct Node_annotation_builder builder)
{
    return (struct Type_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 8), Type_DATA_WORDS, Type_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Node_annotation_set_type(struct Node_annotation_builder builder, struct Type_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 8), value.s);
    return error;
}
static inline void Node_annotation_set_targetsFile(struct Node_annotation_builder builder, bool value)
{
    wire_set_bool(builder.s, 112, (bool)(value));
}
static inline void Node_annotation_set_targetsConst(struct Node_annotation_builder builder, bool value)
{
    wire_set_bool(builder.s, 113, (bool)(value));
}
static inline void Node_annotation_set_targetsEnum(struct Node_annotation_builder builder, bool value)
{
    wire_set_bool(builder.s, 114, (bool)(value));
}
static inline void Node_annotation_set_targetsEnumerant(struct Node_annotation_builder builder, bool value)
{
    wire_set_bool(builder.s, 115, (bool)(value));
}
static inline void Node_annotation_set_targetsStruct(struct Node_annotation_builder builder, bool value)
{
    wire_set_bool(builder.s, 116, (bool)(value));
}
static inline void Node_annotation_set_targetsField(struct Node_annotation_builder builder, bool value)
{
    wire_set_bool(builder.s, 117, (bool)(value));
}
static inline void Node_annotation_set_targetsUnion(struct Node_annotation_builder builder, bool value)
{
    wire_set_bool(builder.s, 118, (bool)(value));
}
static inline void Node_annotation_set_targetsGroup(struct Node_annotation_builder builder, bool value)
{
    wire_set_bool(builder.s, 119, (bool)(value));
}
static inline void Node_annotation_set_targetsInterface(struct Node_annotation_builder builder, bool value)
{
    wire_set_bool(builder.s, 120, (bool)(value));
}
static inline void Node_annotation_set_targetsMethod(struct Node_annotation_builder builder, bool value)
{
    wire_set_bool(builder.s, 121, (bool)(value));
}
static inline void Node_annotation_set_targetsParam(struct Node_annotation_builder builder, bool value)
{
    wire_set_bool(builder.s, 122, (bool)(value));
}
static inline void Node_annotation_set_targetsAnnotation(struct Node_annotation_builder builder, bool value)
{
    wire_set_bool(builder.s, 123, (bool)(value));
}

/* ---- Node_Parameter ---- */

static inline struct Node_Parameter_reader Node_Parameter_read_root(struct wire_message_reader *message)
{
    return (struct Node_Parameter_reader){wire_message_root(message)};
}
static inline struct Node_Parameter_builder Node_Parameter_init_root(struct wire_message_builder *message)
{
    return (struct Node_Parameter_builder){wire_message_init_root(message, Node_Parameter_DATA_WORDS, Node_Parameter_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Node_Parameter_check(struct wire_message_reader *message)
{
    if (__builtin_expect(message->rule == WIRE_RULE_NONE
        && wire_message_find_root_as(message, Node_Parameter_DATA_WORDS, Node_Parameter_POINTER_COUNT)
        && wire_check_bytes(message, 0, 4294967295u, true), 1)) {
        message->budget_words = WIRE_BUDGET_UNLIMITED;
        return CAP_OK;
    }
    return wire_check(message, &Node_Parameter_TYPE);
}
static inline uint32_t Node_Parameter_list_count(struct Node_Parameter_list_reader list)
{
    return list.l.count;
}
static inline struct Node_Parameter_reader Node_Parameter_list_at(struct Node_Parameter_list_reader list, uint32_t index)
{
    return (struct Node_Parameter_reader){wire_list_struct(list.l, index)};
}
static inline struct Node_Parameter_builder Node_Parameter_list_builder_at(struct Node_Parameter_list_builder list, uint32_t index)
{
    return (struct Node_Parameter_builder){wire_list_struct_at(list.l, index)};
}

static inline struct wire_text Node_Parameter_get_name(struct Node_Parameter_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return wire_get_text(s, 0);
}
static inline bool Node_Parameter_has_name(struct Node_Parameter_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}
static inline enum cap_err Node_Parameter_set_name(struct Node_Parameter_builder builder, struct wire_text value)
{
    return wire_pointer_set_text(wire_pointer_at(builder.s, 0), value);
}

/* ---- Node_NestedNode ---- */

static inline struct Node_NestedNode_reader Node_NestedNode_read_root(struct wire_message_reader *message)
{
    return (struct Node_NestedNode_reader){wire_message_root(message)};
}
static inline struct Node_NestedNode_builder Node_NestedNode_init_root(struct wire_message_builder *message)
{
    return (struct Node_NestedNode_builder){wire_message_init_root(message, Node_NestedNode_DATA_WORDS, Node_NestedNode_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Node_NestedNode_check(struct wire_message_reader *message)
{
    if (__builtin_expect(message->rule == WIRE_RULE_NONE
        && wire_message_find_root_as(message, Node_NestedNode_DATA_WORDS, Node_NestedNode_POINTER_COUNT)
        && wire_check_bytes(message, 0, 4294967295u, true), 1)) {
        message->budget_words = WIRE_BUDGET_UNLIMITED;
        return CAP_OK;
    }
    return wire_check(message, &Node_NestedNode_TYPE);
}
static inline uint32_t Node_NestedNode_list_count(struct Node_NestedNode_list_reader list)
{
    return list.l.count;
}
static inline struct Node_NestedNode_reader Node_NestedNode_list_at(struct Node_NestedNode_list_reader list, uint32_t index)
{
    return (struct Node_NestedNode_reader){wire_list_struct(list.l, index)};
}
static inline struct Node_NestedNode_builder Node_NestedNode_list_builder_at(struct Node_NestedNode_list_builder list, uint32_t index)
{
    return (struct Node_NestedNode_builder){wire_list_struct_at(list.l, index)};
}

static inline struct wire_text Node_NestedNode_get_name(struct Node_NestedNode_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return wire_get_text(s, 0);
}
static inline bool Node_NestedNode_has_name(struct Node_NestedNode_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}

static inline uint64_t Node_NestedNode_get_id(struct Node_NestedNode_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 0);
}
static inline enum cap_err Node_NestedNode_set_name(struct Node_NestedNode_builder builder, struct wire_text value)
{
    return wire_pointer_set_text(wire_pointer_at(builder.s, 1), value);
}
static inline void Node_NestedNode_set_id(struct Node_NestedNode_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 0, (uint64_t)(value));
}

/* ---- Node_SourceInfo ---- */

static inline struct Node_SourceInfo_reader Node_SourceInfo_read_root(struct wire_message_reader *message)
{
    return (struct Node_SourceInfo_reader){wire_message_root(message)};
}
static inline struct Node_SourceInfo_builder Node_SourceInfo_init_root(struct wire_message_builder *message)
{
    return (struct Node_SourceInfo_builder){wire_message_init_root(message, Node_SourceInfo_DATA_WORDS, Node_SourceInfo_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Node_SourceInfo_check(struct wire_message_reader *message)
{
    return wire_check(message, &Node_SourceInfo_TYPE);
}
static inline uint32_t Node_SourceInfo_list_count(struct Node_SourceInfo_list_reader list)
{
    return list.l.count;
}
static inline struct Node_SourceInfo_reader Node_SourceInfo_list_at(struct Node_SourceInfo_list_reader list, uint32_t index)
{
    return (struct Node_SourceInfo_reader){wire_list_struct(list.l, index)};
}
static inline struct Node_SourceInfo_builder Node_SourceInfo_list_builder_at(struct Node_SourceInfo_list_builder list, uint32_t index)
{
    return (struct Node_SourceInfo_builder){wire_list_struct_at(list.l, index)};
}

static inline uint64_t Node_SourceInfo_get_id(struct Node_SourceInfo_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 0);
}

static inline struct wire_text Node_SourceInfo_get_docComment(struct Node_SourceInfo_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return wire_get_text(s, 0);
}
static inline bool Node_SourceInfo_has_docComment(struct Node_SourceInfo_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}

static inline struct Node_SourceInfo_Member_list_reader Node_SourceInfo_get_members(struct Node_SourceInfo_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Node_SourceInfo_Member_list_reader){wire_get_list(s, 1, WIRE_ELEMENT_STRUCT)};
}
static inline bool Node_SourceInfo_has_members(struct Node_SourceInfo_reader reader)
{
    return wire_has_pointer(reader.s, 1);
}
static inline void Node_SourceInfo_set_id(struct Node_SourceInfo_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 0, (uint64_t)(value));
}
static inline enum cap_err Node_SourceInfo_set_docComment(struct Node_SourceInfo_builder builder, struct wire_text value)
{
    return wire_pointer_set_text(wire_pointer_at(builder.s, 1), value);
}
static inline struct Node_SourceInfo_Member_list_builder Node_SourceInfo_init_members(struct Node_SourceInfo_builder builder, uint32_t count)
{
    return (struct Node_SourceInfo_Member_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 2), Node_SourceInfo_Member_DATA_WORDS, Node_SourceInfo_Member_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Node_SourceInfo_set_members(struct Node_SourceInfo_builder builder, struct Node_SourceInfo_Member_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 2), value.l);
    return error;
}

/* ---- Node_SourceInfo_Member ---- */

static inline struct Node_SourceInfo_Member_reader Node_SourceInfo_Member_read_root(struct wire_message_reader *message)
{
    return (struct Node_SourceInfo_Member_reader){wire_message_root(message)};
}
static inline struct Node_SourceInfo_Member_builder Node_SourceInfo_Member_init_root(struct wire_message_builder *message)
{
    return (struct Node_SourceInfo_Member_builder){wire_message_init_root(message, Node_SourceInfo_Member_DATA_WORDS, Node_SourceInfo_Member_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Node_SourceInfo_Member_check(struct wire_message_reader *message)
{
    if (__builtin_expect(message->rule == WIRE_RULE_NONE
        && wire_message_find_root_as(message, Node_SourceInfo_Member_DATA_WORDS, Node_SourceInfo_Member_POINTER_COUNT)
        && wire_check_bytes(message, 0, 4294967295u, true), 1)) {
        message->budget_words = WIRE_BUDGET_UNLIMITED;
        return CAP_OK;
    }
    return wire_check(message, &Node_SourceInfo_Member_TYPE);
}
static inline uint32_t Node_SourceInfo_Member_list_count(struct Node_SourceInfo_Member_list_reader list)
{
    return list.l.count;
}
static inline struct Node_SourceInfo_Member_reader Node_SourceInfo_Member_list_at(struct Node_SourceInfo_Member_list_reader list, uint32_t index)
{
    return (struct Node_SourceInfo_Member_reader){wire_list_struct(list.l, index)};
}
static inline struct Node_SourceInfo_Member_builder Node_SourceInfo_Member_list_builder_at(struct Node_SourceInfo_Member_list_builder list, uint32_t index)
{
    return (struct Node_SourceInfo_Member_builder){wire_list_struct_at(list.l, index)};
}

static inline struct wire_text Node_SourceInfo_Member_get_docComment(struct Node_SourceInfo_Member_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return wire_get_text(s, 0);
}
static inline bool Node_SourceInfo_Member_has_docComment(struct Node_SourceInfo_Member_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}
static inline enum cap_err Node_SourceInfo_Member_set_docComment(struct Node_SourceInfo_Member_builder builder, struct wire_text value)
{
    return wire_pointer_set_text(wire_pointer_at(builder.s, 0), value);
}

/* ---- Field ---- */

static inline struct Field_reader Field_read_root(struct wire_message_reader *message)
{
    return (struct Field_reader){wire_message_root(message)};
}
static inline struct Field_builder Field_init_root(struct wire_message_builder *message)
{
    return (struct Field_builder){wire_message_init_root(message, Field_DATA_WORDS, Field_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Field_check(struct wire_message_reader *message)
{
    return wire_check(message, &Field_TYPE);
}
static inline uint32_t Field_list_count(struct Field_list_reader list)
{
    return list.l.count;
}
static inline struct Field_reader Field_list_at(struct Field_list_reader list, uint32_t index)
{
    return (struct Field_reader){wire_list_struct(list.l, index)};
}
static inline struct Field_builder Field_list_builder_at(struct Field_list_builder list, uint32_t index)
{
    return (struct Field_builder){wire_list_struct_at(list.l, index)};
}

/* The tag of the union; a message may hold a value that is none of these. */
enum Field_tag {
    Field_slot = 0,
    Field_group = 1,
};
static inline uint16_t Field_which(struct Field_reader reader)
{
    return wire_get_u16(reader.s, 8);
}

static inline struct wire_text Field_get_name(struct Field_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return wire_get_text(s, 0);
}
static inline bool Field_has_name(struct Field_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}

static inline uint16_t Field_get_codeOrder(struct Field_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint16_t)wire_get_u16(s, 0);
}

static inline struct Annotation_list_reader Field_get_annotations(struct Field_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Annotation_list_reader){wire_get_list(s, 1, WIRE_ELEMENT_STRUCT)};
}
static inline bool Field_has_annotations(struct Field_reader reader)
{
    return wire_has_pointer(reader.s, 1);
}

static inline uint16_t Field_get_discriminantValue(struct Field_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint16_t)(wire_get_u16(s, 2) ^ 0xffffu);
}

static inline struct Field_slot_reader Field_get_slot(struct Field_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 8, 0);
    return (struct Field_slot_reader){s};
}

static inline struct Field_group_reader Field_get_group(struct Field_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 8, 1);
    return (struct Field_group_reader){s};
}

static inline struct Field_ordinal_reader Field_get_ordinal(struct Field_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Field_ordinal_reader){s};
}
static inline enum cap_err Field_set_name(struct Field_builder builder, struct wire_text value)
{
    return wire_pointer_set_text(wire_pointer_at(builder.s, 3), value);
}
static inline void Field_set_codeOrder(struct Field_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 0, (uint16_t)(value));
}
static inline struct Annotation_list_builder Field_init_annotations(struct Field_builder builder, uint32_t count)
{
    return (struct Annotation_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 4), Annotation_DATA_WORDS, Annotation_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Field_set_annotations(struct Field_builder builder, struct Annotation_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 4), value.l);
    return error;
}
static inline void Field_set_discriminantValue(struct Field_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 2, (uint16_t)(value ^ (uint16_t)0xffffu));
}
/* All of its fields are their defaults then. */
static inline struct Field_slot_builder Field_init_slot(struct Field_builder builder)
{
    wire_set_u32(builder.s, 4, 0);
    wire_pointer_clear(wire_pointer_at(builder.s, 5));
    wire_pointer_clear(wire_pointer_at(builder.s, 6));
    wire_set_bool(builder.s, 128, 0);
    wire_set_u16(builder.s, 8, 0);
    return (struct Field_slot_builder){builder.s};
}
/* All of its fields are their defaults then. */
static inline struct Field_group_builder Field_init_group(struct Field_builder builder)
{
    wire_set_u64(builder.s, 16, 0);
    wire_set_u16(builder.s, 8, 1);
    return (struct Field_group_builder){builder.s};
}
/* All of its fields are their defaults then. */
static inline struct Field_ordinal_builder Field_init_ordinal(struct Field_builder builder)
{
    wire_set_u16(builder.s, 10, 0);
    wire_set_u16(builder.s, 12, 0);
    return (struct Field_ordinal_builder){builder.s};
}

/* ---- Field_slot ---- */

static inline uint32_t Field_slot_get_offset(struct Field_slot_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint32_t)wire_get_u32(s, 4);
}

static inline struct Type_reader Field_slot_get_type(struct Field_slot_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Type_reader){wire_get_struct(s, 2)};
}
static inline bool Field_slot_has_type(struct Field_slot_reader reader)
{
    return wire_has_pointer(reader.s, 2);
}

static inline struct Value_reader Field_slot_get_defaultValue(struct Field_slot_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Value_reader){wire_get_struct(s, 3)};
}
static inline bool Field_slot_has_defaultValue(struct Field_slot_reader reader)
{
    return wire_has_pointer(reader.s, 3);
}

static inline bool Field_slot_get_hadExplicitDefault(struct Field_slot_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (bool)wire_get_bool(s, 128);
}
static inline void Field_slot_set_offset(struct Field_slot_builder builder, uint32_t value)
{
    wire_set_u32(builder.s, 4, (uint32_t)(value));
}
static inline struct Type_builder Field_slot_init_type(struct Field_slot_builder builder)
{
    return (struct Type_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 5), Type_DATA_WORDS, Type_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Field_slot_set_type(struct Field_slot_builder builder, struct Type_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 5), value.s);
    return error;
}
static inline struct Value_builder Field_slot_init_defaultValue(struct Field_slot_builder builder)
{
    return (struct Value_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 6), Value_DATA_WORDS, Value_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Field_slot_set_defaultValue(struct Field_slot_builder builder, struct Value_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 6), value.s);
    return error;
}
static inline void Field_slot_set_hadExplicitDefault(struct Field_slot_builder builder, bool value)
{
    wire_set_bool(builder.s, 128, (bool)(value));
}

/* ---- Field_group ---- */

static inline uint64_t Field_group_get_typeId(struct Field_group_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 16);
}
static inline void Field_group_set_typeId(struct Field_group_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 16, (uint64_t)(value));
}

/* ---- Field_ordinal ---- */

/* The tag of the union; a message may hold a value that is none of these. */
enum Field_ordinal_tag {
    Field_ordinal_implicit = 0,
    Field_ordinal_explicit = 1,
};
static inline uint16_t Field_ordinal_which(struct Field_ordinal_reader reader)
{
    return wire_get_u16(reader.s, 10);
}

static inline uint16_t Field_ordinal_get_explicit(struct Field_ordinal_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 10, 1);
    return (uint16_t)wire_get_u16(s, 12);
}
static inline void Field_ordinal_set_implicit(struct Field_ordinal_builder builder)
{
    wire_set_u16(builder.s, 10, 0);
}
static inline void Field_ordinal_set_explicit(struct Field_ordinal_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 10, 1);
    wire_set_u16(builder.s, 12, (uint16_t)(value));
}

#define Field_noDiscriminant ((uint16_t)0xffffu)

/* ---- Enumerant ---- */

static inline struct Enumerant_reader Enumerant_read_root(struct wire_message_reader *message)
{
    return (struct Enumerant_reader){wire_message_root(message)};
}
static inline struct Enumerant_builder Enumerant_init_root(struct wire_message_builder *message)
{
    return (struct Enumerant_builder){wire_message_init_root(message, Enumerant_DATA_WORDS, Enumerant_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Enumerant_check(struct wire_message_reader *message)
{
    return wire_check(message, &Enumerant_TYPE);
}
static inline uint32_t Enumerant_list_count(struct Enumerant_list_reader list)
{
    return list.l.count;
}
static inline struct Enumerant_reader Enumerant_list_at(struct Enumerant_list_reader list, uint32_t index)
{
    return (struct Enumerant_reader){wire_list_struct(list.l, index)};
}
static inline struct Enumerant_builder Enumerant_list_builder_at(struct Enumerant_list_builder list, uint32_t index)
{
    return (struct Enumerant_builder){wire_list_struct_at(list.l, index)};
}

static inline struct wire_text Enumerant_get_name(struct Enumerant_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return wire_get_text(s, 0);
}
static inline bool Enumerant_has_name(struct Enumerant_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}

static inline uint16_t Enumerant_get_codeOrder(struct Enumerant_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint16_t)wire_get_u16(s, 0);
}

static inline struct Annotation_list_reader Enumerant_get_annotations(struct Enumerant_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Annotation_list_reader){wire_get_list(s, 1, WIRE_ELEMENT_STRUCT)};
}
static inline bool Enumerant_has_annotations(struct Enumerant_reader reader)
{
    return wire_has_pointer(reader.s, 1);
}
static inline enum cap_err Enumerant_set_name(struct Enumerant_builder builder, struct wire_text value)
{
    return wire_pointer_set_text(wire_pointer_at(builder.s, 1), value);
}
static inline void Enumerant_set_codeOrder(struct Enumerant_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 0, (uint16_t)(value));
}
static inline struct Annotation_list_builder Enumerant_init_annotations(struct Enumerant_builder builder, uint32_t count)
{
    return (struct Annotation_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 2), Annotation_DATA_WORDS, Annotation_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Enumerant_set_annotations(struct Enumerant_builder builder, struct Annotation_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 2), value.l);
    return error;
}

/* ---- Superclass ---- */

static inline struct Superclass_reader Superclass_read_root(struct wire_message_reader *message)
{
    return (struct Superclass_reader){wire_message_root(message)};
}
static inline struct Superclass_builder Superclass_init_root(struct wire_message_builder *message)
{
    return (struct Superclass_builder){wire_message_init_root(message, Superclass_DATA_WORDS, Superclass_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Superclass_check(struct wire_message_reader *message)
{
    return wire_check(message, &Superclass_TYPE);
}
static inline uint32_t Superclass_list_count(struct Superclass_list_reader list)
{
    return list.l.count;
}
static inline struct Superclass_reader Superclass_list_at(struct Superclass_list_reader list, uint32_t index)
{
    return (struct Superclass_reader){wire_list_struct(list.l, index)};
}
static inline struct Superclass_builder Superclass_list_builder_at(struct Superclass_list_builder list, uint32_t index)
{
    return (struct Superclass_builder){wire_list_struct_at(list.l, index)};
}

static inline uint64_t Superclass_get_id(struct Superclass_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 0);
}

static inline struct Brand_reader Superclass_get_brand(struct Superclass_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Brand_reader){wire_get_struct(s, 0)};
}
static inline bool Superclass_has_brand(struct Superclass_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}
static inline void Superclass_set_id(struct Superclass_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 0, (uint64_t)(value));
}
static inline struct Brand_builder Superclass_init_brand(struct Superclass_builder builder)
{
    return (struct Brand_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 1), Brand_DATA_WORDS, Brand_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Superclass_set_brand(struct Superclass_builder builder, struct Brand_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 1), value.s);
    return error;
}

/* ---- Method ---- */

static inline struct Method_reader Method_read_root(struct wire_message_reader *message)
{
    return (struct Method_reader){wire_message_root(message)};
}
static inline struct Method_builder Method_init_root(struct wire_message_builder *message)
{
    return (struct Method_builder){wire_message_init_root(message, Method_DATA_WORDS, Method_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Method_check(struct wire_message_reader *message)
{
    return wire_check(message, &Method_TYPE);
}
static inline uint32_t Method_list_count(struct Method_list_reader list)
{
    return list.l.count;
}
static inline struct Method_reader Method_list_at(struct Method_list_reader list, uint32_t index)
{
    return (struct Method_reader){wire_list_struct(list.l, index)};
}
static inline struct Method_builder Method_list_builder_at(struct Method_list_builder list, uint32_t index)
{
    return (struct Method_builder){wire_list_struct_at(list.l, index)};
}

static inline struct wire_text Method_get_name(struct Method_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return wire_get_text(s, 0);
}
static inline bool Method_has_name(struct Method_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}

static inline uint16_t Method_get_codeOrder(struct Method_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint16_t)wire_get_u16(s, 0);
}

static inline uint64_t Method_get_paramStructType(struct Method_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 8);
}

static inline uint64_t Method_get_resultStructType(struct Method_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 16);
}

static inline struct Annotation_list_reader Method_get_annotations(struct Method_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Annotation_list_reader){wire_get_list(s, 1, WIRE_ELEMENT_STRUCT)};
}
static inline bool Method_has_annotations(struct Method_reader reader)
{
    return wire_has_pointer(reader.s, 1);
}

static inline struct Brand_reader Method_get_paramBrand(struct Method_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Brand_reader){wire_get_struct(s, 2)};
}
static inline bool Method_has_paramBrand(struct Method_reader reader)
{
    return wire_has_pointer(reader.s, 2);
}

static inline struct Brand_reader Method_get_resultBrand(struct Method_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Brand_reader){wire_get_struct(s, 3)};
}
static inline bool Method_has_resultBrand(struct Method_reader reader)
{
    return wire_has_pointer(reader.s, 3);
}

static inline struct Node_Parameter_list_reader Method_get_implicitParameters(struct Method_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Node_Parameter_list_reader){wire_get_list(s, 4, WIRE_ELEMENT_STRUCT)};
}
static inline bool Method_has_implicitParameters(struct Method_reader reader)
{
    return wire_has_pointer(reader.s, 4);
}
static inline enum cap_err Method_set_name(struct Method_builder builder, struct wire_text value)
{
    return wire_pointer_set_text(wire_pointer_at(builder.s, 3), value);
}
static inline void Method_set_codeOrder(struct Method_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 0, (uint16_t)(value));
}
static inline void Method_set_paramStructType(struct Method_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 8, (uint64_t)(value));
}
static inline void Method_set_resultStructType(struct Method_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 16, (uint64_t)(value));
}
static inline struct Annotation_list_builder Method_init_annotations(struct Method_builder builder, uint32_t count)
{
    return (struct Annotation_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 4), Annotation_DATA_WORDS, Annotation_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Method_set_annotations(struct Method_builder builder, struct Annotation_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 4), value.l);
    return error;
}
static inline struct Brand_builder Method_init_paramBrand(struct Method_builder builder)
{
    return (struct Brand_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 5), Brand_DATA_WORDS, Brand_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Method_set_paramBrand(struct Method_builder builder, struct Brand_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 5), value.s);
    return error;
}
static inline struct Brand_builder Method_init_resultBrand(struct Method_builder builder)
{
    return (struct Brand_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 6), Brand_DATA_WORDS, Brand_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Method_set_resultBrand(struct Method_builder builder, struct Brand_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 6), value.s);
    return error;
}
static inline struct Node_Parameter_list_builder Method_init_implicitParameters(struct Method_builder builder, uint32_t count)
{
    return (struct Node_Parameter_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 7), Node_Parameter_DATA_WORDS, Node_Parameter_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Method_set_implicitParameters(struct Method_builder builder, struct Node_Parameter_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 7), value.l);
    return error;
}

/* ---- Type ---- */

static inline struct Type_reader Type_read_root(struct wire_message_reader *message)
{
    return (struct Type_reader){wire_message_root(message)};
}
static inline struct Type_builder Type_init_root(struct wire_message_builder *message)
{
    return (struct Type_builder){wire_message_init_root(message, Type_DATA_WORDS, Type_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Type_check(struct wire_message_reader *message)
{
    return wire_check(message, &Type_TYPE);
}
static inline uint32_t Type_list_count(struct Type_list_reader list)
{
    return list.l.count;
}
static inline struct Type_reader Type_list_at(struct Type_list_reader list, uint32_t index)
{
    return (struct Type_reader){wire_list_struct(list.l, index)};
}
static inline struct Type_builder Type_list_builder_at(struct Type_list_builder list, uint32_t index)
{
    return (struct Type_builder){wire_list_struct_at(list.l, index)};
}

/* The tag of the union; a message may hold a value that is none of these. */
enum Type_tag {
    Type_void = 0,
    Type_bool = 1,
    Type_int8 = 2,
    Type_int16 = 3,
    Type_int32 = 4,
    Type_int64 = 5,
    Type_uint8 = 6,
    Type_uint16 = 7,
    Type_uint32 = 8,
    Type_uint64 = 9,
    Type_float32 = 10,
    Type_float64 = 11,
    Type_text = 12,
    Type_data = 13,
    Type_list = 14,
    Type_enum = 15,
    Type_struct = 16,
    Type_interface = 17,
    Type_anyPointer = 18,
};
static inline uint16_t Type_which(struct Type_reader reader)
{
    return wire_get_u16(reader.s, 0);
}

static inline struct Type_list__reader Type_get_list(struct Type_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 14);
    return (struct Type_list__reader){s};
}

static inline struct Type_enum_reader Type_get_enum(struct Type_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 15);
    return (struct Type_enum_reader){s};
}

static inline struct Type_struct_reader Type_get_struct(struct Type_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 16);
    return (struct Type_struct_reader){s};
}

static inline struct Type_interface_reader Type_get_interface(struct Type_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 17);
    return (struct Type_interface_reader){s};
}

static inline struct Type_anyPointer_reader Type_get_anyPointer(struct Type_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 18);
    return (struct Type_anyPointer_reader){s};
}
static inline void Type_set_void(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 0);
}
static inline void Type_set_bool(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 1);
}
static inline void Type_set_int8(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 2);
}
static inline void Type_set_int16(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 3);
}
static inline void Type_set_int32(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 4);
}
static inline void Type_set_int64(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 5);
}
static inline void Type_set_uint8(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 6);
}
static inline void Type_set_uint16(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 7);
}
static inline void Type_set_uint32(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 8);
}
static inline void Type_set_uint64(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 9);
}
static inline void Type_set_float32(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 10);
}
static inline void Type_set_float64(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 11);
}
static inline void Type_set_text(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 12);
}
static inline void Type_set_data(struct Type_builder builder)
{
    wire_set_u16(builder.s, 0, 13);
}
/* All of its fields are their defaults then. */
static inline struct Type_list__builder Type_init_list(struct Type_builder builder)
{
    wire_pointer_clear(wire_pointer_at(builder.s, 3));
    wire_set_u16(builder.s, 0, 14);
    return (struct Type_list__builder){builder.s};
}
/* All of its fields are their defaults then. */
static inline struct Type_enum_builder Type_init_enum(struct Type_builder builder)
{
    wire_set_u64(builder.s, 8, 0);
    wire_pointer_clear(wire_pointer_at(builder.s, 3));
    wire_set_u16(builder.s, 0, 15);
    return (struct Type_enum_builder){builder.s};
}
/* All of its fields are their defaults then. */
static inline struct Type_struct_builder Type_init_struct(struct Type_builder builder)
{
    wire_set_u64(builder.s, 8, 0);
    wire_pointer_clear(wire_pointer_at(builder.s, 3));
    wire_set_u16(builder.s, 0, 16);
    return (struct Type_struct_builder){builder.s};
}
/* All of its fields are their defaults then. */
static inline struct Type_interface_builder Type_init_interface(struct Type_builder builder)
{
    wire_set_u64(builder.s, 8, 0);
    wire_pointer_clear(wire_pointer_at(builder.s, 3));
    wire_set_u16(builder.s, 0, 17);
    return (struct Type_interface_builder){builder.s};
}
/* All of its fields are their defaults then. */
static inline struct Type_anyPointer_builder Type_init_anyPointer(struct Type_builder builder)
{
    wire_set_u16(builder.s, 8, 0);
    wire_set_u16(builder.s, 10, 0);
    wire_set_u64(builder.s, 16, 0);
    wire_set_u16(builder.s, 10, 0);
    wire_set_u16(builder.s, 10, 0);
    wire_set_u16(builder.s, 0, 18);
    return (struct Type_anyPointer_builder){builder.s};
}

/* ---- Type_list_ ---- */

static inline struct Type_reader Type_list__get_elementType(struct Type_list__reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Type_reader){wire_get_struct(s, 0)};
}
static inline bool Type_list__has_elementType(struct Type_list__reader reader)
{
    return wire_has_pointer(reader.s, 0);
}
static inline struct Type_builder Type_list__init_elementType(struct Type_list__builder builder)
{
    return (struct Type_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 3), Type_DATA_WORDS, Type_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Type_list__set_elementType(struct Type_list__builder builder, struct Type_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 3), value.s);
    return error;
}

/* ---- Type_enum ---- */

static inline uint64_t Type_enum_get_typeId(struct Type_enum_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 8);
}

static inline struct Brand_reader Type_enum_get_brand(struct Type_enum_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Brand_reader){wire_get_struct(s, 0)};
}
static inline bool Type_enum_has_brand(struct Type_enum_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}
static inline void Type_enum_set_typeId(struct Type_enum_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 8, (uint64_t)(value));
}
static inline struct Brand_builder Type_enum_init_brand(struct Type_enum_builder builder)
{
    return (struct Brand_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 3), Brand_DATA_WORDS, Brand_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Type_enum_set_brand(struct Type_enum_builder builder, struct Brand_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 3), value.s);
    return error;
}

/* ---- Type_struct ---- */

static inline uint64_t Type_struct_get_typeId(struct Type_struct_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 8);
}

static inline struct Brand_reader Type_struct_get_brand(struct Type_struct_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Brand_reader){wire_get_struct(s, 0)};
}
static inline bool Type_struct_has_brand(struct Type_struct_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}
static inline void Type_struct_set_typeId(struct Type_struct_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 8, (uint64_t)(value));
}
static inline struct Brand_builder Type_struct_init_brand(struct Type_struct_builder builder)
{
    return (struct Brand_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 3), Brand_DATA_WORDS, Brand_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Type_struct_set_brand(struct Type_struct_builder builder, struct Brand_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 3), value.s);
    return error;
}

/* ---- Type_interface ---- */

static inline uint64_t Type_interface_get_typeId(struct Type_interface_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 8);
}

static inline struct Brand_reader Type_interface_get_brand(struct Type_interface_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Brand_reader){wire_get_struct(s, 0)};
}
static inline bool Type_interface_has_brand(struct Type_interface_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}
static inline void Type_interface_set_typeId(struct Type_interface_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 8, (uint64_t)(value));
}
static inline struct Brand_builder Type_interface_init_brand(struct Type_interface_builder builder)
{
    return (struct Brand_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 3), Brand_DATA_WORDS, Brand_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Type_interface_set_brand(struct Type_interface_builder builder, struct Brand_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 3), value.s);
    return error;
}

/* ---- Type_anyPointer ---- */

/* The tag of the union; a message may hold a value that is none of these. */
enum Type_anyPointer_tag {
    Type_anyPointer_unconstrained = 0,
    Type_anyPointer_parameter = 1,
    Type_anyPointer_implicitMethodParameter = 2,
};
static inline uint16_t Type_anyPointer_which(struct Type_anyPointer_reader reader)
{
    return wire_get_u16(reader.s, 8);
}

static inline struct Type_anyPointer_unconstrained_reader Type_anyPointer_get_unconstrained(struct Type_anyPointer_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 8, 0);
    return (struct Type_anyPointer_unconstrained_reader){s};
}

static inline struct Type_anyPointer_parameter_reader Type_anyPointer_get_parameter(struct Type_anyPointer_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 8, 1);
    return (struct Type_anyPointer_parameter_reader){s};
}

static inline struct Type_anyPointer_implicitMethodParameter_reader Type_anyPointer_get_implicitMethodParameter(struct Type_anyPointer_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 8, 2);
    return (struct Type_anyPointer_implicitMethodParameter_reader){s};
}
/* All of its fields are their defaults then. */
static inline struct Type_anyPointer_unconstrained_builder Type_anyPointer_init_unconstrained(struct Type_anyPointer_builder builder)
{
    wire_set_u16(builder.s, 10, 0);
    wire_set_u16(builder.s, 8, 0);
    return (struct Type_anyPointer_unconstrained_builder){builder.s};
}
/* All of its fields are their defaults then. */
static inline struct Type_anyPointer_parameter_builder Type_anyPointer_init_parameter(struct Type_anyPointer_builder builder)
{
    wire_set_u64(builder.s, 16, 0);
    wire_set_u16(builder.s, 10, 0);
    wire_set_u16(builder.s, 8, 1);
    return (struct Type_anyPointer_parameter_builder){builder.s};
}
/* All of its fields are their defaults then. */
static inline struct Type_anyPointer_implicitMethodParameter_builder Type_anyPointer_init_implicitMethodParameter(struct Type_anyPointer_builder builder)
{
    wire_set_u16(builder.s, 10, 0);
    wire_set_u16(builder.s, 8, 2);
    return (struct Type_anyPointer_implicitMethodParameter_builder){builder.s};
}

/* ---- Type_anyPointer_unconstrained ---- */

/* The tag of the union; a message may hold a value that is none of these. */
enum Type_anyPointer_unconstrained_tag {
    Type_anyPointer_unconstrained_anyKind = 0,
    Type_anyPointer_unconstrained_struct = 1,
    Type_anyPointer_unconstrained_list = 2,
    Type_anyPointer_unconstrained_capability = 3,
};
static inline uint16_t Type_anyPointer_unconstrained_which(struct Type_anyPointer_unconstrained_reader reader)
{
    return wire_get_u16(reader.s, 10);
}
static inline void Type_anyPointer_unconstrained_set_anyKind(struct Type_anyPointer_unconstrained_builder builder)
{
    wire_set_u16(builder.s, 10, 0);
}
static inline void Type_anyPointer_unconstrained_set_struct(struct Type_anyPointer_unconstrained_builder builder)
{
    wire_set_u16(builder.s, 10, 1);
}
static inline void Type_anyPointer_unconstrained_set_list(struct Type_anyPointer_unconstrained_builder builder)
{
    wire_set_u16(builder.s, 10, 2);
}
static inline void Type_anyPointer_unconstrained_set_capability(struct Type_anyPointer_unconstrained_builder builder)
{
    wire_set_u16(builder.s, 10, 3);
}

/* ---- Type_anyPointer_parameter ---- */

static inline uint64_t Type_anyPointer_parameter_get_scopeId(struct Type_anyPointer_parameter_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 16);
}

static inline uint16_t Type_anyPointer_parameter_get_parameterIndex(struct Type_anyPointer_parameter_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint16_t)wire_get_u16(s, 10);
}
static inline void Type_anyPointer_parameter_set_scopeId(struct Type_anyPointer_parameter_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 16, (uint64_t)(value));
}
static inline void Type_anyPointer_parameter_set_parameterIndex(struct Type_anyPointer_parameter_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 10, (uint16_t)(value));
}

/* ---- Type_anyPointer_implicitMethodParameter ---- */

static inline uint16_t Type_anyPointer_implicitMethodParameter_get_parameterIndex(struct Type_anyPointer_implicitMethodParameter_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint16_t)wire_get_u16(s, 10);
}
static inline void Type_anyPointer_implicitMethodParameter_set_parameterIndex(struct Type_anyPointer_implicitMethodParameter_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 10, (uint16_t)(value));
}

/* ---- Brand ---- */

static inline struct Brand_reader Brand_read_root(struct wire_message_reader *message)
{
    return (struct Brand_reader){wire_message_root(message)};
}
static inline struct Brand_builder Brand_init_root(struct wire_message_builder *message)
{
    return (struct Brand_builder){wire_message_init_root(message, Brand_DATA_WORDS, Brand_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Brand_check(struct wire_message_reader *message)
{
    return wire_check(message, &Brand_TYPE);
}
static inline uint32_t Brand_list_count(struct Brand_list_reader list)
{
    return list.l.count;
}
static inline struct Brand_reader Brand_list_at(struct Brand_list_reader list, uint32_t index)
{
    return (struct Brand_reader){wire_list_struct(list.l, index)};
}
static inline struct Brand_builder Brand_list_builder_at(struct Brand_list_builder list, uint32_t index)
{
    return (struct Brand_builder){wire_list_struct_at(list.l, index)};
}

static inline struct Brand_Scope_list_reader Brand_get_scopes(struct Brand_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Brand_Scope_list_reader){wire_get_list(s, 0, WIRE_ELEMENT_STRUCT)};
}
static inline bool Brand_has_scopes(struct Brand_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}
static inline struct Brand_Scope_list_builder Brand_init_scopes(struct Brand_builder builder, uint32_t count)
{
    return (struct Brand_Scope_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 0), Brand_Scope_DATA_WORDS, Brand_Scope_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Brand_set_scopes(struct Brand_builder builder, struct Brand_Scope_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 0), value.l);
    return error;
}

/* ---- Brand_Scope ---- */

static inline struct Brand_Scope_reader Brand_Scope_read_root(struct wire_message_reader *message)
{
    return (struct Brand_Scope_reader){wire_message_root(message)};
}
static inline struct Brand_Scope_builder Brand_Scope_init_root(struct wire_message_builder *message)
{
    return (struct Brand_Scope_builder){wire_message_init_root(message, Brand_Scope_DATA_WORDS, Brand_Scope_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Brand_Scope_check(struct wire_message_reader *message)
{
    return wire_check(message, &Brand_Scope_TYPE);
}
static inline uint32_t Brand_Scope_list_count(struct Brand_Scope_list_reader list)
{
    return list.l.count;
}
static inline struct Brand_Scope_reader Brand_Scope_list_at(struct Brand_Scope_list_reader list, uint32_t index)
{
    return (struct Brand_Scope_reader){wire_list_struct(list.l, index)};
}
static inline struct Brand_Scope_builder Brand_Scope_list_builder_at(struct Brand_Scope_list_builder list, uint32_t index)
{
    return (struct Brand_Scope_builder){wire_list_struct_at(list.l, index)};
}

/* The tag of the union; a message may hold a value that is none of these. */
enum Brand_Scope_tag {
    Brand_Scope_bind = 0,
    Brand_Scope_inherit = 1,
};
static inline uint16_t Brand_Scope_which(struct Brand_Scope_reader reader)
{
    return wire_get_u16(reader.s, 8);
}

static inline uint64_t Brand_Scope_get_scopeId(struct Brand_Scope_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 0);
}

static inline struct Brand_Binding_list_reader Brand_Scope_get_bind(struct Brand_Scope_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 8, 0);
    return (struct Brand_Binding_list_reader){wire_get_list(s, 0, WIRE_ELEMENT_STRUCT)};
}
static inline bool Brand_Scope_has_bind(struct Brand_Scope_reader reader)
{
    return wire_get_u16(reader.s, 8) == 0 && wire_has_pointer(reader.s, 0);
}
static inline void Brand_Scope_set_scopeId(struct Brand_Scope_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 0, (uint64_t)(value));
}
static inline struct Brand_Binding_list_builder Brand_Scope_init_bind(struct Brand_Scope_builder builder, uint32_t count)
{
    wire_set_u16(builder.s, 8, 0);
    return (struct Brand_Binding_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 2), Brand_Binding_DATA_WORDS, Brand_Binding_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Brand_Scope_set_bind(struct Brand_Scope_builder builder, struct Brand_Binding_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 2), value.l);
    if (error == CAP_OK)
        wire_set_u16(builder.s, 8, 0);
    return error;
}
static inline void Brand_Scope_set_inherit(struct Brand_Scope_builder builder)
{
    wire_set_u16(builder.s, 8, 1);
}

/* ---- Brand_Binding ---- */

static inline struct Brand_Binding_reader Brand_Binding_read_root(struct wire_message_reader *message)
{
    return (struct Brand_Binding_reader){wire_message_root(message)};
}
static inline struct Brand_Binding_builder Brand_Binding_init_root(struct wire_message_builder *message)
{
    return (struct Brand_Binding_builder){wire_message_init_root(message, Brand_Binding_DATA_WORDS, Brand_Binding_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Brand_Binding_check(struct wire_message_reader *message)
{
    return wire_check(message, &Brand_Binding_TYPE);
}
static inline uint32_t Brand_Binding_list_count(struct Brand_Binding_list_reader list)
{
    return list.l.count;
}
static inline struct Brand_Binding_reader Brand_Binding_list_at(struct Brand_Binding_list_reader list, uint32_t index)
{
    return (struct Brand_Binding_reader){wire_list_struct(list.l, index)};
}
static inline struct Brand_Binding_builder Brand_Binding_list_builder_at(struct Brand_Binding_list_builder list, uint32_t index)
{
    return (struct Brand_Binding_builder){wire_list_struct_at(list.l, index)};
}

/* The tag of the union; a message may hold a value that is none of these. */
enum Brand_Binding_tag {
    Brand_Binding_unbound = 0,
    Brand_Binding_type = 1,
};
static inline uint16_t Brand_Binding_which(struct Brand_Binding_reader reader)
{
    return wire_get_u16(reader.s, 0);
}

static inline struct Type_reader Brand_Binding_get_type(struct Brand_Binding_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 1);
    return (struct Type_reader){wire_get_struct(s, 0)};
}
static inline bool Brand_Binding_has_type(struct Brand_Binding_reader reader)
{
    return wire_get_u16(reader.s, 0) == 1 && wire_has_pointer(reader.s, 0);
}
static inline void Brand_Binding_set_unbound(struct Brand_Binding_builder builder)
{
    wire_set_u16(builder.s, 0, 0);
}
static inline struct Type_builder Brand_Binding_init_type(struct Brand_Binding_builder builder)
{
    wire_set_u16(builder.s, 0, 1);
    return (struct Type_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 1), Type_DATA_WORDS, Type_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Brand_Binding_set_type(struct Brand_Binding_builder builder, struct Type_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 1), value.s);
    if (error == CAP_OK)
        wire_set_u16(builder.s, 0, 1);
    return error;
}

/* ---- Value ---- */

static inline struct Value_reader Value_read_root(struct wire_message_reader *message)
{
    return (struct Value_reader){wire_message_root(message)};
}
static inline struct Value_builder Value_init_root(struct wire_message_builder *message)
{
    return (struct Value_builder){wire_message_init_root(message, Value_DATA_WORDS, Value_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Value_check(struct wire_message_reader *message)
{
    return wire_check(message, &Value_TYPE);
}
static inline uint32_t Value_list_count(struct Value_list_reader list)
{
    return list.l.count;
}
static inline struct Value_reader Value_list_at(struct Value_list_reader list, uint32_t index)
{
    return (struct Value_reader){wire_list_struct(list.l, index)};
}
static inline struct Value_builder Value_list_builder_at(struct Value_list_builder list, uint32_t index)
{
    return (struct Value_builder){wire_list_struct_at(list.l, index)};
}

/* The tag of the union; a message may hold a value that is none of these. */
enum Value_tag {
    Value_void = 0,
    Value_bool = 1,
    Value_int8 = 2,
    Value_int16 = 3,
    Value_int32 = 4,
    Value_int64 = 5,
    Value_uint8 = 6,
    Value_uint16 = 7,
    Value_uint32 = 8,
    Value_uint64 = 9,
    Value_float32 = 10,
    Value_float64 = 11,
    Value_text = 12,
    Value_data = 13,
    Value_list = 14,
    Value_enum = 15,
    Value_struct = 16,
    Value_interface = 17,
    Value_anyPointer = 18,
};
static inline uint16_t Value_which(struct Value_reader reader)
{
    return wire_get_u16(reader.s, 0);
}

static inline bool Value_get_bool(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 1);
    return (bool)wire_get_bool(s, 16);
}

static inline int8_t Value_get_int8(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 2);
    return (int8_t)wire_get_u8(s, 2);
}

static inline int16_t Value_get_int16(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 3);
    return (int16_t)wire_get_u16(s, 2);
}

static inline int32_t Value_get_int32(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 4);
    return (int32_t)wire_get_u32(s, 4);
}

static inline int64_t Value_get_int64(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 5);
    return (int64_t)wire_get_u64(s, 8);
}

static inline uint8_t Value_get_uint8(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 6);
    return (uint8_t)wire_get_u8(s, 2);
}

static inline uint16_t Value_get_uint16(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 7);
    return (uint16_t)wire_get_u16(s, 2);
}

static inline uint32_t Value_get_uint32(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 8);
    return (uint32_t)wire_get_u32(s, 4);
}

static inline uint64_t Value_get_uint64(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 9);
    return (uint64_t)wire_get_u64(s, 8);
}

static inline uint32_t Value_get_float32_bits(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 10);
    return (uint32_t)wire_get_u32(s, 4);
}
#ifdef __SSE2__
static inline float Value_get_float32(struct Value_reader reader)
{
    return wire_float_of(Value_get_float32_bits(reader));
}
#endif

static inline uint64_t Value_get_float64_bits(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 11);
    return (uint64_t)wire_get_u64(s, 8);
}
#ifdef __SSE2__
static inline double Value_get_float64(struct Value_reader reader)
{
    return wire_double_of(Value_get_float64_bits(reader));
}
#endif

static inline struct wire_text Value_get_text(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 12);
    return wire_get_text(s, 0);
}
static inline bool Value_has_text(struct Value_reader reader)
{
    return wire_get_u16(reader.s, 0) == 12 && wire_has_pointer(reader.s, 0);
}

static inline struct wire_data Value_get_data(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 13);
    return wire_get_data(s, 0);
}
static inline bool Value_has_data(struct Value_reader reader)
{
    return wire_get_u16(reader.s, 0) == 13 && wire_has_pointer(reader.s, 0);
}

static inline struct wire_pointer_reader Value_get_list(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 14);
    return wire_get_pointer(s, 0);
}
static inline bool Value_has_list(struct Value_reader reader)
{
    return wire_get_u16(reader.s, 0) == 14 && wire_has_pointer(reader.s, 0);
}

static inline uint16_t Value_get_enum(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 15);
    return (uint16_t)wire_get_u16(s, 2);
}

static inline struct wire_pointer_reader Value_get_struct(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 16);
    return wire_get_pointer(s, 0);
}
static inline bool Value_has_struct(struct Value_reader reader)
{
    return wire_get_u16(reader.s, 0) == 16 && wire_has_pointer(reader.s, 0);
}

static inline struct wire_pointer_reader Value_get_anyPointer(struct Value_reader reader)
{
    struct wire_struct_reader s = wire_union_select(reader.s, 0, 18);
    return wire_get_pointer(s, 0);
}
static inline bool Value_has_anyPointer(struct Value_reader reader)
{
    return wire_get_u16(reader.s, 0) == 18 && wire_has_pointer(reader.s, 0);
}
static inline void Value_set_void(struct Value_builder builder)
{
    wire_set_u16(builder.s, 0, 0);
}
static inline void Value_set_bool(struct Value_builder builder, bool value)
{
    wire_set_u16(builder.s, 0, 1);
    wire_set_bool(builder.s, 16, (bool)(value));
}
static inline void Value_set_int8(struct Value_builder builder, int8_t value)
{
    wire_set_u16(builder.s, 0, 2);
    wire_set_u8(builder.s, 2, (uint8_t)(value));
}
static inline void Value_set_int16(struct Value_builder builder, int16_t value)
{
    wire_set_u16(builder.s, 0, 3);
    wire_set_u16(builder.s, 2, (uint16_t)(value));
}
static inline void Value_set_int32(struct Value_builder builder, int32_t value)
{
    wire_set_u16(builder.s, 0, 4);
    wire_set_u32(builder.s, 4, (uint32_t)(value));
}
static inline void Value_set_int64(struct Value_builder builder, int64_t value)
{
    wire_set_u16(builder.s, 0, 5);
    wire_set_u64(builder.s, 8, (uint64_t)(value));
}
static inline void Value_set_uint8(struct Value_builder builder, uint8_t value)
{
    wire_set_u16(builder.s, 0, 6);
    wire_set_u8(builder.s, 2, (uint8_t)(value));
}
static inline void Value_set_uint16(struct Value_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 0, 7);
    wire_set_u16(builder.s, 2, (uint16_t)(value));
}
static inline void Value_set_uint32(struct Value_builder builder, uint32_t value)
{
    wire_set_u16(builder.s, 0, 8);
    wire_set_u32(builder.s, 4, (uint32_t)(value));
}
static inline void Value_set_uint64(struct Value_builder builder, uint64_t value)
{
    wire_set_u16(builder.s, 0, 9);
    wire_set_u64(builder.s, 8, (uint64_t)(value));
}
static inline void Value_set_float32_bits(struct Value_builder builder, uint32_t value)
{
    wire_set_u16(builder.s, 0, 10);
    wire_set_u32(builder.s, 4, (uint32_t)(value));
}
#ifdef __SSE2__
static inline void Value_set_float32(struct Value_builder builder, float value)
{
    Value_set_float32_bits(builder, wire_float_bits(value));
}
#endif
static inline void Value_set_float64_bits(struct Value_builder builder, uint64_t value)
{
    wire_set_u16(builder.s, 0, 11);
    wire_set_u64(builder.s, 8, (uint64_t)(value));
}
#ifdef __SSE2__
static inline void Value_set_float64(struct Value_builder builder, double value)
{
    Value_set_float64_bits(builder, wire_double_bits(value));
}
#endif
static inline enum cap_err Value_set_text(struct Value_builder builder, struct wire_text value)
{
    enum cap_err error = wire_pointer_set_text(wire_pointer_at(builder.s, 2), value);
    if (error == CAP_OK)
        wire_set_u16(builder.s, 0, 12);
    return error;
}
static inline enum cap_err Value_set_data(struct Value_builder builder, struct wire_data value)
{
    enum cap_err error = wire_pointer_set_data(wire_pointer_at(builder.s, 2), value);
    if (error == CAP_OK)
        wire_set_u16(builder.s, 0, 13);
    return error;
}
/* `length` zero bytes to fill in; NULL: no room. */
static inline uint8_t *Value_init_data(struct Value_builder builder, uint32_t length)
{
    wire_set_u16(builder.s, 0, 13);
    return wire_pointer_init_data(wire_pointer_at(builder.s, 2), length);
}
static inline struct wire_pointer_builder Value_init_list(struct Value_builder builder)
{
    wire_set_u16(builder.s, 0, 14);
    wire_pointer_clear(wire_pointer_at(builder.s, 2));
    return wire_pointer_at(builder.s, 2);
}
static inline void Value_set_enum(struct Value_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 0, 15);
    wire_set_u16(builder.s, 2, (uint16_t)(value));
}
static inline struct wire_pointer_builder Value_init_struct(struct Value_builder builder)
{
    wire_set_u16(builder.s, 0, 16);
    wire_pointer_clear(wire_pointer_at(builder.s, 2));
    return wire_pointer_at(builder.s, 2);
}
static inline void Value_set_interface(struct Value_builder builder)
{
    wire_set_u16(builder.s, 0, 17);
}
static inline struct wire_pointer_builder Value_init_anyPointer(struct Value_builder builder)
{
    wire_set_u16(builder.s, 0, 18);
    wire_pointer_clear(wire_pointer_at(builder.s, 2));
    return wire_pointer_at(builder.s, 2);
}

/* ---- Annotation ---- */

static inline struct Annotation_reader Annotation_read_root(struct wire_message_reader *message)
{
    return (struct Annotation_reader){wire_message_root(message)};
}
static inline struct Annotation_builder Annotation_init_root(struct wire_message_builder *message)
{
    return (struct Annotation_builder){wire_message_init_root(message, Annotation_DATA_WORDS, Annotation_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err Annotation_check(struct wire_message_reader *message)
{
    return wire_check(message, &Annotation_TYPE);
}
static inline uint32_t Annotation_list_count(struct Annotation_list_reader list)
{
    return list.l.count;
}
static inline struct Annotation_reader Annotation_list_at(struct Annotation_list_reader list, uint32_t index)
{
    return (struct Annotation_reader){wire_list_struct(list.l, index)};
}
static inline struct Annotation_builder Annotation_list_builder_at(struct Annotation_list_builder list, uint32_t index)
{
    return (struct Annotation_builder){wire_list_struct_at(list.l, index)};
}

static inline uint64_t Annotation_get_id(struct Annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 0);
}

static inline struct Value_reader Annotation_get_value(struct Annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Value_reader){wire_get_struct(s, 0)};
}
static inline bool Annotation_has_value(struct Annotation_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}

static inline struct Brand_reader Annotation_get_brand(struct Annotation_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Brand_reader){wire_get_struct(s, 1)};
}
static inline bool Annotation_has_brand(struct Annotation_reader reader)
{
    return wire_has_pointer(reader.s, 1);
}
static inline void Annotation_set_id(struct Annotation_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 0, (uint64_t)(value));
}
static inline struct Value_builder Annotation_init_value(struct Annotation_builder builder)
{
    return (struct Value_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 1), Value_DATA_WORDS, Value_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Annotation_set_value(struct Annotation_builder builder, struct Value_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 1), value.s);
    return error;
}
static inline struct Brand_builder Annotation_init_brand(struct Annotation_builder builder)
{
    return (struct Brand_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 2), Brand_DATA_WORDS, Brand_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err Annotation_set_brand(struct Annotation_builder builder, struct Brand_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 2), value.s);
    return error;
}

enum ElementSize {
    ElementSize_empty = 0,
    ElementSize_bit = 1,
    ElementSize_byte = 2,
    ElementSize_twoBytes = 3,
    ElementSize_fourBytes = 4,
    ElementSize_eightBytes = 5,
    ElementSize_pointer = 6,
    ElementSize_inlineComposite = 7,
};

/* ---- CapnpVersion ---- */

static inline struct CapnpVersion_reader CapnpVersion_read_root(struct wire_message_reader *message)
{
    return (struct CapnpVersion_reader){wire_message_root(message)};
}
static inline struct CapnpVersion_builder CapnpVersion_init_root(struct wire_message_builder *message)
{
    return (struct CapnpVersion_builder){wire_message_init_root(message, CapnpVersion_DATA_WORDS, CapnpVersion_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err CapnpVersion_check(struct wire_message_reader *message)
{
    return wire_check_scalars(message, CapnpVersion_DATA_WORDS, CapnpVersion_POINTER_COUNT, &CapnpVersion_TYPE);
}
static inline uint32_t CapnpVersion_list_count(struct CapnpVersion_list_reader list)
{
    return list.l.count;
}
static inline struct CapnpVersion_reader CapnpVersion_list_at(struct CapnpVersion_list_reader list, uint32_t index)
{
    return (struct CapnpVersion_reader){wire_list_struct(list.l, index)};
}
static inline struct CapnpVersion_builder CapnpVersion_list_builder_at(struct CapnpVersion_list_builder list, uint32_t index)
{
    return (struct CapnpVersion_builder){wire_list_struct_at(list.l, index)};
}

static inline uint16_t CapnpVersion_get_major(struct CapnpVersion_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint16_t)wire_get_u16(s, 0);
}

static inline uint8_t CapnpVersion_get_minor(struct CapnpVersion_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint8_t)wire_get_u8(s, 2);
}

static inline uint8_t CapnpVersion_get_micro(struct CapnpVersion_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint8_t)wire_get_u8(s, 3);
}
static inline void CapnpVersion_set_major(struct CapnpVersion_builder builder, uint16_t value)
{
    wire_set_u16(builder.s, 0, (uint16_t)(value));
}
static inline void CapnpVersion_set_minor(struct CapnpVersion_builder builder, uint8_t value)
{
    wire_set_u8(builder.s, 2, (uint8_t)(value));
}
static inline void CapnpVersion_set_micro(struct CapnpVersion_builder builder, uint8_t value)
{
    wire_set_u8(builder.s, 3, (uint8_t)(value));
}

/* ---- CodeGeneratorRequest ---- */

static inline struct CodeGeneratorRequest_reader CodeGeneratorRequest_read_root(struct wire_message_reader *message)
{
    return (struct CodeGeneratorRequest_reader){wire_message_root(message)};
}
static inline struct CodeGeneratorRequest_builder CodeGeneratorRequest_init_root(struct wire_message_builder *message)
{
    return (struct CodeGeneratorRequest_builder){wire_message_init_root(message, CodeGeneratorRequest_DATA_WORDS, CodeGeneratorRequest_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err CodeGeneratorRequest_check(struct wire_message_reader *message)
{
    return wire_check(message, &CodeGeneratorRequest_TYPE);
}
static inline uint32_t CodeGeneratorRequest_list_count(struct CodeGeneratorRequest_list_reader list)
{
    return list.l.count;
}
static inline struct CodeGeneratorRequest_reader CodeGeneratorRequest_list_at(struct CodeGeneratorRequest_list_reader list, uint32_t index)
{
    return (struct CodeGeneratorRequest_reader){wire_list_struct(list.l, index)};
}
static inline struct CodeGeneratorRequest_builder CodeGeneratorRequest_list_builder_at(struct CodeGeneratorRequest_list_builder list, uint32_t index)
{
    return (struct CodeGeneratorRequest_builder){wire_list_struct_at(list.l, index)};
}

static inline struct Node_list_reader CodeGeneratorRequest_get_nodes(struct CodeGeneratorRequest_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Node_list_reader){wire_get_list(s, 0, WIRE_ELEMENT_STRUCT)};
}
static inline bool CodeGeneratorRequest_has_nodes(struct CodeGeneratorRequest_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}

static inline struct CodeGeneratorRequest_RequestedFile_list_reader CodeGeneratorRequest_get_requestedFiles(struct CodeGeneratorRequest_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct CodeGeneratorRequest_RequestedFile_list_reader){wire_get_list(s, 1, WIRE_ELEMENT_STRUCT)};
}
static inline bool CodeGeneratorRequest_has_requestedFiles(struct CodeGeneratorRequest_reader reader)
{
    return wire_has_pointer(reader.s, 1);
}

static inline struct CapnpVersion_reader CodeGeneratorRequest_get_capnpVersion(struct CodeGeneratorRequest_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct CapnpVersion_reader){wire_get_struct(s, 2)};
}
static inline bool CodeGeneratorRequest_has_capnpVersion(struct CodeGeneratorRequest_reader reader)
{
    return wire_has_pointer(reader.s, 2);
}

static inline struct Node_SourceInfo_list_reader CodeGeneratorRequest_get_sourceInfo(struct CodeGeneratorRequest_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct Node_SourceInfo_list_reader){wire_get_list(s, 3, WIRE_ELEMENT_STRUCT)};
}
static inline bool CodeGeneratorRequest_has_sourceInfo(struct CodeGeneratorRequest_reader reader)
{
    return wire_has_pointer(reader.s, 3);
}
static inline struct Node_list_builder CodeGeneratorRequest_init_nodes(struct CodeGeneratorRequest_builder builder, uint32_t count)
{
    return (struct Node_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 0), Node_DATA_WORDS, Node_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err CodeGeneratorRequest_set_nodes(struct CodeGeneratorRequest_builder builder, struct Node_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 0), value.l);
    return error;
}
static inline struct CodeGeneratorRequest_RequestedFile_list_builder CodeGeneratorRequest_init_requestedFiles(struct CodeGeneratorRequest_builder builder, uint32_t count)
{
    return (struct CodeGeneratorRequest_RequestedFile_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 1), CodeGeneratorRequest_RequestedFile_DATA_WORDS, CodeGeneratorRequest_RequestedFile_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err CodeGeneratorRequest_set_requestedFiles(struct CodeGeneratorRequest_builder builder, struct CodeGeneratorRequest_RequestedFile_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 1), value.l);
    return error;
}
static inline struct CapnpVersion_builder CodeGeneratorRequest_init_capnpVersion(struct CodeGeneratorRequest_builder builder)
{
    return (struct CapnpVersion_builder){wire_pointer_init_struct(wire_pointer_at(builder.s, 2), CapnpVersion_DATA_WORDS, CapnpVersion_POINTER_COUNT)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err CodeGeneratorRequest_set_capnpVersion(struct CodeGeneratorRequest_builder builder, struct CapnpVersion_reader value)
{
    enum cap_err error = wire_pointer_copy_struct(wire_pointer_at(builder.s, 2), value.s);
    return error;
}
static inline struct Node_SourceInfo_list_builder CodeGeneratorRequest_init_sourceInfo(struct CodeGeneratorRequest_builder builder, uint32_t count)
{
    return (struct Node_SourceInfo_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 3), Node_SourceInfo_DATA_WORDS, Node_SourceInfo_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err CodeGeneratorRequest_set_sourceInfo(struct CodeGeneratorRequest_builder builder, struct Node_SourceInfo_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 3), value.l);
    return error;
}

/* ---- CodeGeneratorRequest_RequestedFile ---- */

static inline struct CodeGeneratorRequest_RequestedFile_reader CodeGeneratorRequest_RequestedFile_read_root(struct wire_message_reader *message)
{
    return (struct CodeGeneratorRequest_RequestedFile_reader){wire_message_root(message)};
}
static inline struct CodeGeneratorRequest_RequestedFile_builder CodeGeneratorRequest_RequestedFile_init_root(struct wire_message_builder *message)
{
    return (struct CodeGeneratorRequest_RequestedFile_builder){wire_message_init_root(message, CodeGeneratorRequest_RequestedFile_DATA_WORDS, CodeGeneratorRequest_RequestedFile_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err CodeGeneratorRequest_RequestedFile_check(struct wire_message_reader *message)
{
    return wire_check(message, &CodeGeneratorRequest_RequestedFile_TYPE);
}
static inline uint32_t CodeGeneratorRequest_RequestedFile_list_count(struct CodeGeneratorRequest_RequestedFile_list_reader list)
{
    return list.l.count;
}
static inline struct CodeGeneratorRequest_RequestedFile_reader CodeGeneratorRequest_RequestedFile_list_at(struct CodeGeneratorRequest_RequestedFile_list_reader list, uint32_t index)
{
    return (struct CodeGeneratorRequest_RequestedFile_reader){wire_list_struct(list.l, index)};
}
static inline struct CodeGeneratorRequest_RequestedFile_builder CodeGeneratorRequest_RequestedFile_list_builder_at(struct CodeGeneratorRequest_RequestedFile_list_builder list, uint32_t index)
{
    return (struct CodeGeneratorRequest_RequestedFile_builder){wire_list_struct_at(list.l, index)};
}

static inline uint64_t CodeGeneratorRequest_RequestedFile_get_id(struct CodeGeneratorRequest_RequestedFile_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 0);
}

static inline struct wire_text CodeGeneratorRequest_RequestedFile_get_filename(struct CodeGeneratorRequest_RequestedFile_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return wire_get_text(s, 0);
}
static inline bool CodeGeneratorRequest_RequestedFile_has_filename(struct CodeGeneratorRequest_RequestedFile_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}

static inline struct CodeGeneratorRequest_RequestedFile_Import_list_reader CodeGeneratorRequest_RequestedFile_get_imports(struct CodeGeneratorRequest_RequestedFile_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (struct CodeGeneratorRequest_RequestedFile_Import_list_reader){wire_get_list(s, 1, WIRE_ELEMENT_STRUCT)};
}
static inline bool CodeGeneratorRequest_RequestedFile_has_imports(struct CodeGeneratorRequest_RequestedFile_reader reader)
{
    return wire_has_pointer(reader.s, 1);
}
static inline void CodeGeneratorRequest_RequestedFile_set_id(struct CodeGeneratorRequest_RequestedFile_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 0, (uint64_t)(value));
}
static inline enum cap_err CodeGeneratorRequest_RequestedFile_set_filename(struct CodeGeneratorRequest_RequestedFile_builder builder, struct wire_text value)
{
    return wire_pointer_set_text(wire_pointer_at(builder.s, 1), value);
}
static inline struct CodeGeneratorRequest_RequestedFile_Import_list_builder CodeGeneratorRequest_RequestedFile_init_imports(struct CodeGeneratorRequest_RequestedFile_builder builder, uint32_t count)
{
    return (struct CodeGeneratorRequest_RequestedFile_Import_list_builder){wire_pointer_init_struct_list(wire_pointer_at(builder.s, 2), CodeGeneratorRequest_RequestedFile_Import_DATA_WORDS, CodeGeneratorRequest_RequestedFile_Import_POINTER_COUNT, count)};
}
/* Copies it with all that hangs on it, within the limits of its message. */
static inline enum cap_err CodeGeneratorRequest_RequestedFile_set_imports(struct CodeGeneratorRequest_RequestedFile_builder builder, struct CodeGeneratorRequest_RequestedFile_Import_list_reader value)
{
    enum cap_err error = wire_pointer_copy_list(wire_pointer_at(builder.s, 2), value.l);
    return error;
}

/* ---- CodeGeneratorRequest_RequestedFile_Import ---- */

static inline struct CodeGeneratorRequest_RequestedFile_Import_reader CodeGeneratorRequest_RequestedFile_Import_read_root(struct wire_message_reader *message)
{
    return (struct CodeGeneratorRequest_RequestedFile_Import_reader){wire_message_root(message)};
}
static inline struct CodeGeneratorRequest_RequestedFile_Import_builder CodeGeneratorRequest_RequestedFile_Import_init_root(struct wire_message_builder *message)
{
    return (struct CodeGeneratorRequest_RequestedFile_Import_builder){wire_message_init_root(message, CodeGeneratorRequest_RequestedFile_Import_DATA_WORDS, CodeGeneratorRequest_RequestedFile_Import_POINTER_COUNT)};
}
CAP_MUST_CHECK static inline enum cap_err CodeGeneratorRequest_RequestedFile_Import_check(struct wire_message_reader *message)
{
    if (__builtin_expect(message->rule == WIRE_RULE_NONE
        && wire_message_find_root_as(message, CodeGeneratorRequest_RequestedFile_Import_DATA_WORDS, CodeGeneratorRequest_RequestedFile_Import_POINTER_COUNT)
        && wire_check_bytes(message, 0, 4294967295u, true), 1)) {
        message->budget_words = WIRE_BUDGET_UNLIMITED;
        return CAP_OK;
    }
    return wire_check(message, &CodeGeneratorRequest_RequestedFile_Import_TYPE);
}
static inline uint32_t CodeGeneratorRequest_RequestedFile_Import_list_count(struct CodeGeneratorRequest_RequestedFile_Import_list_reader list)
{
    return list.l.count;
}
static inline struct CodeGeneratorRequest_RequestedFile_Import_reader CodeGeneratorRequest_RequestedFile_Import_list_at(struct CodeGeneratorRequest_RequestedFile_Import_list_reader list, uint32_t index)
{
    return (struct CodeGeneratorRequest_RequestedFile_Import_reader){wire_list_struct(list.l, index)};
}
static inline struct CodeGeneratorRequest_RequestedFile_Import_builder CodeGeneratorRequest_RequestedFile_Import_list_builder_at(struct CodeGeneratorRequest_RequestedFile_Import_list_builder list, uint32_t index)
{
    return (struct CodeGeneratorRequest_RequestedFile_Import_builder){wire_list_struct_at(list.l, index)};
}

static inline uint64_t CodeGeneratorRequest_RequestedFile_Import_get_id(struct CodeGeneratorRequest_RequestedFile_Import_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return (uint64_t)wire_get_u64(s, 0);
}

static inline struct wire_text CodeGeneratorRequest_RequestedFile_Import_get_name(struct CodeGeneratorRequest_RequestedFile_Import_reader reader)
{
    struct wire_struct_reader s = reader.s;
    return wire_get_text(s, 0);
}
static inline bool CodeGeneratorRequest_RequestedFile_Import_has_name(struct CodeGeneratorRequest_RequestedFile_Import_reader reader)
{
    return wire_has_pointer(reader.s, 0);
}
static inline void CodeGeneratorRequest_RequestedFile_Import_set_id(struct CodeGeneratorRequest_RequestedFile_Import_builder builder, uint64_t value)
{
    wire_set_u64(builder.s, 0, (uint64_t)(value));
}
static inline enum cap_err CodeGeneratorRequest_RequestedFile_Import_set_name(struct CodeGeneratorRequest_RequestedFile_Import_builder builder, struct wire_text value)
{
    return wire_pointer_set_text(wire_pointer_at(builder.s, 1), value);
}
