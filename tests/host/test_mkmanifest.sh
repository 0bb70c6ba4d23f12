#!/bin/sh
# mkmanifest from end to end: CUE's JSON and programs in, a message that the official tool reads out; and
# every way to be refused. `BUILD` is the build folder, `CUE` the CUE command.
#
# Next: tests/host/test_manifest.c
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${BUILD:-build}
cue=${CUE:-build/tools/cue}
mkmanifest=$build/tools/mkmanifest
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# result NAME STATUS: counts one test; a failed one shows what the command said.
result() {
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED $1"
        sed 's/^/    /' "$work/said"
    fi
}

# The smallest program: an ELF header, one segment that is read and executed, and ud2.
elf() {
    printf '\177ELF\002\001\001\000\000\000\000\000\000\000\000\000\002\000\076\000\001\000\000\000'
    printf '\170\000\100\000\000\000\000\000\100\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000'
    printf '\000\000\000\000\100\000\070\000\001\000\000\000\000\000\000\000'
    printf '\001\000\000\000\005\000\000\000\000\000\000\000\000\000\000\000\000\000\100\000\000\000\000\000'
    printf '\000\000\100\000\000\000\000\000\200\000\000\000\000\000\000\000\200\000\000\000\000\000\000\000'
    printf '\000\020\000\000\000\000\000\000\017\013\220\220\220\220\220\220'
}

mkdir "$work/programs" "$work/more"
for name in init hello echo-server echo-client; do
    elf > "$work/programs/$name.elf"
done
elf > "$work/more/extra.elf"
echo 'not a program' > "$work/more/text.elf"

# One field a line, so that sed can spoil each.
cat > "$work/good.json" <<'END'
{"system": {
"version": 1,
"init": {
"binary": "init",
"grants": {
"console": {"kernel": "console"},
"bootPackage": {"kernel": "bootPackage"},
"virtualMemory": {"kernel": "virtualMemory"},
"processSpawner": {"kernel": "processSpawner"},
"endpointFactory": {"kernel": "endpointFactory"}
}},
"services": {
"hello": {
"binary": "hello",
"grants": {"console": {"kernel": "console"}},
"restart": {"policy": "never"}
},
"echo-server": {
"binary": "echo-server",
"exports": {"echo": {"interface": "0x93b4c5d6e7f80912"}},
"grants": {"console": {"kernel": "console"}},
"restart": {"policy": "never"}
},
"echo-client": {
"binary": "echo-client",
"exports": {},
"grants": {
"console": {"kernel": "console"},
"echo": {"from": "echo-server", "export": "echo", "badge": 7}
},
"restart": {"policy": "never"}
}},
"binaries": [],
"outcome": "whenServicesEnded",
"haltWhenEnded": []
}}
END

pack() { # pack IN.json: to $work/out; what it says to $work/said
    rm -f "$work/out"
    "$mkmanifest" --binaries "$work/programs" --binaries "$work/more" -o "$work/out" "$1" > "$work/said" 2>&1
}

# What the official tool makes of a manifest, without the programs' bytes.
decode() {
    capnp decode --short schema/manifest.capnp SystemManifest < "$1" | sed 's/elf = "[^"]*"/elf/g'
}

