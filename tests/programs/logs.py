"""Sessions, states and whole logs for the tests of the progression rules."""

from dataclasses import replace
from typing import Any

import yaml
from hypothesis import strategies as st

from rehab.programs.case import Case
from rehab.programs.library import shipped_folder
from rehab.programs.library.policies import PolicySchema
from rehab.programs.policy import Policy
from rehab.programs.program import Category
from rehab.programs.progression import Bounds, Report, State

TIERS = {"RF04": "E", "RF07": "U", "RF12": "S"}

STRETCHING, STRENGTHENING, LOW_IMPACT = (
    Category.STRETCHING,
    Category.STRENGTHENING,
    Category.LOW_IMPACT,
)
RELAXATION = Category.RELAXATION


def policy_content(track: str) -> dict[str, Any]:
    """What the shipped policy file of a track holds."""
    path = shipped_folder() / "policies" / f"{track}.yaml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def shipped_policy(track: str) -> Policy:
    policy: Policy = PolicySchema().load(policy_content(track))
    return policy


ACUTE, CHRONIC = shipped_policy("acute"), shipped_policy("chronic")
POLICIES = {"acute": ACUTE, "chronic": CHRONIC}


def settled(day: int, **said: Any) -> Report:
    """A session that went well for a person whose usual pain is 3."""
    values: dict[str, Any] = {
        "before": 3,
        "during": 3,
        "after": 3,
        "morning": 3,
        "effort": 5,
        "sleep": 7,
        **said,
    }
    return Report(day=day, **values)


policies = st.sampled_from([ACUTE, CHRONIC])
categories = st.sampled_from(list(Category))
pain_guided = st.sampled_from([STRETCHING, STRENGTHENING, LOW_IMPACT])
ratings = st.integers(0, 10)
usual_pains = st.integers(0, 20).map(lambda halves: halves / 2)
doses = st.sampled_from([0.0, 0.25, 0.4, 0.5, 0.64, 0.75, 0.8, 1.0, 1.0, 1.0])
flags = st.lists(st.sampled_from(sorted(TIERS)), max_size=1).map(tuple)
seldom = st.integers(0, 9).map(lambda number: number == 0)
gaps = st.sampled_from([1, 1, 2, 2, 2, 3, 3, 4, 6, 7, 8, 13, 14, 27, 28, 40])


@st.composite
def bounds_around(draw: st.DrawFn) -> Bounds:
    floor = draw(st.integers(1, 3))
    return Bounds(floor, draw(st.integers(floor, 6)), draw(seldom))


@st.composite
def reports(draw: st.DrawFn, day: int, usual_pain: float, seen: bool = False) -> Report:
    """A session near a person's usual pain; with `seen`, no rating is missing."""
    near = st.integers(-3, 4).map(lambda by: min(10, max(0, int(usual_pain) + by)))
    rating = st.one_of(near, near, near, ratings)
    return Report(
        day=day,
        before=draw(rating),
        during=draw(rating),
        after=draw(rating),
        morning=draw(rating) if seen else draw(st.one_of(st.none(), rating, rating, rating)),
        effort=draw(st.sampled_from([3, 4, 5, 5, 6, 7, 8, 10])),
        completion=draw(st.sampled_from([100, 100, 100, 100, 90, 89, 80, 79, 40])),
        hard=draw(seldom),
        spread=draw(seldom),
        red_flags=draw(flags) if draw(seldom) else (),
        sleep=draw(st.one_of(st.none(), st.sampled_from([1, 3, 4, 7, 7, 8]))),
        doms=draw(st.booleans()),
    )


@st.composite
def states(draw: st.DrawFn, bounds: Bounds) -> State:
    """Any state that a category could be in before a session on day 100."""
    last_day = 100 - draw(gaps)
    day = st.one_of(st.none(), st.integers(last_day - 12, last_day))
    return State(
        step=draw(st.integers(bounds.floor, bounds.ceiling)),
        dose=draw(doses),
        streak=draw(st.integers(0, 5)),
        last_up_day=draw(day),
        last_bad_day=draw(day),
        marks=tuple(draw(st.lists(st.sampled_from(["R", "A", "", ""]), max_size=3))),
        hard_marks=tuple(draw(st.lists(st.booleans(), max_size=3))),
        sleep=tuple(draw(st.lists(ratings, max_size=3))),
        paused=draw(seldom),
        review_open=draw(seldom),
        last_day=last_day,
    )


@st.composite
def worse_than(draw: st.DrawFn, report: Report) -> Report:
    """The same session, worse in any of the ways a session can be, with the same before."""
    more = st.sampled_from([0, 0, 0, 1, 2, 4, 9])

    def raised(rating: int | None) -> int | None:
        return None if rating is None else min(10, rating + draw(more))

    flagged = report.red_flags + (draw(flags) if draw(seldom) else ())
    return replace(
        report,
        during=raised(report.during),
        after=raised(report.after),
        morning=raised(report.morning),
        effort=raised(report.effort),
        completion=max(0, report.completion - draw(st.sampled_from([0, 0, 10, 20, 60]))),
        hard=report.hard or draw(seldom),
        spread=report.spread or draw(seldom),
        red_flags=flagged,
        sleep=None if report.sleep is None else max(0, report.sleep - draw(more)),
        doms=report.doms and draw(st.booleans()),
    )


def shifted(report: Report, by: int) -> Report:
    """The same session with every rating higher by as much."""
    names = ("before", "during", "after", "morning")
    said = {name: getattr(report, name) for name in names}
    return replace(report, **{k: None if v is None else min(10, v + by) for k, v in said.items()})


@st.composite
def cases(draw: st.DrawFn, longest: int = 10) -> Case:
    """A whole log from a first session on."""
    bounds = draw(bounds_around())
    usual_pain = draw(usual_pains)
    day, sessions = draw(st.integers(0, 6)), []
    for _ in range(draw(st.integers(1, longest))):
        sessions.append(draw(reports(day, usual_pain)))
        day += draw(gaps)
    return Case(
        id="drawn",
        track=draw(st.sampled_from(sorted(POLICIES))),
        category=draw(categories),
        usual_pain=usual_pain,
        state=State(draw(st.integers(bounds.floor, bounds.ceiling)), dose=draw(doses)),
        bounds=bounds,
        weekly=draw(st.booleans()),
        sessions=tuple(sessions),
    )


@st.composite
def pairs_of_cases(draw: st.DrawFn) -> tuple[Case, Case]:
    """A log, and one that is worse session by session on the same days."""
    case = draw(cases())
    worse = [
        shifted(draw(worse_than(report)), draw(st.sampled_from([0, 0, 0, 1, 3])))
        for report in case.sessions
    ]
    return case, replace(case, sessions=tuple(worse))
