#!/bin/bash
# Builds and runs every test of this repository. The exit code is that of the build or of the tests; 1 when no test ran.
# Arguments go to `swift test`: scripts/test.sh --filter ArchitectureTests

set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh

# With coverage, because `make gate` measures it in the same folder: switching it on and off would rebuild everything.
echo "test: building (debug, with coverage; a few minutes the first time, seconds when little has changed)"
scripts/quietly.sh swift build --build-tests --enable-code-coverage

results=.build/test-results.xml
# Swift Testing puts its own report beside the one of XCTest.
report=${results%.xml}-swift-testing.xml
rm -f "$results" "$report"
echo "test: running"
scripts/quietly.sh swift test --skip-build --enable-code-coverage --xunit-output "$results" "$@"

# A run of no test exits with 0; it proves nothing.
named=$(grep -c '<testcase ' "$report" 2>/dev/null || true)
skipped=$(grep -c '<skipped' "$report" 2>/dev/null || true)
ran=$((${named:-0} - ${skipped:-0}))
if [ "$ran" -le 0 ]; then
    echo "test: no test ran ($report names ${named:-0}, skipped ${skipped:-0}); that is a failure" >&2
    exit 1
fi
echo "test: $ran tests ran, ${skipped:-0} were skipped, none failed"
