"""What there is to translate: every text of the library that a patient may read, laid out as the
files of a translation are."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from rehab.programs.body import Area
from rehab.programs.dosage import Category
from rehab.programs.library.contents import Library
from rehab.programs.program import Exercise, Program, Region

Entry = str | Mapping[str, str]
"""One text, or several by field."""

Lists = Mapping[str, Mapping[str, Entry]]
"""The lists of one file, each a mapping of ids, or of the texts themselves, to entries."""


def sources(
    library: Library, exercises: Iterable[Exercise], programs: Iterable[Program]
) -> dict[str, Lists]:
    """By file: the English texts of these exercises and programs, and of the safety list."""
    return {
        "exercises": _of_exercises(tuple(exercises)),
        "programs": _of_programs(tuple(programs)),
        "safety": _of_safety(library),
    }


def measure_texts(library: Library, language: str) -> Iterator[tuple[str, str]]:
    """Each text of the measures in English and in `language`: their own files hold both."""
    for measure in library.measures.values():
        said = [measure.name, *filter(None, [measure.instruction])]
        for item in measure.items:
            said += [item.question, *(label.words for label in item.labels)]
        yield from ((words["en"], words[language]) for words in said if language in words)


def _of_exercises(exercises: Collection[Exercise]) -> Lists:
    return {
        "exercises": {
            e.id: {"name": e.name, "start": e.start, "movement": e.movement} for e in exercises
        },
        "notes": _by_themselves(level.note for e in exercises for level in e.levels if level.note),
        "muscles": _by_themselves(muscle for e in exercises for muscle in e.muscles),
        "equipment": _by_themselves(item for e in exercises for item in e.equipment),
        "regions": _by_themselves(place.value for place in (*Region, *Area)),
        "categories": _by_themselves(category.value for category in Category),
    }


def _of_programs(programs: Collection[Program]) -> Lists:
    return {
        "programs": {p.id: {"name": p.name, "summary": p.summary} for p in programs},
        "phases": _by_themselves(phase.name for p in programs for phase in p.phases),
    }


def _of_safety(library: Library) -> Lists:
    return {
        "tiers": {
            t.value: {"name": m.name, "meaning": m.meaning} for t, m in library.tiers.items()
        },
        "red_flags": {id_: flag.question for id_, flag in library.red_flags.items()},
        "see_doctor": {id_: trigger.says for id_, trigger in library.see_doctor.items()},
        "stop_rules": {id_: rule.says for id_, rule in library.stop_rules.items()},
        "cautions": {code: caution.text for code, caution in library.cautions.items()},
    }


def _by_themselves(texts: Iterable[str]) -> dict[str, str]:
    return {text: text for text in texts}
