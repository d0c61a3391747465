"""The page of a session, whatever is on it: its language, the content policy, names for fields."""

import pytest

from rehab.models.patient import Patient
from rehab.models.plan import Plan
from rehab.services.transactions import transaction
from tests.web.patient.conftest import TODAY
from tests.web.patient.test_session import Page
from tests.web.sign_in.conftest import Browser


def test_the_page_is_in_the_patients_language(
    her_phone: Browser, plan: Plan, maya: Patient
) -> None:
    with transaction():
        maya.language = "es"
    html = her_phone.get("/me/session").text
    assert "¿Cuánto dolor tienes ahora mismo?" in html
    assert "Nada de esto" in html
    assert 'data-cue-hold="Mantén"' in html


@pytest.mark.parametrize("path", ["/me/session", "/me/session?before=3", f"/me/session?on={TODAY}"])
def test_nothing_in_it_needs_an_inline_script_or_style(
    her_phone: Browser, plan: Plan, path: str
) -> None:
    page = Page(her_phone.get(path).text)
    assert not any(page.scripts)
    assert not any("style" in attrs for _, attrs in page.tags)
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)


@pytest.mark.parametrize("path", ["/me/session", "/me/session?before=3", "/me/session?before=9"])
def test_every_field_has_a_name_that_is_read_out(her_phone: Browser, plan: Plan, path: str) -> None:
    html = her_phone.get(path).text
    page = Page(html)
    labels = {label.get("for") for label in page.all("label")}
    for field in page.all("input"):
        if field.get("type") in ("radio", "checkbox") and field.get("id"):
            assert field["id"] in labels or "aria-labelledby" in field
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    outside = [i for i in ids if not i.startswith(("exercise-", "too-much", "did-"))]
    assert len(set(outside)) == len(outside)


def test_a_caution_that_says_nothing_is_not_shown(her_phone: Browser, plan: Plan) -> None:
    html = her_phone.get("/me/session?before=9").text
    assert "No specific caution" not in html
    assert "Mind" in html
