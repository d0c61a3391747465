"""A text is looked up by what it says: one that has changed is never shown as something else."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum

from rehab.programs.body import Area
from rehab.programs.dosage import Category
from rehab.programs.library import Library
from rehab.programs.program import Exercise, Program, Region
from rehab.programs.translation import is_translated, translated

SHELVES = (
    "exercises",
    "programs",
    "measures",
    "red_flags",
    "cautions",
    "tiers",
    "see_doctor",
    "stop_rules",
)
"""The parts of a library that hold texts for a patient."""

NOT_FOR_PATIENTS = {
    "policies",
    "evidence",
    "messages",
    "figures",
    "borrowed",
    "translations",
    "version",
}
"""The rest of it: for staff, for machines, or in every language already."""

FOR_STAFF = {"screens_for", "source", "rule", "citation", "licence"}
"""Texts that a patient does not read."""

NAMES_OF_THINGS = {"id", "code", "evidence"}
"""What a person never reads at all."""


def texts_of(value: object) -> Iterator[str]:
    """Every text in a value of the library but those above; words in many languages in English."""
    if isinstance(value, Enum):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_of(item)
    elif isinstance(value, dict):
        yield value["en"]
    elif is_dataclass(value):
        names = {field.name for field in fields(value)} - FOR_STAFF - NAMES_OF_THINGS
        if isinstance(value, Exercise):
            names -= {"cautions"}
        for name in names:
            yield from texts_of(getattr(value, name))


def public_texts(library: Library) -> set[str]:
    """Every text of the library that a patient may read, taken from its values."""
    texts = {
        text
        for shelf in SHELVES
        for entry in getattr(library, shelf).values()
        for text in texts_of(entry)
        if text
    }
    return texts | {word.value for words in (Region, Area, Category) for word in words}


def test_every_text_that_a_patient_may_read_can_be_looked_up(library: Library) -> None:
    texts = public_texts(library)
    assert len(texts) > 550
    assert {text for text in texts if not is_translated(text, "es", library)} == set()


def test_no_part_of_the_library_is_overlooked() -> None:
    assert {field.name for field in fields(Library)} <= {*SHELVES, *NOT_FOR_PATIENTS}


def test_nothing_is_looked_up_that_the_library_does_not_say(library: Library) -> None:
    assert library.translations["es"].keys() == public_texts(library)


def test_a_page_in_another_language_shows_nothing_in_english(library: Library) -> None:
    marked = {text: f"«{text}»" for text in library.translations["es"]}
    pseudo = replace(library, translations={"qq": marked})
    for text in public_texts(library):
        assert translated(text, "qq", pseudo) == f"«{text}»"


def test_what_is_not_translated_stays_as_it_was_written(library: Library) -> None:
    assert translated("A text of nobody's.", "es", library) == "A text of nobody's."
    assert not is_translated("A text of nobody's.", "es", library)
    assert translated("Bridge", "fr", library) == "Bridge"
    assert not is_translated("Bridge", "fr", library)


def test_english_is_always_at_home(library: Library) -> None:
    assert translated("Bridge", "en", library) == "Bridge"
    assert is_translated("A text of nobody's.", "en", library)


def test_a_plan_whose_copy_says_something_else_is_shown_in_its_own_words(library: Library) -> None:
    kept = library.programs["lb-acute-2w"].as_dict()
    bridge = next(e for e in kept["exercises"] if e["id"] == "lb-pelvic-tilt")
    bridge["movement"] = "Flatten the low back into the floor for 3 s, and release."
    plan = Program.from_dict(kept)
    exercise = next(e for e in plan.exercises if e.id == "lb-pelvic-tilt")
    assert translated(exercise.movement, "es", library) == exercise.movement
    assert translated(exercise.name, "es", library) == "Báscula pélvica"


def test_a_library_that_has_changed_does_not_reach_into_a_plan(library: Library) -> None:
    plan = Program.from_dict(library.programs["lb-acute-2w"].as_dict())
    texts = dict(library.translations["es"])
    del texts["Flatten the low back into the floor, hold, and release."]
    texts["Flatten the low back and hold for 9 s."] = "Pega la zona lumbar y mantén 9 s."
    later = replace(library, translations={"es": texts})
    exercise = next(e for e in plan.exercises if e.id == "lb-pelvic-tilt")
    assert translated(exercise.movement, "es", later) == exercise.movement
