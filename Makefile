# The whole build. A new file needs no edit here: folders are the structure.
#
#   make                 kernel, loader, programs, tools
#   make manifest SYSTEM=NAME    build/systems/NAME.manifest from system.cue or systems/NAME.cue
#   make host-tests      unit tests under build/tests/host/{gcc,clang}, with ASan and UBSan
#   make boot-test       the loader and the kernel that judges it
#   make fuzz FUZZ=NAME  build/fuzz/bin/NAME: tests/fuzz/fuzz_NAME.c with libFuzzer
#   make test-kernel     build/test-kernel: the kernel with AllocationFault and TestSupport in it
#   make qemu-tests      programs and manifests of all tests/qemu/NAME
#   make qemu-test TEST=NAME     of one of them
#   make bench           the benchmark's programs, manifest and instruction counter
#   make CC=clang BUILD=build/clang ...   the same with another compiler in another folder
#
# One include root: -I. ; the first component of an include path is the layer.

BUILD ?= build
CC := $(if $(filter default,$(origin CC)),gcc,$(CC))
HOST_CC ?= gcc
CLANG ?= clang
LD := ld
CUE ?= build/tools/cue
GEN := build/gen

.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wpointer-arith -Wvla
COMMON := -std=gnu11 -I. -g -MMD -MP $(WARNINGS)

# Freestanding code sees the compiler's own headers and nothing else.
FREESTANDING := -ffreestanding -nostdinc -isystem $(shell $(CC) -print-file-name=include) \
    -fno-pic -fno-pie -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables \
    -ffunction-sections -fdata-sections
KERNEL_FLAGS := $(COMMON) $(FREESTANDING) -O2 -m64 -mcmodel=kernel -mno-red-zone -mgeneral-regs-only -fno-omit-frame-pointer $(KERNEL_DEFINES)
USER_FLAGS := $(COMMON) $(FREESTANDING) -O2 -m64
SHIM_FLAGS := $(COMMON) $(FREESTANDING) -Os -m32 -march=i686 -mgeneral-regs-only
HOST_FLAGS := $(COMMON) -O2
TEST_FLAGS := $(COMMON) -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all

objects = $(patsubst %,$(BUILD)/$(1)/%.o,$(basename $(2)))

.PHONY: all kernel shim user tools gen manifest host-tests fuzz fuzz-replays boot-test qemu-tests qemu-test bench bench-host clean
all: kernel shim user tools
clean:
	rm -rf build

# ---- Messages: schema files become C in build/gen -------------------------------------------------

