"""The measures that ship, what their files may not say, and when each is due."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.programs.library import LibraryFault, read_library, shipped_folder
from rehab.programs.library.files import documents
from rehab.programs.measures import AFTER_THE_END, Diary, Measure, Rhythm, Span, due_since
from rehab.programs.program import Track

MEASURES = read_library().measures
START = date(2026, 3, 2)
ACUTE = Span(START, START + timedelta(days=41), Track.ACUTE)
CHRONIC = Span(START, START + timedelta(days=83), Track.CHRONIC)


def day(number: int) -> date:
    """A local date, counted from 0 on the day the plan starts."""
    return START + timedelta(days=number)


def test_six_measures_ship() -> None:
    assert set(MEASURES) == {"psfs", "peg", "global-change", "stiffness", "fatigue", "sleep"}


def test_every_end_of_a_scale_in_points_has_a_name() -> None:
    for measure in MEASURES.values():
        for item in measure.items:
            named = {label.at for label in item.labels}
            ends = {measure.lowest, measure.highest}
            assert named >= (ends if measure.unit == "points" else {0}), measure.id


def test_every_point_of_the_global_rating_has_a_name_of_its_own() -> None:
    labels = MEASURES["global-change"].items[0].labels
    assert [label.at for label in labels] == [-3, -2, -1, 0, 1, 2, 3]
    assert len({label.words[language] for label in labels for language in ("en", "es")}) == 14


def test_only_the_general_activity_item_of_peg_is_about_daily_life() -> None:
    marked = [(m.id, i.id) for m in MEASURES.values() for i in m.items if i.interference]
    assert marked == [("peg", "activity")]


def test_the_mornings_hold_sleep_and_stiffness() -> None:
    diaries = {measure.diary: measure.id for measure in MEASURES.values() if measure.diary}
    assert diaries == {Diary.SLEEP: "sleep", Diary.STIFFNESS: "stiffness"}


def test_an_important_change_names_its_source() -> None:
    found = {m.id: (m.mcid.change, m.mcid.source) for m in MEASURES.values() if m.mcid}
    assert {id_: change for id_, (change, _) in found.items()} == {"psfs": 2, "peg": 1}
    assert "Stratford" in found["psfs"][1]
    assert "Reed" in found["peg"][1]


def test_what_was_not_opened_says_so() -> None:
    """A citation of a paper is either read or says where it stands."""
    for measure in MEASURES.values():
        cites = re.search(r"\d{4};", measure.citation)
        told = f"{measure.citation} {measure.licence}"
        assert measure.read or not cites or "memory" in told, measure.id


@pytest.fixture
def library_folder(tmp_path: Path) -> Path:
    """A further folder with a measure of a clinic's own."""
    (tmp_path / "measures").mkdir()
    fatigue = (shipped_folder() / "measures" / "fatigue.yaml").read_text(encoding="utf-8")
    ours = fatigue.replace("id: fatigue\nname", "id: ours\nname", 1)
    (tmp_path / "measures" / "ours.yaml").write_text(ours, encoding="utf-8")
    return tmp_path


@pytest.fixture
def faults(library_folder: Path) -> Callable[[str, str], list[str]]:
    """What is wrong once `old` is replaced by `new` in the clinic's own measure."""

    def faults(old: str, new: str) -> list[str]:
        path = library_folder / "measures" / "ours.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(LibraryFault) as caught:
            read_library(shipped_folder(), library_folder)
        return [str(fault).removeprefix("measures/ours.yaml: ") for fault in caught.value.faults]

    return faults


def test_a_clinic_may_add_a_measure(library_folder: Path) -> None:
    library = read_library(shipped_folder(), library_folder)
    assert set(library.measures) == {*MEASURES, "ours"}
    assert library.version != read_library().version


def test_any_measure_may_be_taken_away(tmp_path: Path) -> None:
    found, _ = documents(shipped_folder())
    for document in found:
        (tmp_path / document.file).parent.mkdir(parents=True, exist_ok=True)
        if document.kind != "measures":
            source = (shipped_folder() / document.file).read_bytes()
            (tmp_path / document.file).write_bytes(source)
    assert read_library(tmp_path).measures == {}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("  es: Cansancio\n", "", "name.es: is missing"),
        ("  es: Cansancio", "  fr: Fatigue\n  es: x", "name.fr: is not a field here"),
        ("{at: 10,", "{at: 11,", "items[1].labels[2].at: is not on the scale, 0 to 10"),
        ("highest: 10", "highest: '10'", "highest: must be a whole number from 1 to 1440"),
        ("better: lower", "better: less", "better: must be one of lower, higher"),
        ("times: 1", "times: 0", "rhythm.times: must be a whole number from 1 to 7"),
        (
            "{times: 1, acute_days: 7",
            "{times: 3, acute_days: 2",
            "rhythm.times: must not be more than the days",
        ),
        ("unit: points", "unit: points\ndiary: sleep", "diary: is read by sleep already"),
        ("unit: points", "unit: points\ndiary: mood", "diary: must be one of sleep"),
        (
            "unit: points",
            "unit: points\nactivities: 2\ndiary: sleep",
            "activities: must not stand beside diary",
        ),
        (
            "unit: points",
            "unit: points\nmcid: {change: 11, source: us}",
            "mcid.change: is more than the whole scale",
        ),
        (
            "unit: points",
            "unit: points\nis_change: true\nmcid: {change: 1, source: us}",
            "mcid: must not stand beside is_change, which is a change already",
        ),
        ("licence:", "license:", "licence: is missing"),
        (
            "items:\n",
            "activities: 3\nitems:\n  - id: x\n    question: {en: a, es: b}\n    labels: []\n",
            "items: must be one with activities or a diary",
        ),
        (
            "items:\n",
            "items:\n  - id: fatigue\n    question: {en: a, es: b}\n    labels: []\n",
            "items[2].id: fatigue is given twice",
        ),
        (
            "items:\n",
            "items:\n"
            "  - {id: x, question: {en: a, es: b}, labels: [], interference: true}\n"
            "  - {id: y, question: {en: a, es: b}, labels: [], interference: true}\n",
            "items: must not mark interference more than once",
        ),
        ("id: ours", "id: theirs", "id: must be ours, as the file is"),
    ],
)
def test_a_measure_file_that_makes_no_sense_is_named_with_its_field(
    faults: Callable[[str, str], list[str]], old: str, new: str, fault: str
) -> None:
    assert [found for found in faults(old, new) if found.startswith(fault)]


