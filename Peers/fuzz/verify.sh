#!/bin/bash -eu
# Proves that every known input triggers its bug and that near misses and random inputs do not: see verify.py.
#   Peers/fuzz/verify.sh [TARGETS] [--only BEGINNINGS]
here=$(cd "$(dirname "$0")" && pwd)
targets=$here/Targets
[ $# -eq 0 ] || [ "$1" = --only ] || { targets=$1; shift; }
"$here/build.sh" "$targets" "$@" replay
exec "$here/verify.py" "$targets" "$@"
