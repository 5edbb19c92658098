"""The whole line in Chromium: a booklet goes in, is reviewed and approved, and answers with
its page. Nothing is fetched from another host."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[1]
BOOKLET = ROOT / "samples" / "booklet" / "booklet.pdf"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 120_000  # milliseconds
# The app without the sample that a first start reads by itself.
SERVE = """
import app
from assistant.service import Assistant
from assistant.settings import load_settings

with Assistant(load_settings()) as assistant:
    app.launch(app.build_app(assistant, "审核员甲"), "127.0.0.1", 0)
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JIXIAO_", "OPENAI_"))}
    settings = {"JIXIAO_HOME": str(tmp_path / "home"), "JIXIAO_LLM": "off"}
    with subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=ROOT,
        env=kept | settings | {"GRADIO_TEMP_DIR": str(tmp_path / "uploads")},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = next((x for x in process.stdout if "http://" in x), "")
        yield line.split()[-1]
        process.terminate()


class Watched:
    """A page that remembers what it asked for elsewhere and what went wrong in it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.foreign: list[str] = []
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("request", self._request)
        page.on("pageerror", lambda e: self.errors.append(str(e)))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)

    def _request(self, request: Any) -> None:
        if urlsplit(request.url).hostname not in ("127.0.0.1", None):
            self.foreign.append(request.url)

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name, exact=True).click()


@pytest.fixture
def browser() -> Iterator[Watched]:
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("Chromium is not here")
    with playwright.sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield Watched(chromium.new_page(locale="zh-CN", viewport={"width": 1440, "height": 900}))
        chromium.close()


def upload(app: Watched) -> None:
    app.page.set_input_files("#upload input[type=file]", str(BOOKLET))
    app.page.wait_for_selector("#documents .stage-done")


def open_smallest_record(app: Watched) -> tuple[str, str]:
    """Opens the project with the fewest cells to look at: its name and amount."""
    app.tab("审核")
    app.page.wait_for_selector("#projects tbody tr")
    rows = app.page.locator("#projects tbody tr").all()
    row = min(rows, key=lambda r: int(r.locator("td").nth(4).inner_text()))
    name, amount = row.locator("td").nth(0).inner_text(), row.locator("td").nth(3).inner_text()
    row.click()
    app.page.wait_for_selector("#page .mark")
    return name, amount


def correct(app: Watched, path: str, value: str) -> None:
    app.page.click(f'#cells [data-pick="{path}"]')
    app.page.wait_for_selector(f'#cells [data-pick="{path}"].chosen')
    app.page.fill("#correction textarea", value)
    app.page.click("#correct-cell")
    app.page.wait_for_selector(f'#cells [data-pick="{path}"].state-reviewed:has-text("{value}")')


def accept_everything(app: Watched) -> None:
    app.page.click("#rest")
    app.page.click("#yes")
    app.page.wait_for_selector("#yes", state="hidden")
    while waiting := app.page.locator("#record .badge.needs").count():
        said = app.page.locator("#record").inner_text()
        app.page.click("#next-open")
        app.page.click("#accept-cell")
        app.page.wait_for_function(
            "said => document.querySelector('#record').innerText !== said", arg=said
        )
    assert waiting == 0


def is_seen(app: Watched, frame: str) -> bool:
    """Whether the marked place is within what is shown of the page."""
    app.page.wait_for_timeout(500)  # the page scrolls to it
    mark = app.page.locator(f"{frame} .mark").bounding_box()
    sheet = app.page.locator(f"{frame} .sheet").bounding_box()
    inside = sheet["y"] <= mark["y"] and mark["y"] + mark["height"] <= sheet["y"] + sheet["height"]
    return inside and mark["width"] > 10


def judge(app: Watched, reason: str) -> None:
    """Thumbs down with a reason, all by the keyboard after the first click."""
    app.page.click("#thread .thumb.down")
    app.page.wait_for_selector("#thread input.reason:focus")
    app.page.keyboard.type(reason)
    app.page.keyboard.press("Enter")
    app.page.wait_for_selector(f'#thread input.reason[value="{reason}"]')


def take_list(app: Watched) -> list[str]:
    """Downloads the list of the answer: the names of its sheets."""
    with app.page.expect_download() as download:
        app.page.click("#thread .list")
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    return list(book.sheetnames)


def reopen(app: Watched) -> None:
    """Begins a new conversation and goes back to the earlier one."""
    app.page.click("#new")
    app.page.wait_for_selector("#thread .answer", state="detached")
    app.page.get_by_text("以前的对话").click()
    app.page.click("#talks tbody tr")
    app.page.wait_for_selector("#thread .says")


def test_from_a_booklet_to_an_answer_with_its_page(browser: Watched, address: str) -> None:
    page = browser.page
    page.goto(address)
    upload(browser)
    name, amount = open_smallest_record(browser)
    assert is_seen(browser, "#page")

    correct(browser, "spending_unit", "云川市更正测试单位")
    accept_everything(browser)
    page.click("#approve")
    page.wait_for_selector("#record .approval-approved")
    page.wait_for_selector("#projects .approval-approved")
    assert "云川市更正测试单位" in page.locator("#history").inner_text()

    browser.tab("问答")
    page.fill("#question textarea", f"{name}的预算金额是多少？")
    page.keyboard.press("Enter")
    page.wait_for_selector("#thread .answer .status-answered")
    said = page.locator("#thread .says").inner_text()
    assert amount.replace(",", "") in said.replace(",", "")
    assert page.locator("#thread .approval-approved").count() == 1
    page.locator("#thread .chip.cite").first.click()
    page.wait_for_selector("#source .mark")
    assert is_seen(browser, "#source")

    judge(browser, "出处不对")
    assert take_list(browser) == ["清单", "出处", "回答"]
    reopen(browser)
    assert page.locator("#thread .says").inner_text() == said
    assert page.locator("#thread input.reason").input_value() == "出处不对"

    assert browser.foreign == []
    assert browser.errors == []


def test_the_page_speaks_english_too(browser: Watched, address: str) -> None:
    page = browser.page
    page.goto(address)
    page.get_by_text("English", exact=True).click()
    page.get_by_role("tab", name="Findings").wait_for()
    page.get_by_text("No document yet").wait_for()
    assert browser.errors == []


def test_a_file_that_cannot_be_read_is_said_and_taken_off(
    browser: Watched, address: str, tmp_path: Path
) -> None:
    page, bad = browser.page, tmp_path / "坏<b>册.pdf"
    bad.write_bytes(b"%PDF-1.7 cut off")
    page.goto(address)
    page.set_input_files("#upload input[type=file]", str(bad))
    page.wait_for_selector("#documents .stage-failed")
    assert "重新获取" in page.locator("#documents tbody").inner_text()
    page.click("#documents [data-remove]")
    page.get_by_text("还没有文档").wait_for()
    assert browser.errors == []


def test_two_people_ask_apart(browser: Watched, address: str) -> None:
    mine = browser.page
    mine.goto(address)
    upload(browser)
    yours = mine.context.browser.new_context(locale="zh-CN").new_page()
    yours.goto(address)
    for page, question in ((mine, "有多少个项目？"), (yours, "今天天气如何？")):
        page.get_by_role("tab", name="问答", exact=True).click()
        page.fill("#question textarea", question)
        page.keyboard.press("Enter")
        page.wait_for_selector("#thread .says")
    asked = [page.locator("#thread .question").all_inner_texts() for page in (mine, yours)]
    assert asked == [["有多少个项目？"], ["今天天气如何？"]]
