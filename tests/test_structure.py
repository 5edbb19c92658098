"""The structure of tables comes from their shape alone: no test here knows a word of a schema."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.pages.document import read_document
from assistant.pages.grid import build_grid
from assistant.readers.rules.grid.reader import Form, sheets_of
from assistant.readers.rules.reader import read, read_form
from assistant.segmentation.forms import find_forms
from assistant.structure.alignment import infer_rulings
from assistant.structure.blocks import Alone, Block, Pair, Table
from assistant.structure.lattice import lattices
from assistant.structure.search import read_lattice
from assistant.structure.shape import NO_WORDS, bare
from schemas.geometry import Page
from schemas.readings import FormReading
from tests.conftest import SAMPLES
from tests.drawn import Row, page_of, span_of, words_at


def blocks(*pages: Sequence[Row]) -> list[str]:
    """What the tables of the pages, one each, are read as."""
    drawn = [page_of(rows, number=n) for n, rows in enumerate(pages, 1)]
    sheets = [(page, build_grid(page.words, page.rulings)) for page in drawn]
    found = (b for lt in lattices(sheets) for b in read_lattice(lt, NO_WORDS.odds))
    return [said(block) for block in found]


def said(block: Block) -> str:
    path = "".join(f"{cell.text}/" for cell in block.path)
    match block:
        case Pair():
            return f"{path}{block.label.text}={'+'.join(c.text for c in block.values)}"
        case Table():
            heads = "|".join(c.text for c in block.columns)
            rows = [",".join(c.text if c else "" for c in row) for row in block.rows]
            return f"{path}{heads}: {'; '.join(rows)}"
        case Alone():
            return f"{path}{block.cell.text}"


HEADS: Row = ["指标甲", "指标乙", "指标名称", "目标值"]


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        ([["设备名称", "3台水泵，已验收"]], ["设备名称=3台水泵,已验收"]),
        (
            [["设备名称", "水泵，三台", "采购日期", "2025-03-01"]],
            ["设备名称=水泵,三台", "采购日期=2025-03-01"],
        ),
        # a side head, and the pairs beside it
        (
            [["资金（元）", "资金总额", "1,200.00"], [None, "其中：拨款", "1,000.00"]],
            ["资金(元)/资金总额=1,200.00", "资金(元)/其中:拨款=1,000.00"],
        ),
        # heads over one row of texts
        (
            [["长远目标", "近期目标"], ["修好道路，方便出行。", "先修一公里，再修桥。"]],
            ["长远目标|近期目标: 修好道路,方便出行。,先修一公里,再修桥。"],
        ),
        # a matrix of figures
        (
            [
                ["", "预算金额", "执行金额"],
                ["资金总额", "100.00", "90.00"],
                ["其中：拨款", "80.00", "70.00"],
            ],
            ["|预算金额|执行金额: 资金总额,100.00,90.00; 其中:拨款,80.00,70.00"],
        ),
        # a category over several rows
        (
            [HEADS, ["甲类", "乙类", "修路长度", "≥5公里"], [None, None, "修桥座数", "2座"]],
            [f"{'|'.join(map(str, HEADS))}: 甲类,乙类,修路长度,≥5公里; 甲类,乙类,修桥座数,2座"],
        ),
    ],
)  # fmt: skip
def test_what_the_shape_of_a_table_says(rows: list[Row], read: list[str]) -> None:
    assert blocks(rows) == read


def test_a_figure_after_a_text_is_the_texts() -> None:
    row: Row = ["按性质分类的收入", "财政拨款", "5,564.32", "其余款项", "120.00"]
    assert blocks([row]) == ["按性质分类的收入/财政拨款=5,564.32", "其余款项=120.00"]


def test_heads_over_rows_of_labels_name_what_stands_beside_the_values() -> None:
    heads: Row = ["目标类别", "内容@2", "说明事项"]
    rows: list[Row] = [
        ["部门目标", "职责范围", "负责文物征集，并开展研究工作。", "根据方案归纳。"],
        [None, "近期目标", "修复文物一百件，办好两个展览。", "根据规划归纳。"],
    ]
    assert blocks([heads, *rows])[3:] == [
        "部门目标/职责范围=负责文物征集,并开展研究工作。",
        "部门目标/职责范围/说明事项=根据方案归纳。",
        "部门目标/近期目标=修复文物一百件,办好两个展览。",
        "部门目标/近期目标/说明事项=根据规划归纳。",
    ]


def test_a_head_over_a_column_that_divides_is_the_last_parts() -> None:
    heads: Row = ["资金情况名称@2", "预算金额", "执行金额"]
    rows: list[Row] = [
        ["收入部分", "财政拨款", "100.00", "90.00"],
        [None, "其余款项", "20.00", "10.00"],
        ["支出部分", "基本支出", "120.00", "100.00"],
    ]
    (read,) = blocks([heads, *rows])
    assert read == (
        "|资金情况名称|预算金额|执行金额: 收入部分,财政拨款,100.00,90.00; "
        "收入部分,其余款项,20.00,10.00; 支出部分,基本支出,120.00,100.00"
    )


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["申请人姓名", "顾某", "证件号码", "370101"],
            ["联系方式", "5550101", "申请日期", "2025-03-01"],
            ["经办人员", "罗某", "办理日期", "2025-03-02"],
        ],
        [
            ["姓名", "顾某", "性别", "女"],
            ["籍贯", "甲县", "民族", "汉族"],
            ["学历", "本科", "职称", "工程师"],
        ],
    ],
)
def test_rows_of_pairs_in_columns_are_no_table(rows: list[Row]) -> None:
    assert len(blocks(rows)) == 6


@pytest.mark.parametrize(
    "second",
    [
        [["", "", "修桥座数", "2座"]],  # blank where the page above has a category
        [["甲类", "乙类", "修桥座数", "2座"]],  # said again
        [HEADS, ["甲类", "乙类", "修桥座数", "2座"]],  # under the heads again
    ],
)
def test_a_table_goes_on_over_a_page_break(second: list[Row]) -> None:
    (read,) = blocks([HEADS, ["甲类", "乙类", "修路长度", "≥5公里"]], second)
    assert read.endswith("甲类,乙类,修路长度,≥5公里; 甲类,乙类,修桥座数,2座")


def test_heads_said_again_leave_the_category_of_their_rows() -> None:
    """Under heads that the next page prints again, a blank cell goes on with the category."""
    (read,) = blocks(
        [HEADS, ["甲类", "乙类", "修路长度", "≥5公里"]],
        [HEADS, ["", "", "修桥座数", "2座"], ["丙类", "丁类", "满意程度", "≥9%"]],
    )
    assert read.endswith("甲类,乙类,修桥座数,2座; 丙类,丁类,满意程度,≥9%")


@pytest.mark.parametrize(
    ("above", "below", "read"),
    [
        ("建成文化馆和图书馆并且免费开放三百天以上接待", "读者两万人次。", 1),
        ("建成文化馆和图书馆并且免费开放三百天以上。", "接待读者两万人次。", 2),
    ],
)
def test_a_text_that_a_page_cuts_in_a_sentence_is_one(above: str, below: str, read: int) -> None:
    found = blocks([["总体任务@4"], ["近期任务", f"{above}@3"]], [["", f"{below}@3"]])
    assert any(above + below in one for one in found) == (read == 1)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("一、项目资金（万元）：", "项目资金"),
        ("*名称", "名称"),
        ("1.目标", "目标"),
        ("2025", "2025"),
    ],
)
def test_a_label_without_what_qualifies_it(text: str, plain: str) -> None:
    from assistant.text.folding import comparable

    assert bare(comparable(text)) == plain


def aligned(lines: Sequence[Sequence[tuple[float, float, str]]]) -> list[str]:
    """What words at (x, y) without any line are read as."""
    words = [w for line in lines for x, y, text in line for w in words_at(text, x, y)]
    page = Page(1, 595, 842, page_of([["x"]]).source, tuple(words), (), "")
    (inferred,) = infer_rulings([page])
    sheets = [(page, build_grid(page.words, inferred.rulings))]
    return [said(b) for lt in lattices(sheets) for b in read_lattice(lt, NO_WORDS.odds)]


def test_a_table_without_lines() -> None:
    """A category stands in the middle of its rows; a name wraps."""
    heads = [(40, 50, "类别名称"), (160, 50, "指标名称"), (300, 50, "目标值")]
    rows = [
        [(160, 80, "修路的"), (160, 89, "总长度"), (300, 84, "≥5公里")],
        [(40, 100, "甲类指标")],
        [(160, 116, "修桥座数"), (300, 116, "2座")],
    ]
    assert aligned([heads, *rows]) == [
        "类别名称|指标名称|目标值: 甲类指标,修路的总长度,≥5公里; 甲类指标,修桥座数,2座"
    ]


# The law: every printed character is a heading, a label, a value, a note, or unread.

SHAPES = (
    "名称{}",
    "{}.00",
    "单位{}：",
    "其中：资金{}",
    "≥{}%",
    "已完成第{}项，验收合格。",
    "",
    "{}局",
    "合计（{}）",
    "产出指标（{}）",
    "数量指标（{}）",
)


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """Tables of any shape; each filled cell has a number of its own."""
    columns = draw(st.integers(1, 5))
    rows: list[Row] = []
    for _ in range(draw(st.integers(1, 5))):
        row: list[str | None] = []
        while (left := columns - sum(int((c or "").partition("@")[2] or 1) for c in row)) > 0:
            span = draw(st.integers(1, left))
            number = 1000 + 10 * len(rows) + len(row)
            above = bool(rows) and draw(st.booleans()) and draw(st.booleans())
            text = draw(st.sampled_from(SHAPES)).format(number)
            row.append(None if above and span == 1 else f"{text}@{span}")
        rows.append(row)
    return rows


@example(
    [
        ["名称1000", "名称1001", "名称1002"],
        ["名称1010", "名称1011", "单位1012："],
        ["名称1020@2", "名称1021"],
        [None, "名称1031@2"],
        ["名称1040", "名称1041", None],
    ],
    "performance_target",
)
@example([["名称1000@3", "名称1001"], ["名称1010", "名称1011@2", "名称1012"],
          ["名称1020", "名称1021", "名称1022", "名称1023"]], "open")  # fmt: skip
@settings(max_examples=600, deadline=None)
@given(tables(), st.sampled_from(["performance_target", "self_evaluation", "open"]))
def test_nothing_that_is_printed_is_dropped(rows: list[Row], form_type: str) -> None:
    page = page_of(rows)
    span = span_of(form_type)
    reading = FormReading(reader="rules", form_id="p01", pages=[1], form_type=form_type)
    form = Form(reading, sheets_of([page]), span)
    form.read()
    told = "\n".join([reading.model_dump_json(), *form.account.labels()])
    for word in page.words:
        number = "".join(c for c in word.text if c.isdigit())[:4]
        assert number in told, word.text


@settings(max_examples=60, deadline=None)
@given(tables())
def test_what_is_unread_and_what_has_a_role_is_the_whole(rows: list[Row]) -> None:
    reading = read_form([page_of(rows)], span_of("performance_target"))
    assert reading.coverage is not None
    assert 0.0 <= reading.coverage <= 1.0
    assert reading.unread or reading.coverage == 1.0


def test_the_sample_booklet_is_accounted_for_and_its_layouts_are_known_again() -> None:
    pages = read_document(SAMPLES / "booklet" / "booklet.pdf").pages
    readings = read(pages, find_forms(pages))
    assert [(r.form_id, r.coverage, r.unread) for r in readings] == [
        (r.form_id, 1.0, []) for r in readings
    ]
    assert not [name for r in readings for name in r.fields if name.startswith("x:")]
    families = {(r.form_type, r.layout) for r in readings}
    assert len(families) < len(readings)
