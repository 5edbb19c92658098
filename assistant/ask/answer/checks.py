"""Questions about what is wrong in the forms, answered from the findings. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.ask.query.catalog import Catalog
from schemas.answers import Answer, AnswerValue, Citation
from schemas.findings import Finding
from schemas.forms import FORMS
from schemas.queries import Query
from schemas.records import Approval, Record

_INDICATOR_RULES = {
    "impossible_target", "target_not_measurable", "malformed_comparator", "inconsistent_columns",
    "target_outside_period",
}  # fmt: skip
# Words of a question → the rules they mean; other words mean all rules.
_RULES_OF_WORD: dict[str, set[str]] = {
    "不可能": {"impossible_target"},
    "不可能实现": {"impossible_target"},
    "无法实现": {"impossible_target"},
    "不合理": {"impossible_target"},
    "无法衡量": {"target_not_measurable"},
    "不可衡量": {"target_not_measurable"},
    "没法衡量": {"target_not_measurable"},
    "不规范": {"malformed_comparator", "inconsistent_columns", "target_not_measurable"},
    "矛盾": {"previous_year_mismatch", "sum_mismatch", "inconsistent_columns", "amount_conflict"},
    "自相矛盾": {"previous_year_mismatch", "sum_mismatch", "inconsistent_columns"},
    "不一致": {"previous_year_mismatch", "sum_mismatch", "inconsistent_columns", "amount_conflict",
              "unit_name_variant", "code_year_mismatch"},
    "对不上": {"previous_year_mismatch", "sum_mismatch", "amount_conflict"},
    "重复": {"copied_text", "possible_double_funding"},
}  # fmt: skip


def check(
    query: Query,
    catalog: Catalog,
    findings: Sequence[Finding],
    document_name: Callable[[str], str],
) -> Answer:
    """The findings that the question is about, each with its place."""
    records = {r.key: r for r in catalog.records}
    chosen = [f for f in findings if _asked(f, query, records)]
    if not chosen:
        return Answer(
            status="not_found",
            answer="检查规则没有在所问的范围内发现这类问题。"
            + (f"全部检查共发现{len(findings)}处问题，可在检查页查看。" if findings else ""),
        )
    lines = [_line(f, records) for f in chosen]
    more = len([f for f in findings if f not in chosen and _in_scope(f, query, records)])
    tail = "此外还有其他类型的检查发现，可问“有哪些问题”。" if more else ""
    return Answer(
        status="answered",
        answer="检查发现：" + "；".join(lines) + "。" + tail,
        values=[AnswerValue(label=f.target, value=f.what) for f in chosen],
        citations=[c for f in chosen for c in _citations(f, document_name)],
        computation="\n".join([*lines, tail]),
        approval=_approval(chosen, records),
    )


def _in_scope(finding: Finding, query: Query, records: dict[tuple[str, str], Record]) -> bool:
    record = records.get((finding.document_id, finding.form_id))
    if record is None:
        return False
    return not query.projects or record.name in query.projects


def _asked(finding: Finding, query: Query, records: dict[tuple[str, str], Record]) -> bool:
    if not _in_scope(finding, query, records):
        return False
    wanted = [_RULES_OF_WORD[w] for w in query.text if w in _RULES_OF_WORD]
    if wanted and finding.rule not in set().union(*wanted):
        return False
    topics = set(query.fields)
    if "indicators" in topics:
        return finding.rule in _INDICATOR_RULES
    return not topics or finding.target in topics


def _line(finding: Finding, records: dict[tuple[str, str], Record]) -> str:
    record = records.get((finding.document_id, finding.form_id))
    pages = "、".join(f"第{p}页" for p in finding.pages)
    name = record.name if record else finding.form_id
    return f"{name}“{_target(finding, record)}”：{finding.what}（{pages}）"


def _target(finding: Finding, record: Record | None) -> str:
    """A field's printed label; an indicator's name stands as it is."""
    if record is not None:
        for item in FORMS[record.form_type].fields:
            if item.name == finding.target:
                return item.label.split("（")[0]
    return finding.target


def _citations(finding: Finding, document_name: Callable[[str], str]) -> list[Citation]:
    return [
        Citation(
            document=document_name(finding.document_id),
            document_id=finding.document_id,
            form_id=finding.form_id,
            page=e.page,
            bbox=e.bbox,
            quote=e.quote,
        )
        for e in finding.citations
    ]


def _approval(findings: Sequence[Finding], records: dict[tuple[str, str], Record]) -> Approval:
    worst: Approval
    states = {records[k].approval for f in findings if (k := (f.document_id, f.form_id)) in records}
    for worst in ("disputed", "unreviewed"):
        if worst in states:
            return worst
    return "approved"
