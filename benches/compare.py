#!/usr/bin/env python3
"""Compare the release build with other type checkers on real packages.

    cargo build --release --bin pytype-rs
    python3 benches/profiled_build.py    # if that build is to be among them
    python3 benches/compare.py FOLDER [--rounds 3] [--only sqlalchemy] [--write docs/benchmarks.md]

FOLDER is made if it is not there: a virtual environment with the pinned checkers, another with the
pinned packages, and a copy of each package to check. All checkers run in turn, round after round,
each round beginning with another one, so that whatever else the machine does hits all of them; the
best round of each counts. The errors that each found stand beside its time: nobody wins by doing
nothing. What is printed (and written with --write) is all there is: nothing is edited by hand.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

CHECKERS = {"mypy": "2.4.1", "ty": "0.0.104", "pyrefly": "1.4.1", "zuban": "0.10.2"}
PACKAGES = {
    "sqlalchemy": "2.1.9",
    "pandas": "3.1.1",
    "homeassistant": "2024.3.3",
    "pydantic": "2.14.3",
    "textual": "8.2.8",
}
ONE_THREAD = "pytype-rs, one thread"
# The binary of `benches/profiled_build.py`, if it was built.
PROFILED = "pytype-rs, profiled build"
# Beside the packages: what a run costs that has nothing to do.
ONE_LINE = "one_line.py"
# Parts of the largest package, by the share of its components in percent: how time grows with size.
LARGEST = "homeassistant"
PARTS = [1, 10, 25, 50, 100]
ROOT = Path(__file__).resolve().parent.parent
PROFILED_BINARY = ROOT / "target/profiled/pytype-rs"


def prepare(folder: Path, packages: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    peers, libraries = folder / "peers", folder / "libraries"
    if not (peers / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", peers], check=True)
        wanted = [f"{name}=={version}" for name, version in CHECKERS.items()]
        subprocess.run([peers / "bin/python", "-m", "pip", "install", "-q", *wanted], check=True)
    if not (libraries / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", libraries], check=True)
    one_line = folder / "targets" / ONE_LINE / ONE_LINE
    if not one_line.exists():
        one_line.parent.mkdir(parents=True, exist_ok=True)
        one_line.write_text("answer: int = 42\n")
    for name in packages:
        target = folder / "targets" / name / name
        if target.exists():
            continue
        pip = [libraries / "bin/python", "-m", "pip", "install", "-q", "--no-deps"]
        subprocess.run([*pip, f"{name}=={PACKAGES[name]}"], check=True)
        site = next((libraries / "lib").glob("python3*/site-packages"))
        shutil.copytree(site / name, target, ignore=shutil.ignore_patterns("__pycache__", "*.so"))


def prepare_part(folder: Path, share: int) -> Path:
    """A copy of the largest package with the first `share` percent of its components."""
    source = folder / "targets" / LARGEST / LARGEST
    target = folder / "parts" / str(share)
    if not target.exists():
        shutil.copytree(source, target / LARGEST, ignore=lambda at, names: ["components"] if Path(at) == source else [])
        components = sorted(path for path in (source / "components").iterdir() if path.is_dir())
        for component in components[: len(components) * share // 100]:
            shutil.copytree(component, target / LARGEST / "components" / component.name)
        shutil.copy(source / "components/__init__.py", target / LARGEST / "components")
    return target


def growth(folder: Path, ours: Path, rounds: int) -> list[str]:
    """Time for each line in parts of the largest package."""
    table = ["", f"## Growth: parts of {LARGEST}", "", f"Load at the end: {load()}.", ""]
    table += ["| lines | wall s | processor s | processor, microseconds a line |", "|--:|--:|--:|--:|"]
    command = commands(folder, ours, LARGEST)["pytype-rs"]
    targets = [prepare_part(folder, share) for share in PARTS]
    best: dict[Path, tuple[float, float, float, int]] = {}
    # In turn, as the clock of a machine changes within minutes.
    for _ in range(rounds):
        for target in targets:
            result = measure("pytype-rs", command, target)
            best[target] = min(best.get(target, result), result)
    for target in targets:
        (wall, cpu, _, _), lines = best[target], lines_of(target)
        table.append(f"| {lines:,} | {wall:.2f} | {cpu:.2f} | {cpu / lines * 1e6:.1f} |")
    return table


def version_of(command: Path) -> str:
    shown = subprocess.run([command, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"\d+\.\d+[\w.]*", shown)
    return found[0] if found else "?"


def commands(folder: Path, ours: Path, name: str) -> dict[str, list[str]]:
    peers, python = folder / "peers/bin", str(folder / "libraries/bin/python")
    strict = ["--strict", "--python-version", "3.12", "--python-executable", python]
    found = {
        "pytype-rs": [str(ours), "check", "--output-format", "concise", *strict, name],
        ONE_THREAD: [str(ours), "check", "--output-format", "concise", *strict, name],
        PROFILED: [str(PROFILED_BINARY), "check", "--output-format", "concise", *strict, name],
        "mypy": [str(peers / "mypy"), "--cache-dir=/dev/null", *strict, name],
        "zuban": [str(peers / "zuban"), "mypy", *strict, name],
        "ty": [str(peers / "ty"), "check", "--output-format", "concise", "--python", python, name],
        "pyrefly": [str(peers / "pyrefly"), "check", "--output-format", "min-text", name],
    }
    return {who: command for who, command in found.items() if Path(command[0]).exists()}


def measure(who: str, command: list[str], folder: Path) -> tuple[float, float, float, int]:
    """Wall and processor time in seconds, peak memory in MB, errors found."""
    environment = {**os.environ, "RAYON_NUM_THREADS": "1"} if who == ONE_THREAD else None
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    text = process.stdout.read().decode(errors="replace")
    _, _, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    errors = sum(1 for line in text.splitlines() if re.search(r":\d+.*\berror\b|^ERROR", line))
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, errors


def processor() -> str:
    """The name of the processor, where the system tells."""
    try:
        found = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def lines_of(folder: Path) -> int:
    return sum(file.read_bytes().count(b"\n") for file in folder.rglob("*.py*"))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--only", action="append", choices=list(PACKAGES))
    arguments.add_argument("--once", action="append", default=[], metavar="CHECKER", help="first round only")
    arguments.add_argument("--without", action="append", default=[], metavar="CHECKER")
    arguments.add_argument("--binary", type=Path, default=ROOT / "target/release/pytype-rs")
    arguments.add_argument("--write", type=Path)
    chosen = arguments.parse_args()
    folder, packages = chosen.folder.resolve(), chosen.only or list(PACKAGES)
    prepare(folder, packages)
    ours = chosen.binary.resolve()
    known = commands(folder, ours, ONE_LINE)
    shown = [who for who in known if who not in (ONE_THREAD, PROFILED, *chosen.without)]
    versions = [f"{who} {version_of(Path(known[who][0]))}" for who in shown]
    out = [
        "# Benchmarks",
        "",
        "Made by `benches/compare.py`; see there for what is measured. Cold runs: no checker keeps a cache.",
        "",
        f"- {datetime.date.today()}, {os.cpu_count()} cores of {processor()}, {platform.system()}",
        "- " + ", ".join(versions),
        f"- best of {chosen.rounds} rounds, all checkers in turn"
        + "".join(f"; {who} in the first round only" for who in chosen.once),
        f"- processes waiting for a core when the runs began: {load()}. More than 0 means that other work ran"
        " on the machine: then wall times are longer than they would be, for every checker, and processor"
        " time tells more.",
    ]
    for name in [ONE_LINE, *packages]:
        target = folder / "targets" / name
        best: dict[str, tuple[float, float, float, int]] = {}
        for number in range(chosen.rounds):
            left_out = chosen.without + (chosen.once if number else [])
            turns = [turn for turn in commands(folder, ours, name).items() if turn[0] not in left_out]
            for who, command in turns[number % len(turns) :] + turns[: number % len(turns)]:
                found = measure(who, command, target)
                best[who] = min(best.get(who, found), found)
        mine = best["pytype-rs"]
        title = name if name == ONE_LINE else f"{name} {PACKAGES[name]} ({lines_of(target):,} lines)"
        table = ["", f"## {title}", "", f"Load at the end: {load()}.", ""]
        table += ["| checker | wall s | processor s | peak MB | wall, ours = 1 | processor, ours = 1 | errors |"]
        table += ["|---|--:|--:|--:|--:|--:|--:|"]
        for who, (wall, cpu, memory, errors) in sorted(best.items(), key=lambda item: item[1]):
            ratios = f"{wall / mine[0]:.2f} | {cpu / mine[1]:.2f}"
            table.append(f"| {who} | {wall:.2f} | {cpu:.2f} | {memory:.0f} | {ratios} | {errors} |")
        print("\n".join(table), flush=True)
        out += table
    if LARGEST in packages:
        table = growth(folder, ours, chosen.rounds)
        print("\n".join(table), flush=True)
        out += table
    if chosen.write:
        chosen.write.write_text("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
