#!/bin/sh
# Turns the output of nm into the kernel's symbol table, an assembly file that lib/symbols.h reads:
# addresses in ascending order, the offset of each name, the names. Functions only.
# Standard input empty: an empty table, for the first of the two links.
set -eu
LC_ALL=C sort -k1,1 | awk '
BEGIN { n = 0; at = 0 }
$2 == "t" || $2 == "T" { if ($1 != last) { address[n] = $1; name[n++] = $3; last = $1 } }
END {
    print ".section .symbols, \"a\""
    print ".balign 8\n.global kernel_symbol_addresses\nkernel_symbol_addresses:"
    for (i = 0; i < n; i++) print ".quad 0x" address[i]
    print ".global kernel_symbol_name_offsets\nkernel_symbol_name_offsets:"
    for (i = 0; i < n; i++) { print ".long " at; at += length(name[i]) + 1 }
    print ".global kernel_symbol_count\nkernel_symbol_count: .long " n
    print ".global kernel_symbol_names\nkernel_symbol_names:"
    for (i = 0; i < n; i++) print ".asciz \"" name[i] "\""
    print ".section .note.GNU-stack, \"\", @progbits"
}'
