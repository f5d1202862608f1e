#!/bin/bash
# Runs a command and shows of its output what a person wants to see: every warning, error and failure at once, of the
# thousands of progress lines only now and then one. The exit code is the command's. `VERBOSE=1` shows everything.
#
#   scripts/quietly.sh swift build --product pulsegate

set -euo pipefail

if [ "${VERBOSE:-0}" = 1 ]; then exec "$@"; fi

# index() compares bytes, so the marks of Swift Testing are found whatever the locale.
"$@" 2>&1 | awk '
    # "[12/340] Compiling Gates Glob.swift": one in 40.
    /^\[[0-9]+\/[0-9]+\] / { if (steps++ % 40 == 0) { print "  " $0; fflush() } next }
    # Swift Testing: what begins ("◇") is left out, what passed is counted. Everything else is shown: a crash speaks in
    # lines of its own between these.
    index($0, "✔ Test run with") == 1 { print; fflush(); next }
    index($0, "◇ ") == 1 || index($0, "✔ Suite ") == 1 { next }
    index($0, "✔ Test ") == 1 { if (++passed % 100 == 0) { print "  " passed " tests passed so far"; fflush() } next }
    # XCTest says the same in other words, and that it ran none of the tests that are not its own.
    /^Test (Case|Suite) .* started at / || /^Test Case .* passed \(/ || /^Test Suite .* passed at / { next }
    /^\t Executed 0 tests, with 0 failures/ { next }
    { print; fflush() }
'
