#!/bin/bash
# Builds the fuzz suite of this repository (instrumented, release), replays every committed seed and regression and every
# finding that is still open, then fuzzes all targets one after another. The exit code is 1 when anything is found.
#
#   scripts/fuzz.sh                      60 s over all targets
#   scripts/fuzz.sh --seconds 1200       20 minutes
#   scripts/fuzz.sh --seconds 30 json    one target
#   scripts/fuzz.sh --seconds 0          replay alone
#
# What is found stands in .pulsegate/fuzz/<target>/crashes/<place>/input. A finding that was mended becomes
# Tests/Fuzz/Seeds/<target>/regressions/<name>.

set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh

seconds=60
if [ "${1:-}" = --seconds ]; then
    seconds=$2
    shift 2
fi

# A folder of its own: objects with other instrumentation must never be taken for these.
scratch=.build-fuzz
echo "fuzz: building the suite (instrumented release; 5 to 10 minutes the first time)"
PULSEGATE_FUZZ=1 scripts/quietly.sh swift build -c release --product pulsegate-fuzz --scratch-path "$scratch"
suite="$scratch/release/pulsegate-fuzz"
# Swift's own crash handler would take the crash from the suite's.
export SWIFT_BACKTRACE=enable=no

# {"event":"target","name":"json",…} and {"event":"build","edges":29417,…,"fault":0,…}
list=$("$suite" list)
case "$list" in *'"fault":0'*) ;; *)
    echo "fuzz: the suite is blind: $list" >&2
    exit 2
    ;;
esac
known=$(printf '%s\n' "$list" | sed -n 's/^{"event":"target","name":"\([^"]*\)".*/\1/p')
[ $# -gt 0 ] || mapfile -t targets <<<"$known"
[ $# -eq 0 ] || targets=("$@")

found=0
replayed=0
for target in "${targets[@]}"; do
    inputs=()
    for input in "Tests/Fuzz/Seeds/$target"/{seeds,regressions}/* ".pulsegate/fuzz/$target/crashes"/*/input; do
        [ -f "$input" ] && inputs+=("$input")
    done
    [ ${#inputs[@]} -gt 0 ] || continue
    replayed=$((replayed + ${#inputs[@]}))
    if bad=$("$suite" replay --target "$target" "${inputs[@]}" | grep -v '"end":"passed"'); then
        echo "fuzz: $target: not as it should be:"
        printf '%s\n' "$bad"
        found=1
    fi
done
echo "fuzz: $replayed inputs replayed over ${#targets[@]} targets"

share=$(awk -v all="$seconds" -v count="${#targets[@]}" 'BEGIN { printf "%.2f", all / count }')
if [ "$seconds" != 0 ]; then
    for target in "${targets[@]}"; do
        seeds=()
        for folder in "Tests/Fuzz/Seeds/$target"/{seeds,regressions}; do
            [ -d "$folder" ] && seeds+=(--seeds "$folder")
        done
        output=$("$suite" run --target "$target" --folder ".pulsegate/fuzz/$target" --seconds "$share" "${seeds[@]}")
        printf '%s\n' "$output" | awk -v target="$target" '
            function number(key) {
                return match($0, "\"" key "\":[0-9]+") ? substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3) : 0
            }
            /"event":"sample"/ {
                executions = number("executions"); edges = number("edges"); corpus = number("corpus"); crashes = number("crashes")
            }
            END { printf "fuzz: %-26s %10d executions  %5d edges  %5d inputs  %d deaths\n", target, executions, edges, corpus, crashes }'
        if crash=$(printf '%s\n' "$output" | grep '"event":"crash"'); then
            echo "fuzz: $target: found, in .pulsegate/fuzz/$target/crashes:"
            printf '%s\n' "$crash"
            found=1
        fi
    done
fi
exit "$found"