SCHEMAS_OS := $(filter-out schema/c.capnp,$(wildcard schema/*.capnp))
SCHEMAS := $(SCHEMAS_OS) $(wildcard user/*/*.capnp bench/qemu/*.capnp)
GENERATED := $(SCHEMAS:%=$(GEN)/%.c)
GENERATED_TESTS := $(patsubst %,$(GEN)/%.c,$(wildcard tests/schemas/*.capnp))
GEN_KERNEL := $(SCHEMAS_OS:%=$(GEN)/%.c)
gen: $(GENERATED)

CAPNPC := build/tools/capnpc-capos
CAPNPC_SOURCES := $(wildcard tools/capnpc-capos/*.c schema/*.c)
CAPNPC_OBJECTS := $(patsubst %.c,build/tools/obj/%.o,$(CAPNPC_SOURCES))
$(CAPNPC): $(CAPNPC_OBJECTS)
	@mkdir -p $(@D)
	$(HOST_CC) -o $@ $^
build/tools/obj/schema/%.o: schema/%.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_FLAGS) -c -o $@ $<
build/tools/obj/tools/capnpc-capos/%.o: tools/capnpc-capos/%.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_FLAGS) -c -o $@ $<

$(GEN)/%.capnp.c: %.capnp $(CAPNPC) schema/c.capnp schema/capos.capnp schema/records.capnp
	@mkdir -p $(GEN)
	capnp compile -I. --src-prefix=. -o $(CAPNPC):$(GEN) $<

# ---- Kernel ---------------------------------------------------------------------------------------

PURE_SOURCES := $(wildcard lib/*.c schema/*.c)
KERNEL_SOURCES := $(wildcard kernel/*.c kernel/*/*.c kernel/*/*.S) $(PURE_SOURCES) $(GEN_KERNEL)
KERNEL_OBJECTS := $(call objects,kernel,$(KERNEL_SOURCES))
KERNEL := $(BUILD)/kernel/capos.elf
kernel: $(KERNEL)

$(BUILD)/kernel/%.o: %.c | $(GEN_KERNEL)
	@mkdir -p $(@D)
	$(CC) $(KERNEL_FLAGS) -c -o $@ $<
$(BUILD)/kernel/%.o: %.S
	@mkdir -p $(@D)
	$(CC) $(KERNEL_FLAGS) -c -o $@ $<

# Linked twice: the first image has an empty symbol table and the same addresses as the second.
KERNEL_LINK = $(LD) -T kernel/kernel.ld --gc-sections -z max-page-size=0x1000 --build-id=none -static
$(BUILD)/kernel/symbols-%.o: $(BUILD)/kernel/symbols-%.S
	$(CC) $(KERNEL_FLAGS) -c -o $@ $<
$(BUILD)/kernel/symbols-none.S: tools/symbols.sh
	@mkdir -p $(@D)
	tools/symbols.sh < /dev/null > $@
$(BUILD)/kernel/capos-unnamed.elf: $(KERNEL_OBJECTS) $(BUILD)/kernel/symbols-none.o kernel/kernel.ld
	$(KERNEL_LINK) -o $@ $(KERNEL_OBJECTS) $(BUILD)/kernel/symbols-none.o
$(BUILD)/kernel/symbols-all.S: $(BUILD)/kernel/capos-unnamed.elf tools/symbols.sh
	nm --defined-only $< | tools/symbols.sh > $@
$(KERNEL): $(KERNEL_OBJECTS) $(BUILD)/kernel/symbols-all.o kernel/kernel.ld
	$(KERNEL_LINK) -o $@.debug $(KERNEL_OBJECTS) $(BUILD)/kernel/symbols-all.o
	objcopy --strip-all $@.debug $@

# The same with what only tests may ask for, in a folder of its own. Everything that is generated is the kernel's.
.PHONY: test-kernel
test-kernel: $(GEN_KERNEL)
	$(MAKE) BUILD=build/test-kernel GEN=$(GEN) KERNEL_DEFINES=-DCAP_TEST_KERNEL kernel

# ---- Loader ---------------------------------------------------------------------------------------

SHIM_OBJECTS := $(call objects,shim,$(wildcard boot/shim/*.c boot/shim/*.S))
SHIM := $(BUILD)/boot/shim.elf
shim: $(SHIM)
$(BUILD)/shim/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(SHIM_FLAGS) -c -o $@ $<
$(BUILD)/shim/%.o: %.S
	@mkdir -p $(@D)
	$(CC) $(SHIM_FLAGS) -c -o $@ $<
$(SHIM): $(SHIM_OBJECTS) boot/shim/shim.ld
	@mkdir -p $(@D)
	$(LD) -m elf_i386 -T boot/shim/shim.ld --build-id=none -o $@ $(SHIM_OBJECTS)

# The kernel that judges the loader.
PROBE := $(BUILD)/boot/probe.elf
boot-test: $(SHIM) $(PROBE)
$(PROBE): $(BUILD)/kernel/tests/boot/probe.o $(BUILD)/kernel/tests/boot/probe_entry.o tests/boot/probe.ld
	@mkdir -p $(@D)
	$(LD) -T tests/boot/probe.ld -z max-page-size=0x1000 --build-id=none -static -o $@ $(filter %.o,$^)

# ---- Programs: one folder user/NAME is one program; one file tests/qemu/TEST/NAME.c is one --------

RT_OBJECTS := $(call objects,user-obj,$(wildcard user/rt/*.c user/rt/*.S) $(PURE_SOURCES) $(GENERATED))
RT_ARCHIVE := $(BUILD)/user-obj/rt.a
PROGRAMS := $(filter-out rt echo,$(notdir $(patsubst %/,%,$(dir $(wildcard user/*/main.c)))))
PROGRAM_FILES := $(PROGRAMS:%=$(BUILD)/user/%.elf)
user: $(PROGRAM_FILES)

USER_LINK = $(LD) -T user/rt/user.ld --gc-sections -z max-page-size=0x1000 -z noexecstack --build-id=none -static
$(BUILD)/user-obj/%.o: %.c | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(USER_FLAGS) -c -o $@ $<
$(BUILD)/user-obj/%.o: %.S
	@mkdir -p $(@D)
	$(CC) $(USER_FLAGS) -c -o $@ $<
$(RT_ARCHIVE): $(RT_OBJECTS)
	rm -f $@ && ar rcs $@ $(filter-out %/user/rt/start.o,$^)
