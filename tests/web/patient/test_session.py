"""A session told on a page: what is asked, what is taken, and that nothing typed is lost."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from rehab import clock
from rehab.extensions import db
from rehab.models.alert import Alert
from rehab.models.patient import Patient
from rehab.models.plan import DISCHARGED, PAUSED, Plan
from rehab.models.screening import Screening
from rehab.models.session import Session
from rehab.programs.library import Library
from rehab.services import plans, sessions
from rehab.services.plans import Assignment
from rehab.services.sessions import SessionReport
from rehab.services.transactions import transaction
from tests.conftest import NOON
from tests.web.patient.conftest import TODAY
from tests.web.sign_in.conftest import SAME_SITE, Browser
from tests.web.sign_in.conftest import Page as AnyPage

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FOUR = ("lb-pelvic-tilt", "lb-bridge", "hip-figure4", "li-walk")
JSON = {"Accept": "application/json", **SAME_SITE}


class Page(AnyPage):
    """A page with figures."""

    VOID = AnyPage.VOID | {"source"}


def form(plan: Plan, **said: Any) -> dict[str, Any]:
    """What a phone sends of a session that went well; None leaves a field out."""
    whole = {
        "plan": str(plan.id),
        "id": str(uuid4()),
        "started_at": "2026-03-02T11:40:00+00:00",
        "before": "3",
        "during": "4",
        "after": "3",
        "effort": "5",
        "exercise": list(FOUR),
        "done": list(FOUR),
    }
    return {name: value for name, value in (whole | said).items() if value is not None}


def told() -> list[Session]:
    return list(db.session.scalars(select(Session).order_by(Session.performed_at)))


def one() -> Session:
    (session,) = told()
    return session


def chosen(page: Page, name: str) -> list[str | None]:
    fields = [field for field in page.all("input") if field.get("name") == name]
    return [field["value"] for field in fields if "checked" in field]


def headings(html: str) -> list[str]:
    return [re.sub(r"\s+", " ", h).strip() for h in re.findall(r"<h2[^>]*>(.*?)</h2>", html, re.S)]


# Without a script


def test_the_first_thing_asked_is_the_pain_right_now_and_nothing_is_chosen(
    her_phone: Browser, plan: Plan
) -> None:
    page = Page(her_phone.get("/me/session").text)
    (first, *_) = page.all("form")
    assert first["method"] == "get"
    assert not any("checked" in field for field in page.all("input"))
    ratings = [f["value"] for f in page.all("input") if f.get("name") == "before"]
    assert ratings == [str(n) for n in range(11)]


def test_the_answer_leads_to_one_form_with_all_the_rest(her_phone: Browser, plan: Plan) -> None:
    page = Page(her_phone.get("/me/session?before=3").text)
    (posted,) = [f for f in page.all("form") if f.get("method") == "post"]
    assert posted["action"] == "/me/session"
    names = {field.get("name") for field in page.all("input") + page.all("textarea")}
    assert names >= {"plan", "id", "started_at", "before", "during", "after", "effort", "done"}
    assert names >= {"sore", "new_areas", "red_flags", "doms", "note", "not_completed_because"}
    assert [f["value"] for f in page.all("input") if f.get("name") == "exercise"] == list(FOUR)
    assert not page.all("template")
    assert "each side" in page.text


def test_a_session_is_told_and_leads_to_what_comes_of_it(her_phone: Browser, plan: Plan) -> None:
    answer = her_phone.post("/me/session", **form(plan, note=" stiff at first\r\n", doms="1"))
    session = one()
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/me/sessions/{session.id}"
    assert (session.before, session.during, session.after, session.effort) == (3, 4, 3, 5)
    assert (session.completion, session.doms, session.note) == (100, True, "stiff at first")
    assert (session.source, session.on) == ("app", TODAY)
    assert [tick["exercise_id"] for tick in session.exercises if tick["done"]] == list(FOUR)


def test_the_form_names_the_instant_it_was_opened_so_that_sending_twice_tells_once(
    her_phone: Browser, plan: Plan, at: Callable[[datetime], None]
) -> None:
    page = Page(her_phone.get("/me/session?before=3").text)
    hidden = {f["name"]: f["value"] for f in page.all("input") if f.get("type") == "hidden"}
    said = form(plan, id=hidden["id"], started_at=hidden["started_at"])
    at(NOON + timedelta(minutes=20))
    answers = [her_phone.post("/me/session", **said) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert one().performed_at == NOON


def test_what_was_left_out_and_why_is_told(her_phone: Browser, plan: Plan) -> None:
    said = form(
        plan,
        done=["lb-pelvic-tilt"],
        sore=["lb-bridge"],
        not_completed_because="time",
        **{"stopped-hip-figure4": "sharp_pain"},
    )
    her_phone.post("/me/session", **said)
    session = one()
    ticks = {tick["exercise_id"]: tick for tick in session.exercises}
    assert ticks["lb-bridge"]["too_sore"]
    assert ticks["hip-figure4"]["stopped_because"] == "sharp_pain"
    assert (session.completion, session.not_completed_because) == (25, "time")
    assert session.too_hard


def test_an_easier_session_is_one_that_was_done_in_part_and_not_a_hard_one(
    her_phone: Browser, plan: Plan
) -> None:
    her_phone.post("/me/session", **form(plan, completion="50"))
    assert (one().completion, one().too_hard) == (50, False)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"during": None}, "during", "Please choose a number."),
        ({"after": "11"}, "after", "Please choose a number."),
        ({"before": "x"}, "before", "Please choose a number."),
        ({"effort": "3.5"}, "effort", "Please choose a number."),
        ({"done": None}, "done", "Tick what you did, or say what came in the way."),
        ({"note": "x" * 2001}, "note", "That is too long."),
        ({"exercise": ["lb-side-lunge"], "done": None}, "done", "Tick what you did"),
        (
            {"exercise": ["no-such"], "done": ["no-such"]},
            "exercises",
            "Your plan has changed since.",
        ),
        (
            {"started_at": None, "on": "2026-03-02", "at": "13:00"},
            "performed_at",
            "not within your plan",
        ),
        ({"started_at": "2026-02-20T13:00:00Z"}, "performed_at", "not within your plan"),
        ({"started_at": "yesterday"}, "started_at", "not within your plan"),
        ({"started_at": "2026-03-02T11:00:00"}, "started_at", "not within your plan"),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, "started_at", "not within your plan"),
        ({"exercise": [f"e{n}" for n in range(500)]}, "exercises", "Your plan has changed since."),
        ({"completion": "101"}, "completion", "This could not be read."),
        ({"not_completed_because": "bored"}, "not_completed_because", "This could not be read."),
        ({"new_areas": ["wings"]}, "new_areas", "This could not be read."),
        ({"red_flags": ["RF99"]}, "red_flags", "This could not be read."),
        ({"id": "mine"}, "id", "This could not be read."),
    ],
)
def test_what_cannot_be_taken_is_told_by_its_field(
    her_phone: Browser, plan: Plan, changes: dict[str, Any], field: str, words: str
) -> None:
    answer = her_phone.client.post("/me/session", data=form(plan, **changes), headers=JSON)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert list(answer.json["errors"]) == [field]
    assert words in answer.json["errors"][field][0]
    shown = her_phone.post("/me/session", **form(plan, **changes))
    assert shown.status_code == 422
    assert told() == []


def test_a_form_with_a_fault_comes_back_with_everything_that_was_said(
    her_phone: Browser, plan: Plan
) -> None:
    said = form(
        plan,
        during=None,
        done=["lb-bridge"],
        sore=["li-walk"],
        new_areas=["knees"],
        red_flags=["RF12"],
        doms="1",
        note="<b>a sharp one</b>",
        not_completed_because="forgot",
        **{"stopped-hip-figure4": "dizzy"},
    )
    html = her_phone.post("/me/session", **said).text
    page = Page(html)
    assert chosen(page, "after") == ["3"]
    assert chosen(page, "effort") == ["5"]
    assert chosen(page, "during") == []
    assert chosen(page, "done") == ["lb-bridge"]
    assert chosen(page, "sore") == ["li-walk"]
    assert chosen(page, "new_areas") == ["knees"]
    assert chosen(page, "red_flags") == ["RF12"]
    assert chosen(page, "doms") == ["1"]
    assert chosen(page, "not_completed_because") == ["forgot"]
    assert "&lt;b&gt;a sharp one&lt;/b&gt;" in html
    selected = [option["value"] for option in page.all("option") if "selected" in option]
    assert selected == ["dizzy"]
    hidden = {f["name"]: f["value"] for f in page.all("input") if f.get("type") == "hidden"}
    assert (hidden["before"], hidden["started_at"]) == ("3", said["started_at"])
    assert hidden["id"] == said["id"]


def test_what_is_listed_twice_was_done_once(her_phone: Browser, plan: Plan) -> None:
    her_phone.post("/me/session", **form(plan, exercise=[*FOUR, *FOUR], done=["lb-bridge"] * 9))
    assert [tick["exercise_id"] for tick in one().exercises] == list(FOUR)
    assert one().completion == 25


@pytest.mark.parametrize("listed", ["exercise=a", "exercise=a{n}"])
def test_a_form_that_goes_on_and_on_is_read_at_once(
    her_phone: Browser, plan: Plan, listed: str
) -> None:
    """A search of the ticks for each exercise would take some seconds."""
    fields = [listed.format(n=n) for n in range(15_000)] + ["done=b"] * 25_000
    ratings = f"plan={plan.id}&before=1&during=1&after=1"
    began = clock.monotonic()
    answer = her_phone.client.post(
        "/me/session",
        data="&".join([*fields, ratings]),
        headers={**JSON, "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code in (413, 422)
    assert clock.monotonic() - began < 2


def test_a_clock_that_runs_ahead_makes_no_session_of_the_future(
    her_phone: Browser, plan: Plan, at: Callable[[datetime], None]
) -> None:
    """It is of when it was heard; the same report again, an hour later, is still the same."""
    said = form(plan, started_at="2026-03-02T12:30:00+00:00", red_flags=["RF01"])
    for now in (NOON, NOON + timedelta(minutes=5), NOON + HOUR):
        at(now)
        assert her_phone.post("/me/session", **said).status_code == 303
    assert one().performed_at == NOON


def test_a_report_without_a_time_may_come_twice_too(
    her_phone: Browser, plan: Plan, at: Callable[[datetime], None]
) -> None:
    said = form(plan, started_at=None)
    for now in (NOON, NOON + HOUR):
        at(now)
        assert her_phone.post("/me/session", **said).status_code == 303
    assert one().performed_at == NOON


def test_a_time_that_cannot_be_is_asked_for_again_on_the_long_page(
    her_phone: Browser, plan: Plan
) -> None:
    said = form(plan, started_at="2026-02-20T12:00:00Z", note="long story")
    page = Page(her_phone.post("/me/session", **said).text)
    assert "not within your plan" in page.text
    assert "long story" in her_phone.pages[-1]
    times = {f["name"] for f in page.all("input") if f.get("name") in ("on", "at", "started_at")}
    assert times == {"on", "at"}
    said |= {"on": str(TODAY), "at": "11:00"}
    del said["started_at"]
    assert her_phone.post("/me/session", **said).status_code == 303


def test_an_address_answers_no_question_but_the_first(her_phone: Browser, plan: Plan) -> None:
    query = "before=3&during=0&after=0&effort=1&red_flags=RF01&done=lb-bridge&note=hi&id=x"
    page = Page(her_phone.get(f"/me/session?{query}&started_at=2026-02-01T10:00:00Z").text)
    assert not any("checked" in field for field in page.all("input"))
    hidden = {f["name"]: f["value"] for f in page.all("input") if f.get("type") == "hidden"}
    assert (hidden["before"], hidden["started_at"]) == ("3", NOON.isoformat())
    assert UUID(hidden["id"])
    assert ">hi<" not in her_phone.pages[-1]


# Pain before, and what it leaves of the day (R8; usual pain is 4)


@pytest.mark.parametrize(
    ("before", "heading", "ids"),
    [
        (5, None, FOUR),
        (6, "Pain is up today: we go easy", FOUR),
        (7, "Pain is high today: let it settle", ("rx-breathing", "sc-warm-pack", "li-walk")),
        (10, "Pain is high today: let it settle", ("rx-breathing", "sc-warm-pack", "li-walk")),
    ],
)
def test_pain_before_it_eases_the_session_and_says_so(
    her_phone: Browser, plan: Plan, before: int, heading: str | None, ids: tuple[str, ...]
) -> None:
    html = her_phone.get(f"/me/session?before={before}").text
    page = Page(html)
    assert [f["value"] for f in page.all("input") if f.get("name") == "exercise"] == list(ids)
    eased = [h for h in headings(html) if h.startswith("Pain is")]
    assert eased == ([heading] if heading else [])


def test_one_document_holds_the_session_of_every_pain_before_it(
    her_phone: Browser, plan: Plan
) -> None:
    page = Page(her_phone.get("/me/session").text)
    templates = [t["data-befores"] for t in page.all("template") if "data-befores" in t]
    assert templates == ["0 1 2 3 4 5", "6", "7 8 9 10"]
    tiers = [
        (t["data-tier"], "data-self-harm" in t) for t in page.all("template") if "data-tier" in t
    ]
    assert tiers == [("E", False), ("E", True), ("U", False), ("U", True)]


def test_relaxation_alone_is_never_eased(
    her_phone: Browser, maya: Patient, library: Library
) -> None:
    plans.assign(maya, Assignment("sleep-4w", 4, weekdays=(0,)), library, NOON)
    page = Page(her_phone.get("/me/session").text)
    templates = [t["data-befores"] for t in page.all("template") if "data-befores" in t]
    assert templates == ["0 1 2 3 4 5 6 7 8 9 10"]


# Over the wire


def test_a_script_is_answered_with_the_page_that_comes_next(her_phone: Browser, plan: Plan) -> None:
    said = form(plan)
    answers = [her_phone.client.post("/me/session", data=said, headers=JSON) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [answer.json for answer in answers] == [
        {"id": said["id"], "next": f"/me/sessions/{said['id']}"}
    ] * 2
    assert one().id == UUID(said["id"])


def test_another_story_under_the_same_id_is_refused(her_phone: Browser, plan: Plan) -> None:
    said = form(plan)
    her_phone.post("/me/session", **said)
    answer = her_phone.client.post("/me/session", data={**said, "after": "9"}, headers=JSON)
    assert answer.status_code == 409
    assert "already told" in answer.json["detail"]
    shown = her_phone.post("/me/session", **{**said, "after": "9"})
    assert shown.status_code == 409
    assert "already told" in shown.text
    assert chosen(Page(shown.text), "after") == ["9"]
    assert one().after == 3


def test_a_session_of_before_midnight_belongs_to_the_day_on_which_it_began(
    her_phone: Browser, plan: Plan, at: Callable[[datetime], None]
) -> None:
    at(datetime(2026, 3, 3, 0, 20, tzinfo=UTC))
    her_phone.post("/me/session", **form(plan, started_at="2026-03-02T23:50:00Z"))
    assert one().on == TODAY


def test_a_session_of_somebody_elses_plan_is_not_found(her_phone: Browser, plan: Plan) -> None:
    answer = her_phone.client.post(
        "/me/session", data={**form(plan), "plan": str(uuid4())}, headers=JSON
    )
    assert answer.status_code == 404
    assert told() == []


def test_whoever_holds_the_link_may_tell_todays_session(
    browser: Browser, plan: Plan, token: str
) -> None:
    page = Page(browser.get(f"/{token}/session").text)
    assert "Maya" not in page.text
    answer = browser.post(f"/{token}/session", **form(plan))
    assert answer.headers["Location"] == f"/{token}/sessions/{one().id}"
    assert one().source == "link"


# Red flags


def test_a_sign_of_danger_stops_the_plan_and_calls_for_a_person(
    her_phone: Browser, plan: Plan
) -> None:
    her_phone.post("/me/session", **form(plan, red_flags=["RF01"]))
    db.session.expire_all()
    assert db.session.get_one(Plan, plan.id).loads["strengthening"]["paused"]
    assert [(a.kind, a.level) for a in db.session.scalars(select(Alert))] == [("red_flag", 3)]


def test_the_safety_page_of_the_phone_names_whom_to_call(her_phone: Browser, plan: Plan) -> None:
    html = her_phone.get("/me/session").text
    numbers = re.findall(r'href="tel:([^"]+)"', html)
    assert set(numbers) == {"999", "+442079460100", "116123"}


def test_the_whole_list_is_asked_first_and_kept_when_none_of_it_is_true(
    her_phone: Browser, plan: Plan, library: Library
) -> None:
    def asked() -> int:
        page = Page(her_phone.get("/me/session?before=3&again=1").text)
        return sum(f.get("name") == "red_flags" for f in page.all("input"))

    assert asked() == 19
    her_phone.post("/me/session", **form(plan, whole_list="1", daily_things_stopped="no"))
    screening = db.session.scalars(select(Screening)).one()
    assert (screening.red_flags, screening.daily_things_stopped) == ([], False)
    assert (screening.on, screening.source) == (TODAY, "app")
    assert asked() == sum(flag.tier != "S" for flag in library.red_flags.values())


def test_a_list_that_was_answered_twice_is_kept_once(her_phone: Browser, plan: Plan) -> None:
    said = form(plan, whole_list="1")
    for _ in range(2):
        her_phone.post("/me/session", **said)
    assert len(db.session.scalars(select(Screening)).all()) == 1


def test_what_was_ticked_in_the_list_acts_and_is_asked_again(
    her_phone: Browser, plan: Plan
) -> None:
    her_phone.post("/me/session", **form(plan, whole_list="1", red_flags=["RF11"]))
    assert db.session.scalars(select(Screening)).all() == []
    assert [a.level for a in db.session.scalars(select(Alert))] == [2]


# Other days


def test_a_day_gone_by_is_told_with_its_hour(her_phone: Browser, plan: Plan) -> None:
    yesterday = TODAY - DAY
    page = Page(her_phone.get(f"/me/session?on={yesterday}").text)
    assert "Sunday 1 March" in page.text
    hour = next(f["value"] for f in page.all("input") if f.get("name") == "at")
    assert hour == f"{plan.exercise_at:%H:%M}"
    assert not page.all("template")
    said = form(plan, started_at=None, on=str(yesterday), at="09:30", done=["li-walk"])
    her_phone.post("/me/session", **said)
    assert one().performed_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert one().on == yesterday


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": ""},
        {"at": "25:00"},
        {"on": "soon"},
        {"on": "2026-02-20"},
        {"at": "23:00", "on": "2026-03-02"},
    ],
)
def test_a_day_or_an_hour_that_cannot_be_is_asked_for_again(
    her_phone: Browser, plan: Plan, wrong: dict[str, str]
) -> None:
    said = form(plan, started_at=None, **({"on": str(TODAY - DAY), "at": "09:30"} | wrong))
    answer = her_phone.post("/me/session", **said)
    assert answer.status_code == 422
    assert "not within your plan" in answer.text
    assert told() == []


def test_a_session_of_today_is_told_as_of_now_where_its_hour_is_still_to_come(
    her_phone: Browser, plan: Plan
) -> None:
    with transaction():
        plan.exercise_at = time(18)
    page = Page(her_phone.get(f"/me/session?on={TODAY}").text)
    assert next(f["value"] for f in page.all("input") if f.get("name") == "at") == "12:00"


def test_the_link_in_a_text_tells_no_other_day(browser: Browser, plan: Plan, token: str) -> None:
    with transaction():
        plan.starts_on = TODAY - 7 * DAY
    page = Page(browser.get(f"/{token}/session?on={TODAY - 3 * DAY}").text)
    assert "Monday 2 March" in page.text


def test_a_session_that_was_begun_before_midnight_is_gone_on_with_after_it(
    her_phone: Browser, plan: Plan, at: Callable[[datetime], None]
) -> None:
    at(datetime(2026, 3, 3, 0, 20, tzinfo=UTC))
    assert "lb-bridge" not in her_phone.get("/me/session").text
    assert "lb-bridge" in her_phone.get(f"/me/session?resume=1&on={TODAY}").text
    assert f'data-day="{TODAY}"' in her_phone.pages[-1]


# Nothing to lead through


def test_a_session_that_is_done_may_be_put_right_or_followed_by_another(
    her_phone: Browser, plan: Plan
) -> None:
    her_phone.post("/me/session", **form(plan))
    page = Page(her_phone.get("/me/session").text)
    assert "Done for today" in page.text
    links = [a.get("href") for a in page.all("a")]
    assert f"/me/sessions/{one().id}" in links
    assert "/me/session?again=1" in links
    assert Page(her_phone.get("/me/session?again=1").text).all("template")
    her_phone.post("/me/session", **form(plan, started_at="2026-03-02T12:00:00Z"))
    assert len(told()) == 2


@pytest.mark.parametrize(
    ("status", "words"),
    [(PAUSED, "Your plan is paused"), (DISCHARGED, "Your plan has ended")],
)
def test_a_plan_that_does_not_run_offers_no_session(
    her_phone: Browser, plan: Plan, status: str, words: str
) -> None:
    with transaction():
        plan.status = status
    page = Page(her_phone.get("/me/session").text)
    assert words in page.text
    assert not page.all("template")
    assert not any(f.get("name") == "before" for f in page.all("input"))


def test_a_plan_that_begins_later_says_when(
    her_phone: Browser, maya: Patient, library: Library
) -> None:
    wish = Assignment("lb-subacute-6w", 4, weekdays=(0,), starts_on=TODAY + 7 * DAY)
    plans.assign(maya, wish, library, NOON)
    page = Page(her_phone.get("/me/session").text)
    assert "Monday 9 March" in page.text
    assert not page.all("input")


def test_a_day_of_rest_says_so_and_takes_a_session_all_the_same(
    her_phone: Browser, maya: Patient, library: Library
) -> None:
    plan = plans.assign(maya, Assignment("thigh-graded-8w", 4, weekdays=(2,)), library, NOON)
    page = Page(her_phone.get("/me/session").text)
    if page.all("template"):
        pytest.fail("this program has nothing between its sessions")
    assert "A rest day" in page.text
    assert f"/me/session?on={TODAY}" in [a.get("href") for a in page.all("a")]
    answer = her_phone.post(
        "/me/session",
        **form(plan, exercise=None, done=None, started_at=None, on=str(TODAY), at="10:00"),
    )
    assert answer.status_code == 303


def test_muscles_that_were_trained_yesterday_are_left_to_rest(
    her_phone: Browser, maya: Patient, library: Library
) -> None:
    wish = Assignment("neck-sh-chronic-10w", 4, weekdays=(0, 6), starts_on=TODAY - DAY)
    plan = plans.assign(maya, wish, library, NOON)
    said = SessionReport(NOON - 25 * HOUR, before=3, during=3, after=3)
    sessions.report_session(plan, said, library, NOON)
    page = Page(her_phone.get("/me/session").text)
    ids = [f["value"] for f in page.all("input") if f.get("name") == "exercise"]
    assert "sh-lateral-raise" not in ids


def test_who_has_no_plan_is_sent_nowhere(her_phone: Browser) -> None:
    assert her_phone.get("/me/session").status_code == 404


def test_of_two_plans_the_one_that_is_named_is_led_through(
    her_phone: Browser, plan: Plan, maya: Patient, library: Library
) -> None:
    other = plans.assign(maya, Assignment("neck-desk-6w", 3, weekdays=(0,)), library, NOON + HOUR)
    for each, exercise in ((plan, "lb-bridge"), (other, "neck-levator")):
        page = Page(her_phone.get(f"/me/session?plan={each.id}").text)
        ids = [f["value"] for f in page.all("input") if f.get("name") == "exercise"]
        assert exercise in ids
        assert {f["value"] for f in page.all("input") if f.get("name") == "plan"} == {str(each.id)}
