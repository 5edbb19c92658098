"""What a reviewer's click costs as the store grows: SQL statements and processor time.

Opening a form, accepting a cell and the list of projects after it, in stores of invented records;
a cost that does not grow with the store stays the same from line to line.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from assistant.store.store import Store
from eval.bench_ask import make_records, milliseconds
from schemas.readings import FormSpan, Segmentation
from schemas.records import Record, State
from schemas.review import Action, Decision

SIZES = (10, 500, 10_000)
SHOWN = 200  # lines of the list


def fill(store: Store, records: Sequence[Record]) -> None:
    """Keeps ``records`` as if they had been read; the first cell of each waits for a person."""
    for record in records:
        record.fields["name"].state, record.fields["name"].needs_review = State.SINGLE, True
    for document_id in dict.fromkeys(r.document_id for r in records):
        own = [r for r in records if r.document_id == document_id]
        spans = [
            FormSpan(form_id=r.form_id, pages=r.pages, form_type=r.form_type, title="")
            for r in own
        ]  # fmt: skip
        store.add_document(document_id, f"{document_id}.pdf", ".pdf", with_model=False)
        segmentation = Segmentation(forms=spans, others=[])
        store.save_forms(document_id, segmentation, [], own, version="1", asked=[])


def clicks(store: Store, record: Record) -> dict[str, Callable[[], object]]:
    """What the review screen asks of the store, by what a person does."""
    key = (record.document_id, record.form_id)

    def decide(action: Action) -> Callable[[], object]:
        return lambda: store.decide(
            Decision(
                document_id=key[0], form_id=key[1], path="name", action=action, who="reviewer",
                at=datetime.now(UTC),
            )
        )  # fmt: skip

    return {
        "open a form": lambda: store.opened(*key),
        "accept a cell": decide("accept"),
        "take it back": decide("reopen"),
        "list the projects": lambda: store.projects(most=SHOWN),
        "list those with a word": lambda: store.projects(text="路灯监测", most=SHOWN),
        "list the open ones": lambda: store.projects(which="open", most=SHOWN),
    }


def main() -> None:
    """Prints a line for each click at each size."""
    print("forms | click | SQL statements | ms")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as home:
            store, records = Store(f"sqlite:///{Path(home) / 'store.sqlite'}"), make_records(size)
            fill(store, records)
            for name, click in clicks(store, records[size // 2]).items():
                counted = store.statements(click)
                print(f"{size:6} | {name} | {counted} | {milliseconds(click):.1f}")
            store.close()


if __name__ == "__main__":
    main()
