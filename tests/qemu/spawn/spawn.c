/* Every spawn here is wrong in one way. Next: tests/qemu/handoff/handoff.c */
#include "tests/qemu/raw.h"

struct attempt {
    const char *what;
    const char *binary, *name;
    uint32_t grant_count; /* entries of the list */
    const char *grant_names[2];
    uint32_t cap_indices[2];
    uint32_t cap_count; /* capabilities that go along */
    enum cap_err wanted;
};

static const struct attempt attempts[] = {
    {"no such binary", "nobody", "child", 0, {0}, {0}, 0, CAP_ERR_EXCEPTION},
    {"an empty name", "child", "", 0, {0}, {0}, 0, CAP_ERR_INVALID},
    {"a name with other characters", "child", "a b", 0, {0}, {0}, 0, CAP_ERR_INVALID},
    {"a name that is too long",
     "child",
     "abcdefghijklmnopqrstuvwxyz012345",
     0,
     {0},
     {0},
     0,
     CAP_ERR_MALFORMED},
    {"a second init", "child", "init", 0, {0}, {0}, 0, CAP_ERR_INVALID},
    {"a grant without a capability", "child", "child", 1, {"console"}, {0}, 0, CAP_ERR_MALFORMED},
    {"a capability without a grant", "child", "child", 0, {0}, {0}, 1, CAP_ERR_INVALID},
    {"one capability for two grants", "child", "child", 2, {"a", "b"}, {0, 0}, 2, CAP_ERR_INVALID},
    {"one name for two grants", "child", "child", 2, {"a", "a"}, {0, 1}, 2, CAP_ERR_INVALID},
    {"a grant with an empty name", "child", "child", 1, {""}, {0}, 1, CAP_ERR_INVALID},
};

static enum cap_err spawn(struct raw *raw, struct os_ProcessSpawner spawner, const struct attempt *attempt)
{
    struct rt_call call;
    struct os_ProcessSpawner_spawn_Params_builder params = os_ProcessSpawner_spawn_begin(&call, spawner);
    os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of(attempt->binary));
    os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of(attempt->name));
    struct os_NamedCap_list_builder grants =
        os_ProcessSpawner_spawn_Params_init_grants(params, attempt->grant_count);
    for (uint32_t i = 0; i < attempt->cap_count; i++)
        rt_call_attach(&call, raw->console.handle, CAP_TRANSFER_COPY);
    for (uint32_t i = 0; i < attempt->grant_count; i++) {
        struct os_NamedCap_builder grant = os_NamedCap_list_builder_at(grants, i);
        os_NamedCap_set_name(grant, wire_text_of(attempt->grant_names[i]));
        (void)!os_NamedCap_set_cap(grant, attempt->cap_indices[i]);
    }
    enum cap_err err = rt_call_send(&call);
    if (!err)
        err = rt_call_wait(&call);
    if (err == CAP_ERR_EXCEPTION) {
        struct wire_text reason = rt_call_reason(&call, err);
        print(raw->console, "%s: %.*s", attempt->what, (int)reason.length, reason.bytes);
        raw_expect(raw, reason.length > 0, "an exception has a reason");
    }
    rt_call_end(&call);
    return err;
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner))
        return 98;
    for (uint32_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++)
        raw_expect_err(&raw, spawn(&raw, spawner, &attempts[i]), attempts[i].wanted, attempts[i].what);
    return raw_end(&raw);
}