def asked(measure: str, answered: list[int], on: int, plan: Span = ACUTE) -> int | None:
    """The day since which a measure is due on day `on`, or None."""
    since = due_since(MEASURES[measure], [day(n) for n in answered], plan, day(on))
    return since and (since - START).days


@pytest.mark.parametrize(
    ("measure", "answered", "on", "since"),
    [
        ("peg", [], -1, None),
        ("peg", [], 0, 0),
        ("peg", [], 6, 0),
        ("peg", [], 7, 7),
        ("peg", [0], 0, None),
        ("peg", [0], 6, None),
        ("peg", [0], 7, 7),
        ("peg", [6], 7, None),
        ("peg", [6], 8, None),
        ("peg", [6], 9, 9),
        ("peg", [], 48, 42),
        ("peg", [], 49, None),
        ("psfs", [0], 13, None),
        ("psfs", [0], 14, 14),
        ("psfs", [13], 19, None),
        ("psfs", [13], 20, 20),
        ("psfs", [0, 14, 28], 42, 42),
        ("sleep", [], 0, 0),
        ("sleep", [0], 1, None),
        ("sleep", [0], 2, 2),
        ("sleep", [0, 2], 3, None),
        ("sleep", [0, 2], 4, 4),
        ("sleep", [0, 2, 4], 6, None),
        ("sleep", [5], 6, 6),
        ("sleep", [0, 1, 2, 3, 4, 5, 6], 6, None),
        ("sleep", [0, 1, 2, 3, 4, 5, 6], 7, 7),
        ("global-change", [], 0, None),
        ("global-change", [], 13, None),
        ("global-change", [], 14, 14),
        ("peg", [20], 7, 7),
    ],
)
def test_what_is_due_when(measure: str, answered: list[int], on: int, since: int | None) -> None:
    assert asked(measure, answered, on) == since


def test_change_is_asked_for_at_a_review_which_comes_later_in_a_chronic_plan() -> None:
    assert asked("global-change", [], 14, CHRONIC) is None
    assert asked("global-change", [], 28, CHRONIC) == 28


RHYTHMS = st.integers(1, 7).flatmap(
    lambda times: st.builds(Rhythm, st.just(times), st.integers(times, 28), st.integers(times, 28))
)


def paced(rhythm: Rhythm) -> Measure:
    known = MEASURES["fatigue"]
    fields = {name: getattr(known, name) for name in known.__dataclass_fields__}
    return Measure(**{**fields, "rhythm": rhythm})


def test_a_daily_measure_that_was_answered_late_is_not_due_twice_that_day() -> None:
    daily = paced(Rhythm(7, 7, 7))
    assert due_since(daily, [day(2)], ACUTE, day(2)) is None
    assert due_since(daily, [day(2)], ACUTE, day(3)) == day(3)


@given(RHYTHMS, st.sampled_from([Track.ACUTE, Track.CHRONIC]))
def test_who_answers_whatever_is_due_gives_each_round_its_answers(
    rhythm: Rhythm, track: Track
) -> None:
    rounds, length = 3, rhythm.days(track)
    plan = Span(START, day(rounds * length - 1), track)
    answered: list[date] = []
    for number in range(rounds * length):
        if due_since(paced(rhythm), answered, plan, day(number)):
            answered.append(day(number))
    of_round = [
        sum(day(n * length) <= on < day((n + 1) * length) for on in answered) for n in range(rounds)
    ]
    assert of_round == [rhythm.times] * rounds


@given(RHYTHMS, st.sets(st.integers(-5, 60)), st.integers(-10, 70))
def test_nothing_is_due_outside_the_plan_nor_twice_on_a_day(
    rhythm: Rhythm, answered: set[int], on: int
) -> None:
    plan = Span(START, day(41), Track.ACUTE)
    since = due_since(paced(rhythm), [day(n) for n in answered], plan, day(on))
    if since is not None:
        assert START <= since <= day(on) <= plan.ends_on + AFTER_THE_END
        assert on not in answered
