"""What goes wrong with a file is said in Chinese in the app."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import assistant
from assistant.messages.sentences import translated
from assistant.web import views
from schemas.documents import DocumentStatus

ASSISTANT = Path(assistant.__file__).parent


def raised(module: str, error: str) -> list[str]:
    """The sentences with which ``module`` raises ``error``, 7 in every gap."""
    tree = ast.parse((ASSISTANT / f"{module}.py").read_text(encoding="utf-8"))
    return [
        "".join(str(p.value) if isinstance(p, ast.Constant) else "7" for p in sentence)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == error
        for sentence in [parts(call.args[0])]
        if sentence
    ]


def parts(argument: ast.expr) -> list[ast.expr]:
    if isinstance(argument, ast.JoinedStr):
        return argument.values
    return [argument] if isinstance(argument, ast.Constant) else []


@pytest.mark.parametrize("module", ["pages/document", "store/files", "pages/page_text"])
def test_every_fault_of_a_file_is_said_in_chinese(module: str) -> None:
    sentences = raised(module, "DocumentError")
    assert sentences
    assert [s for s in sentences if translated("zh", s) == s] == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("册.pdf is empty; get the file again.", "册.pdf 是空文件，请重新获取。"),
        ("a.pdf has 900 pages, more than the 500 that are read; split the file.",
         "a.pdf 有 900 页，超过可读的 500 页，请拆分后再传。"),
        ("Page 3 of a.pdf is damaged and cannot be read; get the file again.",
         "a.pdf 第 3 页已损坏，读不了，请重新获取。"),
        ("{0} is empty; get the file again.", "{0} 是空文件，请重新获取。"),
        ("Something nobody foresaw.", "Something nobody foresaw."),
    ],
)  # fmt: skip
def test_a_sentence_keeps_its_names_and_figures(english: str, chinese: str) -> None:
    assert translated("zh", english) == chinese
    assert translated("en", english) == english


@pytest.mark.parametrize(
    ("rules", "pages", "removable"), [("failed", 0, True), ("failed", 3, False), ("done", 3, False)]
)
def test_only_a_file_that_was_never_read_is_removed(
    rules: str, pages: int, removable: bool
) -> None:
    status = DocumentStatus.model_validate(
        {"document_id": "a", "name": "a.pdf", "page_count": pages, "rules": rules}
    )
    assert ("data-remove" in views.documents_table([status], "zh")) is removable
