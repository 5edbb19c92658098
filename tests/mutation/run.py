"""Applies one mutant after the other to a copy of the tree and asks its tests whether they notice.

    python -m tests.mutation.run [WORD …]

With words only the mutants whose file or text holds one of them. The checkout is never touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("mutants.toml")
_SECONDS = 300  # that the tests of one mutant may take


class Mutant(NamedTuple):
    """``text``, which occurs once in ``file``, becomes ``changed``; ``tests`` must notice it, for
    ``harm`` is what a user would suffer."""

    file: str
    text: str
    changed: str
    harm: str
    tests: tuple[str, ...]


def mutants() -> list[Mutant]:
    """Every mutant of the list."""
    areas = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return [
        Mutant(file, *mutant, tests=tuple(f"tests/{name}.py" for name in area["tests"]))
        for file, area in areas.items()
        for mutant in area["mutants"]
    ]


def main(words: Sequence[str]) -> int:
    chosen = [m for m in mutants() if not words or any(w in m.file + m.text for w in words)]
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        tree = Path(folder)
        for name in _files():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
        every = sorted({test for m in chosen for test in m.tests})
        said, output = _asked(tree, every, 10 * _SECONDS)
        if said != "survived":
            print(f"{output}\nThe tests do not pass as they are ({said}); mend them first.")
            return 1
        killed = 0
        for number, mutant in enumerate(chosen, 1):
            said = _tried(tree, mutant)
            killed += said == "killed"
            print(f"{number:3}  {said:8}  {mutant.file}  {mutant.text} → {mutant.changed}", end="")
            print("" if said == "killed" else f"\n     so that {mutant.harm}", flush=True)
    print(f"{killed} of {len(chosen)} killed ({killed / max(len(chosen), 1):.0%})")
    return 0


def _files() -> Iterator[str]:
    """The files of the checkout as they are now, new ones too."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return (name for name in listed.stdout.split("\0") if (ROOT / name).is_file())


def _tried(tree: Path, mutant: Mutant) -> str:
    path = tree / mutant.file
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace(mutant.text, mutant.changed, 1), encoding="utf-8")
    try:
        return _asked(tree, mutant.tests, _SECONDS)[0]
    finally:
        path.write_text(source, encoding="utf-8")


def _asked(tree: Path, tests: Sequence[str], seconds: int) -> tuple[str, str]:
    """``killed``, ``survived``, or why neither can be said; and what the tests printed."""
    # Compiled files are told apart by size and second: a mutant may have both of its original.
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return "hung", ""
    said = {0: "survived", 1: "killed"}.get(done.returncode, "broken")
    return said, done.stdout + done.stderr


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
