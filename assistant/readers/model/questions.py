"""Fragments → small questions with typed answers. Pure.

A question holds its prompt and a pydantic model in which every value is one of
the fragments, so that reading is choosing and what is chosen stands on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from assistant.model import prompts
from assistant.model.prompts import Prompt
from assistant.readers.model.fragments import Fragment

_GROUP = 12  # labels in one question


def choice(values: Sequence[str], *, or_null: bool = True) -> Any:
    """The type of "one of ``values``", or null."""
    distinct = list(dict.fromkeys(values))
    if not distinct:
        return type(None)
    one: Any = Literal.__getitem__(tuple(distinct))
    return one | None if or_null else one


def keyed(name: str, types: Mapping[str, Any]) -> type[BaseModel]:
    """A model with one required field a key, the keys as they are printed."""
    fields: dict[str, Any] = {
        f"f{i}": (kind, Field(alias=key)) for i, (key, kind) in enumerate(types.items())
    }
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)


def groups(cells: Sequence[Fragment]) -> list[list[Fragment]]:
    """The labelled cells cut before a label, with about a dozen labels each."""
    out: list[list[Fragment]] = [[]]
    for fragment in cells:
        full = sum(f.is_label and f.field is not None for f in out[-1]) >= _GROUP
        if full and fragment.is_label:
            out.append([])
        out[-1].append(fragment)
    return [g for g in out if any(f.is_label and f.field for f in g)]


def excerpt(cells: Sequence[Fragment]) -> str:
    """One line a label, with what stands behind it."""
    lines: list[str] = []
    for fragment in cells:
        if fragment.is_label:
            lines.append(f"[{fragment.text}]")
        elif lines and lines[-1].startswith("["):
            lines[-1] += (" " if lines[-1].endswith("]") else " | ") + fragment.shown
        else:
            lines.append(fragment.shown)
    return prompts.fenced("\n".join(lines))


@dataclass(frozen=True, slots=True)
class Question:
    """A prompt, the type of its answer and the most tokens that an answer may take."""

    prompt: Prompt
    answer: type[BaseModel]
    max_tokens: int


TITLE = "标题"


def ask_fields(about: str, cells: Sequence[Fragment], *, title: bool) -> Question:
    """What stands in each labelled cell: one fragment, several where several follow, or null."""
    values = [f.shown for f in cells if not f.is_label]
    types: dict[str, Any] = {TITLE: choice(values)} if title else {}
    for label, behind in labelled(cells):
        kind = choice(values)
        if len(behind) > 1:
            kind = list[choice(values, or_null=False)]  # type: ignore[misc]
        types.setdefault(label.text, kind)
    prompt = prompts.load("read_fields").render(about, excerpt=excerpt(cells), labels=list(types))
    longest = max((len(v) for v in values), default=0)
    return Question(prompt, keyed("Fields", types), len(types) * (20 + 2 * longest) + 100)


def unread(cells: Sequence[Fragment], answer: Mapping[str, Any]) -> list[Fragment]:
    """The labels that were answered empty although something stands behind them, with it."""
    out: list[Fragment] = []
    for label, behind in labelled(cells):
        if behind and not answer[label.text]:
            out += [label, *behind]
    return out


def labelled(cells: Sequence[Fragment]) -> list[tuple[Fragment, list[Fragment]]]:
    """Each label of a field with the fragments that follow it up to the next label."""
    out: list[tuple[Fragment, list[Fragment]]] = []
    behind: list[Fragment] | None = None
    for fragment in cells:
        if fragment.is_label:
            behind = []
            if fragment.field is not None:
                out.append((fragment, behind))
        elif behind is not None:
            behind.append(fragment)
    return out


def ask_columns(
    about: str,
    header: Sequence[Fragment],
    row: Sequence[Fragment],
    hints: Sequence[int],
    allowed: Sequence[int],
) -> Question:
    """Which of the ``allowed`` columns (from 1) each cell of a row belongs to, said as
    :func:`column_name`. ``hints`` say under which column it stands, 0 where the page has
    no places."""
    shown = [marked(hint) + f.shown for hint, f in zip(hints, row, strict=True)]
    prompt = prompts.load("read_columns").render(
        about, excerpt=prompts.fenced(" | ".join(shown)), header=[h.text for h in header]
    )
    names = [column_name(number, header) for number in allowed]
    types = {key: choice(names, or_null=False) for key in keys_of(row, hints)}
    return Question(prompt, keyed("Columns", types), 60 * len(row) + 100)


def column_name(number: int, header: Sequence[Fragment]) -> str:
    return marked(number) + header[number - 1].text


LEVELS = ("一级", "二级", "三级")


def ask_levels(
    about: str,
    header: Sequence[Fragment],
    lines: Sequence[Sequence[Fragment]],
    hints: Sequence[int],
) -> Question:
    """Which level the first cell of each line of an indicator table is of. ``hints`` say
    under which column it stands (from 1), 0 where the page has no places."""
    shown = [
        marked(hint) + " | ".join(f.shown for f in line)
        for line, hint in zip(lines, hints, strict=True)
    ]
    prompt = prompts.load("read_indicators").render(
        about, excerpt=prompts.fenced("\n".join(shown)), header=[h.text for h in header]
    )
    types = {
        # A line of four cells cannot begin at the third of five columns.
        key: choice(LEVELS[: max(1, len(header) - len(line) + 1)], or_null=False)
        for key, line in zip(keys_of([line[0] for line in lines], hints), lines, strict=True)
    }
    return Question(prompt, keyed("Levels", types), 40 * len(types) + 100)


def marked(hint: int) -> str:
    return f"〔{hint}〕" if hint else ""


def keys_of(row: Sequence[Fragment], hints: Sequence[int]) -> list[str]:
    """A key for each fragment: how it begins, told apart where two begin alike."""
    seen: dict[str, int] = {}
    keys: list[str] = []
    for fragment, hint in zip(row, hints, strict=True):
        key = marked(hint) + fragment.shown[:16]
        seen[key] = seen.get(key, 0) + 1
        keys.append(key if seen[key] == 1 else f"{key}（{seen[key]}）")
    return keys