.SECONDEXPANSION:
$(BUILD)/user/%.elf: $$(call objects,user-obj,$$(wildcard user/$$*/*.c)) $(BUILD)/user-obj/user/rt/start.o $(RT_ARCHIVE) user/rt/user.ld
	@mkdir -p $(@D)
	$(USER_LINK) -o $@.debug $(filter %.o %.a,$^)
	objcopy --strip-debug $@.debug $@
$(BUILD)/tests/qemu/%.elf: $(BUILD)/user-obj/tests/qemu/%.o $(BUILD)/user-obj/user/rt/start.o $(RT_ARCHIVE) user/rt/user.ld
	@mkdir -p $(@D)
	$(USER_LINK) -o $@.debug $(filter %.o %.a,$^)
	objcopy --strip-debug $@.debug $@

# ---- Host tools -----------------------------------------------------------------------------------

# One folder tools/NAME with C files is one tool; each links the pure code and the generated code.
HOST_PURE := $(patsubst %.c,$(BUILD)/host-obj/%.o,$(wildcard lib/*.c schema/*.c) $(GENERATED))
HOST_ARCHIVE := $(BUILD)/host-obj/pure.a
TOOLS := $(filter-out capnpc-capos,$(sort $(notdir $(patsubst %/,%,$(dir $(wildcard tools/*/*.c))))))
tools: $(TOOLS:%=$(BUILD)/tools/%) $(CAPNPC)
LIBS_mkmanifest := -ljansson
$(BUILD)/host-obj/%.o: %.c | $(GENERATED)
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_FLAGS) -c -o $@ $<
$(HOST_ARCHIVE): $(filter-out %/lib/mem.o,$(HOST_PURE))
	rm -f $@ && ar rcs $@ $^
