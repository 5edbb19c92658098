"""An assistant in memory with two invented projects, for the tests of the app's screens."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import DocumentError, NotFound
from assistant.review import replay
from assistant.store.lists import FormKey, Opened, ProjectLine
from schemas.answers import Answer, AnswerValue, Citation
from schemas.conversations import Conversation, Exchange, Verdict
from schemas.documents import DocumentStatus, ReaderProgress
from schemas.findings import Finding
from schemas.geometry import Box
from schemas.messages import Message
from schemas.readings import Evidence, PageNote, Reading, Value
from schemas.records import Cell, Record, State
from schemas.review import Decision

HOSTILE = "<script>alert(1)</script>[点我](https://example.invalid)**星河**"
DOCUMENT = "d" * 64
PAGE = (595.0, 842.0)  # points


def place(page: int, y: float = 100.0, quote: str = "") -> Evidence:
    return Evidence(page=page, bbox=(60.0, y, 260.0, y + 14.0), quote=quote)


def cell(
    value: Value, state: State = State.AGREED, *, llm: Value = None, y: float = 100.0, page: int = 1
) -> Cell:
    """A cell that the rules read as ``value`` and, where it is disputed, the model as ``llm``."""
    at = place(page, y, str(value or ""))
    readings = {"rules": Reading(value=value, evidence=at)}
    if state is State.DISPUTED:
        readings["llm"] = Reading(value=llm, evidence=place(page, y + 20, str(llm)))
    needs = state in (State.SINGLE, State.DISPUTED, State.UNREADABLE, State.MISSING)
    return Cell(value=value, state=state, needs_review=needs, evidence=at, readings=readings)


def record(form_id: str = "p01", name: str = "星河市虚构道路照明项目") -> Record:
    """A record with one agreed, one disputed, one single and one empty cell, and two tables."""
    page = int(form_id[1:])
    return Record(
        document_id=DOCUMENT,
        form_id=form_id,
        pages=[page, page + 1],
        form_type="secondary_project",
        fields={
            "name": cell(name, y=80, page=page),
            "code": cell("990000250000000001", State.SINGLE, y=120, page=page),
            "start_year": cell(2023, y=160, page=page),
            "current_year_amount": cell("1200000.00", State.DISPUTED, llm="1200.00", y=200),
            "agent_unit": cell(None, y=240, page=page),
            "overview": cell("更换路灯。\n新增灯杆。", y=280, page=page),
        },
        tables={
            "annual_funding": [
                {"year": cell(2024, y=400), "declared": cell("700000.00", State.SINGLE, y=400)},
                {"year": cell(2025, y=420), "declared": cell("500000.00", y=420)},
            ],
            "indicators": [
                {
                    "level1": cell("产出指标", y=500),
                    "level2": cell("数量指标", y=500),
                    "level3": cell("更换路灯数量", y=500),
                    "annual_value": cell("≥300盏", y=500),
                }
            ],
        },
        totals={"annual_funding": {"declared": cell("1200000.00", y=440)}},
    )


def line_of(record: Record) -> ProjectLine:
    """A record as a list shows it."""
    values = (record.fields[n].value for n in record.spec.roles.amounts if n in record.fields)
    amount = next((str(v) for v in values if v is not None), None)
    return ProjectLine(
        record.document_id, record.form_id, record.name, record.form_type, record.pages, amount,
        replay.count_open(record), record.approval, "虚构绩效表册.pdf",
    )  # fmt: skip


class FakeAssistant:
    """The methods of ``assistant.service.Assistant`` that the app calls."""

    def __init__(self, records: Sequence[Record] | None = None) -> None:
        made = [record(), record("p03", HOSTILE)] if records is None else records
        self._read = {(r.document_id, r.form_id): r for r in made}
        self._decisions: list[Decision] = []
        self.exported: list[bool] = []
        self.discarded: list[str] = []
        self.asked_of_approved: list[bool] = []
        self._turns: list[tuple[str, Exchange]] = []

    def __enter__(self) -> FakeAssistant:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def resume(self) -> None:
        pass

    def documents(self) -> list[DocumentStatus]:
        if not self._read:
            return []
        return [
            DocumentStatus(
                document_id=DOCUMENT,
                name="虚构绩效表册.pdf",
                page_count=6,
                forms=len(self._read),
                others=[PageNote(page=5, reason="目录")],
                rules="done",
                readers={"llm": ReaderProgress(stage="off")},
            )
        ]

    def submit(self, path: Path, name: str | None = None) -> DocumentStatus:
        if path.suffix != ".pdf":
            raise DocumentError(f"{path.name} 不是 PDF。")
        return self.documents()[0]

    def discard(self, document_id: str) -> None:
        self.discarded.append(document_id)

    def records(self, document_id: str | None = None) -> list[Record]:
        return [self.opened(*key).record for key in self._read]

    def projects(
        self, *, document_id: str = "", text: str = "", which: str = "any", most: int
    ) -> tuple[list[ProjectLine], int]:
        found = [line_of(r) for r in self.records() if text in r.name]
        return found[:most], len(found)

    def lines(self, keys: Collection[FormKey]) -> dict[FormKey, ProjectLine]:
        return {key: line_of(self.opened(*key).record) for key in keys}

    def opened(self, document_id: str, form_id: str) -> Opened:
        if (document_id, form_id) not in self._read:
            raise NotFound(f"no form {form_id}")
        decisions = self.decisions(document_id, form_id)
        now = replay.reviewed(self._read[document_id, form_id], decisions)
        return Opened(now.record, decisions, list(now.lost))

    def decide(self, decision: Decision) -> Opened:
        key = (decision.document_id, decision.form_id)
        self._decisions.append(replay.prepared(self.opened(*key).record, decision))
        return self.opened(*key)

    def decisions(self, document_id: str, form_id: str) -> list[Decision]:
        return [d for d in self._decisions if (d.document_id, d.form_id) == (document_id, form_id)]

    def document_names(self) -> dict[str, str]:
        return {status.document_id: status.name for status in self.documents()}

    def page_count(self, document_id: str) -> int:
        return 6

    def document_name(self, document_id: str) -> str:
        return "虚构绩效表册.pdf"

    def page_image(self, document_id: str, page: int, marks: Sequence[Box] = ()) -> bytes:
        import pymupdf

        with pymupdf.open() as pdf:
            drawn = pdf.new_page(width=PAGE[0], height=PAGE[1])
            for mark in marks:
                drawn.draw_rect(pymupdf.Rect(*mark), fill=(1, 1, 0))
            return bytes(drawn.get_pixmap(dpi=50).tobytes("png"))

    def findings(self, document_id: str | None = None) -> list[Finding]:
        return [
            Finding(
                form_id="p03",
                document_id=DOCUMENT,
                pages=[3],
                rule="sum",
                target="annual_funding",
                said=Message(HOSTILE),
                what=f"{HOSTILE}：合计不等于各年之和。",
                severity="error",
                citations=[place(3, 400)],
            )
        ]

    def asking(
        self, question: str, *, conversation: str = "", approved_only: bool = False
    ) -> Iterator[tuple[Answer, bool]]:
        """A question for words is answered twice."""
        words = question.startswith("怎么")
        answer = self.ask(question, conversation=conversation, approved_only=approved_only)
        yield answer, words
        if words:
            better = answer.model_copy(update={"answer": f"换句话说。\n{answer.answer}"})
            self._turns[-1][1].answer = better
            yield better, False

    def ask(self, question: str, *, conversation: str = "", approved_only: bool = False) -> Answer:
        records = self.records()
        self.asked_of_approved.append(approved_only)
        answer = Answer(
            status="answered",
            answer=f"{HOSTILE}：1,200,000.00 元",
            values=[
                AnswerValue(label=r.name, value=v, unit="元")
                for r, v in zip(records, ("1200000.00", "300000.00"), strict=False)
            ],
            citations=[
                Citation(
                    document="虚构绩效表册.pdf",
                    document_id=DOCUMENT,
                    form_id=r.form_id,
                    page=r.pages[0],
                    bbox=(60, 200, 260, 214),
                    quote="1,200,000.00",
                )
                for r in records
            ],
            interpretation="当年金额，全部项目",
            computation="1200000.00 + 300000.00",
            conversation=conversation or f"c{len(self.conversations()) + 1}",
        )
        kept = Exchange(id=len(self._turns) + 1, question=question, answer=answer)
        self._turns.append((answer.conversation, kept))
        return answer

    def conversation(self, name: str) -> list[Exchange]:
        return [exchange for at, exchange in self._turns if at == name]

    def conversations(self) -> list[Conversation]:
        begun = {name: exchange for name, exchange in reversed(self._turns)}
        at = datetime(2025, 1, 2, tzinfo=UTC)
        return [
            Conversation(name=n, question=e.question, turns=len(self.conversation(n)), at=at)
            for n, e in begun.items()
        ]

    def rate(self, turn: int, verdict: Verdict, *, who: str, reason: str = "") -> None:
        exchange = next(e for _, e in self._turns if e.id == turn)
        exchange.verdict, exchange.reason = verdict, reason

    def export(self, path: Path, *, approved_only: bool = True) -> None:
        self.exported.append(approved_only)
        path.write_bytes(b"PK")
