#!/bin/sh
# Installs what the build needs and is missing; says nothing and changes nothing when all is there.
#
#   Swift 6.3 or newer   the compiler (clang for the C targets comes with it); never installed here, only checked
#   libsqlite3-dev       the ledger is an SQLite file
#   libxml2-dev          JUnit reports are XML, and libxml2 says when one is cut short
#   pkg-config           tells SwiftPM where the two libraries are
#   git                  which commit and which changed lines are judged
#
# Packages come from apt-get, without questions, and with sudo only when not root already. Where there is no apt-get
# nothing is installed: what is missing is named and the script fails.

set -eu

minimum_swift_major=6
minimum_swift_minor=3

say() { printf 'setup: %s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

check_swift() {
    command -v swift >/dev/null 2>&1 || fail "Swift is not installed, or not in PATH. $how_to_get_swift"
    # "Swift version 6.3.1 (swift-6.3.1-RELEASE)" or "Apple Swift version 6.3 (…)"
    text=$(swift --version 2>/dev/null) || fail "\`swift --version\` failed; run it to see why. $how_to_get_swift"
    version=${text#*Swift version }
    version=${version%%[!0-9.]*}
    major=${version%%.*}
    rest=${version#*.}
    minor=${rest%%.*}
    case "$major$minor" in
        '' | *[!0-9]*) fail "the version of Swift could not be read from: $text" ;;
    esac
    if [ "$major" -lt "$minimum_swift_major" ] ||
        { [ "$major" -eq "$minimum_swift_major" ] && [ "$minor" -lt "$minimum_swift_minor" ]; }; then
        fail "Swift $version is too old: $minimum_swift_major.$minimum_swift_minor or newer is needed. $how_to_get_swift"
    fi
}

how_to_get_swift="Get Swift $minimum_swift_major.$minimum_swift_minor from https://www.swift.org/install/ \
(\`swiftly install $minimum_swift_major.$minimum_swift_minor\`), or work in the container image swift:6.3-bookworm."

# The names of the Debian packages that are missing, with why.
missing=""
need() { # package, why
    missing="$missing $1"
    say "missing: $1 ($2)"
}

check_packages() {
    command -v git >/dev/null 2>&1 || need git "reads the commit and the changed lines"
    if command -v pkg-config >/dev/null 2>&1; then
        pkg-config --exists sqlite3 || need libsqlite3-dev "the ledger is an SQLite file"
        pkg-config --exists libxml-2.0 || need libxml2-dev "reads JUnit reports"
    else
        # Without pkg-config nobody can say whether the libraries are there; apt-get leaves alone what is.
        need pkg-config "tells SwiftPM where the libraries are"
        need libsqlite3-dev "the ledger is an SQLite file"
        need libxml2-dev "reads JUnit reports"
    fi
}

install_packages() {
    if ! command -v apt-get >/dev/null 2>&1; then
        fail "there is no apt-get here; install with your system's package manager:$missing" \
            "(that is: git, pkg-config, and SQLite and libxml2 with headers, so that" \
            "\`pkg-config --exists sqlite3 libxml-2.0\` succeeds)"
    fi
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || fail "not root and no sudo; as root run: apt-get install$missing"
        as_root="sudo"
        say "installing with sudo, because only root may"
    fi
    say "installing:$missing"
    # shellcheck disable=SC2086 # a list of words on purpose
    set -- $missing
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2
    missing=""
    check_packages
    [ -z "$missing" ] || fail "still missing after the installation:$missing"
    say "done"
}

check_swift
check_packages
[ -z "$missing" ] || install_packages