define tool_rule
$(BUILD)/tools/$(1): $(patsubst %.c,$(BUILD)/host-obj/%.o,$(wildcard tools/$(1)/*.c)) $(HOST_ARCHIVE)
	@mkdir -p $$(@D)
	$(HOST_CC) -o $$@ $$^ $(LIBS_$(1))
endef
$(foreach tool,$(TOOLS),$(eval $(call tool_rule,$(tool))))

# ---- Manifests ------------------------------------------------------------------------------------

SYSTEM ?= system
manifest: $(BUILD)/systems/$(SYSTEM).manifest
define pack_system
	@mkdir -p $(@D)
	$(CUE) export --out json $< systems/schema.cue > $(@:.manifest=.json)
	$(BUILD)/tools/mkmanifest --binaries $(BUILD)/user -o $@ $(@:.manifest=.json)
endef
SYSTEM_PARTS := systems/schema.cue $(PROGRAM_FILES) $(BUILD)/tools/mkmanifest
$(BUILD)/systems/system.manifest: system.cue $(SYSTEM_PARTS)
	$(pack_system)
$(BUILD)/systems/%.manifest: systems/%.cue $(SYSTEM_PARTS)
	$(pack_system)

# ---- Tests ----------------------------------------------------------------------------------------

UNIT_TESTS := $(notdir $(basename $(wildcard tests/host/test_*.c)))
# Kernel code that unit tests run over fakes of what lies below it (tests/host/kernel_world.h).
UNIT_KERNEL := $(filter-out kernel/ring/self_check.c kernel/ring/miscount.c,$(wildcard kernel/ring/*.c)) \
    kernel/cap/endpoint.c kernel/object.c kernel/mm/record.c kernel/task/account.c kernel/task/audit.c \
    kernel/task/program_log.c kernel/task/process_end.c
UNIT_SOURCES := $(filter-out lib/mem.c,$(wildcard lib/*.c schema/*.c)) $(GENERATED) $(GENERATED_TESTS) $(filter-out tests/host/test_%,$(wildcard tests/host/*.c))
host-tests: $(foreach cc,gcc clang,$(UNIT_TESTS:%=$(BUILD)/tests/host/$(cc)/%))
define unit_test_rules
$(BUILD)/tests/host/$(1)/obj/%.o: %.c | $(GENERATED) $(GENERATED_TESTS)
	@mkdir -p $$(@D)
	$(2) $$(TEST_FLAGS) -c -o $$@ $$<
$(BUILD)/tests/host/$(1)/pure.a: $(UNIT_SOURCES:%.c=$(BUILD)/tests/host/$(1)/obj/%.o)
	rm -f $$@ && ar rcs $$@ $$^
$(UNIT_KERNEL:%.c=$(BUILD)/tests/host/$(1)/obj/%.o): TEST_FLAGS += -fdata-sections
$(BUILD)/tests/host/$(1)/kernel.a: $(UNIT_KERNEL:%.c=$(BUILD)/tests/host/$(1)/obj/%.o)
	rm -f $$@ && ar rcs $$@ $$^
$(BUILD)/tests/host/$(1)/test_%: $(BUILD)/tests/host/$(1)/obj/tests/host/test_%.o $(BUILD)/tests/host/$(1)/kernel.a $(BUILD)/tests/host/$(1)/pure.a tests/host/world_state.ld
	$(2) $(TEST_FLAGS) -Wl,-T,tests/host/world_state.ld -o $$@ $$(filter %.o %.a,$$^)
endef
$(eval $(call unit_test_rules,gcc,gcc))
$(eval $(call unit_test_rules,clang,$(CLANG)))

# A fuzz target links twice: with libFuzzer, and with replay.c for the inputs that stay in the tree.
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_FLAGS := $(COMMON) -O2 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_HEADERS := $(patsubst %.c,%.h,$(GENERATED) $(GENERATED_TESTS))
WALKS := $(GEN)/tests/fuzz/walks
$(WALKS).c: tests/fuzz/make_walks.py $(GENERATED) $(GENERATED_TESTS)
	@mkdir -p $(@D)
	python3 -B tests/fuzz/make_walks.py $(FUZZ_HEADERS) > $@
fuzz-replays: $(foreach cc,gcc clang,$(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/$(cc)/%))
define fuzz_replay_rule
$(BUILD)/tests/fuzz/$(1)/walks.a: $(patsubst %,$(BUILD)/tests/host/$(1)/obj/%.o,tests/fuzz/walk $(WALKS))
	@mkdir -p $$(@D)
	rm -f $$@ && ar rcs $$@ $$^
$(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/$(1)/%): $(BUILD)/tests/fuzz/$(1)/%: $(patsubst %,$(BUILD)/tests/host/$(1)/obj/tests/fuzz/%.o,fuzz_% replay) $(BUILD)/tests/fuzz/$(1)/walks.a $(BUILD)/tests/host/$(1)/pure.a
	@mkdir -p $$(@D)
	$(2) $(TEST_FLAGS) -o $$@ $$^
endef
$(eval $(call fuzz_replay_rule,gcc,gcc))
$(eval $(call fuzz_replay_rule,clang,$(CLANG)))

# The comparison with libcapnp: C++, because the reference is.
AGREEMENT := $(BUILD)/tests/agreement
AGREEMENT_OBJECTS := $(patsubst %,$(BUILD)/tests/host/gcc/obj/%.o,tests/agreement/ours $(GEN)/tests/agreement/copies $(WALKS))
$(GEN)/tests/agreement/copies.c: tests/agreement/make_copies.py tests/fuzz/make_walks.py $(GENERATED) $(GENERATED_TESTS)
	@mkdir -p $(@D)
	python3 -B tests/agreement/make_copies.py $(FUZZ_HEADERS) > $@
$(AGREEMENT)/request: $(SCHEMAS) $(wildcard tests/schemas/*.capnp)
	@mkdir -p $(@D)
	capnp compile -I. --src-prefix=. -o- $^ > $@
$(AGREEMENT)/%.o: tests/agreement/%.c++ tests/agreement/ours.h tests/agreement/theirs.h++
	@mkdir -p $(@D)
	g++ -std=gnu++17 -I. -g -O1 -Wall -Wextra -Werror -c -o $@ $<
$(AGREEMENT)/agreement: $(patsubst tests/agreement/%.c++,$(AGREEMENT)/%.o,$(wildcard tests/agreement/*.c++)) $(AGREEMENT_OBJECTS) $(BUILD)/tests/host/gcc/pure.a
	g++ $(filter -fsanitize=%,$(TEST_FLAGS)) -o $@ $^ -lcapnp-json -lcapnp-rpc -lcapnp -lkj-async -lkj

fuzz: $(FUZZ:%=$(BUILD)/fuzz/bin/%)
$(BUILD)/fuzz/obj/%.o: %.c | $(GENERATED) $(GENERATED_TESTS)
	@mkdir -p $(@D)
	$(CLANG) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<
$(BUILD)/fuzz/pure.a: $(UNIT_SOURCES:%.c=$(BUILD)/fuzz/obj/%.o) $(addprefix $(BUILD)/fuzz/obj/,tests/fuzz/walk.o $(WALKS).o)
	rm -f $@ && ar rcs $@ $^
$(FUZZ_TARGETS:%=$(BUILD)/fuzz/bin/%): $(BUILD)/fuzz/bin/%: $(BUILD)/fuzz/obj/tests/fuzz/fuzz_%.o $(BUILD)/fuzz/pure.a
	@mkdir -p $(@D)
	$(CLANG) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^

test_programs = $(patsubst %.c,$(BUILD)/%.elf,$(wildcard tests/qemu/$(1)/*.c))
TEST_MANIFESTS := $(patsubst %.cue,$(BUILD)/%.manifest,$(wildcard tests/qemu/*/system.cue))
qemu-tests: $(TEST_MANIFESTS)
qemu-test: $(filter $(BUILD)/tests/qemu/$(TEST)/%,$(TEST_MANIFESTS))
$(TEST_MANIFESTS): $(BUILD)/tests/qemu/%/system.manifest: tests/qemu/%/system.cue systems/schema.cue \
    $$(call test_programs,$$*) $(PROGRAM_FILES) $(BUILD)/tools/mkmanifest
	@mkdir -p $(@D)
	$(CUE) export --out json $< systems/schema.cue > $(@:.manifest=.json)
	$(BUILD)/tools/mkmanifest --binaries $(@D) --binaries $(BUILD)/user -o $@ $(@:.manifest=.json)

