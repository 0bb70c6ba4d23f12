/* Generated code: what each construct of the schema language becomes, written, checked and read back.
 *
 * Next: tests/host/test_gen_dispatch.c
 */
#include "build/gen/tests/schemas/language.capnp.h"
#include "build/gen/tests/schemas/other.capnp.h"
#include "build/gen/tests/schemas/vec.capnp.h"
#include "tests/host/test.h"
#include "tests/host/wire_words.h"

#define ROOM 256

/* A message being built, and the same message read. */
struct both {
    uint64_t words[ROOM];
    struct wire_message_builder out;
    struct wire_message_reader in;
};

static struct wire_message_builder *begin(struct both *both)
{
    memset(both->words, 0xa5, sizeof both->words);
    wire_message_build(&both->out, both->words, ROOM);
    return &both->out;
}

static struct wire_message_reader *reread(struct both *both)
{
    wire_message_read(&both->in, both->words, both->out.word_count, 9);
    return &both->in;
}

#define EXPECT_TEXT(text, string) EXPECT(wire_text_equal((text), wire_text_of(string)))

TEST(every_scalar_goes_out_and_comes_back)
{
    struct both both;
    struct Everything_builder b = Everything_init_root(begin(&both));
    Everything_set_b(b, true);
    Everything_set_i8(b, -8);
    Everything_set_i16(b, -16);
    Everything_set_i32(b, -32);
    Everything_set_i64(b, INT64_MIN);
    Everything_set_u8(b, 200);
    Everything_set_u16(b, 60000);
    Everything_set_u32(b, 4000000000u);
    Everything_set_u64(b, UINT64_MAX);
    Everything_set_f32(b, 1.5f);
    Everything_set_f64(b, -2.25);
    Everything_set_color(b, Color_blue);
    Everything_set_b3(b, true);
    EXPECT_EQ(Everything_check(reread(&both)), CAP_OK);
    struct Everything_reader r = Everything_read_root(&both.in);
    EXPECT(Everything_get_b(r) && !Everything_get_b2(r) && Everything_get_b3(r));
    EXPECT_EQ(Everything_get_i8(r), -8);
    EXPECT_EQ(Everything_get_i16(r), -16);
    EXPECT_EQ(Everything_get_i32(r), -32);
    EXPECT_EQ(Everything_get_i64(r), INT64_MIN);
    EXPECT_EQ(Everything_get_u8(r), 200);
    EXPECT_EQ(Everything_get_u16(r), 60000);
    EXPECT_EQ(Everything_get_u32(r), 4000000000u);
    EXPECT_EQ(Everything_get_u64(r), UINT64_MAX);
    EXPECT(Everything_get_f32(r) == 1.5f && Everything_get_f64(r) == -2.25);
    EXPECT_EQ(Everything_get_color(r), Color_blue);
}

TEST(v6_an_enum_value_that_the_schema_does_not_know_is_kept)
{
    struct both both;
    Everything_set_color(Everything_init_root(begin(&both)), 4711);
    EXPECT_EQ(Everything_check(reread(&both)), CAP_OK);
    EXPECT_EQ(Everything_get_color(Everything_read_root(&both.in)), 4711);
}

TEST(v2_an_absent_field_reads_as_its_default)
{
    READ(message, 0);
    struct Defaults_reader r = Defaults_read_root(&message);
    EXPECT(Defaults_get_b(r));
    EXPECT_EQ(Defaults_get_i8(r), -5);
    EXPECT_EQ(Defaults_get_i16(r), -1234);
    EXPECT_EQ(Defaults_get_i32(r), 123456789);
    EXPECT_EQ(Defaults_get_i64(r), -1);
    EXPECT_EQ(Defaults_get_u8(r), 255);
    EXPECT_EQ(Defaults_get_u16(r), 43981);
    EXPECT_EQ(Defaults_get_u32(r), 3735928559u);
    EXPECT_EQ(Defaults_get_u64(r), UINT64_MAX);
    EXPECT(Defaults_get_f32(r) == 1.5f && Defaults_get_f64(r) == -0.25);
    EXPECT_EQ(Defaults_get_fnan_bits(r), 0x7ff8000000000000);
    EXPECT_EQ(Defaults_get_finf_bits(r), 0x7f800000);
    EXPECT_EQ(Defaults_get_color(r), Color_blue);
}

