#!/usr/bin/env python3
"""Compares fuzz engines on a folder of targets with known bugs: executions and CPU seconds to the bug.

  build.sh TARGETS
  measure.py TARGETS --engine libfuzzer --engine libfuzzer-keep-vp --json libfuzzer.json
  measure.py TARGETS --engine ext --cmd '{bin} --seed {seed} --seconds {limit} --out {out}' --baseline libfuzzer.json
  measure.py TARGETS --engine ext --cmd '…' --all-bugs          # targets with several bugs, each run to its limit

TARGETS defaults to the Targets folder beside this script; solutions.py stands beside the targets' folder.

Engines: libfuzzer, libfuzzer-vp (value profile), libfuzzer-keep and libfuzzer-keep-vp (branches kept apart), afl and
afl-cmplog where AFL++ is installed, ext with --cmd. In --cmd, {bin} is the linked target, {target} its name, {seed} and
{limit} numbers, {out} an empty folder. The engine's last line on standard output is one JSON object:

  {"found": true, "execs": 12345, "seconds": 0.42, "kind": "crash", "input": "PATH", "minimised": "PATH", "inputs": ["PATH"]}

The first five are needed; `minimised` counts for the size when it is there; `inputs` is read by --all-bugs only, which
replays each and asks which bugs they show. Every run starts from an empty corpus without a dictionary, in one process
tree. CPU seconds are those of the tree, by wait4. With --cpu (for a busy machine) the limit counts CPU seconds: {limit} is four
times as long, and an engine that has used up its CPU seconds is interrupted (SIGINT).
"""
import argparse
import importlib.util
import json
import math
import os
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # leave no cache beside other people's solutions
HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ("crash", "timeout", "oom")
ARTIFACT = re.compile(r"(crash|timeout|oom)-")
LIBFUZZER = {
    "libfuzzer": ("libfuzzer", []),
    "libfuzzer-vp": ("libfuzzer", ["-use_value_profile=1"]),
    "libfuzzer-keep": ("libfuzzer-keep", []),
    "libfuzzer-keep-vp": ("libfuzzer-keep", ["-use_value_profile=1"]),
}


def environment(**more):
    """Swift's own crash handler would end the process before an engine sees the signal."""
    return {**os.environ, "SWIFT_BACKTRACE": "enable=no", **more}


def default_output(targets):
    targets = os.path.realpath(targets)
    label = f"{os.path.basename(os.path.dirname(targets))}-{os.path.basename(targets)}"
    return os.environ.get("FUZZ_OUT") or os.path.join(HERE, "..", "..", ".build-peers", label)


