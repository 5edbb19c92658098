"""What a person decides of a label holds for every form of its layout, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import JixiaoError, UsageError
from assistant.reconcile.layouts import named
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.web.layout_screen import Layouts
from assistant.web.likeness import likest_field
from schemas.readings import FormReading, Reading
from tests.test_office import word


def reading(layout: str = "abc", **fields: Reading) -> FormReading:
    return FormReading(
        reader="rules", form_id="p01", pages=[1], form_type="open", layout=layout,
        fields={k.replace("_", ":", 1) if k.startswith("x_") else k: r for k, r in fields.items()},
    )  # fmt: skip


MONEY = Reading(value="1,200.00", label="批准额")


@pytest.mark.parametrize(
    ("names", "layout", "key", "value"),
    [
        ({("abc", "批准额"): "budget_amount"}, "abc", "budget_amount", "1200.00"),
        ({("abc", "批准额"): "budget_amount"}, "other", "x:批准额", "1,200.00"),
        ({("abc", "申请额"): "budget_amount"}, "abc", "x:批准额", "1,200.00"),
        ({}, "abc", "x:批准额", "1,200.00"),
    ],
)
def test_a_label_goes_by_the_name_that_its_layout_gave_it(
    names: dict[tuple[str, str], str], layout: str, key: str, value: str
) -> None:
    fields = named(reading(layout, x_批准额=MONEY), names).fields
    assert {k: r.value for k, r in fields.items()} == {key: value}


def test_a_field_that_was_read_keeps_its_value() -> None:
    read = reading(x_批准额=MONEY, budget_amount=Reading(value="900.00"))
    fields = named(read, {("abc", "批准额"): "budget_amount"}).fields
    assert {k: r.value for k, r in fields.items()} == {
        "x:批准额": "1,200.00",
        "budget_amount": "900.00",
    }


@pytest.fixture
def book(tmp_path: Path) -> Assistant:
    home = Settings.model_validate({"JIXIAO_HOME": str(tmp_path / "home"), "JIXIAO_LLM": "off"})
    return Assistant(home)


def test_decided_once_for_all_forms(book: Assistant, tmp_path: Path) -> None:
    from docx import Document

    with book as assistant:
        for n in (1, 2):
            document = Document(str(word(tmp_path / f"{n}.docx")))
            table = document.tables[0]
            table.add_row()
            table.cell(4, 0).text, table.cell(4, 1).text = "承办科室", f"规划{n}科"
            document.save(str(tmp_path / f"{n}.docx"))
        assistant.ingest([tmp_path / "1.docx"], llm=False)
        (form,) = assistant.layouts.forms()
        assert form.open == {"承办科室": "规划1科"}
        assert assistant.layouts.name(form.layout, "承办科室", "spending_unit", "甲") == 1
        assistant.ingest([tmp_path / "2.docx"], llm=False)
        assert [list(f.open) for f in assistant.layouts.forms()] == [[], []]
        assert assistant.layouts.save(tmp_path / "layouts.json") == 1
        assert assistant.layouts.load(tmp_path / "layouts.json") == 0
        assert assistant.layouts.name(form.layout, "承办科室", "", "乙") == 2
        assert [list(f.open) for f in assistant.layouts.forms()] == [["承办科室"]] * 2
        assert [d.by for d in assistant.layouts.decisions()] == ["甲", "乙"]


def test_the_screen_names_a_label_and_takes_it_back(book: Assistant, tmp_path: Path) -> None:
    from docx import Document

    document = Document(str(word(tmp_path / "1.docx")))
    table = document.tables[0]
    table.add_row()
    table.cell(4, 0).text, table.cell(4, 1).text = "用款的单位", "规划科"
    document.save(str(tmp_path / "1.docx"))
    with book as assistant:
        assistant.ingest([tmp_path / "1.docx"], llm=False)
        screen = Layouts(assistant)
        (layout,) = assistant.layouts.layouts()
        assert (layout.forms, layout.open) == (1, ["用款的单位"])
        chosen, label, _, labels, field = screen.show("zh", "", "用款的单位")
        assert (chosen, label) == (layout.layout, "用款的单位")
        assert field["value"] == "spending_unit"  # the likest, for a person to say
        assert "规划科" in labels
        told = screen.name("zh", chosen, label, "甲", "spending_unit")[3]
        assert "甲" in told
        assert "用款单位" in told
        screen.undo("zh", chosen, label, "乙")
        assert assistant.layouts.layouts()[0].open == ["用款的单位"]
        with pytest.raises(JixiaoError, match="Choose a label"):
            screen.name("zh", chosen, "", "甲", "spending_unit")
        with pytest.raises(JixiaoError, match="Choose which field"):
            screen.name("zh", chosen, label, "甲", None)


@pytest.mark.parametrize(
    ("label", "field"),
    [("立项背景及依据", "basis"), ("经费预算总额", "total_amount"), ("受益人口", "")],
)
def test_the_likest_field_is_suggested(label: str, field: str) -> None:
    assert likest_field(label) == field


@pytest.mark.parametrize(
    ("layout", "field", "said"), [("none", "name", "no layout"), ("", "nowhere", "no layout")]
)
def test_what_cannot_be_decided(book: Assistant, layout: str, field: str, said: str) -> None:
    with book as assistant, pytest.raises(UsageError, match=said):
        assistant.layouts.name(layout, "承办科室", field, "甲")
