#!/usr/bin/env python3
"""Compare the release build with other type checkers on real packages.

    cargo build --release --bin pytype-rs
    python3 benches/compare.py FOLDER [--rounds 3] [--only sqlalchemy] [--write docs/benchmarks.md]

FOLDER is made if it is not there: a virtual environment with the pinned checkers, another with the
pinned packages, and a copy of each package to check. All checkers run in turn, round after round,
so that whatever else the machine does hits all of them; the best round of each counts. What is
printed (and written with --write) is all there is: nothing is edited by hand.
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
ROOT = Path(__file__).resolve().parent.parent


def prepare(folder: Path, packages: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    peers, libraries = folder / "peers", folder / "libraries"
    if not (peers / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", peers], check=True)
        wanted = [f"{name}=={version}" for name, version in CHECKERS.items()]
        subprocess.run([peers / "bin/python", "-m", "pip", "install", "-q", *wanted], check=True)
    if not (libraries / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", libraries], check=True)
    for name in packages:
        target = folder / "targets" / name / name
        if target.exists():
            continue
        pip = [libraries / "bin/python", "-m", "pip", "install", "-q", "--no-deps"]
        subprocess.run([*pip, f"{name}=={PACKAGES[name]}"], check=True)
        site = next((libraries / "lib").glob("python3*/site-packages"))
        shutil.copytree(site / name, target, ignore=shutil.ignore_patterns("__pycache__", "*.so"))


def version_of(command: Path) -> str:
    shown = subprocess.run([command, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"\d+\.\d+[\w.]*", shown)
    return found[0] if found else "?"


def commands(folder: Path, ours: Path, name: str) -> dict[str, list[str]]:
    peers, python = folder / "peers/bin", str(folder / "libraries/bin/python")
    strict = ["--strict", "--python-version", "3.12", "--python-executable", python]
    found = {
        "pytype-rs": [str(ours), "check", "--output-format", "concise", *strict, name],
        "mypy": [str(peers / "mypy"), "--cache-dir=/dev/null", *strict, name],
        "zuban": [str(peers / "zuban"), "mypy", *strict, name],
        "ty": [str(peers / "ty"), "check", "--output-format", "concise", "--python", python, name],
        "pyrefly": [str(peers / "pyrefly"), "check", "--output-format", "min-text", name],
    }
    return {who: command for who, command in found.items() if Path(command[0]).exists()}


def measure(command: list[str], folder: Path) -> tuple[float, float, float, int]:
    """Wall and processor time in seconds, peak memory in MB, errors found."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    text = process.stdout.read().decode(errors="replace")
    _, _, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    errors = sum(1 for line in text.splitlines() if re.search(r":\d+.*\berror\b|^ERROR", line))
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, errors


def lines_of(folder: Path) -> int:
    return sum(file.read_bytes().count(b"\n") for file in folder.rglob("*.py*"))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--only", action="append", choices=list(PACKAGES))
    arguments.add_argument("--binary", type=Path, default=ROOT / "target/release/pytype-rs")
    arguments.add_argument("--write", type=Path)
    chosen = arguments.parse_args()
    folder, packages = chosen.folder.resolve(), chosen.only or list(PACKAGES)
    prepare(folder, packages)
    out = [
        "# Benchmarks",
        "",
        "Made by `benches/compare.py`; see there for what is measured. Cold runs: no checker keeps a cache.",
        "",
        f"- {datetime.date.today()}, {os.cpu_count()} cores, {platform.machine()}, {platform.system()},"
        f" load before the runs {os.getloadavg()[0]:.1f}",
        f"- best of {chosen.rounds} rounds, all checkers in turn",
    ]
    ours = chosen.binary.resolve()
    known = commands(folder, ours, packages[0])
    out.append("- " + ", ".join(f"{who} {version_of(Path(command[0]))}" for who, command in known.items()))
    for name in packages:
        target = folder / "targets" / name
        best: dict[str, tuple[float, float, float, int]] = {}
        for _ in range(chosen.rounds):
            for who, command in commands(folder, ours, name).items():
                found = measure(command, target)
                best[who] = min(best.get(who, found), found)
        mine = best["pytype-rs"][0]
        out += ["", f"## {name} {PACKAGES[name]} ({lines_of(target):,} lines)", ""]
        out += ["| checker | wall s | processor s | peak MB | wall, ours = 1 | errors |", "|---|--:|--:|--:|--:|--:|"]
        for who, (wall, cpu, memory, errors) in sorted(best.items(), key=lambda item: item[1]):
            out.append(f"| {who} | {wall:.2f} | {cpu:.2f} | {memory:.0f} | {wall / mine:.1f} | {errors} |")
        print("\n".join(out[-len(best) - 4 :]), flush=True)
    if chosen.write:
        chosen.write.write_text("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