def load_solutions(targets, path=None):
    path = path or os.path.join(os.path.dirname(os.path.realpath(targets)), "solutions.py")
    spec = importlib.util.spec_from_file_location("solutions", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def end_leftovers(folder):
    """Ends what an engine left running: whatever still works in this run's own folder."""
    folder = os.path.realpath(folder)
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if int(pid) != os.getpid() and os.readlink(f"/proc/{pid}/cwd") == folder:
                os.kill(int(pid), signal.SIGKILL)
        except OSError:
            pass


def used(session):
    """CPU seconds so far of every process of a session, with the children that they waited for."""
    ticks = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as f:
                fields = f.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


class Run:
    """One engine on one target with one seed; `found`, `kind`, `execs`, `seconds`, `cpu`, `size`, `inputs`."""

    def __init__(self, out, target, seed, limit, cpu_limit=None):
        self.out, self.target, self.seed, self.limit, self.cpu_limit = out, target, seed, limit, cpu_limit
        self.folder = tempfile.mkdtemp(prefix="fuzz-peer-")
        self.found, self.kind, self.execs, self.size, self.inputs = False, "-", 0, 0, []
        self.seconds = self.cpu = 0.0

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def text(self, name):
        with open(self.path(name), errors="replace") as f:
            return f.read()

    def start(self, command, shell=False, **variables):
        """Runs the engine to its end, or to three times its limit; fills `seconds` and `cpu`."""
        begin = time.monotonic()
        with open(self.path("stdout"), "wb") as o, open(self.path("stderr"), "wb") as e:
            child = subprocess.Popen(command, shell=shell, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=o, stderr=e,
                                     env=environment(**variables), start_new_session=True)
            status, look = None, begin + 1
            while status is None:
                pid, code, usage = os.wait4(child.pid, os.WNOHANG)
                if pid:
                    status = code
                elif time.monotonic() - begin > 3 * self.limit + 30:
                    os.killpg(child.pid, signal.SIGKILL)
                    _, status, usage = os.wait4(child.pid, 0)
                else:
                    if self.cpu_limit and time.monotonic() > look:
                        look += 0.2
                        if used(child.pid) > self.cpu_limit:
                            os.killpg(child.pid, signal.SIGINT)
                            look += 5
                    time.sleep(0.002)
            child.returncode = os.waitstatus_to_exitcode(status)
        end_leftovers(self.folder)
        self.seconds, self.cpu = time.monotonic() - begin, usage.ru_utime + usage.ru_stime
        return child.returncode

    def libfuzzer(self, variant, extra, every=False):
        flags = [f"-seed={self.seed}", f"-max_total_time={self.limit}", "-timeout=1", "-rss_limit_mb=512", "-print_final_stats=1"]
        if every:  # the only mode that goes on after a crash
            os.mkdir(self.path("corpus"))
            flags += ["-fork=1", "-ignore_crashes=1", "-ignore_timeouts=1", "-ignore_ooms=1", self.path("corpus")]
        self.start([os.path.join(self.out, variant, self.target), *flags, f"-artifact_prefix={self.folder}/", *extra])
        said = self.text("stderr")
        total = re.search(r"stat::number_of_executed_units:\s+(\d+)", said)
        steps = re.findall(r"^#(\d+)", said, re.M)
        self.execs = int(total[1]) if total else int(steps[-1]) if steps else 0
        self.inputs = [self.path(f) for f in sorted(os.listdir(self.folder)) if ARTIFACT.match(f)]
        if self.inputs:
            self.found, self.kind = True, ARTIFACT.match(os.path.basename(self.inputs[0]))[1]
            self.size = os.path.getsize(self.inputs[0])

    def afl(self, cmplog, every=False):
        os.mkdir(self.path("in"))
        with open(self.path("in", "newline"), "wb") as f:
            f.write(b"\n")
        command = ["afl-fuzz", "-s", str(self.seed), "-i", self.path("in"), "-o", self.path("afl"), "-V", str(self.limit), "-t", "1000"]
        if cmplog:
            command += ["-c", os.path.join(self.out, "afl-cmplog", self.target), "-l", "2"]
        variables = dict(AFL_NO_UI="1", AFL_SKIP_CPUFREQ="1", AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES="1", AFL_NO_AFFINITY="1")
        if not every:
            variables["AFL_BENCH_UNTIL_CRASH"] = "1"
        self.start([*command, "-m", "none", os.path.join(self.out, "afl", self.target)], **variables)
        base = self.path("afl", "default")
        for name, kind in (("crashes", "crash"), ("hangs", "timeout")):
            folder = os.path.join(base, name)
            files = sorted(f for f in os.listdir(folder) if f.startswith("id:")) if os.path.isdir(folder) else []
            if files and not self.found:
                self.found, self.kind = True, kind
                self.size = os.path.getsize(os.path.join(folder, files[0]))
                at = re.search(r"execs:(\d+)", files[0])
                self.execs = int(at[1]) if at else 0
            self.inputs += [os.path.join(folder, f) for f in files]
        if not self.execs and os.path.exists(os.path.join(base, "fuzzer_stats")):
            with open(os.path.join(base, "fuzzer_stats")) as f:
                done = re.search(r"execs_done\s*:\s*(\d+)", f.read())
            self.execs = int(done[1]) if done else 0

    def external(self, command):
        binary = os.path.join(self.out, "ext", self.target)
        code = self.start(command.format(bin=binary, target=self.target, seed=self.seed, limit=self.limit, out=self.folder), shell=True)
        try:
            report = json.loads(self.text("stdout").strip().splitlines()[-1])
            self.found, self.execs = bool(report["found"]), int(report["execs"])
        except (IndexError, KeyError, TypeError, ValueError):
            tail = (self.text("stderr").strip().splitlines() or ["nothing on standard error"])[-1]
            print(f"{self.target} seed {self.seed}: exit {code}, no result line: {tail}", file=sys.stderr)
            return
        self.kind = report.get("kind", "-") if self.found else "-"
        self.seconds = float(report.get("seconds", self.seconds))
        file = report.get("minimised") or report.get("input")
        file = file and self.path(file)
        if self.found and file and os.path.exists(file):
            self.size = os.path.getsize(file)
        self.inputs = [self.path(f) for f in report.get("inputs", [])] or ([file] if self.found and file else [])

    def row(self, engine, minimum):
        return dict(engine=engine, target=self.target, seed=self.seed, limit=self.cpu_limit or self.limit, found=self.found, kind=self.kind,
                    execs=self.execs, seconds=round(self.seconds, 3), cpu=round(self.cpu, 3), size=self.size, minimum=minimum)


def run(engine, command, out, target, seed, limit, cpu=False, every=False):
    r = Run(out, target, seed, 4 * limit if cpu else limit, limit if cpu else None)
    if engine in LIBFUZZER:
        r.libfuzzer(*LIBFUZZER[engine], every)
    elif engine in ("afl", "afl-cmplog"):
        r.afl(engine == "afl-cmplog", every)
    else:
        r.external(command)
    return r


def small_limits():
    resource.setrlimit(resource.RLIMIT_CPU, (2, 3))
    resource.setrlimit(resource.RLIMIT_AS, (640 << 20, 640 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def replayed(out, target, path):
    """Whether the plain build dies of this input, and what it says then."""
    p = subprocess.run([os.path.join(out, "replay", target), path], capture_output=True, env=environment(), preexec_fn=small_limits)
    return p.returncode < 0, p.stderr.decode(errors="replace")


def median(rows, key):
    return statistics.median(r[key] for r in rows) if rows else None


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values))) if values else None


