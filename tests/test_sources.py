"""What a version is made of: everything a module rests on, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.sources import ROOT, digest, sources, version

TREE = {
    "assistant/__init__.py": "",
    "assistant/room/__init__.py": "",
    "assistant/room/start.py": (
        "import os\n"
        "from typing import TYPE_CHECKING\n"
        "from assistant.room import near\n"
        "from schemas.forms import FORMS\n"
        "if TYPE_CHECKING:\n"
        "    from assistant.room.only_for_types import Name\n"
        "def later():\n"
        "    from .late import load\n"
        "    return load('asked'), load('gone')\n"
    ),
    "assistant/room/near.py": "import assistant.room.far\n",
    "assistant/room/far.py": "from assistant.room.start import later\n",
    "assistant/room/late.py": "def load(name): ...\n",
    "assistant/room/only_for_types.py": "",
    "assistant/room/stranger.py": "from assistant.room import start\n",
    "assistant/os.py": "",
    "schemas/__init__.py": "",
    "schemas/forms/__init__.py": "from pkgutil import iter_modules\nFORMS = iter_modules()\n",
    "schemas/forms/found.py": "",
    "schemas/other.py": "",
    "prompts/asked.j2": "",
    "prompts/other.j2": "",
}
OUTSIDE = {
    "assistant/room/only_for_types.py",
    "assistant/room/stranger.py",
    "assistant/os.py",
    "schemas/other.py",
    "prompts/other.j2",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", TREE)
def test_a_version_changes_with_each_file_it_rests_on_alone(tree: Path, name: str) -> None:
    before = digest("assistant.room.start", tree)
    with (tree / name).open("a", encoding="utf-8") as file:
        file.write("\n# touched\n")
    assert (digest("assistant.room.start", tree) != before) is (name not in OUTSIDE)


@pytest.mark.parametrize(
    ("module", "inside", "outside"),
    [
        (
            "assistant.pages.document",
            ("assistant/pages/pdf.py", "assistant/pages/scan/skew.py"),
            ("assistant/readers/rules/labels.py", "assistant/segmentation/forms.py"),
        ),
        (
            "assistant.readers.rules",
            ("assistant/readers/rules/text/costs.py", "assistant/pages/grid.py"),
            ("assistant/readers/model/values.py", "assistant/pages/pdf.py", "prompts/*.j2"),
        ),
        (
            "assistant.readers.model",
            ("assistant/readers/model/values.py", "prompts/read_*.j2", "assistant/text/amounts.py"),
            ("assistant/readers/rules/labels.py", "prompts/ask_*.j2", "assistant/pages/grid.py"),
        ),
    ],
)
def test_what_reading_rests_on(
    module: str, inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    found = sources(module, ROOT)
    assert {p for pattern in inside for p in ROOT.glob(pattern)} <= found
    assert not {p for pattern in outside for p in ROOT.glob(pattern)} & found


def test_every_file_of_a_reader_changes_its_version(tmp_path: Path) -> None:
    for package in ("assistant", "schemas", "prompts"):
        shutil.copytree(ROOT / package, tmp_path / package)
    for reader in ("rules", "model"):
        module = f"assistant.readers.{reader}"
        before = digest(module, tmp_path)
        assert before == version(module)
        for path in (tmp_path / "assistant" / "readers" / reader).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            path.write_text(text + "\n", encoding="utf-8")
            assert digest(module, tmp_path) != before, path
            path.write_text(text, encoding="utf-8")
