#!/usr/bin/env python3
"""Build a binary that is optimised with a profile of its own work.

    python3 benches/profiled_build.py

Cargo builds the release twice. The first binary counts what it does while it checks the standard
library of this Python and pip, which comes with it; the second is laid out and inlined by those
counts. Nothing that `benches/compare.py` measures is among what it learns from. The result is
`target/profiled/pytype-rs`; what a plain `cargo build --release` makes stays as it is.

Needs `llvm-profdata` of the Rust toolchain: `rustup component add llvm-tools`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "target" / "profiled"
BINARY = FOLDER / "pytype-rs"


def host_target() -> str:
    answer = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    return next(line.removeprefix("host: ") for line in answer.splitlines() if line.startswith("host: "))


def profile_merger(target: str) -> Path:
    answer = subprocess.run(["rustc", "--print", "sysroot"], check=True, capture_output=True, text=True)
    merger = Path(answer.stdout.strip()) / "lib/rustlib" / target / "bin/llvm-profdata"
    if not merger.exists():
        sys.exit(f"{merger} is missing: run `rustup component add llvm-tools` and try again")
    return merger


def build(target: str, flags: str) -> Path:
    """A release build. With `--target`, the flags are for the binary and not for what builds it."""
    environment = {**os.environ, "RUSTFLAGS": flags, "CARGO_TARGET_DIR": str(FOLDER / "build")}
    command = ["cargo", "build", "--release", "--bin", "pytype-rs", "--target", target]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return FOLDER / "build" / target / "release" / "pytype-rs"


def collect_sources(folder: Path) -> None:
    """Copies what the profile is made of into `folder`: the packages `library` and `pip`."""
    library = folder / "library"
    without = shutil.ignore_patterns("site-packages", "dist-packages", "test", "tests", "__pycache__", "*.so")
    shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=without)
    (library / "__init__.py").touch()
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    pip = next(environment.glob("lib/python*/site-packages/pip"))
    shutil.copytree(pip, folder / "pip")


def learn(binary: Path, folder: Path) -> None:
    for package in ("library", "pip"):
        command = [binary, "check", "--strict", "--no-site-packages", package]
        outcome = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL)
        if outcome.returncode not in (0, 1):
            sys.exit(f"checking `{package}` for the profile failed with exit code {outcome.returncode}")


def main() -> None:
    target = host_target()
    merger = profile_merger(target)
    counts = FOLDER / "counts"
    shutil.rmtree(counts, ignore_errors=True)
    counting = build(target, f"-Cprofile-generate={counts}")
    with tempfile.TemporaryDirectory() as folder:
        collect_sources(Path(folder))
        learn(counting, Path(folder))
    profile = FOLDER / "profile"
    subprocess.run([merger, "merge", "-o", profile, *sorted(counts.glob("*.profraw"))], check=True)
    shutil.copy2(build(target, f"-Cprofile-use={profile}"), BINARY)
    print(f"{BINARY} is built")


if __name__ == "__main__":
    main()