TEST(v2_zero_written_to_a_field_with_a_default_reads_as_zero)
{
    struct both both;
    struct Defaults_builder b = Defaults_init_root(begin(&both));
    Defaults_set_b(b, false);
    Defaults_set_i8(b, 0);
    Defaults_set_u32(b, 0);
    Defaults_set_i64(b, 0);
    Defaults_set_color(b, Color_red);
    Defaults_set_f64(b, 0.0);
    EXPECT_EQ(Defaults_check(reread(&both)), CAP_OK);
    struct Defaults_reader r = Defaults_read_root(&both.in);
    EXPECT(!Defaults_get_b(r));
    EXPECT_EQ(Defaults_get_i8(r), 0);
    EXPECT_EQ(Defaults_get_u32(r), 0);
    EXPECT_EQ(Defaults_get_i64(r), 0);
    EXPECT_EQ(Defaults_get_color(r), Color_red);
    EXPECT_EQ(Defaults_get_f64_bits(r), 0);
}

TEST(v7_a_null_struct_has_the_default_of_its_field)
{
    /* The same type: in one field with a default of its own, in the other without. */
    READ(message, 0xfffffffc);
    EXPECT_EQ(Small_get_x(Defaults_get_small(Defaults_read_root(&message))), 9);
    EXPECT_EQ(Small_get_y(Defaults_get_small(Defaults_read_root(&message))), 900);
    struct both both;
    Defaults_init_small(Defaults_init_root(begin(&both)));
    EXPECT_EQ(Defaults_check(reread(&both)), CAP_OK);
    struct Defaults_reader r = Defaults_read_root(&both.in);
    EXPECT(Defaults_has_small(r));
    EXPECT_EQ(Small_get_x(Defaults_get_small(r)), 0);
    EXPECT_EQ(Small_get_y(Defaults_get_small(r)), 0);
}

TEST(v9_pointer_defaults_of_every_kind)
{
    READ(message, 0xfffffffc);
    message.budget_words = 0;
    struct Defaults_reader r = Defaults_read_root(&message);
    EXPECT_TEXT(Defaults_get_text(r), "default text");
    EXPECT_EQ(Defaults_get_data(r).length, 4);
    EXPECT_BYTES(Defaults_get_data(r).bytes, "\x00\x01\xfe\xff", 4);
    EXPECT_EQ(Small_get_x(Defaults_get_small(r)), 9);
    EXPECT_EQ(Small_get_y(Defaults_get_small(r)), 900);
    EXPECT_EQ(Defaults_get_nums(r).count, 3);
    EXPECT_EQ(wire_list_u32(Defaults_get_nums(r), 2), 3);
    EXPECT_TEXT(wire_list_text(Defaults_get_texts(r), 1), "two");
    EXPECT(!Defaults_has_text(r));
    EXPECT_EQ(message.budget_words, 0);
    struct lang_Pointers_reader p = lang_Pointers_read_root(&message);
    EXPECT_EQ(other_Thing_get_size(lang_Pointers_get_other(p)), 3);
    EXPECT_TEXT(lang_Human_get_name(lang_Human_list_at(lang_Pointers_get_list(p), 0)), "Bo");
    EXPECT_EQ(lang_Human_get_age(lang_Human_list_at(lang_Pointers_get_list(p), 1)), 1);
    EXPECT_EQ(message.rule, WIRE_RULE_NONE);
}

TEST(v3_an_empty_text_is_not_the_default_text)
{
    struct both both;
    Defaults_set_text(Defaults_init_root(begin(&both)), wire_text_of(""));
    struct Defaults_reader r = Defaults_read_root(reread(&both));
    EXPECT(Defaults_has_text(r));
    EXPECT_EQ(Defaults_get_text(r).length, 0);
}

