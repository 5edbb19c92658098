"""A few damaged files; ``python -m eval.fuzz`` reads 10,000."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from eval import fuzz


@pytest.mark.slow
def test_damaged_files_are_refused_or_read() -> None:
    result = fuzz.fuzz(100, seed=7)
    assert result.faults == []
    assert set(result.counts) == {"read", "refused"}


@pytest.mark.parametrize("damage", fuzz.DAMAGES)
def test_damage_is_done_alike_for_the_same_seed(damage: fuzz.Damage) -> None:
    data = b"1 0 obj\n" * 40 + b"7 0 R 12 0 R " * 40
    once = damage(bytearray(data), Random(3))
    assert once != data
    assert once == damage(bytearray(data), Random(3))


@pytest.mark.slow
def test_a_fault_is_told_and_the_next_file_is_read(tmp_path: Path) -> None:
    reader = fuzz.Reader(tmp_path / "errors")
    said, _ = reader.read("no path")  # type: ignore[arg-type]  # any exception but ours
    assert said.startswith("fault: AttributeError")
    assert reader.read(fuzz.SAMPLES / "booklet.txt")[0] == "read"
    reader.close()