def shown(value, form="{:.2f}"):
    return "–" if value is None else form.format(value)


def grouped(rows):
    out = {}
    for r in rows:
        out.setdefault((r["engine"], r["target"]), []).append(r)
    return out


def cost(rows):
    """Median CPU seconds of all runs, the unsolved ones at what they used; at least the clock's 10 ms."""
    return max(statistics.median(r["cpu"] for r in rows), 0.01)


def summary(rows, engine, baseline):
    """The figures of one engine; a run without a find counts as infinitely many executions ("limit")."""
    mine = {t: rs for (e, t), rs in grouped(rows).items() if e == engine}
    other = {t: rs for (e, t), rs in grouped(rows).items() if e == baseline}
    flat = [r for rs in mine.values() for r in rs]
    ratios, both = {}, {}
    for target, rs in mine.items():
        hits = [r for r in rs if r["found"]]
        theirs = other.get(target, [])
        if any(r["found"] for r in theirs):
            ratios[target] = cost(rs) / cost(theirs) if hits else math.inf
            if hits:
                both[target] = cost(theirs) / cost(rs)
    execs = [statistics.median(r["execs"] if r["found"] else math.inf for r in rs) for rs in mine.values()]
    slowest = max(ratios, key=ratios.get) if ratios else None
    sized = [rs for rs in mine.values() if any(r["found"] and r["size"] for r in rs)]
    return dict(
        engine=engine, runs=len(flat), found=sum(r["found"] for r in flat), solved=sum(r["found"] for r in flat) / len(flat),
        targets=len(mine), targets_solved=sum(any(r["found"] for r in rs) for rs in mine.values()),
        median_execs=statistics.median(execs), speedup=geometric_mean(list(both.values())), both=len(both),
        slowest=slowest, slowest_ratio=ratios[slowest] if slowest else None,
        minimal=sum(statistics.median(r["size"] for r in rs if r["found"] and r["size"]) <= rs[0]["minimum"] for rs in sized),
        sized=len(sized))


def table(rows, engine, baseline):
    groups = grouped(rows)
    print(f"| target | found | executions | CPU s | x {baseline} | size (minimum) |\n|---|---|---|---|---|---|")
    for (e, target), rs in groups.items():
        if e != engine:
            continue
        hits = [r for r in rs if r["found"]]
        theirs = groups.get((baseline, target), [])
        ratio = cost(rs) / cost(theirs) if hits and any(r["found"] for r in theirs) else None
        sizes = [r for r in hits if r["size"]]
        size = f"{int(median(sizes, 'size'))} ({rs[0]['minimum']})" if sizes else "–"
        print(f"| {target} | {len(hits)}/{len(rs)} | {shown(median(hits, 'execs'), '{:,.0f}')} | {shown(median(hits, 'cpu'))} "
              f"| {shown(ratio)} | {size} |")


def print_summary(s, baseline):
    print(f"{s['engine']}: {s['found']}/{s['runs']} runs solved ({s['solved']:.0%}), "
          f"{s['targets_solved']}/{s['targets']} targets at least once; median executions over all targets {'limit' if math.isinf(s['median_execs']) else format(s['median_execs'], ',.0f')}")
    if s["engine"] != baseline and s["slowest"]:
        slowest = "unsolved" if math.isinf(s["slowest_ratio"]) else f"{s['slowest_ratio']:.2f} x"
        print(f"  against {baseline}: geometric mean speed-up {shown(s['speedup'])} over the {s['both']} targets that both solve; "
              f"slowest {s['slowest']} {slowest}")
    print(f"  at or below the known minimum: {s['minimal']} of {s['sized']} targets with a find")