TEST(an_unnamed_union_selects_what_was_set_last)
{
    struct both both;
    struct Unions_builder b = Unions_init_root(begin(&both));
    EXPECT_EQ(Unions_which(Unions_read_root(reread(&both))), Unions_none);
    Unions_set_num(b, 7);
    struct Unions_reader r = Unions_read_root(reread(&both));
    EXPECT_EQ(Unions_which(r), Unions_num);
    EXPECT_EQ(Unions_get_num(r), 7);
    EXPECT_EQ(Unions_set_str(b, wire_text_of("x")), CAP_OK);
    r = Unions_read_root(reread(&both));
    EXPECT_EQ(Unions_which(r), Unions_str);
    EXPECT_TEXT(Unions_get_str(r), "x");
    EXPECT(Unions_has_str(r));
    EXPECT_EQ(both.in.rule, WIRE_RULE_NONE);
    EXPECT_EQ(Unions_get_num(r), 0);
    EXPECT_EQ(both.in.rule, WIRE_RULE_A2_UNION);
    Unions_set_none(b);
    EXPECT_EQ(Unions_which(Unions_read_root(reread(&both))), Unions_none);
}

TEST(v5_the_fields_of_a_group_are_clear_after_its_init)
{
    struct both both;
    struct Unions_builder b = Unions_init_root(begin(&both));
    Unions_set_str(b, wire_text_of("old"));
    Unions_set_num(b, UINT32_MAX);
    struct Unions_pair_builder pair = Unions_init_pair(b);
    struct Unions_pair_reader r = Unions_get_pair(Unions_read_root(reread(&both)));
    EXPECT_EQ(Unions_pair_get_left(r), 0);
    EXPECT(!Unions_pair_has_right(r));
    Unions_pair_set_left(pair, -3);
    EXPECT_EQ(Unions_pair_set_right(pair, wire_text_of("right")), CAP_OK);
    EXPECT_EQ(Unions_check(reread(&both)), CAP_OK);
    r = Unions_get_pair(Unions_read_root(&both.in));
    EXPECT_EQ(Unions_pair_get_left(r), -3);
    EXPECT_TEXT(Unions_pair_get_right(r), "right");
}

TEST(named_unions_and_groups_in_groups)
{
    struct both both;
    struct Unions_builder b = Unions_init_root(begin(&both));
    struct Small_builder small = Unions_inner_init_c(Unions_init_inner(b));
    Small_set_y(small, 5);
    struct Unions_grp_builder group = Unions_init_grp(b);
    struct Unions_grp_deep_builder deep = Unions_grp_init_deep(group);
    EXPECT_EQ(Unions_grp_deep_get_d2(Unions_grp_get_deep(Unions_get_grp(Unions_read_root(reread(&both))))),
              77);
    Unions_grp_deep_set_d2(deep, 78);
    EXPECT_EQ(Unions_check(reread(&both)), CAP_OK);
    struct Unions_reader r = Unions_read_root(&both.in);
    EXPECT_EQ(Unions_inner_which(Unions_get_inner(r)), Unions_inner_c);
    EXPECT_EQ(Small_get_y(Unions_inner_get_c(Unions_get_inner(r))), 5);
    EXPECT_EQ(Unions_grp_deep_get_d2(Unions_grp_get_deep(Unions_get_grp(r))), 78);
}

TEST(the_check_follows_only_the_selected_member_of_nested_unions)
{
    struct both both;
    struct lang_Shape_square_builder square = lang_Shape_init_square(lang_Shape_init_root(begin(&both)));
    EXPECT_EQ(lang_Shape_square_set_label(square, wire_text_of("label")), CAP_OK);
    lang_Shape_square_corner_set_round(lang_Shape_square_init_corner(square), 3);
    EXPECT_EQ(lang_Shape_check(reread(&both)), CAP_OK);
    struct lang_Shape_square_reader r = lang_Shape_get_square(lang_Shape_read_root(&both.in));
    EXPECT_EQ(lang_Shape_square_get_side(r), 4);
    EXPECT_EQ(lang_Shape_square_corner_get_round(lang_Shape_square_get_corner(r)), 3);
    uint64_t *label = &both.words[1 + lang_Shape_DATA_WORDS];
    *label = 7; /* a reserved pointer, where the label is */
    EXPECT_EQ(lang_Shape_check(reread(&both)), CAP_ERR_MALFORMED);
    lang_Shape_set_nothing((struct lang_Shape_builder){square.s});
    EXPECT_EQ(lang_Shape_check(reread(&both)), CAP_OK);
}

