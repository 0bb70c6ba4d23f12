/* Checks, defaults and dispatch; made from schema.capnp by capnpc-capos. Edit the schema instead. */
/* clang-format off */
#include "tools/capnpc-capos/schema.capnp.h"

static const struct wire_step Node_STEPS[] = {
    {.kind = WIRE_STEP_TEXT, .index = 0, .limit = WIRE_LENGTH_ANY},
    {.kind = WIRE_STEP_LIST, .index = 1, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Node_NestedNode_TYPE},
    {.kind = WIRE_STEP_LIST, .index = 2, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Annotation_TYPE},
    {.kind = WIRE_STEP_CASE, .index = 1, .limit = 12, .skip = 1}, /* struct */
    {.kind = WIRE_STEP_LIST, .index = 3, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Field_TYPE},
    {.kind = WIRE_STEP_CASE, .index = 2, .limit = 12, .skip = 1}, /* enum */
    {.kind = WIRE_STEP_LIST, .index = 3, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Enumerant_TYPE},
    {.kind = WIRE_STEP_CASE, .index = 3, .limit = 12, .skip = 2}, /* interface */
    {.kind = WIRE_STEP_LIST, .index = 3, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Method_TYPE},
    {.kind = WIRE_STEP_LIST, .index = 4, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Superclass_TYPE},
    {.kind = WIRE_STEP_CASE, .index = 4, .limit = 12, .skip = 2}, /* const */
    {.kind = WIRE_STEP_STRUCT, .index = 3, .limit = WIRE_LENGTH_ANY, .type = &Type_TYPE},
    {.kind = WIRE_STEP_STRUCT, .index = 4, .limit = WIRE_LENGTH_ANY, .type = &Value_TYPE},
    {.kind = WIRE_STEP_CASE, .index = 5, .limit = 12, .skip = 1}, /* annotation */
    {.kind = WIRE_STEP_STRUCT, .index = 3, .limit = WIRE_LENGTH_ANY, .type = &Type_TYPE},
    {.kind = WIRE_STEP_LIST, .index = 5, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Node_Parameter_TYPE},
};
const struct wire_type Node_TYPE = {Node_STEPS, 16};

static const struct wire_step Node_Parameter_STEPS[] = {
    {.kind = WIRE_STEP_TEXT, .index = 0, .limit = WIRE_LENGTH_ANY},
};
const struct wire_type Node_Parameter_TYPE = {Node_Parameter_STEPS, 1};

static const struct wire_step Node_NestedNode_STEPS[] = {
    {.kind = WIRE_STEP_TEXT, .index = 0, .limit = WIRE_LENGTH_ANY},
};
const struct wire_type Node_NestedNode_TYPE = {Node_NestedNode_STEPS, 1};

static const struct wire_step Node_SourceInfo_STEPS[] = {
    {.kind = WIRE_STEP_TEXT, .index = 0, .limit = WIRE_LENGTH_ANY},
    {.kind = WIRE_STEP_LIST, .index = 1, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Node_SourceInfo_Member_TYPE},
};
const struct wire_type Node_SourceInfo_TYPE = {Node_SourceInfo_STEPS, 2};

static const struct wire_step Node_SourceInfo_Member_STEPS[] = {
    {.kind = WIRE_STEP_TEXT, .index = 0, .limit = WIRE_LENGTH_ANY},
};
const struct wire_type Node_SourceInfo_Member_TYPE = {Node_SourceInfo_Member_STEPS, 1};

static const struct wire_step Field_STEPS[] = {
    {.kind = WIRE_STEP_TEXT, .index = 0, .limit = WIRE_LENGTH_ANY},
    {.kind = WIRE_STEP_LIST, .index = 1, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Annotation_TYPE},
    {.kind = WIRE_STEP_CASE, .index = 0, .limit = 8, .skip = 2}, /* slot */
    {.kind = WIRE_STEP_STRUCT, .index = 2, .limit = WIRE_LENGTH_ANY, .type = &Type_TYPE},
    {.kind = WIRE_STEP_STRUCT, .index = 3, .limit = WIRE_LENGTH_ANY, .type = &Value_TYPE},
};
const struct wire_type Field_TYPE = {Field_STEPS, 5};

static const struct wire_step Enumerant_STEPS[] = {
    {.kind = WIRE_STEP_TEXT, .index = 0, .limit = WIRE_LENGTH_ANY},
    {.kind = WIRE_STEP_LIST, .index = 1, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Annotation_TYPE},
};
const struct wire_type Enumerant_TYPE = {Enumerant_STEPS, 2};

static const struct wire_step Superclass_STEPS[] = {
    {.kind = WIRE_STEP_STRUCT, .index = 0, .limit = WIRE_LENGTH_ANY, .type = &Brand_TYPE},
};
const struct wire_type Superclass_TYPE = {Superclass_STEPS, 1};

static const struct wire_step Method_STEPS[] = {
    {.kind = WIRE_STEP_TEXT, .index = 0, .limit = WIRE_LENGTH_ANY},
    {.kind = WIRE_STEP_LIST, .index = 1, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Annotation_TYPE},
    {.kind = WIRE_STEP_STRUCT, .index = 2, .limit = WIRE_LENGTH_ANY, .type = &Brand_TYPE},
    {.kind = WIRE_STEP_STRUCT, .index = 3, .limit = WIRE_LENGTH_ANY, .type = &Brand_TYPE},
    {.kind = WIRE_STEP_LIST, .index = 4, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Node_Parameter_TYPE},
};
const struct wire_type Method_TYPE = {Method_STEPS, 5};

