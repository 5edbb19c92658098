"""Takes the README's pictures of a running app that has read the sample booklet.

python docs/screenshots.py http://127.0.0.1:7860
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.test_browser import CHROMIUM, FLAGS  # noqa: E402

OUT = Path(__file__).resolve().parent
QUESTION = "当年金额最高的三个项目是哪些？"


def save(page: Any, name: str) -> None:
    page.mouse.move(2, 2)
    page.wait_for_timeout(1500)  # the frame around the mark has settled
    path = OUT / f"screenshot-{name}.png"
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE).save(
        path, optimize=True
    )


def tab(page: Any, number: int) -> None:
    page.get_by_role("tab").nth(number).click()
    page.wait_for_timeout(500)


def take(page: Any, address: str) -> None:
    page.goto(address)
    page.click("#documents tbody tr")
    page.wait_for_selector("#document-detail table")
    save(page, "documents")
    tab(page, 1)
    page.click("#projects tbody tr:has(.badge.needs)")  # opens where the readers differ
    page.wait_for_selector("#page .mark")
    page.wait_for_selector("#cells .chosen.state-disputed")
    page.locator("#record").scroll_into_view_if_needed()
    save(page, "review")
    tab(page, 2)
    page.fill("#question textarea", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("#source .mark")
    save(page, "ask")
    tab(page, 3)
    page.click("#findings tbody tr:nth-child(6)")
    page.wait_for_selector("#finding-page .mark")
    save(page, "findings")


def main() -> None:
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        take(browser.new_page(locale="zh-CN", viewport={"width": 1440, "height": 900}), sys.argv[1])
        browser.close()


if __name__ == "__main__":
    main()