# ---- Benchmarks: one folder bench/qemu/NAME is one program, one file bench/qemu/NAME.cue one system ---

BENCH_SHARED := $(call objects,user-obj,$(wildcard bench/qemu/*.c bench/qemu/*.S))
BENCH_PROGRAMS := $(patsubst bench/qemu/%/,%,$(dir $(wildcard bench/qemu/*/main.c)))
BENCH_MANIFESTS := $(patsubst %.cue,$(BUILD)/%.manifest,$(wildcard bench/qemu/*.cue))
BENCH_COUNTER := $(BUILD)/bench/counter.so
bench: $(BENCH_MANIFESTS) $(BENCH_COUNTER)
$(BUILD)/bench/qemu/%.elf: $$(call objects,user-obj,$$(wildcard bench/qemu/$$*/*.c)) \
    $(BENCH_SHARED) $(BUILD)/user-obj/user/rt/start.o $(RT_ARCHIVE) user/rt/user.ld
	@mkdir -p $(@D)
	$(USER_LINK) -o $@.debug $(filter %.o %.a,$^)
	objcopy --strip-debug $@.debug $@
$(BENCH_MANIFESTS): $(BUILD)/%.manifest: %.cue systems/schema.cue $(BENCH_PROGRAMS:%=$(BUILD)/bench/qemu/%.elf) \
    $(BUILD)/tools/mkmanifest
	$(CUE) export --out json $< systems/schema.cue > $(@:.manifest=.json)
	$(BUILD)/tools/mkmanifest --binaries $(@D) -o $@ $(@:.manifest=.json)
# Messages on the host, ours and the C++ library's, with the same options.
BENCH_HOST := $(BUILD)/bench/host
BENCH_CXX := $(BENCH_HOST)/cxx/bench/host/messages.capnp
bench-host: $(BENCH_HOST)/messages_c $(BENCH_HOST)/messages_cxx
$(BENCH_HOST)/messages_c: bench/host/messages.c $(GEN)/bench/host/messages.capnp.c $(wildcard schema/wire*.c) $(wildcard schema/*.h)
	@mkdir -p $(@D)
	gcc -std=gnu11 -I. -O2 $(WARNINGS) -o $@ $(filter %.c,$^)
$(BENCH_CXX).c++: bench/host/messages.capnp
	@mkdir -p $(BENCH_HOST)/cxx
	capnp compile -I. --src-prefix=. -oc++:$(BENCH_HOST)/cxx $<
$(BENCH_HOST)/messages_cxx: bench/host/messages.c++ $(BENCH_CXX).c++
	@mkdir -p $(@D)
	g++ -std=gnu++17 -I. -O2 -x c++ -o $@ $^ -lcapnp -lkj
# QEMU loads it: a shared object of the host, with none of the tree's freestanding code in it.
$(BENCH_COUNTER): $(wildcard bench/counter/*.c bench/counter/*.h)
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_FLAGS) -fPIC -shared -fvisibility=hidden -o $@ $(filter %.c,$^)

-include $(shell find $(BUILD) build/tools -name '*.d' 2>/dev/null)
