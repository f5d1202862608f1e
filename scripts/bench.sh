#!/bin/bash
# Builds the benchmarks and pulsegate in release and runs them. The exit code is 1 when a floor is missed.
# Arguments name the benchmarks; without any: ledger, startup, property and fuzz.

set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
scratch=.build-release
echo "bench: building (release; 3 to 5 minutes the first time)"
for product in pulsegate Bench PlantedSuite; do
    scripts/quietly.sh swift build -c release --product "$product" --scratch-path "$scratch" --static-swift-stdlib
done

[ $# -gt 0 ] || set -- ledger startup property fuzz
code=0
for name in "$@"; do
    echo "bench: $name"
    "$scratch/release/Bench" "$name" || code=1
done
exit "$code"
