/* Generated dispatch: which method is run, and what is refused before it.
 *
 * Next: docs/spec/messages.md
 */
#include "build/gen/tests/schemas/language.capnp.h"
#include "build/gen/tests/schemas/other.capnp.h"
#include "tests/host/test.h"

/* What the servers of this test have seen. */
struct seen {
    const char *method;
    uint64_t by;
};

static enum cap_err see_name(void *self, struct wire_call *call, struct lang_Named_name_Params_reader params)
{
    (void)params;
    ((struct seen *)self)->method = "name";
    return lang_Named_name_Results_set_name(lang_Named_name_Results_init(call), wire_text_of("counter"));
}

static enum cap_err see_add(void *self, struct wire_call *call, struct lang_Counter_add_Params_reader params)
{
    struct seen *seen = self;
    seen->method = "add";
    seen->by = lang_Counter_add_Params_get_by(params);
    lang_Counter_add_Results_set_value(lang_Counter_add_Results_init(call), seen->by + 100);
    return CAP_OK;
}

static enum cap_err see_list(void *self, struct wire_call *call, struct lang_Human_reader params)
{
    ((struct seen *)self)->method = "list";
    struct wire_list_builder small = lang_Lists_init_small(lang_Counter_list_Results_init(call), 1);
    wire_list_set_u8(small, 0, lang_Human_get_age(params));
    return CAP_OK;
}

static enum cap_err see_fire(void *self, struct wire_call *call,
                             struct lang_Counter_fire_Params_reader params)
{
    (void)params;
    ((struct seen *)self)->method = "fire";
    lang_Counter_fire_Results_init(call);
    return CAP_OK;
}

static enum cap_err see_close(void *self, struct wire_call *call,
                              struct other_Closable_close_Params_reader params)
{
    (void)params;
    ((struct seen *)self)->method = "close";
    return wire_call_raise(call, 3, wire_text_of("never closes"));
}

static const struct lang_Named_server named_server = {.name = see_name};
static const struct lang_Counter_server counter_server = {
    .lang_Named = &named_server, .add = see_add, .list = see_list, .fire = see_fire};
static const struct other_Closable_server closable_server = {.close = see_close};
static const struct lang_Both_server both_server = {.lang_Counter = &counter_server,
                                                    .other_Closable = &closable_server};
static const struct lang_Late_server late_server = {.lang_Both = &both_server};

struct exchange {
    struct wire_call call;
    struct seen seen;
    uint64_t params[16];
    uint64_t results[16];
    struct wire_message_builder builder;
};

static struct wire_message_builder *begin(struct exchange *exchange, uint64_t interface_id,
                                          uint16_t method_id)
{
    memset(exchange, 0, sizeof *exchange);
    exchange->call.interface_id = interface_id;
    exchange->call.method_id = method_id;
    wire_message_build(&exchange->builder, exchange->params, 16);
    wire_message_build(&exchange->call.results, exchange->results, 16);
    return &exchange->builder;
}

static struct wire_call *ready(struct exchange *exchange)
{
    wire_message_read(&exchange->call.params, exchange->params, exchange->builder.word_count, 0);
    return &exchange->call;
}

TEST(a_method_gets_its_parameters_and_answers)
{
    struct exchange e;
    lang_Counter_add_Params_set_by(
        lang_Counter_add_Params_init_root(begin(&e, lang_Counter_ID, lang_Counter_add_METHOD)), 5);
    EXPECT_EQ(lang_Counter_dispatch(&counter_server, &e.seen, ready(&e)), CAP_OK);
    EXPECT_EQ(e.seen.by, 5);
    struct wire_message_reader results;
    wire_message_read(&results, e.results, e.call.results.word_count, 0);
    EXPECT_EQ(lang_Counter_add_Results_check(&results), CAP_OK);
    EXPECT_EQ(lang_Counter_add_Results_get_value(lang_Counter_add_Results_read_root(&results)), 105);
}

TEST(parameters_of_zero_words_are_all_defaults)
{
    struct exchange e;
    begin(&e, lang_Counter_ID, lang_Counter_add_METHOD);
    EXPECT_EQ(lang_Counter_dispatch(&counter_server, &e.seen, ready(&e)), CAP_OK);
    EXPECT_EQ(e.seen.by, 1);
}

