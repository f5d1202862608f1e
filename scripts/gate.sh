#!/bin/bash
# Builds pulsegate in release and judges this repository by its own gates.json. The exit code is pulsegate's
# (docs/gates-json.md): 0 pass, 1 a gate failed, 2 configuration, 3 cannot evaluate, 4 ledger, 5 collector, 7 internal.
# Arguments go to `pulsegate run` in place of `--profile pr`.

set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh

# A folder of its own, so that release and debug do not rebuild each other.
scratch=.build-release
if [ -x "$scratch/release/pulsegate" ]; then
    echo "gate: building pulsegate (release; seconds when little has changed)"
else
    echo "gate: building pulsegate (release; 3 to 5 minutes the first time)"
fi
scripts/quietly.sh swift build -c release --product pulsegate --scratch-path "$scratch" --static-swift-stdlib

[ $# -gt 0 ] || set -- --profile pr
echo "gate: pulsegate run $*"
code=0
"$scratch/release/pulsegate" run "$@" || code=$?
echo "gate: pulsegate exit code $code"
exit "$code"
