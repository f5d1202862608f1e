#!/bin/bash
# Measures how often `pulsegate bench` is wrong on this machine, on kernels in a package of their own below .build-peers.
#
#   run.sh rates [TRIALS] [BUDGET] [SECONDS]   unchanged and slower by the budget, each so many times (300, 5%, 2)
#   run.sh fifty [RUNS]                        a suite of fifty, unchanged: seconds a run, and what was called slower (5)
#   run.sh counts [TRIALS]                     the exact counts of six kernels, unchanged and with one allocation more (200)
#   run.sh layouts [TRIALS]                    another function grows, so that the linker moves the rest (60)
#   run.sh judge                               one trial: KERN, A_SCALE and B_SCALE in the environment, LIMIT (5%);
#                                              exit 0 within budget, 1 slower, 2 inconclusive; last line {"ratio": r}
#
# Trials are kept: `rates` goes on where it was ended.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
gate=${PULSEGATE:-$root/.build-release/release/pulsegate} # one that is built elsewhere is taken as it is
package=${GATE_QUALITY:-$root/.build-peers/gate-quality} # one folder for each that runs at a time

[ $# -ge 1 ] || { sed -n '2,12p' "$0"; exit 2; }
command=$1
shift
if [ -z "${PULSEGATE:-}" ] && { [ "$command" != judge ] || [ ! -x "$gate" ]; }; then
    "$root/scripts/quietly.sh" swift build -c release --product pulsegate --scratch-path "$root/.build-release" \
        --static-swift-stdlib --package-path "$root"
fi

own() { git -C "$package" -c user.name=gate -c user.email=gate@example.org "$@"; }

if [ ! -d "$package/.git" ] || ! cmp -s "$here/Kernels.swift" "$package/Sources/kernels/Kernels.swift"; then
    mkdir -p "$package/Sources/kernels"
    cp "$here/Kernels.swift" "$package/Sources/kernels/Kernels.swift"
    rm -f "$package/.build-bench/release/kernels" # of other kernels
    ln -sfn "$root/Sources" "$package/Shared"
    printf '.build*\n.pulsegate\n' >"$package/.gitignore"
    # Only what a suite needs, so that it builds in seconds.
    cat >"$package/Package.swift" <<'MANIFEST'
// swift-tools-version: 6.3
import PackageDescription

func module(_ name: String, _ folder: String, on dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/\(folder)/\(name)")
}
let package = Package(
    name: "gate-quality",
    targets: [
        module("Determinism", "Foundations"),
        module("StrictDocuments", "Foundations", on: ["Determinism"]),
        module("BenchmarkStatistics", "Assurance", on: ["StrictDocuments"]),
        module("BenchmarkingRuntime", "Assurance"),
        module("Benchmarking", "Assurance", on: ["BenchmarkingRuntime", "StrictDocuments"]),
        .executableTarget(name: "kernels", dependencies: ["Benchmarking"]),
    ])
MANIFEST
    [ -d "$package/.git" ] || git init -q "$package"
    own add -A
    own diff --cached --quiet || own commit -qm kernels
fi
cd "$package"
program=.build-bench/release/kernels

# Compares as its arguments say: the outcome and ratio of each benchmark, a line each. What is called slower (exit code 1) is an answer.
outcomes() {
    local code=0 json
    json=$("$gate" bench "$@" --quiet --json) || code=$?
    [ "$code" -le 1 ] || exit "$code"
    python3 -c '
import json, sys
for b in json.load(sys.stdin)["benchmarks"]:
    t = b["time"] or {}
    print(b["name"], b["outcome"], t.get("outcome"), (t.get("ratio_ppm") or 0) / 1e6)' <<<"$json"
}

case $command in
rates)
    "$gate" bench self-test --trials "${1:-300}" --budget "${2:-5%}" --seconds "${3:-2}" --tag kernel
    ;;
fifty)
    runs=${1:-5} total=0 wrong=0 open=0
    "$gate" bench compare HEAD --tag fifty --quiet >/dev/null || true # builds the base
    for ((run = 1; run <= runs; run++)); do
        before=$(date +%s%N)
        result=$(outcomes compare HEAD --tag fifty)
        took=$((($(date +%s%N) - before) / 1000000))
        total=$((total + took))
        wrong=$((wrong + $(grep -c ' fail ' <<<"$result" || true)))
        open=$((open + $(grep -c ' inconclusive ' <<<"$result" || true)))
        echo "run $run: $((took / 1000)) s for $(wc -l <<<"$result") benchmarks; slower: $(grep ' fail ' <<<"$result" | tr '\n' ';')"
    done
    echo "mean $((total / runs / 1000)) s a run (with the build being looked at), $wrong called slower and $open open of $((runs * 50)) verdicts"
    ;;
counts)
    [ -x $program ] || "$gate" bench run --tag kernel --quiet >/dev/null
    python3 "$here/counts.py" $program "${1:-200}"
    ;;
layouts)
    trials=${1:-60} wrong=0 open=0 all=0
    trap 'own checkout -q -- Sources' EXIT
    for ((trial = 1; trial <= trials; trial++)); do
        own checkout -q -- Sources
        grown=
        for ((line = 0; line < trial % 37 + 1; line++)); do grown+="state = (state << $((line % 13 + 1))) \&+ $((trial * 977 + line))\n    "; done
        sed -i "s/    \/\/ GROWS HERE/    $grown/" Sources/kernels/Kernels.swift
        ! own diff --quiet -- Sources || { echo "nothing grew in trial $trial" >&2; exit 3; }
        result=$(outcomes compare HEAD --tag kernel)
        all=$((all + $(wc -l <<<"$result")))
        wrong=$((wrong + $(grep -c ' fail ' <<<"$result" || true)))
        open=$((open + $(grep -c ' inconclusive ' <<<"$result" || true)))
        echo "trial $trial: $(tr '\n' ';' <<<"$result")"
    done
    echo "$wrong called slower and $open open of $all verdicts on kernels that nobody changed"
    ;;
judge)
    [ -x $program ] || "$gate" bench run --tag kernel --quiet >/dev/null
    result=$(outcomes programs $program $program --only "${KERN:-alu}" --budget "${LIMIT:-5%}" \
        --base-env "KERN_SCALE=${A_SCALE:-1}" --head-env "KERN_SCALE=${B_SCALE:-1}")
    read -r _ outcome _ ratio <<<"$result"
    case $outcome in pass) code=0 ;; fail) code=1 ;; inconclusive) code=2 ;; *) code=3 ;; esac
    echo "{\"ratio\": $ratio}"
    exit $code
    ;;
*)
    sed -n '2,12p' "$0"
    exit 2
    ;;
esac
