#!/bin/sh
# Installs what is missing: Debian packages by name, and CUE as a pinned Go module.
#
#   tools/setup.sh [--no-install] GROUP...     groups: run test check iso plot
#
# Every part has a probe that asks the file system, so that nothing needs a stamp and a call that finds
# everything takes a few milliseconds. Nothing outside the repository is touched but by the package
# manager: Go's caches and settings of its own stay in build/go and go away when CUE is built.
# With --no-install it only names what is missing. Exit status: 0 nothing is missing any more, 1 something
# still is, 2 wrong use.
#
# Next: tools/go.mod
set -eu
CDPATH='' cd "$(dirname "$0")/.."
# shellcheck source=tools/step.sh
. tools/step.sh

# Which package brings what. Columns: groups; package; probe, a command or an absolute path. A '?' after the
# package: where this Debian has no such package, the tree's checks do without and say so.
packages='
run,test,check,iso gcc                 gcc
run,test,check,iso libc6-dev           /usr/include/stdio.h
run,test,check,iso binutils            ld
run,test,check,iso make                make
run,test,check,iso capnproto           capnp
run,test,check,iso libjansson-dev      /usr/include/jansson.h
run,test           qemu-system-x86     qemu-system-x86_64
test,check         python3             python3
test,check         clang               clang
test,check         libcapnp-dev        /usr/include/capnp/stream.capnp
test               g++                 g++
test               valgrind            valgrind
test               libclang-rt-dev     @clang_runtime
check              clang-format-14?    clang-format-14
check              shellcheck          shellcheck
test,iso           grub-pc-bin         /usr/lib/grub/i386-pc/moddep.lst
test,iso           grub-efi-amd64-bin  /usr/lib/grub/x86_64-efi/moddep.lst
test,iso           grub-common         grub-mkrescue
test,iso           xorriso             xorriso
test,iso           mtools              mformat
test               ovmf                /usr/share/ovmf/OVMF.fd
plot               gnuplot-nox         gnuplot
'

# ---- CUE: versions -----------------------------------------------------------------------------------

cue_version=$(sed -n 's#^.*cuelang\.org/go \(v[0-9.]*\).*#\1#p' tools/go.mod)
go_wanted=$(sed -n 's#^go \([0-9.]*\)$#\1#p' tools/go.mod)
go_fetched=$(sed -n 's#^toolchain go\([0-9.]*\)$#\1#p' tools/go.mod)

# version_is_at_least HAVE WANTED: by the first two numbers; anything unreadable is too old
version_is_at_least() {
    version_have=$(printf '%s\n' "$1" | sed -n 's/^[^0-9]*\([0-9][0-9]*\)\.\([0-9][0-9]*\).*/\1 \2/p')
    version_want=$(printf '%s\n' "$2" | sed -n 's/^[^0-9]*\([0-9][0-9]*\)\.\([0-9][0-9]*\).*/\1 \2/p')
    [ -n "$version_have" ] || return 1
    [ "${version_have% *}" -gt "${version_want% *}" ] ||
        { [ "${version_have% *}" -eq "${version_want% *}" ] && [ "${version_have#* }" -ge "${version_want#* }" ]; }
}

# The cue on PATH, if it is new enough.
cue_on_path() {
    cue_found=$(command -v cue) || return 1
    cue_found_version=$("$cue_found" version 2>/dev/null | sed -n 's/^cue version //p')
    version_is_at_least "$cue_found_version" "$cue_version" && printf '%s\n' "$cue_found"
}

# build/tools/cue is there, runs, and is of this pin (or is the link to the one on PATH).
cue_is_ready() {
    [ -x build/tools/cue ] || return 1
    [ -L build/tools/cue ] || [ "$(cat build/tools/cue.version 2>/dev/null)" = "$cue_version" ]
}

# ---- What is missing ---------------------------------------------------------------------------------

in_groups() { # GROUP,GROUP...: is one of them asked for?
    for group in $groups; do
        case ",$1," in *",$group,"*) return 0 ;; esac
    done
    return 1
}

# The name depends on how the distribution lays out the runtime's folder.
has_clang_runtime() {
    command -v clang >/dev/null || return 1
    [ -e "$(clang -print-file-name=libclang_rt.asan-x86_64.a)" ] ||
        [ -e "$(clang -print-file-name=libclang_rt.asan.a)" ]
}

is_there() { # PROBE
    case $1 in
    @clang_runtime) has_clang_runtime ;;
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# An optional package that apt did not know: it is not asked for again until `./capos clean`.
is_known_absent() { # PACKAGE
    grep -qsxF "$1" build/absent-packages
}

