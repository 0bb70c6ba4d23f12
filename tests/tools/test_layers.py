"""tools/layers: it accepts what the dependency rule allows and names each line that breaks it.

Next: tools/layers
"""

import harness


class Layers(harness.TreeCase):
    def setUp(self):
        super().setUp()
        for path in (
            "abi/base.h", "schema/wire.h", "lib/elf.h", "kernel/boot.h", "kernel/limine.h", "kernel/x86_64/cpu.h",
            "kernel/mm/frames.h", "kernel/task/process.h", "kernel/ring/enter.h", "kernel/cap/console.h",
            "user/rt/call.h", "user/hello/hello.h", "user/echo/echo.h", "tests/host/test.h", "tools/pack/pack.h",
        ):  # fmt: skip
            self.write(path, "#pragma once\n")

    def check(self):
        return harness.run(harness.ROOT / "tools/layers", self.tree)

    def accepts(self, path, *includes):
        self.write(path, "".join(f"#include {include}\n" for include in includes))
        status, output = self.check()
        self.assertEqual(status, 0, output)

    def refuses(self, path, include, reason):
        """The second line of the file is the wrong one, and exactly that line is named."""
        self.write(path, f"/* text */\n#include {include}\n")
        status, output = self.check()
        self.assertEqual(status, 1, output)
        self.assertIn(f"{path}:2: {reason}", output)
        self.assertIn("1 wrong includes", output)
        self.assertIn(include, output)

    def test_an_empty_tree_is_not_a_clean_tree(self):
        status, _ = harness.run(harness.ROOT / "tools/layers", self.write("empty/readme", "").parent)
        self.assertEqual(status, 1)

    def test_arrows_that_point_down_are_accepted(self):
        self.accepts("schema/wire.c", '"schema/wire.h"', '"abi/base.h"', "<stdint.h>")
        self.accepts("lib/elf.c", '"lib/elf.h"', '"schema/wire.h"', '"abi/base.h"')
        self.accepts("kernel/cap/console.c", '"kernel/cap/console.h"', '"kernel/ring/enter.h"', '"lib/elf.h"')
        self.accepts("kernel/main.c", '"kernel/cap/console.h"', '"kernel/boot.h"')
        self.accepts("kernel/log.c", '"kernel/boot.h"', '"kernel/x86_64/cpu.h"')
        self.accepts("kernel/boot.c", '"kernel/limine.h"')
        self.accepts("user/hello/main.c", '"user/rt/call.h"', '"user/hello/hello.h"', '"lib/elf.h"')
        self.accepts("tests/qemu/spin/spin.c", '"user/rt/call.h"', '"abi/base.h"', "<stddef.h>")
        self.accepts("tests/host/test_elf.c", '"tests/host/test.h"', '"lib/elf.h"', "<stdio.h>")
        self.accepts("tools/pack/main.c", '"tools/pack/pack.h"', '"lib/elf.h"', "<stdlib.h>")
        self.write("tests/qemu/raw.h", "")
        self.accepts("tests/qemu/spin/more.c", '"tests/qemu/raw.h"')
        self.accepts("tests/host/test_call.c", '"user/rt/call.h"')
        self.accepts("tests/host/kernel_world.h", '"kernel/ring/enter.h"')
        self.accepts("boot/shim/main.c", '"kernel/limine.h"', '"abi/base.h"')

    def test_generated_code_has_the_layer_of_its_schema(self):
        self.accepts("kernel/cap/pack.c", '"build/gen/schema/capos.capnp.h"')
        self.accepts("user/hello/main.c", '"build/gen/user/echo/echo.capnp.h"')
        self.accepts("user/rt/print.c", '"build/gen/schema/capos.client.h"')
        self.refuses("lib/elf.c", '"build/gen/user/echo/echo.capnp.h"', "lib may not include code of a")

    def test_the_kernel_does_not_use_the_programs_stubs(self):
        self.refuses("kernel/cap/x.c", '"build/gen/schema/capos.client.h"', "kernel/cap may not include code of a")

    def test_pure_code_does_not_look_up(self):
        self.refuses("abi/ring.h", '"lib/elf.h"', "abi may not include lib")

    def test_the_schema_does_not_use_the_library(self):
        self.refuses("schema/wire.c", '"lib/elf.h"', "schema may not include lib")

    def test_the_library_does_not_use_the_kernel(self):
        self.refuses("lib/elf.c", '"kernel/boot.h"', "lib may not include kernel/ (root)")

    def test_ring_does_not_use_cap(self):
        self.refuses("kernel/ring/enter.c", '"kernel/cap/console.h"', "kernel/ring may not include kernel/cap")

    def test_x86_64_does_not_use_mm(self):
        self.refuses("kernel/x86_64/cpu.c", '"kernel/mm/frames.h"', "kernel/x86_64 may not include kernel/mm")

    def test_a_root_header_stands_below_the_machine(self):
        self.refuses("kernel/log.h", '"kernel/x86_64/cpu.h"', "kernel/ (root) may not include kernel/x86_64")

    def test_only_boot_knows_the_protocol(self):
        self.refuses("kernel/main.c", '"kernel/limine.h"', "only kernel/boot.c")

    def test_a_new_kernel_folder_needs_a_place(self):
        self.write("kernel/net/card.h", "")
        self.refuses("kernel/cap/console.c", '"kernel/net/card.h"', "kernel/net has no place")

    def test_the_kernel_does_not_use_programs(self):
        self.refuses("kernel/main.c", '"user/rt/call.h"', "kernel/main.c may not include user/rt")

    def test_the_runtime_does_not_use_a_program(self):
        self.refuses("user/rt/call.c", '"user/hello/hello.h"', "user/rt may not include user/hello")

    def test_a_program_does_not_use_another(self):
        self.refuses("user/hello/main.c", '"user/echo/echo.h"', "user/hello may not include user/echo")

    def test_a_program_does_not_use_the_kernel(self):
        self.refuses("user/hello/main.c", '"kernel/boot.h"', "user/hello may not include kernel/ (root)")

    def test_a_test_program_does_not_use_another_test(self):
        self.write("tests/qemu/spin/spin.h", "")
        self.refuses("tests/qemu/ring/ring.c", '"tests/qemu/spin/spin.h"', "tests/qemu/ring may not include tests/")

    def test_a_unit_test_does_not_use_a_program(self):
        self.refuses("tests/host/test_x.c", '"user/hello/hello.h"', "tests may not include user/hello")

    def test_a_tool_does_not_use_the_kernel(self):
        self.refuses("tools/pack/main.c", '"kernel/boot.h"', "tools may not include kernel/ (root)")

    def test_unit_tests_reach_the_kernel_through_one_header(self):
        self.refuses("tests/host/test_x.c", '"kernel/ring/enter.h"', "tests may not include kernel/ring")

    def test_no_libc_outside_host_code(self):
        self.refuses("lib/elf.c", "<stdio.h>", "<stdio.h> is not freestanding")

    def test_no_libc_in_a_measured_program(self):
        self.refuses("bench/qemu/call/call.c", "<stdio.h>", "<stdio.h> is not freestanding")

    def test_no_libc_in_a_test_program(self):
        self.refuses("tests/qemu/spin/spin.c", "<string.h>", "<string.h> is not freestanding")

    def test_a_path_starts_at_the_root(self):
        self.refuses("lib/elf.c", '"elf.h"', "the path names no layer")

    def test_a_path_goes_down(self):
        self.refuses("lib/elf.c", '"lib/../kernel/boot.h"', "an include path starts at")

    def test_the_file_exists(self):
        self.refuses("lib/elf.c", '"lib/gone.h"', "there is no file lib/gone.h")

    def test_a_computed_include_is_refused(self):
        self.refuses("lib/elf.c", "ELF_HEADER", "a computed include hides the layer")

    def test_spaces_in_the_directive_hide_nothing(self):
        self.write("lib/elf.c", '  #  include   "kernel/boot.h"\n')
        status, output = self.check()
        self.assertEqual(status, 1)
        self.assertIn("lib/elf.c:1:", output)

    def test_assembly_is_checked(self):
        self.refuses("user/rt/enter.S", '"kernel/x86_64/cpu.h"', "user/rt may not include kernel/x86_64")


if __name__ == "__main__":
    harness.main()
