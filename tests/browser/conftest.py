"""A real browser before the real server.

A test takes a `phone` to look at, and a `stage` for everything else:

    def test_maya_sees_her_session(stage: Stage, phone: Page) -> None:
        stage.sign_in(phone)                          # the cookie; `stage.enter(phone)` by a code
        phone.goto("/me")
        expect(phone.get_by_role("heading", level=1)).to_have_text("Today")
        check(phone)                                  # tests.browser.axe: WCAG 2.2 AA
        stage.later(hours=6)                          # or stage.now(datetime(..., tzinfo=UTC))
        stage.tick()                                  # plan and send what is due
        phone.goto(stage.link_for(stage.maya))        # the link in her newest text

- It is NOON (Monday 2 March 2026) at Riverside in London, and Maya's plan begins. Each test has a
  database of its own. The server's clock stands where it was set; a browser's goes on from there,
  and `phone.clock` can hold it: `pause_at`, `run_for("00:30")`. Service workers go by real time.
- `stage.open(...)` opens another browser, in another language, dark, without JavaScript, with
  reduced motion, on a `**DESK`. `with stage.offline(page):` takes its network away.
- `stage.enrol`, `assign`, `trained` and `woke` make people and their past by the use cases.
- An error on the console, a broken content security policy, a script that fails, a request
  without an answer and a server that fails each fail the test. What is meant to happen is said:
  `stage.faults.expect("status of 422")`.
- The policy stays on, so nothing may be evaluated late in the page: use locators and `expect`,
  which wait, and never `wait_for_function`. `evaluate` waits for ever; a test ends after LONGEST.
- A test that fails tells what its pages showed, in words and as pictures.
- `demo` is the same over the demo's clinic, with its cast and its pages. It takes some seconds to
  open: keep its tests together, and few.
- `python -m tests.browser.screens OUT_DIR` draws the pages for people to look at.
"""

from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from rehab import create_app
from rehab.cli.demo import demo_app
from tests.browser import cast
from tests.browser.chromium import Chromium, at_most, chromium
from tests.browser.house import House, serving
from tests.browser.network import road, simple, told  # noqa: F401
from tests.browser.stage import DESK, PATIENCE, Stage, staged

LONGEST = 60
"""Seconds for a test; most take less than one."""

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def one_chromium() -> Iterator[Chromium]:
    """The browser of this worker; each page is opened in a fresh profile of it."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def riverside_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with serving(tmp_path_factory.mktemp("riverside"), create_app, cast.riverside) as house:
        yield house


@pytest.fixture(scope="session")
def demo_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with serving(tmp_path_factory.mktemp("demo"), demo_app, cast.demo_clinic) as house:
        yield house


@pytest.fixture
def stage(riverside_house: House, one_chromium: Chromium) -> Iterator[Stage]:
    """Riverside on the day on which Maya begins."""
    with (
        at_most(LONGEST),
        one_chromium.awake() as awake,
        staged(riverside_house, awake) as set_up,
    ):
        yield set_up


@pytest.fixture
def demo(demo_house: House, one_chromium: Chromium) -> Iterator[Stage]:
    """The demo's clinic at noon of a Monday."""
    with (
        at_most(LONGEST),
        one_chromium.awake() as awake,
        staged(demo_house, awake) as set_up,
    ):
        yield set_up


@pytest.fixture
def phone(stage: Stage) -> Page:
    """A phone's browser, signed in nowhere."""
    return stage.open()


@pytest.fixture
def desk(stage: Stage) -> Page:
    """The browser of somebody at a desk, signed in nowhere."""
    return stage.open(**DESK)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function, call: Any) -> Generator[None, Any, Any]:
    """A test that fails tells what its pages showed, in words and as pictures."""
    report = yield
    if report.when == "call" and report.failed:
        for used in (item.funcargs.get("stage"), item.funcargs.get("demo")):
            for n, page in enumerate(_pages(used)):
                with suppress(Error):
                    report.sections.append((f"{page.url} showed", _shown(page, item, n)))
    return report


def _pages(used: object) -> list[Page]:
    contexts = used.contexts if isinstance(used, Stage) else []
    return [page for context in contexts for page in context.pages]


def _shown(page: Page, item: pytest.Function, n: int) -> str:
    folder: Path = item.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    picture = folder / f"{item.name.replace('/', '-')}-{n}.png"
    page.screenshot(path=picture, timeout=2000)
    return f"{picture}\n{page.locator('body').aria_snapshot(timeout=2000)}"
