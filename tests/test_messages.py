"""Everything that people read stands in the catalogue, in both languages."""

from __future__ import annotations

import ast
import pickle
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from assistant import errors
from assistant.errors import DocumentError, JixiaoError
from assistant.messages.catalogue import texts, told, word
from assistant.model import client
from assistant.store import database
from schemas.forms import Kind
from schemas.messages import Message, loaded
from schemas.readings import Doubt

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "assistant" / "messages"
# What makes a message of a code, and what stands before the code that it is given.
FAMILY = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, Exception)]
MAKERS = {e.__name__: "" for e in FAMILY} | {"fault": "finding."}
# Codes that a table names, not the place where they are raised.
TABLES = {code for _, code in client.CODES.values()} | {code for _, code in database._CODES}


class Raised(NamedTuple):
    """A message that the sources make: where, its codes, the names of its values."""

    where: str
    codes: tuple[str, ...]
    values: frozenset[str]


def raised() -> Iterator[Raised]:
    files = [ROOT / "app.py", *(ROOT / "assistant").rglob("*.py"), *(ROOT / "eval").rglob("*.py")]
    for file in sorted(files):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for function in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
            for call in ast.walk(function):
                name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
                if name in MAKERS:
                    values = frozenset(k.arg or "**" for k in call.keywords)
                    where = f"{file.relative_to(ROOT)}:{call.lineno}"
                    codes = (MAKERS[name] + c for c in codes_of(call.args[0], function))
                    yield Raised(where, tuple(codes), values)


def codes_of(argument: ast.expr, function: ast.FunctionDef) -> tuple[str, ...]:
    """The codes that an argument can be: written there, chosen there, made of a kind, or set to
    a name before; none for one that comes from elsewhere."""
    match argument:
        case ast.Constant(value=str(code)):
            return (code,)
        case ast.IfExp(body=one, orelse=other):
            return codes_of(one, function) + codes_of(other, function)
        case ast.JoinedStr(values=[ast.Constant(value=str(head)), _]):
            return tuple(head + kind.value for kind in Kind)
        case ast.Name(id=name):
            return tuple(
                code
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
                for code in codes_of(node.value, function)
            )
    return ()


def holes(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


RAISED = list(raised())
CODED = [r for r in RAISED if r.codes]


@pytest.mark.parametrize("error", CODED, ids=lambda e: e.where)
def test_what_is_raised_or_found_has_its_sentence_and_the_values_for_it(error: Raised) -> None:
    assert [code for code in error.codes if code not in texts()] == []
    wanted = [holes(texts()[code]["en"]) for code in error.codes]
    assert set().union(*wanted) == error.values


def test_only_tables_and_errors_made_of_errors_leave_their_code_open() -> None:
    assert sorted({r.where.partition(":")[0] for r in RAISED if not r.codes}) == [
        "assistant/ingest/steps.py",
        "assistant/store/database.py",
    ]


@pytest.mark.parametrize("code", sorted(TABLES))
def test_a_sentence_for_what_others_raise_needs_no_values(code: str) -> None:
    assert holes(texts()[code]["en"]) == set()


@pytest.mark.parametrize("file", ["errors", "findings"])
def test_every_sentence_is_raised_or_found_somewhere(file: str) -> None:
    used = {code for r in RAISED for code in r.codes} | TABLES | {"store.fault"}
    sections = tomllib.loads((FOLDER / f"{file}.toml").read_text(encoding="utf-8"))
    assert [c for s in sections for c in texts() if c.startswith(f"{s}.") and c not in used] == []


def test_every_text_is_there_in_both_languages() -> None:
    assert [code for code, text in texts().items() if not (text["zh"] and text["en"])] == []
    assert [c for c, text in texts().items() if holes(text["zh"]) != holes(text["en"])] == []


def test_a_section_stands_in_one_file() -> None:
    files = [tomllib.loads(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.toml")]
    names = [name for file in files for name in file]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("error", "english", "chinese"),
    [
        (DocumentError("document.empty", name="册.pdf"),
         "册.pdf is empty; get the file again.", "册.pdf 是空文件，请重新获取。"),
        (DocumentError("document.too_many_pages", name="a.pdf", count=900, limit=500),
         "a.pdf has 900 pages, more than the 500 that are read; split the file.",
         "a.pdf 有 900 页，超过可读的 500 页，请拆分后再传。"),
        (DocumentError("document.empty", name="{0}{name}"),
         "{0}{name} is empty; get the file again.", "{0}{name} 是空文件，请重新获取。"),
        (JixiaoError("Something nobody foresaw."),
         "Something nobody foresaw.", "Something nobody foresaw."),
    ],
)  # fmt: skip
def test_an_error_is_told_in_both_languages(error: JixiaoError, english: str, chinese: str) -> None:
    assert (str(error), told("zh", error.message)) == (english, chinese)
    kept = pickle.loads(pickle.dumps(error))  # as workflows keep it
    assert (str(kept), kept.message) == (english, error.message)


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (Message("page", {"n": 3}).dumped(), Message("page", {"n": 3})),
        ("A sentence of an older version.", Message("A sentence of an older version.")),
        ("3", Message("3")),
        ("{}", Message("{}")),
    ],
)
def test_what_was_stored_is_told(stored: str, message: Message) -> None:
    assert loaded(stored) == message


def test_a_name_is_told_in_the_language_of_its_sentence() -> None:
    name = {"zh": "项目概述", "en": "Overview"}
    assert word("zh", "finding.copied_text", copy=name, original="甲") == "项目概述照抄甲"
    assert word("en", "finding.copied_text", copy=name, original="甲") == "Overview copies 甲"


def test_every_doubt_has_words() -> None:
    assert {code for code in texts() if code.startswith("doubt.")} == {f"doubt.{d}" for d in Doubt}


def test_readers_name_doubts_by_the_enum() -> None:
    bare = [
        f"{file.name}:{node.lineno}"
        for room in ("readers", "reconcile")
        for file in (ROOT / "assistant" / room).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in list(Doubt)
    ]
    assert bare == []
