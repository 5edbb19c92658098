"""A folder of documents with their labels."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import UsageError

DOCUMENT_SUFFIXES = (".pdf", ".txt")
QUESTIONS = Path(__file__).resolve().parent / "questions"  # further ones, by a dataset's name


@dataclass(frozen=True)
class Dataset:
    """``forms`` are the targets of extraction by form id, ``questions`` and ``findings`` those
    of answering and checking; each may be empty."""

    folder: Path
    documents: tuple[Path, ...]
    forms: dict[str, dict[str, Any]]
    questions: tuple[dict[str, Any], ...]
    findings: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        return self.folder.resolve().name

    def path(self, document: str) -> Path:
        return next(d for d in self.documents if d.name == document)


def load_dataset(folder: Path) -> Dataset:
    """Reads a dataset. Raises :class:`UsageError` where there is nothing to score."""
    if not folder.is_dir():
        raise UsageError("eval.no_folder", folder=folder)
    forms = [json.loads(p.read_text("utf-8")) for p in sorted((folder / "gold").glob("*.json"))]
    documents = tuple(sorted(p for p in folder.iterdir() if p.suffix in DOCUMENT_SUFFIXES))
    if not documents or not forms:
        raise UsageError("eval.no_labels", folder=folder)
    findings = folder / "findings.json"
    name = folder.resolve().name
    return Dataset(
        folder=folder,
        documents=documents,
        forms={f["form_id"]: f for f in forms},
        questions=(
            *_lines(folder / "questions.jsonl"),
            *_lines(QUESTIONS / f"{name}.jsonl"),
        ),
        findings=tuple(json.loads(findings.read_text("utf-8"))["findings"])
        if findings.exists()
        else (),
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
