#!/bin/bash -eu
# Proves that our engine, libFuzzer and AFL++ run one suite, see the same edges, and take each other's corpora.
#
#   Peers/fuzz/interop.sh [PACKAGE SUITE TARGET]     default: examples/HelloFuzz Fuzz settings
#
# The suite is compiled once and linked two or three times: for our engine, with the compiler's libFuzzer, and with AFL++'s runtime where AFL++ is
# installed (afl-fuzz in PATH, or AFL_ROOT with bin/ and lib/afl/). Exit code 1 when two engines count different edges for the same inputs.
# Inputs that end the process are left out: what they lit is counted by nobody. So are empty files, which libFuzzer overlooks.
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
package=$(cd "${1:-$root/examples/HelloFuzz}" && pwd)
suite=${2:-Fuzz}
# Equal seeds, equal corpora.
export SWIFT_DETERMINISTIC_HASHING=1
export PULSEGATE_FUZZ_TARGET=${3:-settings}
target=$PULSEGATE_FUZZ_TARGET
scratch=${INTEROP_SCRATCH:-$package/.build-interop}
executions=${EXECUTIONS:-60000}
out=${INTEROP_OUT:-$root/.build-peers/interop}
rm -rf "$out"
mkdir -p "$out"

quietly() {
    local log
    log=$(mktemp)
    "$@" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; exit 1; }
    rm -f "$log"
}

# ---- one compilation, several links ----
tools=$(dirname "$(readlink -f "$(command -v swiftc)")")
libfuzzer=$tools/../lib/swift/clang/lib/linux/libclang_rt.fuzzer_no_main-$(uname -m).a
[ -f "$libfuzzer" ] || { echo "$0: $libfuzzer is missing" >&2; exit 3; }
afl=${AFL_ROOT:-}
[ -n "$afl" ] || { found=$(command -v afl-fuzz || true); afl=${found%/bin/afl-fuzz}; }
[ -z "$afl" ] || [ -f "$afl/lib/afl/afl-compiler-rt.o" ] || afl=

link() { # name, further options
    local name=$1
    shift
    PULSEGATE_FUZZ=$package quietly swift build --package-path "$package" -c release --product "$suite" --scratch-path "$scratch" "$@"
    cp "$scratch/release/$suite" "$out/$name"
}
link ours
link libfuzzer -Xlinker --undefined=LLVMFuzzerRunDriver -Xlinker "$libfuzzer" -Xlinker -lstdc++ -Xlinker -lm
[ -z "$afl" ] || link afl -Xlinker "$afl/lib/afl/afl-compiler-rt.o" -Xlinker -lm
echo "linked: $(cd "$out" && echo *)"

# ---- how many edges inputs light ----
ours() { "$out/ours" edges --target "$target" "$1" | sed -n 's/.*"count":\([0-9]*\).*/\1/p'; }
deaths() { "$out/ours" edges --target "$target" "$1" | sed -n 's/.*"deaths":\([0-9]*\).*/\1/p'; }
foreign() { "$out/libfuzzer" -runs=0 "$1" 2>&1 | sed -n 's/.*INITED cov: \([0-9]*\) .*/\1/p'; }
showmap() {
    AFL_QUIET=1 "$afl/bin/afl-showmap" -C -m none -t 5000 -i "$1" -o "$out/map" "$out/afl" >"$out/showmap.log" 2>&1 || true
    wc -l <"$out/map" | tr -d ' '
}

living() { # copies the inputs that neither are empty nor end the process: from, to
    local file
    mkdir -p "$2"
    for file in "$1"/*; do
        if [ -s "$file" ] && [ "$(deaths "$file")" = 0 ]; then cp "$file" "$2/"; fi
    done
}

failed=0
compare() { # title, folder
    local a b c
    a=$(ours "$2") b=$(foreign "$2") c=$a
    [ -z "$afl" ] || c=$(showmap "$2")
    if [ "$a" = "$b" ] && [ "$a" = "$c" ] && [ "$a" -gt 0 ]; then
        printf '%-42s %5s inputs  %5s edges, the same for all\n' "$1" "$(find "$2" -type f | wc -l)" "$a"
    else
        printf '%-42s edges differ: ours %s, libFuzzer %s, AFL++ %s\n' "$1" "$a" "$b" "${afl:+$c}"
        failed=1
    fi
}

# ---- a corpus of each ----
"$out/ours" run --target "$target" --folder "$out/campaign" --executions "$executions" --seed 1 --seconds 120 >"$out/ours.log"
living "$out/campaign/corpus" "$out/corpus-ours"
compare "our corpus" "$out/corpus-ours"

mkdir -p "$out/raw-libfuzzer"
"$out/libfuzzer" -runs="$executions" -seed=1 -artifact_prefix="$out/" "$out/raw-libfuzzer" >"$out/libfuzzer.log" 2>&1 || true
living "$out/raw-libfuzzer" "$out/corpus-libfuzzer"
compare "libFuzzer's corpus" "$out/corpus-libfuzzer"

mkdir -p "$out/corpus-merged"
quietly "$out/libfuzzer" -merge=1 "$out/corpus-merged" "$out/corpus-ours" "$out/corpus-libfuzzer"
compare "both, merged by libFuzzer" "$out/corpus-merged"
mkdir -p "$out/corpus-both"
cp "$out"/corpus-ours/* "$out"/corpus-libfuzzer/* "$out/corpus-both/"
compare "both, all inputs" "$out/corpus-both"
[ "$(ours "$out/corpus-merged")" = "$(ours "$out/corpus-both")" ] || { echo "the merged corpus lost edges"; failed=1; }

# Ours takes over what libFuzzer found: seeds are executed first, whatever the limit of executions.
"$out/ours" run --target "$target" --folder "$out/taken" --seeds "$out/corpus-libfuzzer" --executions 1000 --seed 1 --seconds 60 >"$out/taken.log"
living "$out/taken/corpus" "$out/corpus-taken"
[ "$(ours "$out/corpus-taken")" -ge "$(ours "$out/corpus-libfuzzer")" ] || { echo "our engine lost edges of libFuzzer's corpus"; failed=1; }
compare "libFuzzer's corpus, taken over by ours" "$out/corpus-taken"

if [ -n "$afl" ]; then
    export AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_PATH=$afl/lib/afl
    mkdir -p "$out/first"
    printf 'a' >"$out/first/a"
    timeout 60 "$afl/bin/afl-fuzz" -i "$out/first" -o "$out/afl-out" -m none -c 0 -V "${AFL_SECONDS:-15}" -- "$out/afl" >"$out/afl.log" 2>&1 || true
    mkdir -p "$out/raw-afl"
    find "$out/afl-out/default/queue" -maxdepth 1 -type f -exec cp {} "$out/raw-afl/" \;
    living "$out/raw-afl" "$out/corpus-afl"
    compare "AFL++'s corpus" "$out/corpus-afl"
    sed -n 's/^\(execs_per_sec\|stability\|saved_crashes\) *: */  AFL++ \1 /p' "$out/afl-out/default/fuzzer_stats"
else
    echo "AFL++ is not installed: not compared"
fi
exit "$failed"
