#!/bin/bash -eu
# Builds a folder of fuzz targets (<name>/<name>.swift, each exports LLVMFuzzerTestOneInput) for several engines.
#
#   Peers/fuzz/build.sh TARGETS [--only BEGINNINGS] [ENGINE…]
#
# Engines: libfuzzer libfuzzer-keep ours replay afl (default: all but afl). BEGINNINGS of target names, with commas: V, or U01,V03.
#
# Output under $FUZZ_OUT (default: .build-peers/<name of TARGETS' parent folder>-<name of TARGETS> of the repository):
#   libfuzzer/       swift build -c release --sanitize fuzzer              (what a Swift user gets)
#   libfuzzer-keep/  the same plus the LLVM options that keep branches apart
#   obj-ours/        instrumented objects: counters, PC table, gated compare tracing, indirect calls, branches kept
#   ext/             those objects linked with our engine (product FuzzBytes, scratch path .build-peers/engine)
#   replay/          no instrumentation, a main that runs files or random inputs
#   afl/ afl-cmplog/ AFL++'s runtime and driver, where AFL++ is installed (afl-fuzz, or AFL_LIB)
# FUZZ_ENGINE_PACKAGE names another package with the product FuzzBytes; NO_ENGINE_BUILD=1 links what was built before.
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
[ $# -ge 1 ] && [ -d "$1" ] || { echo "usage: $0 TARGETS [--only BEGINNINGS] [libfuzzer|libfuzzer-keep|ours|replay|afl]…" >&2; exit 2; }
targets=$(cd "$1" && pwd)
shift
only=
[ "${1:-}" != --only ] || { only=${2:?--only needs beginnings of names}; shift 2; }
engines=${*:-libfuzzer libfuzzer-keep ours replay}
label=$(basename "$(dirname "$targets")")-$(basename "$targets")
out=${FUZZ_OUT:-$root/.build-peers/$label}
names=()
wanted() { # whether a name begins with one of $only
    local beginning beginnings
    IFS=, read -ra beginnings <<<"$only"
    [ ${#beginnings[@]} -gt 0 ] || return 0
    for beginning in "${beginnings[@]}"; do [[ $1 != "$beginning"* ]] || return 0; done
    return 1
}
for d in "$targets"/*/; do
    n=$(basename "$d")
    [ -f "$d/$n.swift" ] && wanted "$n" && names+=("$n")
done
[ ${#names[@]} -gt 0 ] || { echo "$0: no <name>/<name>.swift${only:+ that begins with $only} under $targets" >&2; exit 2; }

# clang gives every function "optforfuzzing" under -fsanitize=fuzzer; swiftc does not, and SimplifyCFG then merges
# neighbouring conditions before the coverage pass sees them.
keep=(-simplifycfg-branch-fold-threshold=0 -phi-node-folding-threshold=0 -two-entry-phi-node-folding-threshold=0
    -bonus-inst-threshold=0 -simplifycfg-hoist-common=false -simplifycfg-sink-common=false
    -simplifycfg-hoist-cond-stores=false -simplifycfg-merge-cond-stores=false -vectorize-slp=false)
kept=() spmKept=()
for k in "${keep[@]}"; do kept+=(-Xllvm "$k"); spmKept+=(-Xswiftc -Xllvm -Xswiftc "$k"); done
# Without it swiftc keeps an old object when only the instrumentation changed.
fresh=(-Xfrontend -disable-incremental-llvm-codegen)
spmFresh=(-Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen)

quietly() { # shows the output of a command only when it fails
    local log
    log=$(mktemp)
    "$@" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; exit 1; }
    rm -f "$log"
}

package() { # a package of all targets, since SwiftPM wants them below its manifest
    local folder=$out/package n
    mkdir -p "$folder/Sources"
    for n in "${names[@]}"; do
        mkdir -p "$folder/Sources/$n"
        cmp -s "$targets/$n/$n.swift" "$folder/Sources/$n/$n.swift" || cp "$targets/$n/$n.swift" "$folder/Sources/$n/"
    done
    {
        echo '// swift-tools-version: 6.1'
        echo 'import PackageDescription'
        printf 'let names = ['
        printf '"%s", ' "${names[@]}"
        echo ']'
        echo 'let package = Package(name: "Targets", targets: names.map { .executableTarget(name: $0, path: "Sources/\($0)") })'
    } >"$folder/Package.swift"
}

libfuzzer() { # variant, further options of swift build
    local variant=$1 n
    shift
    package
    mkdir -p "$out/$variant"
    quietly swift build --package-path "$out/package" -c release --sanitize fuzzer --scratch-path "$out/spm-$variant" "${spmFresh[@]}" "$@"
    for n in "${names[@]}"; do cp "$out/spm-$variant/release/$n" "$out/$variant/"; done
}

ours() {
    local n module engine=${FUZZ_ENGINE_PACKAGE:-$root} objects=() entry=()
    local built=$engine/.build-peers/engine/release
    [ -n "${NO_ENGINE_BUILD:-}" ] ||
        quietly swift build --package-path "$engine" -c release --product FuzzBytes --scratch-path "$engine/.build-peers/engine"
    for module in Fuzzing FuzzingRuntime PropertyTesting PropertyTestingRuntime Determinism StrictDocuments FuzzBytes; do
        [ -d "$built/$module.build" ] || { echo "$0: no objects of $module under $built" >&2; exit 3; }
        while IFS= read -r n; do objects+=("$n"); done < <(find "$built/$module.build/" -name '*.o' | sort)
    done
    # SwiftPM renames an executable's entry point so that tests can link it, and names it again when it links.
    nm "${objects[@]}" 2>/dev/null | grep ' T FuzzBytes_main$' >/dev/null && entry=(-Xlinker --defsym=main=FuzzBytes_main)
    [ ${#objects[@]} -gt 0 ] || { echo "$0: the engine has no objects" >&2; exit 3; }
    mkdir -p "$out/obj-ours" "$out/ext"
    for n in "${names[@]}"; do
        quietly swiftc -O -parse-as-library -module-name "$n" "${fresh[@]}" "${kept[@]}" -Xfrontend -sanitize=fuzzer \
            -Xfrontend -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp,indirect-calls \
            -Xllvm -sanitizer-coverage-stack-depth -Xllvm -sanitizer-coverage-gated-trace-callbacks \
            -c "$targets/$n/$n.swift" -o "$out/obj-ours/$n.o"
        quietly swiftc -O -use-ld=lld "${objects[@]}" "$out/obj-ours/$n.o" "${entry[@]}" -o "$out/ext/$n"
    done
}

replay() {
    local n
    mkdir -p "$out/obj-replay" "$out/replay"
    quietly swiftc -O -c "$here/Replay/main.swift" -module-name Replay -o "$out/obj-replay/main.o"
    for n in "${names[@]}"; do
        quietly swiftc -O -parse-as-library -module-name "$n" -c "$targets/$n/$n.swift" -o "$out/obj-replay/$n.o"
        quietly swiftc "$out/obj-replay/main.o" "$out/obj-replay/$n.o" -o "$out/replay/$n"
    done
}

afl() {
    local n v lib=${AFL_LIB:-$(dirname "$(command -v afl-fuzz || echo /none/x)")/../lib/afl}
    [ -f "$lib/afl-compiler-rt.o" ] && [ -f "$lib/libAFLDriver.a" ] || { echo "$0: AFL++ is not installed (AFL_LIB)" >&2; exit 3; }
    mkdir -p "$out/obj-afl" "$out/afl" "$out/afl-cmplog"
    for n in "${names[@]}"; do
        for v in afl:edge,trace-pc-guard afl-cmplog:edge,trace-pc-guard,trace-cmp; do
            quietly swiftc -O -parse-as-library -module-name "$n" "${fresh[@]}" "${kept[@]}" -Xfrontend -sanitize=fuzzer \
                -Xfrontend -sanitize-coverage="${v#*:}" -c "$targets/$n/$n.swift" -o "$out/obj-afl/$n.o"
            quietly swiftc "$out/obj-afl/$n.o" "$lib/afl-compiler-rt.o" "$lib/libAFLDriver.a" -lm -lstdc++ -o "$out/${v%%:*}/$n"
        done
    done
}

for engine in $engines; do
    case $engine in
    libfuzzer) libfuzzer libfuzzer ;;
    libfuzzer-keep) libfuzzer libfuzzer-keep "${spmKept[@]}" ;;
    ours) ours ;;
    replay) replay ;;
    afl) afl ;;
    *) echo "$0: no engine $engine" >&2; exit 2 ;;
    esac
    echo "$engine: ${#names[@]} targets in ${out#"$PWD"/}"
done