# refuses NAME SED-SCRIPT TEXT...: good.json, spoiled, is refused with exactly these problems, and nothing
# is written. The fragments have to occur in this order, one a line.
refuses() {
    name=$1
    sed "$2" "$work/good.json" > "$work/bad.json"
    shift 2
    if cmp -s "$work/good.json" "$work/bad.json"; then
        echo "the good system was not spoiled" > "$work/said"
        result "$name" 1
        return
    fi
    pack "$work/bad.json"
    status=$?
    ok=0
    [ "$status" -eq 1 ] && [ ! -e "$work/out" ] || ok=1
    [ -z "$(find "$work" -mindepth 1 -maxdepth 1 -name "*tmp*")" ] || ok=1
    [ "$(wc -l < "$work/said")" -eq $(($# + 1)) ] || ok=1
    line=0
    for text in "$@"; do
        line=$((line + 1))
        sed -n "${line}p" "$work/said" | grep -qF -- "$text" || ok=1
    done
    tail -n 1 "$work/said" | grep -q ": refused: $# problem" || ok=1
    [ $ok -eq 0 ] || echo "expected status 1 and: $*" >> "$work/said"
    result "$name" $ok
}

# ---- What is good -----------------------------------------------------------------------------------

wanted='( version = 1, binaries = [
 (name = "init", elf), (name = "hello", elf), (name = "echo-server", elf), (name = "echo-client", elf)],
 init = ( binary = "init", grants = [
 (name = "console", object = console),
 (name = "bootPackage", object = bootPackage),
 (name = "virtualMemory", object = virtualMemory),
 (name = "processSpawner", object = processSpawner),
 (name = "endpointFactory", object = endpointFactory)]),
 services = [
 ( name = "hello", binary = "hello", exports = [],
 grants = [(name = "console", source = (kernel = console), only = (processes = 0))], restart = never, initialBackoffMs = 0, maxBackoffMs = 0, maxRestarts = 0, atLimit = leaveDown),
 ( name = "echo-server", binary = "echo-server",
 exports = [(name = "echo", interfaceId = 10643349346188790034)],
 grants = [(name = "console", source = (kernel = console), only = (processes = 0))], restart = never, initialBackoffMs = 0, maxBackoffMs = 0, maxRestarts = 0, atLimit = leaveDown),
 ( name = "echo-client", binary = "echo-client", exports = [], grants = [
 (name = "console", source = (kernel = console), only = (processes = 0)),
 (name = "echo", source = (service = (name = "echo-server", export = "echo", badge = 7, interfaceId = 0)), only = (processes = 0))],
 restart = never, initialBackoffMs = 0, maxBackoffMs = 0, maxRestarts = 0, atLimit = leaveDown)],
 outcome = whenServicesEnded, haltWhenEnded = [])'

# Spaces and line ends do not count.
squeeze() { tr -d ' \n'; }

pack "$work/good.json" && decode "$work/out" > "$work/decoded" 2>> "$work/said" &&
    [ "$(squeeze < "$work/decoded")" = "$(echo "$wanted" | squeeze)" ]
status=$?
[ $status -eq 0 ] || cat "$work/decoded" >> "$work/said"
result "capnp decode reads what was packed" $status

cp "$work/out" "$work/good"
"$mkmanifest" --check "$work/good" > "$work/said" 2>&1 && grep -q '4 programs, 3 services' "$work/said"
result "--check accepts what was packed" $?

pack "$work/good.json" && cmp "$work/out" "$work/good" >> "$work/said" 2>&1
result "the same system packs to the same bytes" $?

capnp decode --short schema/manifest.capnp SystemManifest < "$work/good" 2> "$work/said" |
    capnp encode schema/manifest.capnp SystemManifest > "$work/encoded" 2>> "$work/said" &&
    "$mkmanifest" --check "$work/encoded" >> "$work/said" 2>&1
result "--check accepts what capnp encode makes" $?

again='{"policy": "onFault", "initialBackoffMs": 100, "maxBackoffMs": 200, "maxRestarts": 3, "atLimit": "haltSystem"}'
sed "/^\"hello\": {/,/^}/s/{\"policy\": \"never\"}/$again/; s/^\"endpointFactory\": .*\$/&, \"timer\": {\"kernel\": \"timer\"}/
    s/\"whenServicesEnded\"/\"runOn\"/; s/\"haltWhenEnded\": \[\]/\"haltWhenEnded\": [\"hello\", \"echo-client\"]/" "$work/good.json" > "$work/again.json"
pack "$work/again.json" && decode "$work/out" > "$work/decoded" 2>> "$work/said" &&
    grep -q 'restart = onFault, initialBackoffMs = 100, maxBackoffMs = 200, maxRestarts = 3, atLimit = haltSystem' "$work/decoded" &&
    grep -q 'outcome = runOn, haltWhenEnded = \["hello", "echo-client"\]' "$work/decoded"
result "restarts and the outcome are packed" $?

narrow='"facetFactory": {"kernel": "facetFactory"}'
only='"only": {"methods": [0], "binaries": ["hello", "extra"], "processes": 3}'
sed "s/^\"endpointFactory\": .*\$/&, $narrow/; s/\"grants\": {\"console\": {\"kernel\": \"console\"}}/\"grants\": {\"s\": {\"kernel\": \"processSpawner\", $only}}/" \
    "$work/good.json" > "$work/narrow.json"
pack "$work/narrow.json" && decode "$work/out" > "$work/decoded" 2>> "$work/said" &&
    grep -q 'only = (methods = \[0\], binaries = \["hello", "extra"\], processes = 3)' "$work/decoded" &&
    grep -q '(name = "extra", elf)' "$work/decoded"
result "what a grant is narrowed to is packed, and its programs too" $?

sed 's/{"interface": "0x93b4c5d6e7f80912"}/{"interface": "0x93b4c5d6e7f80912", "extends": ["0x11", "0x22"]}/; s/"badge": 7/"badge": 7, "as": "0x22"/' \
    "$work/good.json" > "$work/derived.json"
pack "$work/derived.json" && decode "$work/out" > "$work/decoded" 2>> "$work/said" &&
    grep -q 'ancestors = \[17, 34\]' "$work/decoded" && grep -q 'badge = 7, interfaceId = 34' "$work/decoded"
result "an export that extends others is packed, and a grant of one of these" $?

rm -f "$work/out"
"$mkmanifest" --binaries "$work/programs" -o "$work/out" - < "$work/good.json" > "$work/said" 2>&1 &&
    cmp "$work/out" "$work/good" >> "$work/said" 2>&1
result "- means standard input" $?

sed 's/"binaries": \[\]/"binaries": ["extra", "hello"]/' "$work/good.json" > "$work/more.json"
pack "$work/more.json" && decode "$work/out" > "$work/decoded" 2>> "$work/said" &&
    grep -q '"echo-client", elf), (name = "extra", elf)\]' "$work/decoded"
result "further programs are packed once, from any folder" $?

# ---- CUE --------------------------------------------------------------------------------------------

if command -v "$cue" > /dev/null 2>&1; then
    "$cue" export --out json system.cue systems/schema.cue > "$work/cue.json" 2> "$work/said" && pack "$work/cue.json" &&
        cmp "$work/out" "$work/good" >> "$work/said" 2>&1
    result "system.cue is a good system" $?

    # cue_refuses NAME SED-SCRIPT PATH: system.cue, spoiled, is refused by CUE at this path.
    cue_refuses() {
        sed "$2" system.cue > "$work/bad.cue"
        ! "$cue" export --out json "$work/bad.cue" systems/schema.cue > /dev/null 2> "$work/said" &&
            grep -qF -- "$3" "$work/said"
        result "$1" $?
    }
    cue_refuses "CUE refuses an unknown field of a grant" 's/badge: /bagde: /' \
        'system.services."echo-client".grants.echo.bagde: field not allowed'
    cue_refuses "CUE refuses an unknown field of a service" 's/binary: "hello"/binery: "hello"/' \
        'system.services.hello.binery: field not allowed'
    cue_refuses "CUE refuses an unknown field of the system" 's/services: {/servces: {/' \
        'system.servces: field not allowed'
    cue_refuses "CUE refuses a kernel object that does not exist" 's/"bootPackage"/"bootPakage"/' \
        'system.init.grants.bootPackage.kernel: invalid value "bootPakage"'
    cue_refuses "CUE refuses a bad name of a service" 's/hello: {/Hello: {/' 'system.services.Hello: '
    cue_refuses "CUE refuses a bad name of a grant" 's/echo: {from/"ec ho": {from/' \
        'system.services."echo-client".grants."ec ho": '
    cue_refuses "CUE refuses a negative badge" 's/badge: 7/badge: -7/' \
        'system.services."echo-client".grants.echo.badge: invalid value -7'
    cue_refuses "CUE refuses an interface that is not in the table" 's/interfaces.Echo/interfaces.Ecko/' \
        'system.services."echo-server".exports.echo.interface: undefined field: Ecko'
    cue_refuses "CUE refuses a limit without restarts" 's/binary: "hello"/&, restart: maxRestarts: 3/' \
        'system.services.hello.restart.maxRestarts: field not allowed'
    cue_refuses "CUE refuses a restriction to no method" 's/badge: 7/&, only: methods: []/' \
        'system.services."echo-client".grants.echo.only.methods'
    cue_refuses "CUE refuses an unknown restriction" 's/badge: 7/&, only: method: 0/' \
        'system.services."echo-client".grants.echo.only.method: field not allowed'
    cue_refuses "CUE refuses a service without a program" 's/binary: "hello"//' \
        'system.services.hello.binary: field is required'
else
    echo "there is no CUE at $cue; ./capos test installs it" > "$work/said"
    result "CUE is there" 1
fi

# ---- The form of the JSON ---------------------------------------------------------------------------

echo '{"system": {' > "$work/bad.json"
! pack "$work/bad.json" && grep -q 'bad.json:2:' "$work/said"
result "text that is not JSON is refused with its line" $?

echo '[]' > "$work/bad.json"
! pack "$work/bad.json" && grep -q 'is a list; it must be a struct' "$work/said"
result "JSON that is no struct is refused" $?

refuses "an unknown field beside system" 's/^{"system"/{"sytem": {}, "system"/' 'sytem: unknown field; known: system'
refuses "no system" 's/^{"system"/{"sytem"/' 'sytem: unknown field' 'system: is missing'
refuses "an unknown field of the system" 's/^"binaries"/"bineries"/' 'system.bineries: unknown field; known: version,'
refuses "an unknown field of init" 's/^"binary": "init"/"binary": "init", "x": 1/' 'system.init.x: unknown field'
refuses "an unknown field of a service" 's/^"binary": "hello"/"binary": "hello", "x": 1/' 'system.services.hello.x: unknown field'
refuses "an unknown field of an export" 's/{"interface"/{"x": 1, "interface"/' \
    'system.services."echo-server".exports.echo.x: unknown field'
refuses "an unknown field of a grant" 's/"badge"/"bagde"/' 'system.services."echo-client".grants.echo.bagde: unknown field'
refuses "a field twice" 's/^"version": 1/"version": 1, "version": 1/' 'duplicate object key'
refuses "no version" 's/^"version": 1,//' 'system.version: is missing; it must be an integer'
refuses "another version" 's/^"version": 1/"version": 2/' 'system.version: is 2; this mkmanifest writes version 1 only'
refuses "a version that is a string" 's/^"version": 1/"version": "1"/' 'system.version: is a string; it must be an integer'
refuses "a service that is not a struct" 's/^"binaries": \[\]/"binaries": "extra"/' 'system.binaries: is a string; it must be a list'
refuses "no program for init" 's/^"binary": "init",//' 'system.init.binary: is missing'
refuses "no program for a service" 's/^"binary": "hello",//' 'system.services.hello.binary: is missing'
restart='/^"hello": {/,/^}/s/{"policy": "never"}'
refuses "a restart that is no struct" "$restart/\"never\"/" 'system.services.hello.restart: is a string; it must be a struct'
refuses "an unknown restart policy" "$restart/{\"policy\": \"often\"}/" \
    'system.services.hello.restart.policy: no restart policy is called "often"; known: never, onFault, always'
refuses "a back-off without restarts" "$restart/{\"policy\": \"never\", \"maxBackoffMs\": 1}/" \
    'system.services.hello.restart.maxBackoffMs: unknown field; known: policy'
refuses "restarts without a back-off" "$restart/{\"policy\": \"always\", \"maxRestarts\": 3, \"atLimit\": \"leaveDown\"}/" \
    'system.services.hello.restart.initialBackoffMs: is missing; it must be an integer' \
    'system.services.hello.restart.maxBackoffMs: is missing' \
    'init.grants: timer is missing; init needs it to wait'
refuses "a negative limit" "$restart/$again/; s/\"maxRestarts\": 3/\"maxRestarts\": -3/" \
    'system.services.hello.restart.maxRestarts: -3 is not between 0 and 4294967295' 'init.grants: timer is missing'
refuses "a limit of more than 32 bits" "$restart/$again/; s/\"maxRestarts\": 3/\"maxRestarts\": 4294967296/" \
    'system.services.hello.restart.maxRestarts: 4294967296 is not between' 'init.grants: timer is missing'
refuses "an unknown reaction" "$restart/$again/; s/haltSystem/stop/" \
    'system.services.hello.restart.atLimit: no reaction is called "stop"; known: leaveDown, haltSystem' \
    'init.grants: timer is missing'
refuses "an unknown outcome" 's/"whenServicesEnded"/"never"/' \
    'system.outcome: no outcome is called "never"; known: whenServicesEnded, runOn'
refuses "a name that is no string" 's/"haltWhenEnded": \[\]/"haltWhenEnded": ["hello", 7]/' \
    'system.haltWhenEnded[1]: is an integer; it must be a string'
refuses "an unknown kernel object for init" 's/{"kernel": "virtualMemory"}/{"kernel": "VirtualMemory"}/' \
    'system.init.grants.virtualMemory.kernel: no kernel object is called "VirtualMemory"; known: console, bootPackage,' \
    'init.grants: virtualMemory is missing'
refuses "a grant without a source" 's/{"from": "echo-server", "export": "echo", "badge": 7}/{}/' \
    'system.services."echo-client".grants.echo: has no source'
refuses "a grant with two sources" 's/{"from"/{"kernel": "console", "from"/' \
    'system.services."echo-client".grants.echo: has two sources'
refuses "a grant with half a source" 's/"export": "echo", "badge": 7/"badge": 7/' \
    'system.services."echo-client".grants.echo.export: is missing'
refuses "a negative badge" 's/"badge": 7/"badge": -7/' 'system.services."echo-client".grants.echo.badge: -7 is negative'
refuses "a badge that is a fraction" 's/"badge": 7/"badge": 7.5/' \
    'system.services."echo-client".grants.echo.badge: is a fraction; it must be an integer'
refuses "an ancestor that is no number" 's/"0x93b4c5d6e7f80912"}/"0x93b4c5d6e7f80912", "extends": ["Echo"]}/' \
    'system.services."echo-server".exports.echo.extends[0]: "Echo" is not a type id'
refuses "a grant as what the export is not" 's/"badge": 7/"badge": 7, "as": "0x22"/' \
    'services[2].grants[1].source.service.interfaceId: the export is not a 0x0000000000000022'
only='s/"badge": 7/"badge": 7, "only":'
refuses "a restriction that is no struct" "$only []/" 'system.services."echo-client".grants.echo.only: is a list; it must be a struct'
refuses "a restriction that says nothing" "$only {}/" 'system.services."echo-client".grants.echo.only: says nothing'
refuses "an unknown restriction" "$only {\"method\": [0]}/" \
    'system.services."echo-client".grants.echo.only.method: unknown field; known: methods, binaries, processes'
refuses "a list of no methods" "$only {\"methods\": []}/" \
    'system.services."echo-client".grants.echo.only.methods: has 0 elements; 1 to 64 are allowed'
refuses "a method that is no ordinal" "$only {\"methods\": [\"now\"]}/" \
    'system.services."echo-client".grants.echo.only.methods[0]: is a string; it must be an integer' \
    'init.grants: facetFactory is missing; init needs it to narrow grants'
refuses "a method of more than 16 bits" "$only {\"methods\": [65536]}/" \
    'system.services."echo-client".grants.echo.only.methods[0]: 65536 is not between 0 and 65535' \
    'init.grants: facetFactory is missing'
refuses "a binary that is no string" "$only {\"binaries\": [1], \"processes\": 1}/" \
    'system.services."echo-client".grants.echo.only.binaries[0]: is an integer; it must be a string'
refuses "an interface that is no number" 's/"0x93b4c5d6e7f80912"/"Echo"/' \
    'system.services."echo-server".exports.echo.interface: "Echo" is not a type id'
refuses "an interface of more than 64 bits" 's/"0x93b4c5d6e7f80912"/"0x193b4c5d6e7f80912"/' \
    'system.services."echo-server".exports.echo.interface: "0x193b4c5d6e7f80912" is not a type id'
refuses "a name that is too long" 's/^"hello": {/"hello-hello-hello-hello-hello-hello": {/' \
    'system.services."hello-hello-hello-hello-hello-hello": "hello-hello-hello-hello-hello-hello" is longer than 31 bytes'

# ---- Programs ---------------------------------------------------------------------------------------

refuses "a program that is in no folder" 's/^"binary": "hello"/"binary": "helo"/' \
    "system.services.hello.binary: there is no helo.elf in $work/programs, $work/more"
refuses "a program that is none" 's/^"binary": "hello"/"binary": "text"/' \
    'binaries[1].elf: is not a program that can be started: '

# ---- What names refer to: the rules of lib/manifest, with both paths --------------------------------

refuses "an export that nobody has" 's/"export": "echo"/"export": "ech"/' \
    'services[2].grants[1].source.service.export: service "echo-server" does not export "ech"; exports: echo-server.echo (system.services."echo-client".grants.echo)'
refuses "a service that does not exist" 's/"from": "echo-server"/"from": "echo-sever"/' \
    'services[2].grants[1].source.service.name: no service is called "echo-sever"; services: hello, echo-server, echo-client'
refuses "an end by a service that does not exist" 's/"haltWhenEnded": \[\]/"haltWhenEnded": ["helo"]/' \
    'haltWhenEnded[0]: no service is called "helo"; services: hello, echo-server, echo-client (system.haltWhenEnded[0])'
refuses "a back-off that shrinks" "$restart/$again/; s/\"maxBackoffMs\": 200/\"maxBackoffMs\": 20/; s/^\"endpointFactory\": .*\$/&, \"timer\": {\"kernel\": \"timer\"}/" \
    'services[0].maxBackoffMs: is 20; use 100 to 3600000 milliseconds (system.services.hello)'
refuses "an object that init does not hold" 's/^"endpointFactory": .*$/"e": {"kernel": "endpointFactory"}/; s/^"bootPackage": .*,$//; s/"grants": {"console": {"kernel": "console"}}/"grants": {"console": {"kernel": "bootPackage"}}/; s/^"console": {"kernel": "console"},$/"console": {"kernel": "console"},/' \
    'init.grants: bootPackage is missing' \
    'services[0].grants[0].source.kernel: init does not hold bootPackage' \
    'services[1].grants[0].source.kernel: init does not hold bootPackage'

refuses "all problems at once" \
    's/"badge": 7/"bagde": 7/; s/^"binary": "hello"/"binary": "helo"/; s/"0x93b4c5d6e7f80912"/"0x0"/; s/^"virtualMemory": .*$//; s/^"hello": {/"Hello": {/' \
    'system.services.Hello.binary: there is no helo.elf' \
    'system.services."echo-client".grants.echo.bagde: unknown field' \
    'init.grants: virtualMemory is missing' \
    'services[0].name: "Hello" has a character that is not allowed; use lower-case letters, digits and - (system.services.Hello)' \
    'services[1].exports[0].interfaceId: is 0;'

# ---- Files ------------------------------------------------------------------------------------------

echo old > "$work/out"
sed 's/"badge": 7/"badge": -7/' "$work/good.json" > "$work/bad.json"
"$mkmanifest" --binaries "$work/programs" -o "$work/out" "$work/bad.json" > "$work/said" 2>&1
[ $? -eq 1 ] && [ "$(cat "$work/out")" = old ]
result "a refused system leaves the old file as it was" $?

"$mkmanifest" --binaries "$work/programs" -o "$work/none/out" "$work/good.json" > "$work/said" 2>&1
[ $? -eq 2 ] && grep -q "No such file" "$work/said"
result "a folder that does not exist is said" $?

# check_refuses NAME TEXT: --check refuses $work/bad with this problem.
check_refuses() {
    "$mkmanifest" --check "$work/bad" > "$work/said" 2>&1
    [ $? -eq 1 ] && grep -qF -- "$2" "$work/said"
    result "$1" $?
}
: > "$work/bad"
check_refuses "--check refuses an empty file" 'module: has 0 bytes'
head -c 100 "$work/good" > "$work/bad"
check_refuses "--check refuses a file that is cut short" 'it is cut short'
{ cat "$work/good"; echo; } > "$work/bad"
check_refuses "--check refuses trailing bytes" 'followed by something else'
{ printf '\377\377\377\377'; tail -c +5 "$work/good"; } > "$work/bad"
check_refuses "--check refuses 2^32 segments" 'has 4294967296 segments instead of one'
{ head -c 8 "$work/good"; printf '\377\377\377\377'; tail -c +13 "$work/good"; } > "$work/bad"
check_refuses "--check refuses a message that breaks a rule of Cap'n Proto" 'word 0: '

"$mkmanifest" --help > "$work/said" 2>&1 && grep -q '^usage: mkmanifest' "$work/said"
result "--help explains the usage" $?
"$mkmanifest" --frobnicate > "$work/said" 2>&1
[ $? -eq 2 ] && grep -q '^usage: mkmanifest' "$work/said"
result "an unknown option is a wrong usage" $?
"$mkmanifest" -o "$work/out" > "$work/said" 2>&1
[ $? -eq 2 ]
result "no input is a wrong usage" $?

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
