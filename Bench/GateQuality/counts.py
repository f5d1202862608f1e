"""Counts kernels again and again: how often is an unchanged one called changed, and is one allocation more found?

Counts as `pulsegate bench` does: two processes of each side, of which each must agree with its twin.
"""

import json
import os
import subprocess
import sys

program, trials = sys.argv[1], int(sys.argv[2])
METRICS = ["allocations", "allocated_bytes", "releases", "read_calls", "write_calls"]


def run(words, **variables):
    environment = dict(os.environ, SWIFT_DETERMINISTIC_HASHING="1", **variables)
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=True)


def count(kernel, **variables):
    lines = run([program, "count", kernel, "--iterations", "1"], **variables).stdout.splitlines()
    found = [json.loads(line) for line in lines]
    return next(fields for fields in found if fields.get("event") == "counted")


def verdicts(kernel, **variables):
    base, head = [count(kernel) for _ in range(2)], [count(kernel, **variables) for _ in range(2)]
    result = {}
    for metric in METRICS:
        a, b = [side[metric] for side in base], [side[metric] for side in head]
        result[metric] = "noisy" if a[0] != a[1] or b[0] != b[1] else "equal" if a == b else "changed"
    return result


false, noisy, found = 0, 0, 0
for trial in range(trials):
    for kernel in ["alu", "short", "alloc", "mem", "sort", "boxes"]:
        answer = verdicts(kernel).values()
        false += "changed" in answer
        noisy += "noisy" in answer
    found += verdicts("boxes", KERN_EXTRA="1")["allocations"] == "changed"
    if trial % 20 == 19:
        print(f"{trial + 1} of {trials}", file=sys.stderr)
print(f"{false} of {6 * trials} unchanged kernels called changed, {noisy} not the same in two processes; one allocation more found {found} of {trials} times")
