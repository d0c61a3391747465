"""Looking through the library at the desk."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from rehab.extensions import db
from rehab.models.clinic import Clinician
from rehab.models.plan import Plan
from rehab.models.shelf import EXERCISE, PROGRAM
from rehab.programs.library import Library
from rehab.programs.library.writing import exercise_content, program_content
from rehab.services import shelves
from rehab.tenancy import of_clinic
from tests.conftest import NOON
from tests.web.sign_in.conftest import Browser


def names(page: str) -> list[str]:
    return re.findall(r'class="card-name long" href="[^"]*/library/exercises/([^"]+)"', page)


def test_the_library_shows_every_exercise_with_a_picture_that_waits_to_be_seen(
    desk: Browser, library: Library
) -> None:
    page = desk.get("/clinic/library").text
    assert sorted(names(page)) == sorted(library.exercises)
    pictures = re.findall(r'<img class="strip"[^>]*>', page)
    assert len(pictures) == len(library.figures)
    assert all('loading="lazy"' in it and ".still.svg" in it for it in pictures)
    assert len(page) < 90_000


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=bridge+band", []),
        ("q=BRIDGE+straight", ["lb-bridge"]),
        ("region=calves&category=strengthening", ["ca-heel-raise"]),
        ("equipment=pool", ["li-swim", "li-water-walk"]),
        ("region=atlantis", []),
    ],
)
def test_filters_all_have_to_hold(desk: Browser, asked: str, found: list[str]) -> None:
    page = desk.get(f"/clinic/library?{asked}").text
    assert names(page) == found
    assert f"{len(found)} of 84 exercises" in page
    assert ("No exercise fits" in page) is (not found)


def test_what_was_searched_for_stands_in_the_fields_again(desk: Browser) -> None:
    page = desk.get('/clinic/library?q="><b>&track=chronic&equipment=none').text
    assert 'value="&#34;&gt;&lt;b&gt;"' in page
    assert '<option value="chronic" selected>' in page
    assert '<option value="none" selected>' in page


def test_an_exercise_tells_its_ladder_its_sources_and_where_it_is_in_use(
    desk: Browser, plan: Plan, library: Library
) -> None:
    page = desk.get("/clinic/library/exercises/lb-bridge").text
    known = library.exercises["lb-bridge"]
    for said in (known.start, known.movement, "2 sets of 8", *known.muscles):
        assert said in page
    assert [f"{level.load_index(known.category):g}" for level in known.levels] == re.findall(
        r'<td class="number">([\d.]+)</td>', page
    )
    assert "opened and read" in page
    assert "In 1 running plan of ours" in page
    assert '/clinic/library/programs/lb-subacute-6w"' in page
    assert "(prefers-reduced-motion: reduce)" in page


def test_a_program_tells_its_phases_and_can_be_assigned(desk: Browser, plan: Plan) -> None:
    page = desk.get("/clinic/library/programs/lb-subacute-6w").text
    assert "1 running plan" in page
    assert 'href="/clinic/assign?program=lb-subacute-6w"' in page
    assert 'href="/clinic/library/own/programs/new?from=lb-subacute-6w"' in page
    assert "that is a long session" in page


@pytest.mark.parametrize("path", ["exercises/nothing", "programs/nothing", "exercises/own-no"])
def test_what_is_not_there_is_not_found(desk: Browser, path: str) -> None:
    assert desk.get(f"/clinic/library/{path}").status_code == 404


def test_who_only_looks_is_offered_nothing_to_do(
    desk_of: Callable[[Clinician], Browser], looks: Clinician
) -> None:
    theirs = desk_of(looks)
    page = theirs.get("/clinic/library/programs/lb-acute-2w").text
    assert "Assign" not in page
    assert "Make our own" not in page
    assert theirs.post("/clinic/library/own/programs", do="save").status_code == 403


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def test_the_pages_ask_the_database_as_often_for_one_entry_of_our_own_as_for_many(
    desk: Browser, ana: Clinician, library: Library, asked: list[str]
) -> None:
    def add(number: int) -> None:
        said = exercise_content(library.exercises["lb-bridge"], "lb-bridge")
        shelves.save(ana, EXERCISE, {**said, "name": f"Bridge {number}"}, library, NOON)
        made = program_content(library.programs["lb-acute-2w"])
        shelves.save(ana, PROGRAM, {**made, "name": f"Back {number}"}, library, NOON)

    def counts() -> dict[str, int]:
        told = {}
        for path in ("library", "library/own", "library/exercises/own-bridge-0"):
            desk.get(f"/clinic/{path}")
            db.session.expire_all()
            asked.clear()
            assert desk.get(f"/clinic/{path}").status_code == 200
            told[path] = len(asked)
        return told

    add(0)
    one = counts()
    for number in range(1, 6):
        add(number)
    assert counts() == one


def test_our_own_are_among_them_for_us_alone(
    desk: Browser,
    desk_of: Callable[[Clinician], Browser],
    ana: Clinician,
    boris: Clinician,
    library: Library,
) -> None:
    with of_clinic(ana.clinic_id):
        said = exercise_content(library.exercises["lb-bridge"], "lb-bridge")
        shelves.save(ana, EXERCISE, {**said, "name": "Our bridge"}, library, NOON)
    assert "own-our-bridge" in names(desk.get("/clinic/library?q=our+bridge").text)
    page = desk.get("/clinic/library/exercises/own-our-bridge").text
    assert "The picture is that of" in page
    assert "/lb-bridge.svg" in page
    theirs = desk_of(boris)
    assert names(theirs.get("/clinic/library?q=our+bridge").text) == []
    assert theirs.get("/clinic/library/exercises/own-our-bridge").status_code == 404