TEST(names_that_mean_something_in_c_and_names_that_differ_in_case)
{
    struct both both;
    struct lang_Keywords_builder b = lang_Keywords_init_root(begin(&both));
    lang_Keywords_set_int(b, 1);
    lang_Keywords_set_default(b, wire_text_of("d"));
    lang_Keywords_register_set_which(lang_Keywords_init_register(b), 2);
    lang_Keywords_list__set_get(lang_Keywords_init_list(b), 3);
    lang_Keywords_set_httpURL(b, wire_text_of("upper"));
    lang_Keywords_set_httpUrl(b, wire_text_of("lower"));
    EXPECT_EQ(lang_Keywords_check(reread(&both)), CAP_OK);
    struct lang_Keywords_reader r = lang_Keywords_read_root(&both.in);
    EXPECT_EQ(lang_Keywords_get_int(r), 1);
    EXPECT_TEXT(lang_Keywords_get_default(r), "d");
    EXPECT_EQ(lang_Keywords_register_which(lang_Keywords_get_register(r)), lang_Keywords_register_which_);
    EXPECT_EQ(lang_Keywords_register_get_which(lang_Keywords_get_register(r)), 2);
    EXPECT_EQ(lang_Keywords_list__get_get(lang_Keywords_get_list(r)), 3);
    EXPECT_TEXT(lang_Keywords_get_httpURL(r), "upper");
    EXPECT_TEXT(lang_Keywords_get_httpUrl(r), "lower");
}

TEST(lists_of_lists_are_typed_to_the_inner_list)
{
    struct both both;
    struct lang_Lists_builder b = lang_Lists_init_root(begin(&both));
    struct wire_list_builder grid = lang_Lists_init_grid(b, 2);
    struct wire_list_builder row =
        wire_pointer_init_list(wire_list_pointer_at(grid, 1), WIRE_ELEMENT_FOUR_BYTES, 2);
    wire_list_set_u32(row, 1, 9);
    struct wire_list_builder people = lang_Lists_init_people(b, 1);
    struct lang_Human_list_builder crowd = {wire_pointer_init_struct_list(
        wire_list_pointer_at(people, 0), lang_Human_DATA_WORDS, lang_Human_POINTER_COUNT, 2)};
    lang_Human_set_age(lang_Human_list_builder_at(crowd, 1), 31);
    EXPECT_EQ(lang_Lists_check(reread(&both)), CAP_OK);
    struct lang_Lists_reader r = lang_Lists_read_root(&both.in);
    EXPECT_EQ(lang_Lists_get_grid(r).count, 2);
    EXPECT_EQ(wire_list_u32(lang_Lists_grid_at(lang_Lists_get_grid(r), 1), 1), 9);
    struct lang_Human_list_reader inner = lang_Lists_people_at(lang_Lists_get_people(r), 0);
    EXPECT_EQ(lang_Human_list_count(inner), 2);
    EXPECT_EQ(lang_Human_get_age(lang_Human_list_at(inner, 0)), 30);
    EXPECT_EQ(lang_Human_get_age(lang_Human_list_at(inner, 1)), 31);
    EXPECT(wire_list_bool(lang_Lists_get_flags(r), 2));
}

TEST(the_check_reaches_the_innermost_list)
{
    struct both both;
    struct lang_Lists_builder b = lang_Lists_init_root(begin(&both));
    struct wire_list_builder cubes = lang_Lists_init_cubes(b, 1);
    struct wire_list_builder squares =
        wire_pointer_init_list(wire_list_pointer_at(cubes, 0), WIRE_ELEMENT_POINTER, 2);
    struct wire_list_builder lines =
        wire_pointer_init_list(wire_list_pointer_at(squares, 1), WIRE_ELEMENT_POINTER, 1);
    EXPECT_EQ(wire_list_set_text(lines, 0, wire_text_of("deep")), CAP_OK);
    EXPECT_EQ(lang_Lists_check(reread(&both)), CAP_OK);
    EXPECT_TEXT(wire_list_text(wire_list_list(lang_Lists_cubes_at(
                                                  lang_Lists_get_cubes(lang_Lists_read_root(&both.in)), 0),
                                              1, WIRE_ELEMENT_POINTER),
                               0),
                "deep");
    EXPECT_EQ(wire_list_set_data(lines, 0, (struct wire_data){(const uint8_t *)"x", 1}), CAP_OK);
    EXPECT_EQ(lang_Lists_check(reread(&both)), CAP_ERR_MALFORMED);
    EXPECT_EQ(both.in.rule, WIRE_RULE_V3_TEXT);
}

