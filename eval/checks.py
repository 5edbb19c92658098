"""Scores findings against ``findings.json``, whose list is not complete: a finding that is not
in it may be right, so only recall is a metric and the others are listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.findings import Finding


@dataclass(frozen=True)
class FindingScore:
    """``found`` and ``missed`` are labels, ``extra`` our findings that no label names."""

    found: tuple[Mapping[str, Any], ...]
    missed: tuple[Mapping[str, Any], ...]
    extra: tuple[Finding, ...]

    @property
    def labelled(self) -> int:
        return len(self.found) + len(self.missed)

    @property
    def recall(self) -> float | None:
        return len(self.found) / self.labelled if self.labelled else None


def _key(form_id: str, rule: str, target: str) -> tuple[str, str, str]:
    return form_id, rule, target


def score_findings(
    targets: Iterable[Mapping[str, Any]], findings: Iterable[Finding]
) -> FindingScore:
    """Matches by form, rule and target."""
    labels = {_key(t["form_id"], t["rule"], t["target"]): t for t in targets}
    ours = {_key(f.form_id, f.rule, f.target): f for f in findings}
    return FindingScore(
        found=tuple(t for k, t in labels.items() if k in ours),
        missed=tuple(t for k, t in labels.items() if k not in ours),
        extra=tuple(f for k, f in ours.items() if k not in labels),
    )
