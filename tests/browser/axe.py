"""What a machine can find of WCAG 2.2 AA in a page. A person still has to look and listen."""

from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import CDPSession, Page

AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
ADVICE = "best-practice"

RUN = """axe.run(document, {
  runOnly: {type: "tag", values: %s}, resultTypes: ["violations"], elementRef: false
}).then(found => found.violations)"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: where, what to do, and whether WCAG asks for it or only good custom."""

    rule: str
    is_advice: bool
    help: str
    targets: tuple[str, ...]

    def __str__(self) -> str:
        kind = "good custom" if self.is_advice else "WCAG 2.2 AA"
        return "\n".join([f"{self.rule} ({kind}): {self.help}", *(f"  {t}" for t in self.targets)])


def check(page: Page) -> list[Finding]:
    """Raises AssertionError with rule, targets and help where the page breaks WCAG 2.2 AA.

    What is only good custom is printed and returned.
    """
    found = findings(page)
    broken = [str(finding) for finding in found if not finding.is_advice]
    assert not broken, "\n".join([f"{page.url} breaks WCAG 2.2 AA:", *broken])
    return found


def findings(page: Page) -> list[Finding]:
    """All that axe finds. It runs in a world of its own beside the page's scripts, where the
    page's policy, which stays on, and the set clock do not reach."""
    session = page.context.new_cdp_session(page)
    try:
        world = _own_world(session)
        _run(session, world, AXE_SCRIPT + "; true")
        found = _run(session, world, RUN % [*AA, ADVICE])
    finally:
        session.detach()
    return [_finding(violation) for violation in found]


def _own_world(session: CDPSession) -> int:
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    made = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})
    world: int = made["executionContextId"]
    return world


def _run(session: CDPSession, world: int, expression: str) -> Any:
    said = {"expression": expression, "contextId": world}
    answer = session.send("Runtime.evaluate", {**said, "awaitPromise": True, "returnByValue": True})
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")


def _finding(violation: dict[str, Any]) -> Finding:
    return Finding(
        rule=violation["id"],
        is_advice=ADVICE in violation["tags"],
        help=violation["help"],
        targets=tuple(_target(node) for node in violation["nodes"]),
    )


def _target(node: dict[str, Any]) -> str:
    where = " ".join(part if isinstance(part, str) else " ".join(part) for part in node["target"])
    why = " ".join(node["failureSummary"].split())
    return f"{where}: {why}"
