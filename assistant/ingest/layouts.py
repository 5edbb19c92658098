"""Layouts are learnt: what a person says of a label holds for every form of its template."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import UsageError
from assistant.ingest.steps import Steps
from assistant.store.store import Store
from schemas.forms import FIELDS
from schemas.layouts import LabelOf, Layout, LayoutDecision, LayoutForm

_DECISIONS = TypeAdapter(list[LayoutDecision])


class LayoutBook:
    """The layouts of a store, and the decisions on them."""

    def __init__(self, store: Store, steps: Steps) -> None:
        self._store, self._steps = store, steps

    def forms(self) -> list[LayoutForm]:
        return self._store.layouts.forms()

    def decisions(self) -> list[LayoutDecision]:
        return self._store.layouts.decisions()

    def layouts(self) -> list[Layout]:
        """The layouts, those with the most forms first."""
        last = {(d.layout, d.label): d for d in self.decisions()}
        groups: dict[str, list[LayoutForm]] = defaultdict(list)
        for form in self.forms():
            groups[form.layout].append(form)
        found = [_layout(layout, own, last) for layout, own in groups.items()]
        return sorted(found, key=lambda one: -one.forms)

    def name(self, layout: str, label: str, field: str, by: str) -> int:
        """On forms of ``layout``, ``label`` is ``field`` from now on ("" takes that back). Gives
        how many forms were made anew. Raises :class:`UsageError`."""
        own = [form for form in self.forms() if form.layout == layout]
        if not own:
            raise UsageError("layout.unknown", layout=layout)
        if field and field not in FIELDS:
            raise UsageError("layout.no_field", field=field)
        self._store.layouts.decide(LayoutDecision(layout=layout, label=label, field=field, by=by))
        return self._made_anew(own)

    def save(self, path: Path) -> int:
        """Writes the decisions as a file for another store."""
        made = self.decisions()
        path.write_bytes(_DECISIONS.dump_json(made, indent=1))
        return len(made)

    def load(self, path: Path) -> int:
        """Takes over the decisions of another store that are not here yet, with who made them and
        when. Raises :class:`UsageError` for a file that holds none."""
        try:
            given = _DECISIONS.validate_python(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, ValidationError):
            raise UsageError("layout.no_file", path=path) from None
        known = self.decisions()
        new = [d for d in given if d not in known and (not d.field or d.field in FIELDS)]
        for decision in new:
            self._store.layouts.decide(decision)
        layouts = {decision.layout for decision in new}
        self._made_anew([form for form in self.forms() if form.layout in layouts])
        return len(new)

    def _made_anew(self, forms: Sequence[LayoutForm]) -> int:
        for form in forms:
            self._steps.renamed(form.document_id, form.form_id)
        return len(forms)


def _layout(
    layout: str, forms: Sequence[LayoutForm], last: Mapping[tuple[str, str], LayoutDecision]
) -> Layout:
    """A layout with its labels, the open ones and those that were named, in printed order."""
    printed = Counter(label for form in forms for label in form.open)
    examples = {label: value for form in forms for label, value in form.open.items() if value}
    named = {label: d for (at, label), d in last.items() if at == layout and d.field}
    labels = list(dict.fromkeys((*printed, *named)))
    return Layout(
        layout=layout,
        form_type=forms[0].form_type,
        forms=len(forms),
        project=forms[0].project,
        labels=[
            LabelOf(
                label=label,
                forms=printed[label] or len(forms),
                example=examples.get(label, ""),
                decision=named.get(label),
            )
            for label in labels
        ],
    )
