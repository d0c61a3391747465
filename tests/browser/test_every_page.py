"""Every page of the patient's app, in every state: WCAG 2.2 AA as far as a machine finds it, in
English by day and in Spanish by night; with text twice as large and on the narrowest phone, nothing
has to be scrolled sideways and no word is broken."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.axe import check
from tests.browser.lives import PAGE_BY_PAGE, Life, speak
from tests.browser.stage import PHONE, Stage

NARROW = {"width": 320, "height": 568}
"""What WCAG 2.2 asks a page to fit into (1.4.10)."""

TOO_WIDE = """() => {
  const most = screen.width;
  return [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > most + 1)
    .filter((each) => !each.closest(".visually-hidden, .numbers-table, [aria-hidden=true]"))
    .map((each) => each.outerHTML.slice(0, 120));
}"""
BROKEN = """() => {
  const broken = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode: text } = texts;
    if (!text.parentElement.checkVisibility() || text.parentElement.closest("%s")) continue;
    for (const { 0: word, index } of text.data.matchAll(/(?<!\\S)[^\\s-]{2,10}(?!\\S)/g)) {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      if (lines.size > 1) broken.push(word);
    }
  }
  return broken;
}""".replace("%s", "svg, script, .visually-hidden")
"""Words of ten letters at the most that do not stand on one line. Longer ones may be broken."""

DRESS: dict[str, dict[str, Any]] = {
    "en": {"locale": "en-GB", "color_scheme": "light"},
    "es": {"locale": "es-ES", "color_scheme": "dark"},
}


@pytest.mark.parametrize("language", DRESS)
@pytest.mark.parametrize("life", PAGE_BY_PAGE)
def test_every_page_is_for_everybody(stage: Stage, life: Life, language: str) -> None:
    stage.faults.allow(r"status of 4\d\d")
    speak(stage, stage.maya, language)
    page = stage.open(**DRESS[language], reduced_motion="reduce", service_workers="block")
    for name in life(stage, page, stage.maya):
        page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
        assert check(page) == [], name
        with_large_text(page, name)
        on_a_narrow_phone(page, name)


def with_large_text(page: Page, name: str) -> None:
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    fits(page, f"{name}, with large text")
    page.evaluate("document.documentElement.style.fontSize = ''")


def on_a_narrow_phone(page: Page, name: str) -> None:
    page.set_viewport_size(NARROW)
    fits(page, f"{name}, on a narrow phone")
    page.set_viewport_size(PHONE["viewport"])


def fits(page: Page, where: str) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth > screen.width")
    assert not wide, f"{where} is too wide: {page.evaluate(TOO_WIDE)}"
    broken = page.evaluate(BROKEN)
    assert not broken, f"{where} breaks {broken}"
