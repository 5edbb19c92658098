"""The columns of a table → the columns of the schema. Pure.

A column is named by the wording of its head; what a head leaves open is told by what stands
above it (period or year), by its place among the heads that are known, and by the shape of what
stands below it. What was told that way is a guess, and says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.readers.rules.grid.targets import NUMBER, are_parts, part_of
from assistant.readers.rules.labels import Label, Labels, all_columns, is_total
from assistant.readers.rules.names import words
from assistant.structure.blocks import Column, Table
from assistant.structure.shape import bare
from assistant.text.years import YEAR
from schemas.forms import FormType, Indicators, TableSpec
from schemas.forms.tables import NO_TARGETS

_PERIOD = re.compile("周期|总体|总目标|实施期|中期|总指标|长期|期满|期末")
_ANNUAL = re.compile("(?<!半)(?:年度|当年|本年|全年)")
_A_YEAR = re.compile(rf"{YEAR}年")
_BRACKETS = re.compile(r"\([^()]*\)")
_OTHER = re.compile("|".join(NO_TARGETS))
_MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class Named:
    """A table of the schema found in a document: which of its columns stand where (index among
    the block's columns); ``guessed`` are those named by their place and shape alone; ``parts``
    are the signs and units beside a target; ``twins`` the columns of a second block beside it."""

    spec: TableSpec
    columns: Mapping[str, int]
    guessed: frozenset[str] = frozenset()
    parts: Mapping[str, int] | None = None
    one_head: bool = False
    twins: Mapping[str, int] | None = None
    fields: tuple[int, ...] = ()  # columns in which one cell stands for all rows
    units: Mapping[str, str] | None = None


def scope_of(text: str) -> str | None:
    """Whether a head speaks of the whole period or of the year: a column of the indicators.

    >>> scope_of("中长期绩效目标"), scope_of("年度总体目标"), scope_of("指标值")
    ('period_value', 'annual_value', None)
    """
    plain = _BRACKETS.sub("", text) or text
    if _ANNUAL.search(plain):
        return "annual_value"
    if _PERIOD.search(plain):
        return "period_value"
    return "annual_value" if _A_YEAR.search(plain) else None


def name_table(table: Table, form_type: FormType, above: Sequence[Column] = ()) -> Named | None:
    """The table of the schema that ``table`` is, if it is one; ``above`` are the heads of the
    tables before it, which may say what stands below them, too."""
    for spec, labels in all_columns(form_type):
        found = [labels.find(c.text) or labels.find(bare(c.text)) for c in table.columns]
        names = {label.field.name for label in found if label}
        if isinstance(spec, Indicators):
            if _are_indicators(table, names):
                return _indicators(table, spec, labels, above)
        elif all(names & set(group) for group in spec.header):
            columns: dict[str, int] = {}
            units: dict[str, str] = {}
            fitting = [f or labels.like(c.text) for f, c in zip(found, table.columns, strict=True)]
            for n, label in enumerate(fitting):
                if label and label.field.name not in columns:
                    columns[label.field.name] = n
                    if label.unit:
                        units[label.field.name] = label.unit
            return Named(spec, columns, units=units)
    return None


def _are_indicators(table: Table, names: set[str]) -> bool:
    """By its heads, or by the categories that head its rows."""
    levels = names & {"level1", "level2", "level3"}
    if len(levels) >= 2 or ("level3" in levels and names & {"period_value", "annual_value"}):
        return True
    return any(_is_category(table, n) for n in range(2)) and len(table.columns) > 2


def _is_category(table: Table, n: int) -> bool:
    texts = {cell.text for row in table.rows if (cell := row[n]) is not None and cell.text}
    texts = {text for text in texts if not is_total(text)}
    known = sum(bare(text) in words().categories for text in texts)
    return bool(texts) and known >= _MOSTLY * len(texts)


def _indicators(table: Table, spec: Indicators, labels: Labels, above: Sequence[Column]) -> Named:
    heads = [c.text for c in table.columns]
    found = [labels.find(h) or labels.find(bare(h)) or _fitting(h, labels) for h in heads]
    names = [label.field.name if label else "" for label in found]
    columns: dict[str, int] = {}
    twins: dict[str, int] = {}
    guessed: set[str] = set()
    for level in ("level1", "level2", "level3"):
        places = [n for n, name in enumerate(names) if name == level]
        columns |= {level: places[0]} if places else {}
        twins |= {level: places[1]} if len(places) > 1 else {}
    _name_levels(table, columns, guessed)
    parts, one_head = _parts(table)
    if not _names_indicators(table, columns):
        names[columns["level3"]] = "annual_value"  # the targets' head is called as a name's is
        columns["level3"] = columns.pop("level2")
    values = _values(table, names, columns, set((parts or {}).values()))
    if not values and not one_head:
        values = _guessed_values(table, columns, set((parts or {}).values()))
        guessed |= {"annual_value"} if values else set()
    scopes = [(_scope(table, n, above), n) for n in values]
    if twins.get("level3") and len(values) == len(scopes) == 2:
        blocks = [(columns["level3"], values[0]), (twins["level3"], values[1])]
        scopes = _scopes_of_blocks(table, blocks, scopes, above)
        guessed |= {scope for scope, _ in scopes if scope}
    if len(values) == 1:
        columns[scopes[0][0] or "annual_value"] = scopes[0][1]
    else:
        told = Counter(scope for scope, _ in scopes if scope)
        for scope, n in scopes:
            if scope and scope not in columns:
                columns[scope] = n
        rest = [n for scope, n in scopes if scope is None]
        if len(rest) == 1 and "annual_value" not in columns:
            columns["annual_value"] = rest[0]  # beside the period's, one that says nothing
        elif len(rest) == 1 and told["period_value"] == 0:
            columns["period_value"] = rest[0]
            guessed |= {"period_value"}
        elif len(rest) > 1:
            columns |= dict(zip(("period_value", "annual_value"), rest, strict=False))
            guessed |= {"period_value", "annual_value"}
    fields = _fields(table, min(columns.values(), default=0))
    return Named(spec, columns, frozenset(guessed), parts, one_head, twins, fields)


def _fitting(head: str, labels: Labels) -> Label | None:
    """The column whose wording with gaps a head fits, if it says of no other content."""
    return None if _OTHER.search(head) else labels.like(head)


def _scopes_of_blocks(
    table: Table,
    blocks: Sequence[tuple[int, int]],
    scopes: list[tuple[str | None, int]],
    above: Sequence[Column],
) -> list[tuple[str | None, int]]:
    """Of two blocks side by side with the same heads: the heads of an earlier table that stand
    over the most of each. Nothing where these don't tell the two apart."""
    if all(scope_of(h.text) for _, n in scopes for h in table.columns[n].heads[-1:]):
        return scopes
    told: list[tuple[str | None, int]] = []
    for first, last in blocks:
        c0, c1 = table.columns[first].c0, table.columns[last].c1
        over = [
            (min(c.c1, c1) - max(c.c0, c0), scope) for c in above if (scope := scope_of(c.text))
        ]
        most = max(over, default=(0, None), key=lambda o: o[0])
        told.append((most[1] if 2 * most[0] > c1 - c0 else None, last))
    both = {scope for scope, _ in told}
    return told if len(both) == 2 and None not in both else [(None, n) for _, n in scopes]


def _fields(table: Table, first: int) -> tuple[int, ...]:
    """The columns before the indicators' own in which one cell stands for all rows."""
    return tuple(
        n
        for n in range(first)
        if len({c.text for row in table.rows if (c := row[n]) is not None and c.text}) == 1
        and (first_cell := table.rows[0][n]) is not None
        and first_cell.text
        and table.columns[n].text
        and (len(table.rows) > 1 or first > 1)
    )


def _name_levels(table: Table, columns: dict[str, int], guessed: set[str]) -> None:
    """Levels that no head names: by the categories in them, and by their place."""
    if "level1" not in columns and "level2" not in columns:
        categories = [n for n in range(len(table.columns)) if _is_category(table, n)]
        columns |= dict(zip(("level1", "level2"), categories, strict=False))
    if "level3" in columns:
        return
    last = max((columns[level] for level in ("level1", "level2") if level in columns), default=-1)
    after = last + 1
    named = after < len(table.columns) and not _OTHER.search(table.columns[after].text)
    if named and re.search("指标|内容|名称", table.columns[after].text):
        columns["level3"] = after
        guessed.add("level3")
    elif "level2" in columns and not _is_category(table, columns["level2"]):
        columns["level3"] = columns.pop("level2")  # two levels: the second names the indicator


def _names_indicators(table: Table, columns: Mapping[str, int]) -> bool:
    """Whether the column called so names the indicators, and holds no targets: not where these
    would be missing, and the column before is no category's."""
    if "level3" not in columns or "level2" not in columns or _is_category(table, columns["level2"]):
        return True
    texts = [row[columns["level3"]] for row in table.rows]
    filled = [c.text for c in texts if c is not None and c.text]
    targets = sum(any(char.isdigit() for char in text) for text in filled)
    return 2 * targets <= len(filled)


def _parts(table: Table) -> tuple[dict[str, int] | None, bool]:
    """The columns of a target's sign and unit, and whether they stand under one head with it."""
    kinds = {n: part for n, c in enumerate(table.columns) if (part := part_of(bare(c.text)))}
    found = {part: n for n, part in reversed(kinds.items()) if part != NUMBER}
    if not found:
        return None, False
    heads = [c.heads[0] for n, c in enumerate(table.columns) if n in kinds and len(c.heads) > 1]
    under = [
        bare(c.text) for c in table.columns if len(c.heads) > 1 and heads and c.heads[0] is heads[0]
    ]
    return found, bool(heads) and are_parts(under)


def _values(
    table: Table, names: Sequence[str], columns: Mapping[str, int], parts: set[int]
) -> list[int]:
    """The columns of targets that their heads name, or the heads above them."""
    first = max(columns.values(), default=-1)
    out = [n for n, name in enumerate(names) if name in ("period_value", "annual_value")]
    for n, column in enumerate(table.columns):
        above = "".join(h.text for h in column.heads[:-1])
        if n <= first or n in out or n in parts:
            continue
        plain = bare(column.text)
        divided = "值" in above and (scope_of(column.text) or part_of(plain) == NUMBER)
        if divided or (plain.endswith("值") and scope_of(plain) and not _OTHER.search(plain)):
            out.append(n)
    return sorted(n for n in out if n not in columns.values())


def _guessed_values(table: Table, columns: Mapping[str, int], parts: set[int]) -> list[int]:
    """The first column after the indicators' names that may hold targets, since no head says so."""
    start = max(columns.values(), default=-1) + 1
    for n in range(start, len(table.columns)):
        head = table.columns[n].text
        filled = any(cell.text for row in table.rows if (cell := row[n]) is not None)
        if n not in parts and not _OTHER.search(head) and filled:
            return [n]
    return []


def _scope(table: Table, n: int, above: Sequence[Column]) -> str | None:
    """What the heads of a column say, the nearest first, then what stands over the table, then
    the heads of earlier tables that stand right over the column."""
    column = table.columns[n]
    over = (c for c in reversed(above) if c.c0 <= column.c0 and column.c1 <= c.c1)
    texts = [h.text for h in reversed(column.heads)]
    texts += [cell.text for cell in reversed(table.path)]
    texts += [c.text for c in over]
    return next((scope for text in texts if (scope := scope_of(text))), None)