TEST(l7_max_length_of_text_and_of_list)
{
    struct both both;
    struct lang_Human_builder b = lang_Human_init_root(begin(&both));
    EXPECT_EQ(lang_Human_set_name(b, wire_text_of("12345678")), CAP_OK);
    lang_Human_init_tags(b, 3);
    EXPECT_EQ(lang_Human_check(reread(&both)), CAP_OK);
    lang_Human_init_tags(b, 4);
    EXPECT_EQ(lang_Human_check(reread(&both)), CAP_ERR_MALFORMED);
    EXPECT_EQ(both.in.rule, WIRE_RULE_L7_LENGTH);
    lang_Human_init_tags(b, 0);
    EXPECT_EQ(lang_Human_set_name(b, wire_text_of("123456789")), CAP_OK);
    EXPECT_EQ(lang_Human_check(reread(&both)), CAP_ERR_MALFORMED);
}

TEST(type_parameters_are_pointers_of_any_type)
{
    struct both both;
    struct lang_Boxes_builder b = lang_Boxes_init_root(begin(&both));
    struct lang_Box_builder box = lang_Boxes_init_text(b);
    EXPECT_EQ(wire_pointer_set_text(lang_Box_init_value(box), wire_text_of("boxed")), CAP_OK);
    struct lang_Box_builder person = lang_Boxes_init_person(b);
    struct lang_Human_builder human = {wire_pointer_init_struct(
        lang_Box_init_value(person), lang_Human_DATA_WORDS, lang_Human_POINTER_COUNT)};
    lang_Human_set_age(human, 8);
    EXPECT_EQ(lang_Boxes_set_cap(b, 8), CAP_OK);
    EXPECT_EQ(lang_Boxes_check(reread(&both)), CAP_OK);
    struct lang_Boxes_reader r = lang_Boxes_read_root(&both.in);
    EXPECT_TEXT(wire_pointer_text(lang_Box_get_value(lang_Boxes_get_text(r))), "boxed");
    struct lang_Human_reader h = {wire_pointer_struct(lang_Box_get_value(lang_Boxes_get_person(r)))};
    EXPECT_EQ(lang_Human_get_age(h), 8);
    EXPECT_EQ(lang_Boxes_get_cap(r), 8);
    EXPECT_EQ(lang_Boxes_set_cap(b, 9), CAP_OK);
    EXPECT_EQ(lang_Boxes_check(reread(&both)), CAP_ERR_MALFORMED);
}

TEST(constants_of_every_kind)
{
    EXPECT_EQ(lang_answer, 42);
    EXPECT_EQ(lang_small, -3);
    EXPECT_EQ(lang_big, 0xfedcba9876543210);
    EXPECT(lang_yes);
    EXPECT(lang_half == 0.5);
    EXPECT_STR(lang_greeting, "say \"hi\" ?"
                              "?/ * / \x01");
    EXPECT_EQ(lang_bytes().length, 3);
    EXPECT_BYTES(lang_bytes().bytes, "\x00\xff\x10", 3);
    EXPECT_EQ(wire_list_u16(lang_numbers(), 2), 3);
    EXPECT_TEXT(lang_Human_get_name(lang_person()), "Ann");
    EXPECT_TEXT(wire_list_text(lang_Human_get_tags(lang_person()), 1), "b");
    EXPECT_EQ(lang_favourite, lang_Colour_GRUEN);
}

TEST(a_struct_is_copied_from_one_message_into_another)
{
    struct both first, second;
    struct Unions_builder b = Unions_init_root(begin(&first));
    struct Unions_pair_builder pair = Unions_init_pair(b);
    Unions_pair_set_right(pair, wire_text_of("copied"));
    Unions_inner_set_b(Unions_init_inner(b), 2.5);
    struct Unions_inner_builder inner = Unions_init_inner(Unions_init_root(begin(&second)));
    struct Small_reader nothing = {wire_struct_null(NULL)};
    EXPECT_EQ(Unions_inner_set_c(inner, nothing), CAP_OK);
    EXPECT_EQ(Unions_inner_which(Unions_get_inner(Unions_read_root(reread(&second)))), Unions_inner_c);

    struct Everything_builder everything = Everything_init_root(begin(&second));
    Everything_set_u32(Everything_init_child(everything), 6);
    struct Everything_reader source = Everything_read_root(reread(&second));
    struct Everything_builder copy = Everything_init_root(begin(&first));
    EXPECT_EQ(Everything_set_child(copy, source), CAP_OK);
    EXPECT_EQ(Everything_check(reread(&first)), CAP_OK);
    EXPECT_EQ(Everything_get_u32(Everything_get_child(Everything_get_child(Everything_read_root(&first.in)))),
              6);
}