static const struct wire_step Type_STEPS[] = {
    {.kind = WIRE_STEP_CASE, .index = 14, .limit = 0, .skip = 1}, /* list */
    {.kind = WIRE_STEP_STRUCT, .index = 0, .limit = WIRE_LENGTH_ANY, .type = &Type_TYPE},
    {.kind = WIRE_STEP_CASE, .index = 15, .limit = 0, .skip = 1}, /* enum */
    {.kind = WIRE_STEP_STRUCT, .index = 0, .limit = WIRE_LENGTH_ANY, .type = &Brand_TYPE},
    {.kind = WIRE_STEP_CASE, .index = 16, .limit = 0, .skip = 1}, /* struct */
    {.kind = WIRE_STEP_STRUCT, .index = 0, .limit = WIRE_LENGTH_ANY, .type = &Brand_TYPE},
    {.kind = WIRE_STEP_CASE, .index = 17, .limit = 0, .skip = 1}, /* interface */
    {.kind = WIRE_STEP_STRUCT, .index = 0, .limit = WIRE_LENGTH_ANY, .type = &Brand_TYPE},
};
const struct wire_type Type_TYPE = {Type_STEPS, 8};

static const struct wire_step Brand_STEPS[] = {
    {.kind = WIRE_STEP_LIST, .index = 0, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Brand_Scope_TYPE},
};
const struct wire_type Brand_TYPE = {Brand_STEPS, 1};

static const struct wire_step Brand_Scope_STEPS[] = {
    {.kind = WIRE_STEP_CASE, .index = 0, .limit = 8, .skip = 1}, /* bind */
    {.kind = WIRE_STEP_LIST, .index = 0, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Brand_Binding_TYPE},
};
const struct wire_type Brand_Scope_TYPE = {Brand_Scope_STEPS, 2};

static const struct wire_step Brand_Binding_STEPS[] = {
    {.kind = WIRE_STEP_CASE, .index = 1, .limit = 0, .skip = 1}, /* type */
    {.kind = WIRE_STEP_STRUCT, .index = 0, .limit = WIRE_LENGTH_ANY, .type = &Type_TYPE},
};
const struct wire_type Brand_Binding_TYPE = {Brand_Binding_STEPS, 2};

static const struct wire_step Value_STEPS[] = {
    {.kind = WIRE_STEP_CASE, .index = 12, .limit = 0, .skip = 1}, /* text */
    {.kind = WIRE_STEP_TEXT, .index = 0, .limit = WIRE_LENGTH_ANY},
    {.kind = WIRE_STEP_CASE, .index = 13, .limit = 0, .skip = 1}, /* data */
    {.kind = WIRE_STEP_DATA, .index = 0, .limit = WIRE_LENGTH_ANY},
    {.kind = WIRE_STEP_CASE, .index = 14, .limit = 0, .skip = 1}, /* list */
    {.kind = WIRE_STEP_ANY, .index = 0, .limit = WIRE_LENGTH_ANY},
    {.kind = WIRE_STEP_CASE, .index = 16, .limit = 0, .skip = 1}, /* struct */
    {.kind = WIRE_STEP_ANY, .index = 0, .limit = WIRE_LENGTH_ANY},
    {.kind = WIRE_STEP_CASE, .index = 18, .limit = 0, .skip = 1}, /* anyPointer */
    {.kind = WIRE_STEP_ANY, .index = 0, .limit = WIRE_LENGTH_ANY},
};
const struct wire_type Value_TYPE = {Value_STEPS, 10};

static const struct wire_step Annotation_STEPS[] = {
    {.kind = WIRE_STEP_STRUCT, .index = 0, .limit = WIRE_LENGTH_ANY, .type = &Value_TYPE},
    {.kind = WIRE_STEP_STRUCT, .index = 1, .limit = WIRE_LENGTH_ANY, .type = &Brand_TYPE},
};
const struct wire_type Annotation_TYPE = {Annotation_STEPS, 2};

const struct wire_type CapnpVersion_TYPE = {NULL, 0};

static const struct wire_step CodeGeneratorRequest_STEPS[] = {
    {.kind = WIRE_STEP_LIST, .index = 0, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Node_TYPE},
    {.kind = WIRE_STEP_LIST, .index = 1, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &CodeGeneratorRequest_RequestedFile_TYPE},
    {.kind = WIRE_STEP_STRUCT, .index = 2, .limit = WIRE_LENGTH_ANY, .type = &CapnpVersion_TYPE},
    {.kind = WIRE_STEP_LIST, .index = 3, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &Node_SourceInfo_TYPE},
};
const struct wire_type CodeGeneratorRequest_TYPE = {CodeGeneratorRequest_STEPS, 4};

static const struct wire_step CodeGeneratorRequest_RequestedFile_STEPS[] = {
    {.kind = WIRE_STEP_TEXT, .index = 0, .limit = WIRE_LENGTH_ANY},
    {.kind = WIRE_STEP_LIST, .index = 1, .limit = WIRE_LENGTH_ANY, .element = WIRE_ELEMENT_STRUCT, .type = &CodeGeneratorRequest_RequestedFile_Import_TYPE},
};
const struct wire_type CodeGeneratorRequest_RequestedFile_TYPE = {CodeGeneratorRequest_RequestedFile_STEPS, 2};

static const struct wire_step CodeGeneratorRequest_RequestedFile_Import_STEPS[] = {
    {.kind = WIRE_STEP_TEXT, .index = 0, .limit = WIRE_LENGTH_ANY},
};
const struct wire_type CodeGeneratorRequest_RequestedFile_Import_TYPE = {CodeGeneratorRequest_RequestedFile_Import_STEPS, 1};
