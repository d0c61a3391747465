"""The session-size guard: what is a usual session, and what is much."""

import pytest

from rehab.programs.dosage import Category, Dosage
from rehab.programs.library import Library
from rehab.programs.session_size import session_minutes, size_warning


@pytest.mark.parametrize(("exercises", "minutes"), [(0, 0), (1, 5), (4, 20)])
def test_a_usual_session_is_no_matter(exercises: int, minutes: int) -> None:
    assert size_warning(exercises, minutes) is None


@pytest.mark.parametrize(
    ("exercises", "minutes", "begins"),
    [
        (5, 20, "5 exercises, about 20 min: "),
        (4, 21, "4 exercises, about 21 min: "),
        (1, 45, "1 exercise, about 45 min: "),
    ],
)
def test_a_long_session_is_said_to_be_long(exercises: int, minutes: int, begins: str) -> None:
    assert (size_warning(exercises, minutes) or "").startswith(begins)


def test_a_part_of_a_minute_counts_as_one() -> None:
    two_minutes_and_a_bit = (Category.STRENGTHENING, Dosage(3, sets=2, reps=16))
    assert session_minutes([two_minutes_and_a_bit]) == 3
    assert session_minutes([]) == 0


def test_some_phases_of_the_library_are_long_and_some_are_not(library: Library) -> None:
    """The guard may warn of what the library allows; it never warns of all of it."""
    warned = [
        size_warning(
            len(phase.exercises),
            session_minutes((e.category, e.level(phase.start_level)) for e in phase.exercises),
        )
        for program in library.programs.values()
        for phase in program.phases
    ]
    assert None in warned
    assert any(warned)
