"""The recipes of docs/architecture.md, followed in a copy of the sources: each is what it says,
and no other file is touched."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
FORM = """项目绩效目标表
项目名称
路灯改造
{label}
7600000.00
设立依据
按照规划实施。
项目概述
更换三百盏路灯。
"""


class Copy:
    """The sources in a folder of their own, to be changed and run there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for package in ("assistant", "schemas", "prompts", "eval"):
            left_out = shutil.ignore_patterns("__pycache__", "recordings")
            shutil.copytree(ROOT / package, folder / package, ignore=left_out)

    def change(self, path: str, text: str, by: str) -> None:
        file = self.folder / path
        before = file.read_text(encoding="utf-8")
        assert before.count(text) == 1
        file.write_text(before.replace(text, by), encoding="utf-8")

    def add(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> str:
        given = ("PATH", "HOME", "LANG")
        environment = {name: os.environ[name] for name in given if name in os.environ}
        environment |= {"PYTHONPATH": str(self.folder), "JIXIAO_LLM": "off",
                        "JIXIAO_HOME": str(self.folder / "home")}  # fmt: skip
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, env=environment, timeout=120,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def command(self, *arguments: str) -> Any:
        return json.loads(self.run("-m", "assistant.cli", *arguments))

    def extract(self, text: str, reader: str = "rules") -> dict[str, Any]:
        """The one form of a page text."""
        self.add("page.txt", text)
        (form,) = self.command("extract", "page.txt", "--reader", reader)["forms"]
        return dict(form)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "copy")


def test_a_printed_synonym_is_a_word_in_its_family_s_file(copy: Copy) -> None:
    text = FORM.format(label="经费盘子")
    assert "budget_amount" not in copy.extract(text)["fields"]
    copy.change("schemas/forms/performance_target.py", "{year}年预算 预算金额", "经费盘子 预算金额")
    assert copy.extract(text)["fields"]["budget_amount"]["value"] == "7600000.00"


FAMILY = '''
from schemas.forms.spec import FormSpec, Roles, fields

FORM = FormSpec(
    form_type="fund_report",
    label="资金使用情况表",
    english="Report on the use of funds",
    title_words=("资金使用情况表",),
    fields=fields("""
    title | text | Title | 标题
    amount_unit | unit | Unit of amounts | 金额单位
    name | text | Project | 项目名称
    spent | amount | Spent | 已使用金额
    office | text | Office | 填报科室
    deadline | year | Last year | 使用截止年度
    reason | long_text | Reason | 未使用原因
    """),
    tables=(),
    roles=Roles(year_amount="spent"),
    required=("reason",),
)
'''
REPORT = """资金使用情况表
金额单位：元
项目名称
路灯改造
填报科室
照明科
使用截止年度
2026
已使用金额
120.00
未使用原因
-
"""


def test_a_family_is_one_file(copy: Copy) -> None:
    copy.add("schemas/forms/fund_report.py", FAMILY)
    form = copy.extract(REPORT)
    assert (form["form_type"], form["fields"]["spent"]["value"]) == ("fund_report", "120.00")
    (finding,) = copy.command("check", "page.txt", "--json")
    assert (finding["rule"], finding["target"]) == ("missing_required", "reason")


FINDING = """

def too_cheap(record: Record, _: int | None) -> Iterator[Finding]:
    target = record.spec.roles.year_amount
    cell = record.fields.get(target)
    if text_of(cell) == "1.00":
        yield finding(record, "too_cheap", target, fault("too_cheap", amount=1), [cell])
"""


def test_a_finding_is_a_function_a_name_and_a_sentence(copy: Copy) -> None:
    source = (copy.folder / "assistant/findings/fields.py").read_text(encoding="utf-8")
    copy.add("assistant/findings/fields.py", source + FINDING)
    listed = "    fields.missing_required,\n"
    copy.change("assistant/findings/find.py", listed, f"{listed}    fields.too_cheap,\n")
    sentence = 'too_cheap = { zh = "金额只有{amount}元", en = "The amount is {amount} yuan" }\n'
    copy.change("assistant/messages/findings.toml", "no_goals", f"{sentence}no_goals")
    copy.add("page.txt", FORM.format(label="2025年预算金额").replace("7600000.00", "1.00"))
    said = {f["rule"]: f["what"] for f in copy.command("check", "page.txt", "--json")}
    assert said["too_cheap"] == "金额只有1元"


ASK = """
from assistant.ask.answering import answer
from eval.shelf import Shelf
from schemas.readings import Evidence
from schemas.records import Cell, Record, State

def cell(value):
    return Cell(value=value, state=State.AGREED, evidence=Evidence(page=1, quote=value))

record = Record(document_id="d", form_id="p01", pages=[1], form_type="performance_target",
                fields={"name": cell("云川市路灯改造项目"), "spending_unit": cell("云川市照明所")})
print(answer("云川市路灯改造项目的掌柜单位是哪家", Shelf([record]))[0].status)
"""


def test_a_word_that_staff_ask_with_stands_behind_the_labels(copy: Copy) -> None:
    assert copy.run("-c", ASK).strip() != "answered"
    copy.change(
        "schemas/forms/performance_target.py", "实施单位 项目单位 | 用款单位",
        "实施单位 项目单位 | 掌柜单位 用款单位",
    )  # fmt: skip
    assert copy.run("-c", ASK).strip() == "answered"


THIRD = """
from assistant.readers import Reader
from schemas.readings import FormReading, Reading


def _read(pages, span, model):
    said = {"name": Reading(value="另一个名字"), "basis": Reading(value="按照规划实施。")}
    return FormReading(reader="third", form_id=span.form_id, pages=span.pages,
                       form_type=span.form_type, fields=said)


READER = Reader(name="third", zh="第三", en="third", read=_read)
"""


@pytest.mark.slow
def test_a_third_reader_is_one_package(copy: Copy) -> None:
    copy.add("assistant/readers/third/__init__.py", THIRD)
    text = FORM.format(label="2025年预算金额")
    assert copy.extract(text, "third")["fields"]["name"]["value"] == "另一个名字"
    assert copy.extract(text, "reconciled")["fields"]["name"]["state"] == "disputed"
    copy.run("-m", "assistant.cli", "ingest", "page.txt")
    (status,) = copy.command("documents", "--json")
    assert status["readers"]["third"] == {"stage": "done", "forms_done": 1}
    queue = {item["path"]: item["cell"] for item in copy.command("review", "list", "--json")}
    assert set(queue["name"]["readings"]) == {"rules", "third"}
    shown = copy.run("-m", "assistant.cli", "review", "show", "p01", "basis")
    assert "state   agreed" in shown


def test_the_architecture_page_names_only_what_is_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:assistant|schemas)(?:\.\w+)+)`", page))
    assert len(named) > 30
    for name in named:
        parts, found = name.split("."), import_module(name.split(".", maxsplit=1)[0])
        for number, part in enumerate(parts[1:], 2):
            if not hasattr(found, part):
                import_module(".".join(parts[:number]))
            found = getattr(found, part)
    files = set(re.findall(r"`((?:tests|assistant|schemas)/[\w/]+\.?\w*)`", page))
    assert [file for file in files if not (ROOT / file).exists()] == []
