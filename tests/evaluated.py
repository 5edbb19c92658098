"""A small dataset and what a run over it gave, for the tests of the harness."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eval.log import DocumentLog, Log
from schemas.answers import Answer, AnswerValue, Citation
from schemas.readings import Evidence, FormReading, Reading, Usage

VALUES: dict[str, Any] = {
    "title": "其他特定目标类（市政府投资项目）二级项目",
    "name": "云川市甲项目",
    "code": "4413",
    "contact_name": None,
}
BOX = [0, 0, 99, 99]


def write_dataset(folder: Path) -> Path:
    """Two forms and a question; the document is a page-text file that nobody reads."""
    (folder / "gold").mkdir(parents=True)
    for form_id, page in (("p01", 1), ("p02", 2)):
        form = {
            "form_id": form_id,
            "pages": [page],
            "form_type": "secondary_project",
            "fields": {n: {"value": v, "page": page, "bbox": BOX} for n, v in VALUES.items()},
            "annual_funding": [],
            "annual_funding_total": None,
            "indicators": [],
        }
        (folder / "gold" / f"{form_id}.json").write_text(json.dumps(form), encoding="utf-8")
    (folder / "booklet.txt").write_text("甲\n\f乙\n", encoding="utf-8")
    question = {
        "id": "q1", "kind": "lookup", "question": "甲项目的编码是什么？", "status": "answered",
        "contains": ["4413"], "pages": [1],
    }  # fmt: skip
    (folder / "questions.jsonl").write_text(json.dumps(question) + "\n", encoding="utf-8")
    return folder


def reading(form_id: str, reader: str = "rules", **changes: Any) -> FormReading:
    """A reading that is right but for ``changes``."""
    page = int(form_id[1:])
    place = Evidence(page=page, bbox=(10, 10, 60, 20))
    return FormReading(
        reader=reader,
        form_id=form_id,
        pages=[page],
        form_type="secondary_project",
        fields={n: Reading(value=v, evidence=place) for n, v in (VALUES | changes).items()},
        usage=Usage(model="m", calls=2, prompt_tokens=90, completion_tokens=10, seconds=4.0)
        if reader == "llm"
        else None,
    )


def log_of(*rules: FormReading, llm: tuple[FormReading, ...] = (), said: str = "4413") -> Log:
    answer = Answer(
        status="answered",
        answer=f"编码是{said}。",
        values=[AnswerValue(label="编码", value=said)],
        citations=[Citation(document="booklet.txt", page=1)],
    )
    read = {r.form_id for r in llm}
    unread = {r.form_id: "no recording" for r in rules if r.form_id not in read}
    document = DocumentLog(document="booklet.txt", rules=list(rules), llm=list(llm), unread=unread)
    return Log(dataset="toy", documents=[document], answers={"q1": answer})