TEST(evolution_an_old_reader_reads_a_new_message_and_the_reverse)
{
    struct both both;
    struct V2_builder new_builder = V2_init_root(begin(&both));
    V2_set_a(new_builder, 1);
    V2_set_t(new_builder, wire_text_of("t"));
    V2_set_b(new_builder, 9);
    EXPECT_EQ(V1_check(reread(&both)), CAP_OK);
    EXPECT_EQ(V1_get_a(V1_read_root(&both.in)), 1);
    EXPECT_TEXT(V1_get_t(V1_read_root(&both.in)), "t");
    struct V1_builder old_builder = V1_init_root(begin(&both));
    V1_set_a(old_builder, 2);
    EXPECT_EQ(V2_check(reread(&both)), CAP_OK);
    EXPECT_EQ(V2_get_a(V2_read_root(&both.in)), 2);
    EXPECT_EQ(V2_get_b(V2_read_root(&both.in)), 5);
    EXPECT_TEXT(V2_get_u(V2_read_root(&both.in)), "new");
}

TEST(evolution_lists_of_scalars_and_texts_become_lists_of_structs)
{
    struct both both;
    struct ListV1_builder b = ListV1_init_root(begin(&both));
    wire_list_set_u32(ListV1_init_items(b, 2), 1, 12);
    EXPECT_EQ(wire_list_set_text(ListV1_init_names(b, 2), 1, wire_text_of("name")), CAP_OK);
    EXPECT_EQ(ListV2_check(reread(&both)), CAP_OK);
    struct ListV2_reader r = ListV2_read_root(&both.in);
    EXPECT_EQ(ListV2_Item_get_n(ListV2_Item_list_at(ListV2_get_items(r), 1)), 12);
    EXPECT_EQ(ListV2_Item_get_k(ListV2_Item_list_at(ListV2_get_items(r), 1)), 0);
    EXPECT_TEXT(ListV2_Named_get_s(ListV2_Named_list_at(ListV2_get_names(r), 1)), "name");
    struct ListV2_builder n = ListV2_init_root(begin(&both));
    ListV2_Item_set_n(ListV2_Item_list_builder_at(ListV2_init_items(n, 2), 1), 13);
    EXPECT_EQ(ListV1_check(reread(&both)), CAP_OK);
    EXPECT_EQ(wire_list_u32(ListV1_get_items(ListV1_read_root(&both.in)), 1), 13);
}

TEST(a_text_is_looked_at_again_unless_the_check_passed)
{
    struct both both;
    struct Manifest_Binary_builder b = Manifest_Binary_init_root(begin(&both));
    EXPECT_EQ(Manifest_Binary_set_name(b, wire_text_of("first")), CAP_OK);
    EXPECT_EQ(Manifest_Binary_set_image(b, (struct wire_data){(const uint8_t *)"x", 1}), CAP_OK);
    EXPECT_EQ(Manifest_Binary_check(reread(&both)), CAP_OK);
    EXPECT_TEXT(Manifest_Binary_get_name(Manifest_Binary_read_root(&both.in)), "first");
    EXPECT_EQ(both.in.budget_words, WIRE_BUDGET_UNLIMITED);

    both.words[2] = 3; /* the image becomes a capability */
    EXPECT_EQ(Manifest_Binary_check(reread(&both)), CAP_ERR_MALFORMED);
    struct Manifest_Binary_reader r = Manifest_Binary_read_root(&both.in);
    uint64_t before = both.in.budget_words;
    EXPECT_TEXT(Manifest_Binary_get_name(r), "first");
    EXPECT_EQ(both.in.budget_words, before - 1);
}

TEST_MAIN()
