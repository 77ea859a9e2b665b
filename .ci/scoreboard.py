#!/usr/bin/env python3
"""Run the three measures of the scoreboard and compare them with the best results so far.

    .ci/scoreboard.py SHARED INPUTS FLOOR.toml [--record] [--checker PATH]

FLOOR.toml has one table for each measure with `name = number` lines. A number that is worse than the
recorded one is a failure; with --record, better ones are written down. Times depend on the machine:
they are counted in units of a fixed piece of Python code that is timed beside, and may be worse by a
stated share.
"""
from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

# Numbers of which less is better; of all others more is.
LESS_IS_BETTER = {"crashes", "wrong_lines", "false_positives", "failed", "time"}
# How much worse a time may be, as a share of the recorded one.
TIME_TOLERANCE = 0.35

Results = dict[str, dict[str, float]]


def unit_of_time() -> float:
    """Seconds that a fixed piece of work takes on this machine now: the best of several attempts."""

    def attempt() -> float:
        began = time.perf_counter()
        table: dict[int, int] = {}
        for i in range(1_000_000):
            table[i * 7919 % 65_537] = i
        return time.perf_counter() - began

    return min(attempt() for _ in range(5))


def run(command: list[str], pattern: str) -> tuple[re.Match[str], str]:
    """Runs a measure, shows what it prints, and finds its result."""
    print("$", shlex.join(command), flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, errors="replace")
    print(done.stdout, end="", flush=True)
    found = re.search(pattern, done.stdout)
    if done.returncode != 0 or not found:
        sys.exit(f"error: the measure ended with status {done.returncode} and without a result")
    return found, done.stdout


def measure(shared: Path, inputs: Path, checker: Path) -> Results:
    board = shared / "scoreboard"
    python = str(inputs / "oracle/bin/python")
    typeshed = next((inputs / "oracle/lib").glob("python3*/site-packages/mypy/typeshed"))
    command = f"{shlex.quote(str(checker))} check --output-format concise"
    common = ["--checker", command, "--typeshed", str(typeshed)]
    results: Results = {}

    found, _ = run(
        [python, str(board / "conformance.py"), str(shared / "conformance/tests"), "--checker", command],
        r"conformance (\d+)/\d+ files, (\d+) wrong lines",
    )
    results["conformance"] = {"files": float(found[1]), "wrong_lines": float(found[2])}

    jobs = str(os.cpu_count() or 2)
    found, _ = run(
        [python, str(board / "mypy_cases.py"), "score", str(inputs / "mypy"), str(board / "mypy_cases.json"),
         *common, "-j", jobs],
        r"cases \d+/\d+ = ([\d.]+)%  crashes (\d+)  error lines: precision ([\d.]+) recall ([\d.]+)"
        r"  revealed types \d+/\d+ = ([\d.]+)%",
    )
    names = ["agree_percent", "crashes", "precision", "recall", "reveals_percent"]
    results["cases"] = {name: float(found[i]) for i, name in enumerate(names, 1)}

    unit = unit_of_time()
    packages = [str(inputs / "packages"), str(board / "packages.json"), *common]
    found, text = run(
        [python, str(board / "packages.py"), "score", *packages],
        r"all packages: precision ([\d.]+)  recall ([\d.]+)  F1 ([\d.]+)  mean F1 of a package ([\d.]+)",
    )
    names = ["precision", "recall", "f1", "mean_f1"]
    results["packages"] = {name: float(found[i]) for i, name in enumerate(names, 1)}
    seconds = sum(float(took) for took in re.findall(r"F1 [\d.]+ +([\d.]+) s", text))
    results["packages"]["failed"] = float(len(re.findall(r" s exit \d+", text)))
    results["packages"]["time"] = round(seconds / unit, 1)

    found, _ = run(
        [python, str(board / "packages.py"), "clean", *packages],
        r"false positives in files that mypy passes: (\d+)",
    )
    results["packages"]["false_positives"] = float(found[1])
    return results


def read_floor(path: Path) -> Results:
    floor: Results = {}
    table = ""
    for line in path.read_text(encoding="utf8").splitlines() if path.exists() else []:
        if found := re.match(r"\[(\w+)\]", line):
            table = found[1]
        elif found := re.match(r"(\w+) = ([\d.]+)", line):
            floor.setdefault(table, {})[found[1]] = float(found[2])
    return floor


def is_worse(name: str, now: float, best: float) -> bool:
    if name == "time":
        return now > best * (1 + TIME_TOLERANCE)
    return now > best if name in LESS_IS_BETTER else now < best


def is_better(name: str, now: float, best: float) -> bool:
    return now < best if name in LESS_IS_BETTER else now > best


def compare(results: Results, floor: Results) -> bool:
    """Prints a table; whether nothing is worse than it was."""
    print(f"\n{'measure':<28} {'now':>10} {'best':>10}")
    passed = True
    for table, numbers in results.items():
        for name, now in numbers.items():
            best = floor.get(table, {}).get(name)
            verdict = ""
            if best is None:
                verdict = "not recorded"
            elif is_worse(name, now, best):
                verdict, passed = "WORSE", False
            elif is_better(name, now, best):
                verdict = "better"
            shown = "-" if best is None else f"{best:g}"
            print(f"{table + '.' + name:<28} {now:>10g} {shown:>10}  {verdict}")
    missing = [f"{t}.{n}" for t, numbers in floor.items() for n in numbers if n not in results.get(t, {})]
    if missing:
        print("recorded, but not measured:", ", ".join(missing))
    return passed and not missing


def record(path: Path, results: Results, floor: Results) -> None:
    """Writes the better of the old and the new numbers."""
    lines = [
        "# The best results of the scoreboard so far; `.ci/run` fails when a number gets worse.",
        "# `.ci/scoreboard.py SHARED INPUTS tests/scoreboard.toml --record` writes down better ones.",
        "# `time` is counted in units of a fixed piece of Python code (see the script).",
    ]
    for table, numbers in results.items():
        lines += ["", f"[{table}]"]
        for name, now in numbers.items():
            best = floor.get(table, {}).get(name, now)
            lines.append(f"{name} = {now if is_better(name, now, best) else best:g}")
    path.write_text("\n".join(lines) + "\n", encoding="utf8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("inputs", type=Path)
    parser.add_argument("floor", type=Path)
    parser.add_argument("--record", action="store_true", help="write better numbers into FLOOR.toml")
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
    parser.add_argument("--checker", type=Path, default=target / "release/pytype-rs")
    arguments = parser.parse_args()
    shared, inputs, checker = (p.resolve() for p in (arguments.shared, arguments.inputs, arguments.checker))
    results = measure(shared, inputs, checker)
    floor = read_floor(arguments.floor)
    passed = compare(results, floor)
    if arguments.record:
        record(arguments.floor, results, floor)
    if not passed:
        sys.exit("error: the scoreboard has fallen below the best results so far")


if __name__ == "__main__":
    main()
