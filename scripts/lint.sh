#!/bin/bash
# Holds the format of every Swift file against .swift-format, and the scripts against shellcheck where it is installed.

set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh

echo "lint: swift format"
swift format lint --strict --recursive --configuration .swift-format Package.swift Sources Tests Bench
if command -v shellcheck >/dev/null 2>&1; then
    echo "lint: shellcheck"
    shellcheck scripts/*.sh .ci/run
else
    echo "lint: shellcheck is not installed; the scripts were not checked"
fi