TEST(an_unknown_interface_is_refused)
{
    struct exchange e;
    begin(&e, lang_Counter_ID + 1, 0);
    EXPECT_EQ(lang_Counter_dispatch(&counter_server, &e.seen, ready(&e)), CAP_ERR_WRONG_INTERFACE);
    begin(&e, lang_Both_ID, 0);
    EXPECT_EQ(lang_Counter_dispatch(&counter_server, &e.seen, ready(&e)), CAP_ERR_WRONG_INTERFACE);
    EXPECT(e.seen.method == NULL);
}

TEST(an_unknown_method_and_one_without_a_function_are_unimplemented)
{
    struct exchange e;
    begin(&e, lang_Counter_ID, 5);
    EXPECT_EQ(lang_Counter_dispatch(&counter_server, &e.seen, ready(&e)), CAP_ERR_UNIMPLEMENTED);
    begin(&e, lang_Counter_ID, 0xffff);
    EXPECT_EQ(lang_Counter_dispatch(&counter_server, &e.seen, ready(&e)), CAP_ERR_UNIMPLEMENTED);
    begin(&e, lang_Counter_ID, lang_Counter_register_METHOD);
    EXPECT_EQ(lang_Counter_dispatch(&counter_server, &e.seen, ready(&e)), CAP_ERR_UNIMPLEMENTED);
    begin(&e, lang_Late_ID, 0);
    EXPECT_EQ(lang_Late_dispatch(&late_server, &e.seen, ready(&e)), CAP_ERR_UNIMPLEMENTED);
}

TEST(a_malformed_message_never_reaches_the_method)
{
    struct exchange e;
    begin(&e, lang_Counter_ID, lang_Counter_fire_METHOD);
    e.params[0] = 1ull << 48; /* one pointer, which is reserved */
    e.params[1] = 7;
    e.builder.word_count = 2;
    EXPECT_EQ(lang_Counter_dispatch(&counter_server, &e.seen, ready(&e)), CAP_ERR_MALFORMED);
    EXPECT_EQ(e.call.params.rule, WIRE_RULE_P8_TEXT);
    EXPECT(e.seen.method == NULL);
}

TEST(an_explicit_parameter_struct_and_an_explicit_result_struct)
{
    struct exchange e;
    lang_Human_set_age(lang_Human_init_root(begin(&e, lang_Counter_ID, lang_Counter_list_METHOD)), 44);
    EXPECT_EQ(lang_Counter_dispatch(&counter_server, &e.seen, ready(&e)), CAP_OK);
    struct wire_message_reader results;
    wire_message_read(&results, e.results, e.call.results.word_count, 0);
    EXPECT_EQ(wire_list_u8(lang_Lists_get_small(lang_Lists_read_root(&results)), 0), 44);
}

TEST(a_method_of_each_ancestor_is_found_from_the_youngest)
{
    struct exchange e;
    begin(&e, lang_Named_ID, lang_Named_name_METHOD);
    EXPECT_EQ(lang_Late_dispatch(&late_server, &e.seen, ready(&e)), CAP_OK);
    EXPECT_STR(e.seen.method, "name");
    begin(&e, lang_Counter_ID, lang_Counter_add_METHOD);
    EXPECT_EQ(lang_Late_dispatch(&late_server, &e.seen, ready(&e)), CAP_OK);
    EXPECT_STR(e.seen.method, "add");
    begin(&e, other_Closable_ID, other_Closable_close_METHOD);
    EXPECT_EQ(lang_Late_dispatch(&late_server, &e.seen, ready(&e)), CAP_ERR_EXCEPTION);
    EXPECT_STR(e.seen.method, "close");
    EXPECT_EQ(e.call.exception_type, 3);
    EXPECT_STR(e.call.exception_reason.bytes, "never closes");
}

TEST(an_ancestor_without_a_table_is_unimplemented)
{
    static const struct lang_Both_server no_counter = {.other_Closable = &closable_server};
    struct exchange e;
    begin(&e, lang_Named_ID, lang_Named_name_METHOD);
    EXPECT_EQ(lang_Both_dispatch(&no_counter, &e.seen, ready(&e)), CAP_ERR_UNIMPLEMENTED);
}

TEST(a_streaming_method_answers_with_an_empty_struct)
{
    struct exchange e;
    lang_Counter_fire_Params_init_root(begin(&e, lang_Counter_ID, lang_Counter_fire_METHOD));
    EXPECT_EQ(lang_Counter_dispatch(&counter_server, &e.seen, ready(&e)), CAP_OK);
    EXPECT_STR(e.seen.method, "fire");
    EXPECT_EQ(e.call.results.word_count, 0);
}

TEST_MAIN()
