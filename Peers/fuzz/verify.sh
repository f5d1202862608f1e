#!/bin/bash -eu
# Proves that every known input triggers its bug and that random inputs do not: see verify.py.
#   Peers/fuzz/verify.sh [TARGETS]
here=$(cd "$(dirname "$0")" && pwd)
targets=${1:-$here/Targets}
"$here/build.sh" "$targets" replay
exec "$here/verify.py" "$targets"
