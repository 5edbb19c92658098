"""The import contracts hold, and break where a forbidden import is planted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("assistant", "schemas", "eval", "samples", "prompts")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources, to plant in."""
    folder = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, folder / package,
            ignore=lambda _, names: [n for n in names if Path(n).suffix not in ("", ".py")],
        )  # fmt: skip
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def broken(folder: Path) -> list[str]:
    """The contracts that do not hold for the sources in ``folder``."""
    code = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports; "
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"{code}raise SystemExit(lint_imports(no_cache=True))"],
        cwd=folder, capture_output=True, text=True, timeout=PATIENCE,
        env={"PYTHONPATH": str(folder)},
    )  # fmt: skip
    lines = done.stdout.splitlines()
    names = [line.partition(" BROKEN")[0] for line in lines if " BROKEN" in line]
    assert bool(names) == bool(done.returncode), done.stdout + done.stderr
    return names


def test_the_sources_keep_every_contract(copy: Path) -> None:
    assert broken(copy) == []


PLANTS = [
    # (where, what is planted, the contract that must break)
    ("schemas/readings.py", "import assistant.text.folding", "Packages import one way"),
    ("assistant/text/folding.py", "import assistant.pages.grid", "The line is walked one way"),
    ("assistant/store/store.py", "import assistant.ask.answering", "The line is walked one way"),
    (
        "assistant/export/workbook.py",
        "import assistant.ask.answering",
        "The line is walked one way",
    ),
    ("assistant/room/__init__.py", "", "The line is walked one way"),  # a room nobody placed
    (
        "assistant/messages/catalogue.py",
        "import pydantic",
        "Messages import schemas and the standard library",
    ),
    ("assistant/stray.py", "", "The line is walked one way"),
    (
        "assistant/readers/model/values.py",
        "import assistant.readers.rules.labels",
        "The readers know nothing of each other",
    ),
    (
        "assistant/readers/rules/labels.py",
        "import assistant.readers.model.fragments",
        "The readers know nothing of each other",
    ),
    (
        "assistant/readers/third/__init__.py",  # a reader that nobody listed
        "import assistant.readers.rules.labels",
        "The readers know nothing of each other",
    ),
    (
        "assistant/readers/rules/labels.py",
        "import assistant.model.client",
        "The rules never call a model",
    ),
    (
        "assistant/readers/model/values.py",
        "import assistant.pages.grid",
        "The model's reader does not look through the rules' eyes",
    ),
    (
        "assistant/reconcile/merge.py",
        "import assistant.model.client",
        "Reconciliation, review and checks never call a model",
    ),
    ("assistant/service.py", "import gradio", "Gradio in the web alone"),
    ("assistant/ingest/queue.py", "import sqlalchemy", "SQLAlchemy in the store alone"),
    ("assistant/ask/library.py", "import chromadb", "Chroma in search alone"),
    (
        "assistant/readers/model/reader.py",
        "import openai",
        "openai and instructor in the model's package alone",
    ),
    (
        "assistant/ask/answering.py",
        "import instructor",
        "openai and instructor in the model's package alone",
    ),
    ("assistant/readers/rules/values.py", "import pymupdf", "PyMuPDF in pages alone"),
    ("schemas/forms.py", "import sqlalchemy", "Schemas import pydantic and the standard library"),
]


@pytest.mark.parametrize(("where", "planted", "contract"), PLANTS)
def test_a_forbidden_import_breaks_its_contract(
    copy: Path, where: str, planted: str, contract: str
) -> None:
    path = copy / where
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((before or b"") + f"\n{planted}\n".encode())
    try:
        assert contract in broken(copy)
    finally:
        if before is None:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        else:
            path.write_bytes(before)