find_missing() {
    missing=
    while read -r of_groups package probe; do
        in_groups "$of_groups" || continue
        is_there "$probe" || is_known_absent "$package" || missing="$missing $package"
    done <<EOF
$(printf '%s\n' "$packages" | grep .)
EOF
    cue_missing=no
    cue_is_ready || cue_missing=yes
    if [ $cue_missing = yes ] && ! cue_on_path >/dev/null; then
        command -v go >/dev/null || missing="$missing golang-go"
        [ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"
    fi
}

# ---- Installing --------------------------------------------------------------------------------------

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# choose_packages: of what is missing, all but the optional ones that apt does not know
choose_packages() {
    chosen=
    for package in $missing; do
        case $package in
        *\?)
            if apt-cache show "${package%?}" >/dev/null 2>&1; then
                chosen="$chosen ${package%?}"
            else
                printf '%s\n' "$package" >>build/absent-packages
            fi
            ;;
        *) chosen="$chosen $package" ;;
        esac
    done
}

install_packages() {
    if ! command -v apt-get >/dev/null; then
        say "there is no apt-get here; install by hand what these Debian packages hold:$missing"
        return 1
    fi
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        say "not root, and there is no sudo; as root, install these packages:$missing"
        return 1
    fi
    say "installing with apt:$(printf '%s' "$missing" | tr -d '?')"
    step 'reading the package lists' apt-update as_root apt-get -q -o DPkg::Lock::Timeout=300 update || return 1
    choose_packages
    [ -n "$chosen" ] || return 0
    # shellcheck disable=SC2086 # one word for each package
    step 'installing packages' apt-install as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install $chosen
}

# run_go GO ARGUMENT...: everything that Go keeps goes below build/go. The settings file that `go env -w`
# writes is still read (it may say which proxy to use); the environment's proxy settings apply as well.
run_go() (
    go_root=$PWD/build/go
    mkdir -p "$go_root/tmp"
    GOENV=${GOENV:-${XDG_CONFIG_HOME:-${HOME:-/nonexistent}/.config}/go/env}
    export GOENV XDG_CONFIG_HOME="$go_root/config" GOPATH="$go_root/path" GOMODCACHE="$go_root/mod"
    export GOCACHE="$go_root/cache" GOTMPDIR="$go_root/tmp" GOTOOLCHAIN=local GOFLAGS=-modcacherw
    export GO111MODULE=on GOWORK=off CGO_ENABLED=0
    unset GOBIN GOROOT
    run_go=$1
    shift
    exec "$run_go" "$@"
)

go_version() {
    run_go go version 2>/dev/null | sed -n 's/^go version go\([^ ]*\).*/\1/p'
}

# A Go that is too old to build CUE is new enough to fetch the Go that can, from the same module proxy and
# checked against the same checksum database: the toolchain is a module (https://go.dev/doc/toolchain).
fetch_go() {
    toolchain=golang.org/toolchain@v0.0.1-go$go_fetched.linux-amd64
    go=$PWD/build/go/mod/$toolchain/bin/go
    [ -x "$go" ] && return
    step "fetching Go $go_fetched (the installed Go $(go_version) is older than $go_wanted)" go-toolchain \
        run_go go mod download "$toolchain" || return 1
    chmod +x "${go%/*}"/* "${go%/bin/go}"/pkg/tool/*/*
}

build_cue() {
    if cue=$(cue_on_path); then
        mkdir -p build/tools
        ln -sf "$cue" build/tools/cue
        return
    fi
    say "building CUE $cue_version from its Go module (once, about a minute)"
    if version_is_at_least "$(go_version)" "$go_wanted"; then
        go=go
    else
        fetch_go || return 1
    fi
    rm -f build/tools/cue build/tools/cue.version
    mkdir -p build/tools
    step "fetching CUE's modules" cue-modules in_tools mod download || return 1
    step 'building CUE' cue in_tools build -v -trimpath -ldflags=-s -o ../build/tools/cue cuelang.org/go/cmd/cue ||
        return 1
    build/tools/cue version >/dev/null || return 1
    printf '%s\n' "$cue_version" >build/tools/cue.version
    rm -rf build/go
}

in_tools() {
    run_go "$go" -C tools "$@"
}

# ---- Main --------------------------------------------------------------------------------------------

install=yes
groups=
for argument in "$@"; do
    case $argument in
    --no-install) install=no ;;
    run | test | check | iso | plot) groups="$groups $argument" ;;
    *) usage_error "tools/setup.sh: '$argument' is none of: --no-install run test check iso plot" ;;
    esac
done

case $(uname -s)-$(uname -m) in
Linux-x86_64) ;;
*) say "capOS is built on x86-64 Linux; this is $(uname -s) on $(uname -m)" && exit 1 ;;
esac

find_missing
[ -n "$missing" ] || [ $cue_missing = yes ] || exit 0
if [ $install = no ]; then
    [ $cue_missing = no ] || missing="$missing cue-$cue_version"
    say "missing:$(printf '%s' "$missing" | tr -d '?')"
    exit 1
fi
[ -z "$missing" ] || install_packages || exit 1
[ $cue_missing = no ] || build_cue || exit 1