def all_bugs(a, out, solutions, names):
    """Targets with several bugs, run to the limit: which of them do the reported inputs show, and how many files for that?"""
    rows = []
    bugs = getattr(solutions, "BUGS", {})
    for engine in a.engine:
        for target in filter(bugs.__contains__, names):
            for seed in range(a.first_seed, a.first_seed + a.seeds):
                r = run(engine, a.cmd, out, target, seed, a.limit, a.cpu, every=True)
                try:
                    said = [replayed(out, target, f) for f in r.inputs if os.path.exists(f)]
                finally:
                    r.close()
                seen = [b for b in bugs[target] if any(died and b in text for died, text in said)]
                rows.append(dict(engine=engine, target=target, seed=seed, bugs=len(seen), of=len(bugs[target]), files=len(r.inputs),
                                 missing=sorted(set(bugs[target]) - set(seen))))
                print(f"{engine} {target} seed {seed}: {len(seen)} of {len(bugs[target])} bugs in {len(r.inputs)} files", flush=True)
    return rows


def stored(value):
    """JSON has no infinity: an unsolved median is null."""
    if isinstance(value, dict):
        return {k: stored(v) for k, v in value.items()}
    if isinstance(value, list):
        return [stored(v) for v in value]
    return None if isinstance(value, float) and math.isinf(value) else value


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("targets", nargs="?", default=os.path.join(HERE, "Targets"))
    p.add_argument("--engine", action="append", required=True, choices=[*LIBFUZZER, "afl", "afl-cmplog", "ext"])
    p.add_argument("--cmd", default="", help="command of the engine ext")
    p.add_argument("--seeds", type=int, default=5)
    p.add_argument("--first-seed", type=int, default=1)
    p.add_argument("--limit", type=int, default=20, help="seconds of one run")
    p.add_argument("--cpu", action="store_true", help="count the limit in CPU seconds")
    p.add_argument("--only", default="", help="beginnings of target names, with commas")
    p.add_argument("--baseline", default="libfuzzer", help="an engine of this call, or a file of --json (its first engine)")
    p.add_argument("--solutions", help="default: solutions.py beside the targets' folder")
    p.add_argument("--all-bugs", action="store_true", help="run the targets with several bugs to the limit and count the bugs")
    p.add_argument("--json", help="write rows and summaries to this file")
    a = p.parse_args()
    if "ext" in a.engine and not a.cmd:
        p.error("--engine ext needs --cmd")
    if any(e.startswith("afl") for e in a.engine) and not shutil.which("afl-fuzz"):
        p.error("afl-fuzz is not installed")
    solutions, out = load_solutions(a.targets, a.solutions), os.path.realpath(default_output(a.targets))
    wanted = tuple(filter(None, a.only.split(",")))
    names = [n for n in sorted(solutions.SOLUTIONS) if not wanted or n.startswith(wanted)]
    variants = [LIBFUZZER[e][0] if e in LIBFUZZER else e for e in a.engine] + (["replay"] if a.all_bugs else [])
    missing = [f"{v}/{n}" for v in variants for n in names if not os.path.exists(os.path.join(out, v, n))]
    if missing:
        p.error(f"not built: {', '.join(missing[:5])} (build.sh {a.targets})")
    if a.all_bugs:
        document = dict(rows=all_bugs(a, out, solutions, names))
    else:
        base, name = [], a.baseline
        if name not in (*LIBFUZZER, "afl", "afl-cmplog", "ext"):
            if not os.path.exists(name):
                p.error(f"no baseline {name}")
            with open(name) as f:
                base = json.load(f)["rows"]
            name = base[0]["engine"]
            base = [r for r in base if r["engine"] == name and r["engine"] not in a.engine and r["target"] in names]
        rows = []
        for engine in a.engine:
            for target in names:
                for seed in range(a.first_seed, a.first_seed + a.seeds):
                    r = run(engine, a.cmd, out, target, seed, a.limit, a.cpu)
                    rows.append(r.row(engine, len(solutions.SOLUTIONS[target])))
                    r.close()
                    print(f"{engine} {target} seed {seed}: {rows[-1]['kind']} {rows[-1]['execs']:,} executions {r.cpu:.2f} s CPU",
                          file=sys.stderr, flush=True)
        summaries = [summary(rows + base, e, name) for e in a.engine]
        for s in summaries:
            print(f"\n{s['engine']}, {a.limit} {'CPU ' if a.cpu else ''}s a run, {a.seeds} seeds\n")
            table(rows + base, s["engine"], name)
            print()
            print_summary(s, name)
        document = dict(rows=rows, summaries=summaries)
    if a.json:
        with open(a.json, "w") as f:
            json.dump(stored(document), f, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
