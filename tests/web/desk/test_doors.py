"""The desk's doors: every page of it, asked for by everybody who has no business there."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from rehab.models.clinic import Clinician
from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.tenancy import nowhere
from rehab.web.desk.here import LOOKING, OWNERS_ONLY
from tests.web.sign_in.conftest import Browser

DeskOf = Callable[[Clinician | Patient], Browser]


def pages(app: Flask) -> list[tuple[str, Rule]]:
    """Every page of the desk with the method by which it is asked for."""
    rules = (rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("desk."))
    return [
        (method, rule)
        for rule in sorted(rules, key=lambda rule: rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]


def ask(
    browser: Browser, method: str, rule: Rule, ids: dict[str, UUID] | None = None
) -> TestResponse:
    """Ask for a page; what its address names is `ids`, else nothing that there is."""
    known = ids or {}
    noun = rule.rule.removeprefix("/clinic/").split("/")[0]
    values = {name: known.get(noun, uuid4()) for name in rule.arguments}
    path = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", rule.rule)
    for name, value in values.items():
        for written in (f"<uuid:{name}>", f"<{name}>", f"<string:{name}>", f"<int:{name}>"):
            path = path.replace(written, "1" if "int:" in written else str(value))
    with nowhere():
        return browser.post(path) if method == "POST" else browser.get(path)


def unexpected(
    app: Flask, may: Callable[[str, Rule], set[int]], asked: Callable[..., TestResponse]
) -> list[str]:
    """What was answered otherwise than it should have been."""
    return [
        f"{method} {rule.rule}: {answer.status_code}"
        for method, rule in pages(app)
        if (answer := asked(method, rule)).status_code not in may(method, rule)
    ]


def test_the_desk_has_pages(app: Flask) -> None:
    assert len(pages(app)) > 20


def test_nobody_sees_a_page_of_the_desk(app: Flask, browser: Browser) -> None:
    assert not unexpected(app, lambda *_: {303}, lambda *wish: ask(browser, *wish))


def test_a_patient_is_sent_to_the_staff_door(app: Flask, desk_of: DeskOf, maya: Patient) -> None:
    browser = desk_of(maya)
    assert not unexpected(app, lambda *_: {303}, lambda *wish: ask(browser, *wish))


def test_next_doors_patients_plans_and_alerts_are_not_there(
    app: Flask, desk_of: DeskOf, boris: Clinician, plan: Plan
) -> None:
    browser = desk_of(boris)
    ids = {"patients": plan.patient_id, "plans": plan.id}

    def may(_: str, rule: Rule) -> set[int]:
        is_about_somebody = rule.rule.split("/")[2:3] in (["patients"], ["plans"], ["decisions"])
        return {404} if is_about_somebody and rule.arguments else set(range(200, 500))

    assert not unexpected(app, may, lambda *wish: ask(browser, *wish, ids))


def test_who_may_only_look_changes_nothing(app: Flask, desk_of: DeskOf, looks: Clinician) -> None:
    browser = desk_of(looks)

    def may(method: str, rule: Rule) -> set[int]:
        view = app.view_functions[rule.endpoint]
        if hasattr(view, OWNERS_ONLY) or (method == "POST" and not hasattr(view, LOOKING)):
            return {403}
        return {200, 303, 304, 400, 404, 422}

    assert not unexpected(app, may, lambda *wish: ask(browser, *wish))


def test_what_is_an_owners_is_refused_to_who_treats(
    app: Flask, desk_of: DeskOf, treats: Clinician
) -> None:
    browser = desk_of(treats)
    theirs = [
        wish for wish in pages(app) if hasattr(app.view_functions[wish[1].endpoint], OWNERS_ONLY)
    ]
    assert {ask(browser, *wish).status_code for wish in theirs} <= {403}


@pytest.mark.parametrize("path", ["/clinic/nothing", "/clinic/patients/1"])
def test_an_address_that_leads_nowhere_is_404(desk: Browser, path: str) -> None:
    assert desk.get(path).status_code == 404
