#!/usr/bin/env python3
"""Proves that each known input triggers its bug and that near misses and 10,000 random inputs do not (run by verify.sh).

  verify.py [TARGETS] [--only BEGINNINGS] [--random COUNT]

A bug counts as triggered when the plain build dies of a signal, runs for longer than two CPU seconds, or asks for
more than the memory limit of 512 MB (its address space is limited to that plus what an idle run needs).
"""
import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from measure import HERE, default_output, environment, load_solutions

CPU_SECONDS, MEMORY = 2, 640 << 20


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def ran(binary, *arguments, limit=True):
    """The signal that ended the target, or 0, and what it wrote."""
    p = subprocess.run([binary, *arguments], capture_output=True, env=environment(), preexec_fn=limits if limit else None, timeout=300)
    return (-p.returncode if p.returncode < 0 else p.returncode), p.stderr.decode(errors="replace")


def given(binary, data):
    """The same for one input."""
    with tempfile.NamedTemporaryFile() as f:
        f.write(data)
        f.flush()
        return ran(binary, f.name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="?", default=os.path.join(HERE, "Targets"))
    parser.add_argument("--only", default="", help="beginnings of target names, with commas")
    parser.add_argument("--random", type=int, default=10_000)
    a = parser.parse_args()
    solutions = load_solutions(a.targets)
    out, bad = default_output(a.targets), 0
    folders = {n for n in os.listdir(a.targets) if os.path.isdir(os.path.join(a.targets, n))}
    for name in sorted(folders ^ set(solutions.SOLUTIONS)):
        print(f"{name}: {'no known input' if name in folders else 'no such target'}")
        bad += 1
    wanted = tuple(filter(None, a.only.split(",")))
    names = [n for n in sorted(folders & set(solutions.SOLUTIONS)) if not wanted or n.startswith(wanted)]
    for name in names:
        binary = f"{out}/replay/{name}"
        inputs = [solutions.SOLUTIONS[name]]
        if name in getattr(solutions, "SECOND", {}):
            inputs.append(solutions.SECOND[name])
        seen = []
        for i, data in enumerate(inputs):
            status, said = given(binary, data)
            wanted = getattr(solutions, "BUGS", {}).get(name)
            ok = status not in (0, 2) and (wanted is None or wanted[i] in said)
            kind = {signal.SIGXCPU: "timeout", signal.SIGSEGV: "stack overflow or bad access"}.get(status, f"signal {status}")
            seen.append(f"{len(data)} bytes: {kind if ok else 'NOT TRIGGERED (' + str(status) + ')'}")
            bad += not ok
        if name in getattr(solutions, "NEAR", {}):
            status, _ = given(binary, solutions.NEAR[name])
            seen.append(f"near miss: {'TRIGGERED' if status else 'none'}")
            bad += status != 0
        status, _ = ran(binary, "--random", str(a.random), "20240229", limit=False)
        bad += status != 0
        print(f"{name:14s} {'; '.join(seen)}; {a.random} random inputs: {'none' if status == 0 else 'TRIGGERED'}")
    print(f"{len(names)} targets, {bad} faults")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
